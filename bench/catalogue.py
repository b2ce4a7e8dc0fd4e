"""Which benchmarks there are: the modules of this package that have a function `run`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
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
    files = sorted(Path(__file__).parent.glob("*.py"))
    return [file.stem for file in files if "\ndef run(" in file.read_text(encoding="utf-8")]


def load(name: str) -> Benchmark:
    return cast("Benchmark", importlib.import_module(f"bench.{name}"))
