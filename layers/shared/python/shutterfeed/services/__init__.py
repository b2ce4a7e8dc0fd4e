"""The use cases, one module each. They import the domain and the ports, nothing else."""
