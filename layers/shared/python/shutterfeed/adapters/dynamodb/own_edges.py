"""Which posts of a page a user likes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from boto3.dynamodb.conditions import Key as On

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, Table, item_key
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.visibility import Viewer
from shutterfeed.keys import Key
from shutterfeed.schema import PK, SK

RANGE: Final = 30
"""The number of edges that are read as a range. They take up to 4 KB, which is half a read unit,
and between the first and the last post of a page there are seldom more."""


def edges(viewer: Viewer, post_ids: Collection[PostId]) -> list[Key]:
    """The keys of the edges that a user may have to posts."""
    if viewer.user_id is None:
        return []
    return [keys.like(viewer.user_id, post_id) for post_id in dict.fromkeys(post_ids)]


def finding(table: Table, wanted: Collection[Key]) -> list[Callable[[], list[Item]]]:
    """The requests that find which of a user's edges exist, as functions, to make them at the same
    time as others. Eventually consistent.

    The range in which the edges stand is read. If it has too many others, what is beyond is asked
    for by the keys, in a second request.
    """
    return [partial(_found, table, frozenset(wanted))] if wanted else []


def _found(table: Table, wanted: frozenset[Key]) -> list[Item]:
    sorts = sorted(key.sk for key in wanted)
    partition = next(iter(wanted)).pk
    condition = On(PK).eq(partition) & On(SK).between(sorts[0], sorts[-1])
    rows = table.query(condition, limit=RANGE)
    found = [item for item in rows.items if item_key(item) in wanted]
    if rows.last is not None:
        found += table.get_many(key for key in wanted if key.sk > rows.last[SK])
    return found
