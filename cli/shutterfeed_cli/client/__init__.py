"""The one Python client of the service: its HTTP API, sign-in, and the way of bytes to storage.

The command line is built on it, and so are the demo data, the end-to-end tests and the benchmarks.
It knows nothing of the terminal, of the journal, or of where files are.
"""
