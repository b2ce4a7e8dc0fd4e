"""The data about readers: until when posts are pushed, whom they pull, unfollowed or muted, and
which hashtags they follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.hashtags import to_followed_hashtag
from shutterfeed.adapters.dynamodb.mutes import to_muted, to_reported
from shutterfeed.adapters.dynamodb.recent_posts import to_recent_posts
from shutterfeed.adapters.dynamodb.records import epoch, to_profile
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    chunks,
    item_key,
    key_item,
)
from shutterfeed.domain.delivery import Reader
from shutterfeed.schema import PK, SK

_VISIT: Final = "visited_on"
PUSHED: Final = "pushed_until"
PREPARED: Final = "prepared"
_TRANSACTION: Final = 100
"""The highest number of items in one transaction of DynamoDB."""


@dataclass(frozen=True, slots=True)
class DynamoReaders:
    """Strongly consistent, over the metadata table."""

    table: Table

    def get(self, reader_id: str) -> Reader:
        items: list[Item] = []
        after = None
        first, last = keys.READER_RANGE
        condition = Key(PK).eq(keys.user_partition(reader_id)) & Key(SK).between(first, last)
        while True:
            # Without a limit of items a page has up to a megabyte; few readers have a second page.
            rows = self.table.query(condition, after=after, limit=None, consistent=True)
            items += rows.items
            after = rows.last
            if after is None:
                return _to_reader(items)

    def pushed_until(self, reader_ids: Sequence[str]) -> dict[str, datetime]:
        items = self.table.get_many(map(keys.profile, reader_ids), consistent=True)
        return {
            keys.parse_profile(item_key(item)): datetime.fromtimestamp(item[PUSHED], UTC)
            for item in items
            if PUSHED in item
        }

    def record_visit(self, reader_id: str, day: date, pushed_until: datetime | None = None) -> None:
        fields: Item = {_VISIT: day.isoformat()}
        if pushed_until is not None:
            # Two visits at once may leave either's time: subscriptions last a day longer.
            fields[PUSHED] = epoch(pushed_until)
        self._update(reader_id, fields, Attr(PK).exists())

    def prepare(self, reader_id: str) -> None:
        self._update(reader_id, {PREPARED: True}, Attr(PK).exists())

    def push_until(self, reader_id: str, until: datetime) -> None:
        earlier = Attr(PUSHED).not_exists() | Attr(PUSHED).lt(epoch(until))
        with suppress(ConditionFailed):
            self._update(reader_id, {PUSHED: epoch(until)}, Attr(PK).exists() & earlier)

    def pull(self, reader_ids: Sequence[str], author_id: str) -> None:
        for some in chunks(reader_ids, _TRANSACTION // 2):
            self._pull(list(some), author_id)

    def stop_pulling(self, reader_ids: Sequence[str], author_id: str, migration: str) -> None:
        pushed = Check(keys.recent_posts(author_id), Attr("migration").eq(migration))
        for some in chunks(reader_ids, _TRANSACTION - 1):
            try:
                self.table.transact(
                    [
                        pushed,
                        *(Delete(keys.pull_marker(reader_id, author_id)) for reader_id in some),
                    ]
                )
            except ConditionFailed:
                return

    def _pull(self, reader_ids: list[str], author_id: str) -> None:
        """Let those of the readers who follow the author pull the author: all in one transaction,
        which is repeated without those who do not follow."""
        while reader_ids:
            follows = [Check(keys.follow(r, author_id), Attr(PK).exists()) for r in reader_ids]
            markers = [Put(key_item(keys.pull_marker(r, author_id))) for r in reader_ids]
            try:
                self.table.transact([*follows, *markers])
            except ConditionFailed as error:
                reader_ids = [r for i, r in enumerate(reader_ids) if i not in error.failed]
            else:
                return

    def _update(self, reader_id: str, fields: Item, condition: ConditionBase) -> None:
        self.table.write(Update(keys.profile(reader_id), set=fields, condition=condition))


def _to_reader(items: Iterable[Item]) -> Reader:
    by_sort_key = {item[SK]: item for item in items}
    state = by_sort_key.get(keys.PROFILE, {})
    recent = by_sort_key.get(keys.RECENT_POSTS)
    authors = [keys.parse_author(sort_key) for sort_key in by_sort_key]
    markers = [author for author in authors if author is not None]
    until = state.get(PUSHED)
    visit = state.get(_VISIT)
    return Reader(
        to_profile(state) if state else None,
        date.fromisoformat(visit) if visit else None,
        datetime.fromtimestamp(until, UTC) if until else None,
        bool(state.get(PREPARED)),
        to_recent_posts(recent) if recent else None,
        frozenset(author_id for author_id, pulled in markers if pulled),
        frozenset(author_id for author_id, pulled in markers if not pulled),
        to_muted(by_sort_key.get(keys.READER_MUTES)),
        to_reported(by_sort_key.get(keys.READER_MUTES)),
        tuple(
            to_followed_hashtag(item)
            for sort_key, item in by_sort_key.items()
            if sort_key.startswith(keys.READER_HASHTAGS_PREFIX)
        ),
    )
