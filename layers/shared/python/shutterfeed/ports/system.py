"""Time, ids and secrets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar, overload

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant in UTC, with its time zone."""
        ...


class Ids(Protocol):
    def new(self, at: datetime) -> str:
        """A new ULID for the instant `at`."""
        ...

    def timeless(self) -> str:
        """A new id in the form of a ULID that is entirely random, so that it does not reveal its
        age."""
        ...


class Together(Protocol):
    """Makes calls that do not need each other's results at the same time, so that they take as long
    as the slowest, and returns what they return. If some fail, all have ended when the error of the
    first of them is raised. None of the calls but the first may use it itself."""

    @overload
    def __call__(self, first: Callable[[], A], second: Callable[[], B], /) -> tuple[A, B]: ...
    @overload
    def __call__(
        self, first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /
    ) -> tuple[A, B, C]: ...
    @overload
    def __call__(
        self,
        first: Callable[[], A],
        second: Callable[[], B],
        third: Callable[[], C],
        fourth: Callable[[], D],
        /,
    ) -> tuple[A, B, C, D]: ...
    @overload
    def __call__(self, *calls: Callable[[], A]) -> tuple[A, ...]: ...


class Secrets(Protocol):
    def cursor_key(self) -> bytes:
        """The key that signs cursors. It is made on first use and is the same for every caller."""
        ...

    def account_key(self) -> bytes:
        """The key between accounts and user ids. It is made on first use and never changes: with
        another one every account would belong to a new user."""
        ...
