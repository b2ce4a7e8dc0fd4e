"""Which posts users like, and which of a page they have saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
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


_ENDS: Final = ("", "~")
"""Author ids below and above all that there are."""


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


@dataclass(frozen=True, slots=True)
class OwnEdges:
    """Edges of a user, which are all that there are to posts whose ULIDs are above `above` and, if
    they were read as a range, within it."""

    items: list[Item]
    above: str


def finding_between(
    table: Table, viewer: Viewer, post_ids: Collection[PostId], ulids: tuple[str, str]
) -> list[Callable[[], OwnEdges]]:
    """The requests that find which of the posts a user likes and has saved, and also which others
    with a ULID in the given range."""
    user_id = viewer.user_id
    if user_id is None:
        return []
    low, high = (PostId(end, ulid) for end, ulid in zip(_ENDS, ulids, strict=True))
    calls: list[Callable[[], OwnEdges]] = []
    for edge in (keys.like, keys.save):
        wanted = frozenset(edge(user_id, post_id) for post_id in post_ids)
        calls.append(
            partial(_found_between, table, wanted, edge(user_id, low), edge(user_id, high))
        )
    return calls


def _found_between(table: Table, wanted: frozenset[Key], low: Key, high: Key) -> OwnEdges:
    """From the newest post down: those that nobody has asked for are the newest."""
    sorts = sorted(key.sk for key in (*wanted, low, high))
    condition = On(PK).eq(low.pk) & On(SK).between(sorts[0], sorts[-1])
    rows = table.query(condition, limit=RANGE, newest_first=True)
    last = low.sk if rows.last is None else str(rows.last[SK])
    missing = [key for key in wanted if rows.last is not None and key.sk < last]
    found = [*rows.items, *(table.get_many(missing) if missing else [])]
    return OwnEdges(found, last.split("#")[1])


def finding(table: Table, wanted: Collection[Key]) -> list[Callable[[], list[Item]]]:
    """The requests that find which items of one partition exist, as functions, to make them at the
    same time as others. Eventually consistent.

    The range in which they stand is read. If it has too many others, what is beyond is asked for by
    the keys, in a second request.
    """
    return [partial(_found, table, frozenset(wanted))] if wanted else []


def finding_likes(
    table: Table, likes: Collection[tuple[str, PostId]]
) -> list[Callable[[], list[Item]]]:
    """The requests that find which users like which posts. The likes of one user are a range."""
    edges: defaultdict[str, list[Key]] = defaultdict(list)
    for user_id, post_id in sorted(likes):
        edges[user_id].append(keys.like(user_id, post_id))
    return [call for wanted in edges.values() for call in finding(table, wanted)]


def _found(table: Table, wanted: frozenset[Key]) -> list[Item]:
    sorts = sorted(key.sk for key in wanted)
    partition = next(iter(wanted)).pk
    condition = On(PK).eq(partition) & On(SK).between(sorts[0], sorts[-1])
    rows = table.query(condition, limit=RANGE)
    found = [item for item in rows.items if item_key(item) in wanted]
    if rows.last is not None:
        found += table.get_many(key for key in wanted if key.sk > rows.last[SK])
    return found
