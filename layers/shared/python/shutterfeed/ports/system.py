"""Time, ids and secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Ids(Protocol):
    def new(self, at: datetime) -> str:
        """A new ULID for the instant `at`."""
        ...

    def timeless(self) -> str:
        """A new id in the form of a ULID that is random throughout: it tells nobody its age."""
        ...


class Secrets(Protocol):
    def cursor_key(self) -> bytes:
        """The key that signs cursors; made on first use, the same for every caller."""
        ...
