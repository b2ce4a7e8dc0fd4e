"""The Python client of the service: its HTTP API, sign-in, and sending files to the storage.

The command line, the demo data, the end-to-end tests and the benchmarks use it. It knows nothing
about the terminal, the journal, or the places of files.
"""
