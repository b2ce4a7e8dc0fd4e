"""Finds and removes entries of the term index that no document has, without harming valid ones.

A writer that another one overtook may die before it has removed its own entries; no document's item
lists those. All other entries are listed: an item is written before its entries, and lists entries
to be removed until they are.
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
    """An entry that its document did not have. `document` is None for a hashtag or place, which
    many documents share."""

    entry: keys.Key
    document: keys.Key | None
    writes: int | None
    """The number of times the document's item had been written then; None if there was no
    document."""


@dataclass(frozen=True, slots=True)
class Strays:
    looked_at: int
    strays: list[Stray]
    last: Item | None


@dataclass(frozen=True, slots=True)
class DynamoSweep:
    """Finds and removes the stray entries of one generation."""

    table: Table
    generation: str

    def page(self, after: Item | None, limit: int) -> Strays:
        """The stray entries among the next `limit` items of any kind."""
        mine = Attr(PK).begins_with(f"{self.generation}#TERM#")
        starts = Attr(PK).begins_with(f"{self.generation}#START#")
        rows = self.table.scan(mine | starts, after=after, limit=limit, attributes=(PK, SK, COUNT))
        owners = {item_key(item): self._owner(item) for item in rows.items}
        wanted = [owner for owner in owners.values() if owner is not None]
        # This consistent read comes after the scan: every valid entry is listed by then.
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
        """Remove an entry. False if its document has changed since: it may have the entry now."""
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
        """The key of an entry's document; None for a hashtag or place, which many documents
        have."""
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
    """Whether a document lists an entry: it has it, or still has to remove it."""
    term = keys.parse_term_partition(entry.pk)
    if term is None:
        return entry.sk in listed_starts(document)
    order, _ = keys.parse_term_sort(entry.sk)
    return posting_line(order, term[1]) in listed_postings(document)
