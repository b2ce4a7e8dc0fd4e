"""The proof of who may see what: every route, for every kind of viewer, and everything that it
could show them.

What is expected comes from `rules.py`, a table that was written from the design and shares nothing
with the service. The requests come from the OpenAPI document: an operation that `matrix.py` does
not list fails the tests. `tests/e2e/test_visibility.py` sends them to a deployed stack and looks
for the marks of everything hidden in whole answers. `make visibility` writes the table of
`rules.py` to `docs/visibility.md`.
"""
