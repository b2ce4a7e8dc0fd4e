"""The lists of whom people may like to follow, each packed into one item of the metadata table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from boto3.dynamodb.conditions import Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import epoch, timestamp
from shutterfeed.adapters.dynamodb.table import Item, Put, Table, Update, item_key, key_item
from shutterfeed.domain.retention import (
    ACQUAINTANCES_RETENTION,
    NOMINATION_RETENTION,
    POPULAR_RETENTION,
)
from shutterfeed.domain.suggestions import SLOTS, Acquaintances, Nomination, Popular, Suggested
from shutterfeed.schema import PK, TTL_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class DynamoNominations:
    table: Table

    def nominate(self, nomination: Nomination) -> None:
        item = {
            **key_item(keys.nomination(nomination.slot)),
            "user_id": nomination.user_id,
            "followers": nomination.followers,
            "at": timestamp(nomination.at),
            TTL_ATTRIBUTE: epoch(nomination.at + NOMINATION_RETENTION),
        }
        self.table.write(Put(item))

    def recent(self) -> Sequence[Nomination]:
        rows = self.table.query(Key(PK).eq(keys.NOMINATIONS), limit=SLOTS)
        return [_to_nomination(item) for item in rows.items]


@dataclass(frozen=True, slots=True)
class DynamoSuggestionLists:
    table: Table

    def popular(self) -> Popular:
        return _to_popular(self.table.get(keys.POPULAR))

    def keep_popular(self, popular: Popular) -> None:
        if popular.counted_until is None:
            raise ValueError("a list that has counted nothing is not kept")
        until = popular.counted_until
        values = {
            "scores": dict(popular.scores),
            "counted_until": timestamp(until),
            TTL_ATTRIBUTE: epoch(until + POPULAR_RETENTION),
        }
        self.table.write(Update(keys.POPULAR, set=values))

    def acquaintances(self, reader_id: str) -> Acquaintances | None:
        return _to_acquaintances(self.table.get(keys.acquaintances(reader_id)))

    def keep_acquaintances(self, reader_id: str, acquaintances: Acquaintances) -> None:
        item = {
            **key_item(keys.acquaintances(reader_id)),
            "user_ids": " ".join(acquaintances.user_ids),
            "made_at": timestamp(acquaintances.made_at),
            TTL_ATTRIBUTE: epoch(acquaintances.made_at + ACQUAINTANCES_RETENTION),
        }
        self.table.write(Put(item))

    def read(self, reader_id: str) -> Suggested:
        key = keys.acquaintances(reader_id)
        found = {item_key(item): item for item in self.table.get_many([key, keys.POPULAR])}
        return Suggested(_to_popular(found.get(keys.POPULAR)), _to_acquaintances(found.get(key)))


def _to_nomination(item: Item) -> Nomination:
    at = datetime.fromisoformat(item["at"])
    return Nomination(item["user_id"], item["followers"], at, keys.parse_nomination(item_key(item)))


def _to_popular(item: Item | None) -> Popular:
    if item is None:
        return Popular()
    scores = {user_id: float(score) for user_id, score in item["scores"].items()}
    return Popular(scores, datetime.fromisoformat(item["counted_until"]))


def _to_acquaintances(item: Item | None) -> Acquaintances | None:
    if item is None:
        return None
    made_at = datetime.fromisoformat(item["made_at"])
    return Acquaintances(tuple(item["user_ids"].split()), made_at)
