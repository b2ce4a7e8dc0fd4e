"""The list of posts to explore, each version packed into one item of the metadata table, and the
contenders for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import epoch, timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Item,
    Put,
    Table,
    item_key,
    key_item,
)
from shutterfeed.domain.explore import SHORT_LASTS, SLOTS, TURNS, Contender, Explored
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.retention import CONTENDER_RETENTION, EXPLORED_RETENTION
from shutterfeed.schema import PK, TTL_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class DynamoContenders:
    table: Table

    def nominate(self, contender: Contender) -> None:
        item = {
            **key_item(keys.contender(contender.turn % TURNS, contender.slot)),
            "post_id": str(contender.post_id),
            "rank": contender.rank,
            "turn": contender.turn,
            "at": timestamp(contender.at),
            TTL_ATTRIBUTE: epoch(contender.at + CONTENDER_RETENTION),
        }
        is_better: ConditionBase = (
            Attr(PK).not_exists()
            | Attr("turn").ne(contender.turn)
            | Attr("rank").lt(contender.rank)
        )
        try:
            self.table.write(Put(item, is_better))
        except ConditionFailed:
            return  # A better one has the slot.

    def recent(self) -> Sequence[Contender]:
        rows = self.table.query(Key(PK).eq(keys.CONTENDERS), limit=SLOTS * TURNS)
        return [_to_contender(item) for item in rows.items]


@dataclass(frozen=True, slots=True)
class DynamoExploreLists:
    table: Table

    def current(self) -> Explored | None:
        rows = self.table.query(Key(PK).eq(keys.EXPLORED), limit=1, newest_first=True)
        return _to_explored(rows.items[0]) if rows.items else None

    def version(self, version: str) -> Explored | None:
        found = self.table.get_many([keys.explored(version)])
        return next(map(_to_explored, found), None)

    def keep(self, explored: Explored) -> None:
        until, looked_at = explored.counted_until, explored.looked_at
        item = {
            **key_item(keys.explored(explored.version)),
            "post_ids": " ".join(map(str, explored.post_ids)),
            "made_at": timestamp(explored.made_at),
            "counted_until": None if until is None else timestamp(until),
            "looked_at": None if looked_at is None else timestamp(looked_at),
            "lasts": int(explored.lasts.total_seconds()),
            TTL_ATTRIBUTE: epoch(explored.made_at + EXPLORED_RETENTION),
        }
        self.table.write(Put(item))


def _to_contender(item: Item) -> Contender:
    at = datetime.fromisoformat(item["at"])
    return Contender(PostId.parse(item["post_id"]), int(item["rank"]), at)


def _to_explored(item: Item) -> Explored:
    until, looked_at = item.get("counted_until"), item.get("looked_at")
    lasts = timedelta(seconds=int(item["lasts"])) if "lasts" in item else SHORT_LASTS
    return Explored(
        keys.parse_explored(item_key(item)),
        tuple(map(PostId.parse, item["post_ids"].split())),
        datetime.fromisoformat(item["made_at"]),
        None if until is None else datetime.fromisoformat(until),
        None if looked_at is None else datetime.fromisoformat(looked_at),
        lasts,
    )
