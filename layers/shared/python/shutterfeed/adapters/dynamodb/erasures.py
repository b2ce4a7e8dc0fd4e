"""The records of erased accounts, in the metadata table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Item,
    Put,
    Table,
    Update,
    item_key,
    key_item,
)
from shutterfeed.domain.erasures import Content, ErasedAccount
from shutterfeed.domain.ids import id_number, random_id
from shutterfeed.schema import PK

_FINISHED: Final = "finished_at"
_PACKED: Final = "packed"
_HASH: Final = 32
_CONTENT: Final = _HASH + 16
"""The number of bytes of a packed content: its hash, then its blob's id."""
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class DynamoErasureRecords:
    table: Table

    def begin(self, account: ErasedAccount) -> None:
        item = {
            **key_item(keys.erasure(account.user_id)),
            "account": account.account,
            "handles": list(account.handles),
            "email": account.email,
            "begun_at": timestamp(account.begun_at),
        }
        with suppress(ConditionFailed):
            self.table.write(Put(item, Attr(PK).not_exists()))

    def note_contents(self, user_id: str, part: str, contents: Sequence[Content]) -> None:
        if contents:
            self.table.write(Put(erased_contents_item(user_id, part, contents)))

    def finish(self, user_id: str, at: datetime) -> None:
        first = Attr(PK).exists() & Attr(_FINISHED).not_exists()
        finished = Update(keys.erasure(user_id), {_FINISHED: timestamp(at)}, condition=first)
        with suppress(ConditionFailed):
            self.table.write(finished)

    def get(self, user_id: str) -> ErasedAccount | None:
        item = self.table.get(keys.erasure(user_id))
        return None if item is None else _to_erased(item)

    def waiting(self) -> Iterator[ErasedAccount]:
        return map(_to_erased, self._items(keys.ERASURES))

    def contents(self, user_id: str) -> Iterator[Content]:
        for item in self._items(keys.erased_partition(user_id)):
            yield from _unpacked(bytes(item[_PACKED]))

    def forget(self, user_id: str) -> None:
        parts = [item_key(item) for item in self._items(keys.erased_partition(user_id))]
        self.table.write_many(deletes=parts)
        # Last: while it is there, a repetition finds what is left of its contents.
        self.table.write_many(deletes=[keys.erasure(user_id)])

    def _items(self, partition: str) -> Iterator[Item]:
        after: Item | None = None
        while True:
            rows = self.table.query(
                Key(PK).eq(partition), after=after, limit=_PAGE, consistent=True
            )
            yield from rows.items
            after = rows.last
            if after is None:
                return


def erased_contents_item(user_id: str, part: str, contents: Iterable[Content]) -> Item:
    return {**key_item(keys.erased_contents(user_id, part)), _PACKED: _packed(contents)}


def _to_erased(item: Item) -> ErasedAccount:
    finished = item.get(_FINISHED)
    return ErasedAccount(
        keys.parse_erasure(item_key(item)),
        item["account"],
        tuple(item["handles"]),
        item.get("email"),
        datetime.fromisoformat(item["begun_at"]),
        None if finished is None else datetime.fromisoformat(finished),
    )


def _packed(contents: Iterable[Content]) -> bytes:
    return b"".join(
        bytes.fromhex(content.sha256) + id_number(content.blob_id).to_bytes(16)
        for content in contents
    )


def _unpacked(packed: bytes) -> Iterator[Content]:
    for start in range(0, len(packed), _CONTENT):
        middle, end = start + _HASH, start + _CONTENT
        blob_id = random_id(int.from_bytes(packed[middle:end]))
        yield Content(packed[start:middle].hex(), blob_id)
