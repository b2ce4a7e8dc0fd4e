"""The list of posts to explore, each version packed into one item of the metadata table, and the
contenders for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

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

_MADE_AT: Final = "made_at"
_LOOKED_AT: Final = "looked_at"
_LASTS: Final = "lasts"


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

    def claim(self, before: Explored, after: Explored) -> bool:
        looked_at = _text(before.looked_at)
        same: ConditionBase = Attr(_LOOKED_AT).not_exists()
        if looked_at is not None:
            same = Attr(_LOOKED_AT).eq(looked_at)
        same = same & Attr(_MADE_AT).eq(timestamp(before.made_at))
        try:
            self.table.write(Put(_item(after), same))
        except ConditionFailed:
            return False
        return True

    def keep(self, explored: Explored) -> None:
        self.table.write(Put(_item(explored)))


def _item(explored: Explored) -> Item:
    return {
        **key_item(keys.explored(explored.version)),
        "post_ids": " ".join(map(str, explored.post_ids)),
        _MADE_AT: timestamp(explored.made_at),
        "counted_until": _text(explored.counted_until),
        _LOOKED_AT: _text(explored.looked_at),
        _LASTS: int(explored.lasts.total_seconds()),
        TTL_ATTRIBUTE: epoch(explored.made_at + EXPLORED_RETENTION),
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else timestamp(at)


def _to_contender(item: Item) -> Contender:
    at = datetime.fromisoformat(item["at"])
    return Contender(PostId.parse(item["post_id"]), int(item["rank"]), at)


def _to_explored(item: Item) -> Explored:
    return Explored(
        keys.parse_explored(item_key(item)),
        tuple(map(PostId.parse, item["post_ids"].split())),
        datetime.fromisoformat(item[_MADE_AT]),
        _moment(item.get("counted_until")),
        _moment(item.get(_LOOKED_AT)),
        timedelta(seconds=int(item[_LASTS])) if _LASTS in item else SHORT_LASTS,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
