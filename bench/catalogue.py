"""Which benchmarks there are: the modules of this package that have a function `run`."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from bench.figures import Figure


class Benchmark(Protocol):
    """What a module of a benchmark has; the package's docstring says more."""

    FULL: Any
    TOY: Any
    MINUTES: float

    def run(self, size: Any, /) -> Sequence[Figure]: ...


def names() -> list[str]:
    """The names of all benchmarks. None is imported, so that each measures only what it loads
    itself."""
    return [name for name, text in _modules() if "\ndef run(" in text]


def on_a_stack() -> list[str]:
    """The names of those that look at a deployed stack from outside."""
    texts = dict(_modules())
    return [name for name in names() if "\nfrom bench.deployment import " in texts[name]]


def _modules() -> Iterator[tuple[str, str]]:
    """The modules of this package, with their sources."""
    for file in sorted(Path(__file__).parent.glob("*.py")):
        yield file.stem, file.read_text(encoding="utf-8")


def load(name: str) -> Benchmark:
    return cast("Benchmark", importlib.import_module(f"bench.{name}"))
