"""Users' appearances in the posts of others, in the partition of the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from boto3.dynamodb.conditions import Attr, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Put,
    Table,
    Write,
    item_key,
    key_item,
)
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.schema import PK, SK

_REVISION: Final = "revision"
"""The attribute with the revision of the post that lists it."""


@dataclass(frozen=True, slots=True)
class DynamoAppearances:
    """Appearances in the metadata table."""

    table: Table

    def add(self, user_id: str, post_id: PostId, revision: int) -> None:
        item = {**key_item(keys.appearance(user_id, post_id)), _REVISION: revision}
        self._write(Put(item, Attr(PK).not_exists() | Attr(_REVISION).lt(revision)))

    def remove(self, user_id: str, post_id: PostId, revision: int | None) -> None:
        older = None if revision is None else Attr(PK).not_exists() | Attr(_REVISION).lt(revision)
        self._write(Delete(keys.appearance(user_id, post_id), older))

    def _write(self, write: Write) -> None:
        try:
            self.table.write(write)
        except ConditionFailed:
            return  # A later revision has been here.

    def page(self, user_id: str, before: str | None, limit: int) -> Page[PostId]:
        partition = keys.user_partition(user_id)
        rows = self.table.query(
            Key(PK).eq(partition) & Key(SK).begins_with(keys.APPEARANCES_PREFIX),
            after=None if before is None else {PK: partition, SK: before},
            limit=limit,
            newest_first=True,
            consistent=True,
        )
        posts = tuple(keys.parse_appearance(item_key(item))[1] for item in rows.items)
        return Page(posts, str(rows.last[SK]) if rows.last else None)
