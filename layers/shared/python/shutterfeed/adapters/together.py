"""Calls of a use case that are made at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

_THREADS: Final = 8
"""More than any use case has calls beside its own thread's."""


def together(*calls: Callable[[], Any]) -> Any:
    """See `ports.system.Together`."""
    first, *others = calls
    futures = [_pool().submit(call) for call in others]
    try:
        result = first()
    finally:
        for future in futures:
            future.exception()
    return (result, *(future.result() for future in futures))


@cache
def _pool() -> ThreadPoolExecutor:
    """The threads, which are others than those for the calls of one table: each of these calls may
    wait for several of those."""
    return ThreadPoolExecutor(_THREADS)
