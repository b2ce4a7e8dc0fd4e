"""The Protocols through which the services reach the outside world. `adapters/` implements each on
AWS, `tests/fakes` in memory; both pass the same contract tests.

Unless a method says otherwise, reads are strongly consistent and writes are idempotent: calling
one twice with the same arguments leaves the same state.
"""
