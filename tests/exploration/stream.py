"""The metadata table's stream, and the time-to-live of all tables' items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shutterfeed.domain.posts import PostState
from shutterfeed.schema import (
    OPEN_PK,
    PK,
    SK,
    STREAM_REMOVED_SORT_KEY_PREFIXES,
    STREAM_SORT_KEY_PREFIXES,
    TTL_ATTRIBUTE,
)
from tests.exploration.dynamo import Item, Touched
from tests.integration.world import METADATA

RETRIED_AFTER: Final = timedelta(seconds=1)
TTL_USUAL: Final = timedelta(hours=1)
TTL_LATEST: Final = timedelta(hours=47)
"""How long after their time items go."""
_CASES: Final = "CASES#"
"""The partitions, in the index of what is open, of cases that wait for people."""
_DUE: Final = "DUE#"
"""Those of posts that wait for a time: to be published, or to give up what was removed."""


@dataclass(slots=True)
class Stream:
    """Records that wait for the router, in their order; one batch at a time is in its hands."""

    now: Callable[[], datetime]
    records: list[Item] = field(default_factory=list)
    in_flight: int = 0
    due_at: datetime | None = None
    size: int = 0
    """The size of the next batch after one that failed; 0 stands for the usual size."""
    attempts: int = 0
    written: int = 0
    mutations: int = 0

    def changed(
        self, place: Touched, before: Item | None, after: Item | None, *, ttl: bool
    ) -> None:
        """Keep a record of a change, if the stack's filter lets it through."""
        if before == after:
            return
        self.mutations += 1
        table, pk, sk = place
        removed = after is None
        passes = sk.startswith(STREAM_SORT_KEY_PREFIXES) or (
            removed and sk.startswith(STREAM_REMOVED_SORT_KEY_PREFIXES)
        )
        if table != METADATA or not passes:
            return
        self.written += 1
        change: Item = {
            "Keys": {PK: {"S": pk}, SK: {"S": sk}},
            "SequenceNumber": str(self.written),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            "ApproximateCreationDateTime": int(self.now().timestamp()),
        }
        change |= {"OldImage": before} if before is not None else {}
        change |= {"NewImage": after} if after is not None else {}
        kind = "INSERT" if before is None else "REMOVE" if removed else "MODIFY"
        made: Item = {
            "eventID": str(self.written),
            "eventName": kind,
            "eventSource": "aws:dynamodb",
            "dynamodb": change,
        }
        if ttl:
            made["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        self.records.append(made)

    def take(self, batch: int) -> list[Item]:
        """The next batch, if the router is free."""
        if self.in_flight or (self.due_at is not None and self.now() < self.due_at):
            return []
        taken = self.records[: self.size or batch]
        self.in_flight = len(taken)
        return taken

    def done(self, failed_at: int | None, retries: int) -> None:
        """The batch is handled, but for what begins at one of its records: half of that is tried
        next."""
        handled = self.in_flight if failed_at is None else failed_at
        left = self.in_flight - handled
        del self.records[:handled]
        self.attempts = 0 if handled else self.attempts + 1
        assert self.attempts <= retries, "no schedule has so many faults at one record"
        self.in_flight, self.size = 0, (left + 1) // 2
        self.due_at = self.now() + RETRIED_AFTER if left else None

    def next_time(self) -> datetime | None:
        return self.due_at if self.records and not self.in_flight else None


@dataclass(slots=True)
class Watch:
    """What the world has to know of items: when they are due to go, and which posts are open."""

    late: bool = False
    due: dict[Touched, int] = field(default_factory=dict)
    open: set[Touched] = field(default_factory=set)
    """Posts that are on their way, which the reconciler looks at."""
    later: set[Touched] = field(default_factory=set)
    """Published posts from which something was removed: it stays for weeks."""

    def changed(self, place: Touched, after: Any) -> None:
        opened = "" if after is None else after.get(OPEN_PK, {"S": ""})["S"]
        keeps = opened.startswith(_DUE) and after["state"]["S"] == PostState.PUBLISHED
        _put(self.later, place, keeps)
        _put(self.open, place, bool(opened) and not opened.startswith(_CASES) and not keeps)
        if after is not None and TTL_ATTRIBUTE in after:
            self.due[place] = int(after[TTL_ATTRIBUTE]["N"])
        else:
            self.due.pop(place, None)

    def expired(self, now: datetime) -> list[Touched]:
        limit = (now - self._delay).timestamp()
        return sorted(place for place, at in self.due.items() if at <= limit)

    def goes_at(self, place: Touched) -> datetime:
        return datetime.fromtimestamp(self.due[place], UTC) + self._delay

    def next_time(self) -> datetime | None:
        if not self.due:
            return None
        return datetime.fromtimestamp(min(self.due.values()), UTC) + self._delay

    @property
    def _delay(self) -> timedelta:
        return TTL_LATEST if self.late else TTL_USUAL


def _put(places: set[Touched], place: Touched, is_there: bool) -> None:
    (places.add if is_there else places.discard)(place)
