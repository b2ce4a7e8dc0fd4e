"""Time and chance, both foreseeable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shutterfeed.domain.ids import random_id, ulid
from tests.samples import START

__all__ = ["START", "FakeClock", "FakeIds", "FakeSignIns", "in_turn"]


def in_turn(*calls: Callable[[], Any]) -> Any:
    """Calls that might be made at the same time, one after the other."""
    return tuple(call() for call in calls)


class FakeClock:
    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """The new present."""
        self._now += by
        return self._now


@dataclass
class FakeSignIns:
    """Remembers the accounts whose sign-ins were ended."""

    ended: list[str] = field(default_factory=list)

    def end_all(self, account: str) -> None:
        self.ended.append(account)


class FakeIds:
    """Ids of one instant grow in the order in which they are made."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, at: datetime) -> str:
        self._count += 1
        return ulid(at, self._count)

    def timeless(self) -> str:
        self._count += 1
        return random_id(self._count)
