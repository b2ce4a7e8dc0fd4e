"""Work that goes on for several things at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Input = TypeVar("Input")
Output = TypeVar("Output")

PARALLEL: Final = 2
"""How many at once: as many as small machines have processors."""


def each(work: Callable[[Input], Output], items: Iterable[Input]) -> list[Output]:
    """Do the work for every item, `PARALLEL` at a time. Raises the first error of any of them."""
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(work, items))
