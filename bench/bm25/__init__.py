"""Benchmarks: `make bench`, or one of them with `make bench B=<name>`."""
