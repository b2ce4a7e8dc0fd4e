"""Entries of the term index that no document has: found, and removed without harming a living one.

A writer that was overtaken, and died before it gave way, may leave entries behind of which no
document's item knows. Everything else is listed: an item is written before its entries, and lists
those to be taken out until they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Delete,
    Item,
    Table,
    item_key,
)
from shutterfeed.adapters.search.dynamodb_index import (
    COUNT,
    listed_postings,
    listed_starts,
    posting_line,
)
from shutterfeed.adapters.search.postings import USERS
from shutterfeed.adapters.search.type_ahead import HANDLE, NAME
from shutterfeed.schema import PK, SK


@dataclass(frozen=True, slots=True)
class Stray:
    """An entry, and its document as it was when it did not have it; no key if many share it."""

    entry: keys.Key
    document: keys.Key | None
    writes: int | None
    """None if there was no document."""


@dataclass(frozen=True, slots=True)
class Strays:
    looked_at: int
    strays: list[Stray]
    last: Item | None


@dataclass(frozen=True, slots=True)
class DynamoSweep:
    """Of one generation."""

    table: Table
    generation: str

    def page(self, after: Item | None, limit: int) -> Strays:
        """The stray ones among the next `limit` items of any kind."""
        mine = Attr(PK).begins_with(f"{self.generation}#TERM#")
        starts = Attr(PK).begins_with(f"{self.generation}#START#")
        rows = self.table.scan(mine | starts, after=after, limit=limit, attributes=(PK, SK, COUNT))
        owners = {item_key(item): self._owner(item) for item in rows.items}
        wanted = [owner for owner in owners.values() if owner is not None]
        # After the scan, and consistent: an entry that was there is listed by then.
        documents = {item_key(i): i for i in self.table.get_many(wanted, consistent=True)}
        strays = []
        for item in rows.items:
            entry = item_key(item)
            owner = owners[entry]
            document = None if owner is None else documents.get(owner)
            if _is_stray(item, owner, document):
                writes = None if document is None else int(document["writes"])
                strays.append(Stray(entry, owner, writes))
        return Strays(len(rows.items), strays, rows.last)

    def remove(self, stray: Stray) -> bool:
        """False if its document has changed since: it may have the entry now."""
        try:
            if stray.document is None:
                self.table.write(Delete(stray.entry, Attr(COUNT).not_exists() | Attr(COUNT).lte(0)))
            else:
                unchanged: ConditionBase = (
                    Attr(PK).not_exists()
                    if stray.writes is None
                    else Attr("writes").eq(stray.writes)
                )
                self.table.transact((Delete(stray.entry), Check(stray.document, unchanged)))
        except ConditionFailed:
            return False
        return True

    def _owner(self, item: Item) -> keys.Key | None:
        """The document that an entry is of; None for a hashtag or place, which many have."""
        if (term := keys.parse_term_partition(item[PK])) is not None:
            kind, (_, subject) = term[0], keys.parse_term_sort(item[SK])
            return keys.search_document(self.generation, kind, subject)
        _, kind, subject = keys.parse_starts_sort(item[SK])
        if kind not in (HANDLE, NAME):
            return None
        return keys.search_document(self.generation, USERS, subject)


def _is_stray(item: Item, owner: keys.Key | None, document: Item | None) -> bool:
    if owner is None:
        return bool(item.get(COUNT, 0) <= 0)
    return document is None or not _lists(document, item_key(item))


def _lists(document: Mapping[str, Any], entry: keys.Key) -> bool:
    """Whether a document has an entry, or is about to take it out."""
    term = keys.parse_term_partition(entry.pk)
    if term is None:
        return entry.sk in listed_starts(document)
    order, _ = keys.parse_term_sort(entry.sk)
    return posting_line(order, term[1]) in listed_postings(document)
