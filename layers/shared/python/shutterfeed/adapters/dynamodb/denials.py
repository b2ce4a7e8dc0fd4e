"""The notes of what the edge is to deny."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, Table, item_key
from shutterfeed.schema import TTL_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class DynamoDenialNotes:
    table: Table

    def get(self, ids: Collection[str]) -> Mapping[str, datetime | None]:
        items = self.table.get_many(map(keys.denial, ids), consistent=True)
        return {keys.parse_denial(item_key(item)): _until(item) for item in items}


def _until(item: Item) -> datetime | None:
    seconds = item.get(TTL_ATTRIBUTE)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
