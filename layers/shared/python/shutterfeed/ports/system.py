"""Time, ids and secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


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


class Secrets(Protocol):
    def cursor_key(self) -> bytes:
        """The key that signs cursors. It is made on first use and is the same for every caller."""
        ...

    def account_key(self) -> bytes:
        """The key between accounts and user ids. It is made on first use and never changes: with
        another one every account would belong to a new user."""
        ...
