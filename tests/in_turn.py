"""A pool without threads, for worlds that decide themselves what runs when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Self, TypeVar

from shutterfeed.adapters import together
from shutterfeed.adapters.dynamodb import table
from shutterfeed.adapters.search import dynamodb as search
from shutterfeed.services import erasure_scan

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answered:
    """A future that is there already."""

    value: Any = None
    error: Exception | None = None

    def result(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value

    def exception(self) -> Exception | None:
        return self.error


class InTurn:
    """A pool without threads: its calls are made one after the other."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def submit(self, call: Callable[..., Any], *arguments: Any) -> Answered:
        try:
            return Answered(call(*arguments))
        except Exception as error:  # noqa: BLE001 - raised again by whoever asks for the result
            return Answered(error=error)

    def map(self, call: Callable[..., T], *values: Iterable[Any]) -> Iterator[T]:
        return map(call, *values)


def pools() -> Iterator[tuple[ModuleType, str, type[InTurn]]]:
    """What makes several calls of AWS at the same time, and what makes them in turn instead: the
    module, the name there, and its replacement."""
    for module in (table, together):
        yield module, "_pool", InTurn
    for module in (search, erasure_scan):
        yield module, "ThreadPoolExecutor", InTurn
