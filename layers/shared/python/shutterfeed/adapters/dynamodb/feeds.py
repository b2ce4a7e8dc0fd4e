"""The feed table: pushed entries, snapshots, and the push subscriptions that say to whom posts are
pushed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final, overload

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.recent_posts import compressed, decompressed
from shutterfeed.adapters.dynamodb.records import epoch
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    at_once,
    item_key,
    key_item,
)
from shutterfeed.domain.delivery import AUDIENCE_PARTS, PushSubscription
from shutterfeed.domain.feed import FEED_RETENTION, FeedEntry, Snapshot
from shutterfeed.domain.ids import CROCKFORD
from shutterfeed.domain.pages import Page
from shutterfeed.domain.retention import LAPSED_SUBSCRIPTION_RETENTION
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE

_ABOVE_ALL: Final = "~"
_UNTIL: Final = "until"
_PEOPLE: Final = "people"


@dataclass(frozen=True, slots=True)
class DynamoFeeds:
    table: Table

    def page(
        self, owner_id: str, before: FeedEntry | None, limit: int, now: datetime
    ) -> Page[FeedEntry]:
        end = keys.ENTRIES_END if before is None else str(before)
        condition = Key(PK).eq(keys.feed_partition(owner_id)) & Key(SK).lt(end)
        rows = self.table.query(condition, limit=limit, newest_first=True)
        return _page(rows.items, now, more=rows.last is not None)

    def top(
        self, owner_id: str, limit: int, now: datetime
    ) -> tuple[Page[FeedEntry], Snapshot | None]:
        """The first page of entries, and the snapshot. The snapshot's sort key is above those of
        all entries, so one query reads both: that never takes more read units than reading them
        separately, and half a unit less if there is no snapshot."""
        condition = Key(PK).eq(keys.feed_partition(owner_id))
        rows = self.table.query(condition, limit=limit + 1, newest_first=True)
        snapshot, items = None, rows.items
        if items and item_key(items[0]) == keys.snapshot(owner_id):
            snapshot, items = to_snapshot(items[0]), items[1:]
        more = rows.last is not None or len(items) > limit
        return _page(items[:limit], now, more=more), snapshot

    def put(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry], at: datetime) -> None:
        fields = {TTL_ATTRIBUTE: epoch(at + FEED_RETENTION)}
        self.table.write_many(
            puts=(
                key_item(keys.feed(owner_id, entry)) | fields | _people(entry)
                for owner_id in owner_ids
                for entry in entries
            )
        )

    def snapshot(self, owner_id: str) -> Snapshot | None:
        item = self.table.get(keys.snapshot(owner_id))
        return to_snapshot(item) if item else None

    def keep_snapshot(self, owner_id: str, snapshot: Snapshot, at: datetime) -> bool:
        end = snapshot.complete_down_to
        item = {
            **key_item(keys.snapshot(owner_id)),
            "entries": compressed("\n".join(map(str, snapshot.entries))),
            "complete_down_to": None if end is None else str(end),
            "version": snapshot.version,
            TTL_ATTRIBUTE: epoch(at + FEED_RETENTION),
        }
        before: ConditionBase = Attr("version").eq(snapshot.version - 1)
        if snapshot.version == 1:
            before = Attr(PK).not_exists()
        try:
            self.table.write(Put(item, before))
        except ConditionFailed:
            return False
        return True


def _page(items: Sequence[Item], now: datetime, *, more: bool) -> Page[FeedEntry]:
    # TTL removes items late; an entry past its time is as good as gone.
    lasting = (item for item in items if item[TTL_ATTRIBUTE] > epoch(now))
    entries = tuple(
        replace(FeedEntry.parse(item[SK]), people=tuple(item.get(_PEOPLE, ()))) for item in lasting
    )
    return Page(entries, items[-1][SK] if more and items else None)


def _people(entry: FeedEntry) -> Item:
    return {_PEOPLE: list(entry.people)} if entry.people else {}


@dataclass(frozen=True, slots=True)
class DynamoAudience:
    """Push subscriptions in the feed table. `metadata` is the name of the metadata table, which has
    the edges."""

    table: Table
    metadata: str

    def subscribe_followed(self, reader_id: str, author_id: str, until: datetime) -> bool:
        subscription = Put(key_item(keys.push_subscription(author_id, reader_id)) | _term(until))
        try:
            self.table.transact((self._edge(reader_id, author_id, Attr(PK).exists()), subscription))
        except ConditionFailed:
            return False
        return True

    def subscribe(self, reader_id: str, author_ids: Iterable[str], until: datetime) -> None:
        subscriptions = (keys.push_subscription(author_id, reader_id) for author_id in author_ids)
        self.table.write_many(puts=(key_item(key) | _term(until) for key in subscriptions))

    def withdraw(self, reader_id: str, author_ids: Iterable[str]) -> None:
        subscriptions = [keys.push_subscription(author_id, reader_id) for author_id in author_ids]
        for item in self.table.get_many(subscriptions, consistent=True) if subscriptions else ():
            author_id, _ = keys.parse_push_subscription(item_key(item))
            # A reader who has followed again needs a subscription, perhaps this one.
            unfollowed = self._edge(reader_id, author_id, Attr(PK).not_exists())
            with suppress(ConditionFailed):
                self.table.transact((unfollowed, Delete(item_key(item))))

    def page(
        self, author_id: str, part: int | None, after: str | None, limit: int
    ) -> Page[PushSubscription]:
        condition: ConditionBase = Key(PK).eq(keys.audience_partition(author_id))
        first, last = _part(part)
        condition = condition & Key(SK).between(first if after is None else after + " ", last)
        rows = self.table.query(condition, limit=limit, consistent=True)
        subscriptions = tuple(
            PushSubscription(
                keys.parse_push_subscription_sort(item[SK]),
                datetime.fromtimestamp(item[_UNTIL], UTC),
            )
            for item in rows.items
        )
        return Page(subscriptions, rows.items[-1][SK] if rows.last else None)

    def renew(
        self, author_id: str, subscriptions: Iterable[PushSubscription], until: datetime
    ) -> None:
        self._change(
            Update(
                keys.push_subscription(author_id, x.reader_id),
                set=_term(until),
                condition=_unchanged(x),
            )
            for x in subscriptions
        )

    def end(self, author_id: str, subscriptions: Iterable[PushSubscription]) -> None:
        self._change(
            Delete(keys.push_subscription(author_id, x.reader_id), _unchanged(x))
            for x in subscriptions
        )

    def _change(self, writes: Iterable[Update | Delete]) -> None:
        """Make all writes at the same time, each with its own condition: a batch of DynamoDB has no
        conditions."""
        at_once([partial(self._try, write) for write in writes])

    def _try(self, write: Update | Delete) -> None:
        with suppress(ConditionFailed):
            self.table.write(write)

    def _edge(self, reader_id: str, author_id: str, condition: ConditionBase) -> Check:
        return Check(keys.follow(reader_id, author_id), condition, self.metadata)


def _term(until: datetime) -> Item:
    return {_UNTIL: epoch(until), TTL_ATTRIBUTE: epoch(until + LAPSED_SUBSCRIPTION_RETENTION)}


def _unchanged(subscription: PushSubscription) -> ConditionBase:
    return Attr(_UNTIL).eq(epoch(subscription.until))


class EntryLines(Sequence[FeedEntry]):
    """Entries as lines of text, each parsed when it is needed: a snapshot has a hundred, and a page
    reads only some of them."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> FeedEntry: ...

    @overload
    def __getitem__(self, index: slice) -> EntryLines: ...

    def __getitem__(self, index: int | slice) -> FeedEntry | EntryLines:
        if isinstance(index, slice):
            return EntryLines(self._lines[index])
        return FeedEntry.parse(self._lines[index])

    def __iter__(self) -> Iterator[FeedEntry]:
        return map(FeedEntry.parse, self._lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def to_snapshot(item: Item) -> Snapshot:
    complete_down_to = item.get("complete_down_to")
    return Snapshot(
        EntryLines(decompressed(item["entries"]).decode().splitlines()),
        None if complete_down_to is None else FeedEntry.parse(complete_down_to),
        item["version"],
        datetime.fromtimestamp(item[TTL_ATTRIBUTE], UTC),
    )


def _part(part: int | None) -> tuple[str, str]:
    """The range of sort keys of one part of the audience: all that begin with one character."""
    if part is None:
        return CROCKFORD[0], CROCKFORD[-1] + _ABOVE_ALL
    character = CROCKFORD[part * len(CROCKFORD) // AUDIENCE_PARTS]
    return character, character + _ABOVE_ALL
