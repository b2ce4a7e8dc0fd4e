"""Benchmarks: `make bench`, or one of them with `make bench B=<name>`.

A benchmark is a module of this package that has a function `run`, and beside it

    FULL       the size at which its figures mean something: what `make bench` measures
    TOY        the smallest size at which it still does all that it does: what the tests run
    MINUTES how long `run(FULL)` takes on a machine of two cores; printed at the start
    run(size)  measures, and returns a list of `bench.figures.Figure`

A size is whatever suits the benchmark: a number, or a frozen dataclass of its own. Nothing else
has to be registered: the module's name is the benchmark's, the first paragraph of its docstring
says what it measures, and `tests/bench` runs its toy size.

- Each benchmark runs in a process of its own. It prints progress with `bench.progress.show`, and
  nothing else on standard output but what belongs to its result.
- What it cannot do without and cannot install (a browser, a JDK, real photos) raises
  `tools.errors.Unavailable`: the benchmark is left out, and the reason is printed.
- What it starts or writes, it ends and removes in `finally` or a context manager. Ctrl-C and
  SIGTERM reach it as `KeyboardInterrupt`.
- A goal that is not met is printed as such, and is no failure of the run: figures depend on the
  machine. The exit status is 0 whenever the benchmark came to its end.
"""
