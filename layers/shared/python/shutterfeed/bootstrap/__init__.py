"""The composition root: one module per function.

`wire(...)` in each takes ports and makes services of them. Production gives it adapters, tests give
it fakes. The cached function beside it reads the function's settings and is what handlers
call; what it builds is kept for the lifetime of the container. A module imports only what its
function uses. A library whose layer the function may lack is imported inside the function that
needs it.
"""
