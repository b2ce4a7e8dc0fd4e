"""Counts the contents that are removed in an hour, and enforces the limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import epoch
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Table, Update
from shutterfeed.domain.retention import REMOVALS_RETENTION
from shutterfeed.schema import TTL_ATTRIBUTE

_COUNT: Final = "removals"


@dataclass(frozen=True, slots=True)
class DynamoRemovals:
    table: Table
    per_hour: int

    def take(self, at: datetime) -> bool:
        count = Update(
            keys.removals(at),
            set={TTL_ATTRIBUTE: epoch(at + REMOVALS_RETENTION)},
            add={_COUNT: 1},
            condition=Attr(_COUNT).not_exists() | Attr(_COUNT).lt(self.per_hour),
        )
        try:
            self.table.write(count)
        except ConditionFailed:
            return False
        return True
