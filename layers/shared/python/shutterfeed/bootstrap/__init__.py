"""The composition root: one module per function.

`wire(...)` in each takes ports and makes services of them: production hands it adapters, tests
hand it fakes. The cached function beside it reads the function's settings and is what handlers
call; what it builds is kept for the lifetime of the container. A module imports what its function
uses and nothing more; only what stands in a layer that a function may be without is imported where
it is needed.
"""
