"""Which posts of a page a user likes, and which they have saved."""

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

RANGE: Final = 250
"""The number of edges that are read as a range. A query is billed for what is there: half a read
unit for about 30 edges, and 4 units for as many as this, which only those have between the first
and the last post of a page who like a lot."""


def own_keys(viewer: Viewer, post_ids: Collection[PostId]) -> list[Key]:
    """The keys of the likes and saves that a user may have of posts."""
    if viewer.user_id is None:
        return []
    ids = dict.fromkeys(post_ids)
    return [edge(viewer.user_id, post_id) for edge in (keys.like, keys.save) for post_id in ids]


def finding_own(
    table: Table, viewer: Viewer, post_ids: Collection[PostId]
) -> list[Callable[[], list[Item]]]:
    """The requests that find which of the posts a user likes and has saved."""
    if viewer.user_id is None:
        return []
    ranges = ([edge(viewer.user_id, i) for i in post_ids] for edge in (keys.like, keys.save))
    return [call for some in ranges for call in finding(table, some)]


def finding(table: Table, wanted: Collection[Key]) -> list[Callable[[], list[Item]]]:
    """The requests that find which items of one partition exist, as functions, to make them at the
    same time as others. Eventually consistent.

    The range in which they stand is read. If it has too many others, what is beyond is asked for by
    the keys, in a second request.
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
