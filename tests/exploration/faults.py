"""What may go wrong, and schedules: which of it goes wrong where, in a form to print and to repeat.

A fault stands at the number of an AWS call, or of a message, of its run. Both are counted from the
moment when the scenario's preparations are over; the same schedule always gives the same run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol


class Kind(StrEnum):
    """A fault at an AWS call."""

    CRASH_BEFORE = "crash_before"
    CRASH_AFTER = "crash_after"
    DOUBLED = "doubled"
    """The answer is lost, and the SDK makes the call again."""
    UNANSWERED = "unanswered"
    """It had its effect, but all that its caller gets is a timeout."""
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    """It conflicts with another transaction on the same item."""
    PARTIAL = "partial"
    """A batch of which only a part is done."""
    SUSPENDED = "suspended"
    """Just before the call the function stands still for as long as it may run."""
    OVERTAKEN = "overtaken"
    """The same, and its own message, or request, is delivered once more meanwhile."""

    # At a message.
    TWICE = "twice"
    LATE = "late"
    """Delivered an hour after it was sent."""
    POISONED = "poisoned"
    """Fails until it is a dead letter, which is redriven days later."""
    LOST = "lost"
    """An S3 event that never comes."""

    # In the whole run; their number says nothing.
    TTL_LATE = "ttl_late"


class Faults(Protocol):
    """The faults at calls, or at messages, by their numbers."""

    def get(self, number: int, /) -> Kind | None: ...


AT_MESSAGES: Final = frozenset((Kind.TWICE, Kind.LATE, Kind.POISONED, Kind.LOST))
THROUGHOUT: Final = frozenset((Kind.TTL_LATE,))
WAITING: Final = frozenset((Kind.SUSPENDED, Kind.OVERTAKEN))


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    kind: Kind
    at: int = 0

    def __str__(self) -> str:
        return f"{self.kind}@{self.at}"

    @classmethod
    def parse(cls, text: str) -> Fault:
        kind, _, at = text.partition("@")
        return cls(Kind(kind), int(at))


@dataclass(frozen=True, slots=True, order=True)
class Schedule:
    """A scenario, and what goes wrong in it."""

    scenario: str
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.scenario, *map(str, self.faults)))

    @classmethod
    def parse(cls, text: str) -> Schedule:
        scenario, *faults = text.split()
        return cls(scenario, tuple(map(Fault.parse, faults)))

    def at_calls(self) -> dict[int, Kind]:
        return _by_number(f for f in self.faults if f.kind not in AT_MESSAGES | THROUGHOUT)

    def at_messages(self) -> dict[int, Kind]:
        return _by_number(f for f in self.faults if f.kind in AT_MESSAGES)

    def has(self, kind: Kind) -> bool:
        return any(fault.kind is kind for fault in self.faults)


def _by_number(faults: Iterable[Fault]) -> dict[int, Kind]:
    return {fault.at: fault.kind for fault in faults}
