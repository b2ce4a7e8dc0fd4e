"""The log of what moderators have done: only ever appended to, and chained by hashes.

Each entry has the next number and holds the hash of the entry before. Whoever changes an entry, or
takes one out, breaks the chain from there on; and whoever makes the rest of the chain again ends at
another hash than the one that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.moderation import ActionKind, ReportReason

BEGINNING: Final = "0" * 64
"""What the first entry holds in place of the hash of the entry before."""


class LoggedKind(StrEnum):
    """What was done."""

    ACTED = "acted"
    UNDONE = "undone"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_OVERTURNED = "appeal_overturned"
    SUSPENSION_OVER = "suspension_over"
    """The service itself has lifted a suspension whose time was over."""


@dataclass(frozen=True, slots=True)
class Event:
    """What is logged."""

    at: datetime
    moderator_id: str
    """Empty for what the service does itself."""
    case_id: str
    kind: LoggedKind
    action: ActionKind | None = None
    rule: ReportReason | None = None
    statement: str = ""
    opened_at: datetime | None = None
    """When the case was opened, for an action."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log."""

    number: int
    """Entries are counted, from 1."""
    event: Event
    previous: str
    """The hash of the entry before."""
    hash: str


def entry(number: int, event: Event, previous: str) -> Entry:
    """The entry that follows one with the hash `previous`."""
    return Entry(number, event, previous, _hash(number, event, previous))


def next_entry(last: Entry | None, event: Event) -> Entry:
    """The entry after the last one; the first if there is none."""
    if last is None:
        return entry(1, event, BEGINNING)
    return entry(last.number + 1, event, last.hash)


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry at which the chain is broken."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """What was noted of the log where nobody can change it: that it had this entry."""

    number: int
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> Anchor:
        return cls(entry.number, entry.hash)


def not_as_noted(entries: Iterable[Entry], anchors: Iterable[Anchor]) -> Break | None:
    """The first entry that is another than was noted, or is missing; None if there is none. So a
    chain that was written again as a whole is found out, too."""
    hashes = {entry.number: entry.hash for entry in entries}
    for anchor in sorted(anchors, key=lambda one: one.number):
        if anchor.number not in hashes:
            return Break(anchor.number, "it was noted, and is missing now")
        if hashes[anchor.number] != anchor.hash:
            return Break(anchor.number, "another one was noted")
    return None


def broken(entries: Iterable[Entry]) -> Break | None:
    """The first break in the chain of all entries, from the first on; None if it is whole."""
    number, previous = 1, BEGINNING
    for each in entries:
        if each.number != number:
            return Break(number, "the entry is missing")
        if each.previous != previous:
            return Break(number, "it does not follow the entry before")
        if each.hash != _hash(each.number, each.event, each.previous):
            return Break(number, "it was changed")
        number, previous = number + 1, each.hash
    return None


def _hash(number: int, event: Event, previous: str) -> str:
    fields = [
        number,
        event.at.isoformat(),
        event.moderator_id,
        event.case_id,
        event.kind,
        event.action,
        event.rule,
        event.statement,
        None if event.opened_at is None else event.opened_at.isoformat(),
        previous,
    ]
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
