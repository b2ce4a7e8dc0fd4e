"""The log of moderation: an item for each entry, in one partition in the order of the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from boto3.dynamodb.conditions import Attr, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, Put, Rows, Table, item_key, key_item
from shutterfeed.domain.moderation_log import Entry, Event
from shutterfeed.domain.pages import Page
from shutterfeed.schema import PK, SK

_EVENT: Final = "event"
_PREVIOUS: Final = "previous"
_HASH: Final = "hash"
_event_of = msgspec.json.Decoder(Event).decode


@dataclass(frozen=True, slots=True)
class DynamoModerationLog:
    """Strongly consistent, over the metadata table."""

    table: Table

    def before(self, number: int | None, limit: int) -> Page[Entry]:
        start = None if number is None else key_item(keys.log_entry(number))
        rows = self._query(start, limit, newest_first=True)
        entries = tuple(map(_to_entry, rows.items))
        return Page(entries, str(entries[-1].number) if rows.last else None)

    def after(self, number: int, limit: int) -> Sequence[Entry]:
        start = key_item(keys.log_entry(number)) if number else None
        return list(map(_to_entry, self._query(start, limit).items))

    def appending(self, entry: Entry) -> Put:
        """The write of the next entry, unless there is one with its number."""
        item = {
            **key_item(keys.log_entry(entry.number)),
            _EVENT: msgspec.json.encode(entry.event).decode(),
            _PREVIOUS: entry.previous,
            _HASH: entry.hash,
        }
        return Put(item, Attr(PK).not_exists())

    def last(self) -> Entry | None:
        """The last entry; None if there is none."""
        return next(iter(self.before(None, 1).items), None)

    def _query(self, after: Item | None, limit: int, *, newest_first: bool = False) -> Rows:
        return self.table.query(
            Key(PK).eq(keys.MODERATION_LOG) & Key(SK).gte("0"),
            after=after,
            limit=limit,
            newest_first=newest_first,
            consistent=True,
        )


def _to_entry(item: dict[str, Any]) -> Entry:
    number = keys.parse_log_entry(item_key(item))
    return Entry(number, _event_of(item[_EVENT]), item[_PREVIOUS], item[_HASH])
