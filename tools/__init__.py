"""Developer tools: environments, layers, the local cloud, deployment, site, checks, demo data.

`python -m tools` is what the Makefile calls. The modules are importable on their own: the
end-to-end tests and the benchmarks start their clouds and deploy their stacks with them.
"""
