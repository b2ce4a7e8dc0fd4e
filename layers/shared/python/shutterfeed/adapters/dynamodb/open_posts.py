"""Lists of the posts that still wait for media, for the reconciler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from boto3.dynamodb.conditions import Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.posts import open_entry
from shutterfeed.adapters.dynamodb.table import Table, Update, key_item
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.pages import Page
from shutterfeed.schema import OPEN_INDEX, OPEN_PK, OPEN_SK

_CHECKPOINTS = "checkpoints"


@dataclass(frozen=True, slots=True)
class DynamoOpenPosts:
    table: Table

    def page(
        self, shard: int, created_before: datetime, after: str | None, limit: int
    ) -> Page[PostId]:
        rows = self.table.query(
            Key(OPEN_PK).eq(keys.open_partition(shard)) & Key(OPEN_SK).lt(ulid(created_before, 0)),
            index=OPEN_INDEX,
            after=None if after is None else _start(keys.parse_open_sort(after)),
            limit=limit,
        )
        found = tuple(keys.parse_open_sort(item[OPEN_SK]) for item in rows.items)
        return Page(found, str(rows.last[OPEN_SK]) if rows.last else None)

    def checkpoints(self) -> dict[int, str]:
        item = self.table.get(keys.RECONCILE) or {}
        return {int(shard): position for shard, position in item.get(_CHECKPOINTS, {}).items()}

    def keep_checkpoints(self, checkpoints: Mapping[int, str]) -> None:
        plain = {str(shard): position for shard, position in checkpoints.items()}
        self.table.write(Update(keys.RECONCILE, set={_CHECKPOINTS: plain}))


def _start(post_id: PostId) -> dict[str, str]:
    return {**key_item(keys.post(post_id)), **open_entry(post_id)}
