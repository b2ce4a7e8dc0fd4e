"""Exports, in the partitions of their users. An export of a hundred parts has 12 KB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import STORED
from shutterfeed.adapters.dynamodb.records import epoch, timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Item,
    Put,
    Table,
    Update,
    item_key,
    key_item,
)
from shutterfeed.domain.exports import EXPORT_RETENTION, Export
from shutterfeed.schema import PK, TTL_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class DynamoExports:
    """Exports in the metadata table."""

    table: Table

    def get(self, user_id: str) -> Export | None:
        item = self.table.get(keys.export(user_id))
        return None if item is None else to_export(item)

    def put(self, export: Export, earlier: Export | None) -> bool:
        condition = Attr(PK).not_exists() if earlier is None else _as_read(earlier)
        return self._write(Put(_export_item(export), condition))

    def note_progress(self, export: Export, posts: int, size: int, at: datetime) -> bool:
        progress = {"posts_done": posts, "bytes_done": size, "moved_at": timestamp(at)}
        return self._write(
            Update(keys.export(export.user_id), progress, condition=_as_read(export))
        )

    def stored_by(self, user_id: str) -> int:
        item = self.table.get(keys.usage(user_id)) or {}
        return max(0, int(item.get(STORED, 0)))

    def _write(self, write: Put | Update) -> bool:
        try:
            self.table.write(write)
        except ConditionFailed:
            return False
        return True


def _as_read(export: Export) -> ConditionBase:
    return Attr("id").eq(export.id) & Attr("revision").eq(export.revision)


def _export_item(export: Export) -> Item:
    fields: Item = msgspec.to_builtins(export)
    del fields["user_id"]
    return {
        **fields,
        **key_item(keys.export(export.user_id)),
        TTL_ATTRIBUTE: epoch(export.moved_at + EXPORT_RETENTION),
    }


def to_export(item: Mapping[str, Any]) -> Export:
    return msgspec.convert({**item, "user_id": keys.parse_export(item_key(item))}, Export)
