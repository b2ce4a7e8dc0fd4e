"""Likes of posts. Each is two items: the edge, which says that somebody likes a post, and an entry
in the list of those who like it.

The edge decides. It is written in one transaction with the number that counts it, so both always
agree. The entry is written before the edge and removed after it: whoever likes a post is in its
list, and an entry without its edge, which a process that ended has left, is left out. Both hold the
ULID of the like, so that an entry never stands for a later like of the same person.

A post's likes are counted in one item, and in `PostCounts.like_shards` items once too many come at
the same time. What these hold is copied into the one item, which everybody reads, by `count`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import nlargest
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import spend
from shutterfeed.adapters.dynamodb.records import to_counts
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Contended,
    Delete,
    Item,
    Put,
    Table,
    Update,
    Write,
    at_once,
    item_key,
    key_item,
    retried,
)
from shutterfeed.domain.errors import Busy, LimitReached
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import PostCounts
from shutterfeed.ports.likes import FOLLOWED, RECENT, Crowded, Liker, OwnLike, RecentLikers
from shutterfeed.schema import PK, SK

AT: Final = "at"
"""The attribute of an edge with the ULID of the like."""
SHARD: Final = "shard"
"""The attribute of an edge that says in which part of the list its entry is; missing for 0."""
_LIKES: Final = "likes"
_SHARDS: Final = "like_shards"
_COPIED: Final = "likes_copied"
"""The attribute of counts that says how many likes of the shards are among its own."""
_COPIES: Final = "copies"
"""The attribute of counts that says how often likes of the shards were copied."""
_EDGE, _COUNT = 0, 1
"""The indexes of the two writes of every transaction here."""
_FEW_ATTEMPTS: Final = 3
"""A tenth of a second, and then the likes are better counted in many items."""
_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class DynamoLikes:
    """Likes in the metadata table."""

    table: Table

    def like(
        self,
        user_id: str,
        post_id: PostId,
        shards: int,
        like_ulid: str,
        spending: Spending = NOTHING,
        *,
        left: Mapping[str, int] | None = None,
    ) -> bool:
        edge = keys.like(user_id, post_id)
        if left is None:
            limits = keys.limits(user_id)
            found = {item_key(i): i for i in self.table.get_many([edge, limits], consistent=True)}
            if edge in found:
                return False
            left = found.get(limits, {})
        shard = keys.like_shard(user_id, shards)
        entry = keys.liker(post_id, shard, like_ulid, user_id)
        self._charge_and_list(spending, left, entry)
        item = {**key_item(edge), AT: like_ulid, SHARD: shard or None}
        count = _counting(user_id, post_id, shards, 1)
        try:
            self._transact(shards, Put(item, Attr(PK).not_exists()), count)
        except ConditionFailed:
            return self._is_own(edge, entry, like_ulid)
        except Busy:
            self.table.write(Delete(entry))
            raise
        return True

    def _charge_and_list(
        self, spending: Spending, left: Mapping[str, int], entry: keys.Key
    ) -> None:
        """Make the charge and write the entry at the same time. Nothing is written for somebody who
        has nothing left; if others spend it meanwhile, the entry goes again."""
        spending.check(left)
        writes: list[Callable[[], object]] = [
            partial(spend, self.table, spending, left),
            partial(self.table.write, Put(key_item(entry))),
        ]
        try:
            at_once(writes)
        except (LimitReached, Busy):
            self.table.write(Delete(entry))
            raise

    def _is_own(self, edge: keys.Key, entry: keys.Key, like_ulid: str) -> bool:
        """Whether an edge that is there already is the one that was to be written, by a request
        whose answer was lost; if it is another, of a request that was faster, the entry goes."""
        found = self.table.get(edge)
        if found is not None and found[AT] == like_ulid:
            return True
        self.table.write(Delete(entry))
        return False

    def unlike(
        self, user_id: str, post_id: PostId, shards: int, known: OwnLike | None = None
    ) -> bool:
        key = keys.like(user_id, post_id)
        for _ in range(_ATTEMPTS):
            like, known = known or self._own_like(key), None
            if like is None:
                return False
            count = _counting(user_id, post_id, shards, -1)
            try:
                self._transact(shards, Delete(key, Attr(AT).eq(like.ulid)), count)
            except ConditionFailed:
                continue  # Taken back by another request, and perhaps liked again.
            self.table.write(Delete(keys.liker(post_id, like.shard, like.ulid, user_id)))
            return True
        raise Busy

    def _own_like(self, key: keys.Key) -> OwnLike | None:
        item = self.table.get(key)
        return None if item is None else to_own_like(item)

    def _transact(self, shards: int, edge: Put | Delete, count: Update) -> None:
        writes: tuple[Write, Write] = (edge, count)
        try:
            self.table.transact(writes, *([_FEW_ATTEMPTS] if shards == 1 else []))
        except Contended as error:
            if shards == 1 and _COUNT in error.writes:
                raise Crowded from error
            raise

    def spread(self, post_id: PostId, shards: int) -> None:
        few = Attr(_SHARDS).not_exists() | Attr(_SHARDS).lt(shards)
        update = Update(keys.counts(post_id), set={_SHARDS: shards}, condition=few)

        # Transactions contend for the item, and each of them stands in the way of this write too.
        def attempt() -> bool | None:
            try:
                self.table.write(update)
            except ConditionFailed:
                return True
            except Busy:
                return None
            return True

        retried(attempt)

    def count(self, post_id: PostId) -> PostCounts | None:
        return retried(partial(self._copied, post_id))[0]

    def _copied(self, post_id: PostId) -> tuple[PostCounts | None] | None:
        """The counts with all likes of the shards; None if others have copied them meanwhile, who
        may have read the shards before."""
        key = keys.counts(post_id)
        item = self.table.get(key)
        if item is None or item.get(_SHARDS, 1) == 1:
            return (to_counts(item) if item else None,)
        likes = sum(part[_LIKES] for part in self._parts(post_id, item[_SHARDS]))
        copied, copies = item.get(_COPIED, 0), item.get(_COPIES)
        if likes == copied:
            return (to_counts(item),)
        update = Update(
            key,
            set={_COPIED: likes},
            add={_LIKES: likes - copied, _COPIES: 1},
            condition=Attr(PK).exists() & _is_still(_COPIES, copies),
        )
        try:
            return (to_counts(self.table.write(update)),)
        except (ConditionFailed, Busy):
            return None

    def _parts(self, post_id: PostId, shards: int) -> Iterable[Item]:
        parts = [keys.counts_shard(post_id, shard) for shard in range(shards)]
        return self.table.get_many(parts, consistent=True)

    def forget(self, post_id: PostId, most: int) -> bool:
        # A process that ended may have left an entry of a post that nobody likes.
        counts = self.table.get(keys.counts(post_id)) or {}
        shards = range(counts.get(_SHARDS, 1))
        for shard in shards:
            if entries := self._entries(post_id, shard, None, most):
                self._remove(post_id, shard, [keys.parse_liker_sort(sort) for sort in entries])
                return True
        if len(shards) > 1:
            self.table.write_many(deletes=(keys.counts_shard(post_id, shard) for shard in shards))
        if counts:
            self.table.write(Delete(keys.counts(post_id)))
        return False

    def _remove(self, post_id: PostId, shard: int, likes: Sequence[tuple[str, str]]) -> None:
        """Remove likes by their entries, which lead to the edges and so go last."""
        # An entry that a request has left may stand beside that of a later like of the same person.
        users = dict.fromkeys(user_id for _, user_id in likes)
        self.table.write_many(deletes=(keys.like(user_id, post_id) for user_id in users))
        self.table.write_many(deletes=(keys.liker(post_id, shard, *like) for like in likes))

    def drop_entry(self, entry: keys.Key) -> bool:
        """Remove an entry to which no like leads any more: a process that ended has left it. False,
        and nothing changes, if there is the like."""
        like_ulid, user_id = keys.parse_liker_sort(entry.sk)
        edge = self.table.get(keys.like(user_id, keys.parse_likers_partition(entry.pk)))
        if edge is not None and edge[AT] == like_ulid:
            return False
        self.table.write(Delete(entry))
        return True

    def counts(self, post_id: PostId) -> PostCounts:
        item = self.table.get(keys.counts(post_id))
        return to_counts(item) if item else PostCounts()

    def likers(self, post_id: PostId, shards: int, before: str | None, limit: int) -> Page[Liker]:
        pages = at_once(
            [partial(self._entries, post_id, shard, before, limit) for shard in range(shards)]
        )
        entries = nlargest(limit, ((sort, n) for n, page in enumerate(pages) for sort in page))
        listed = [(*keys.parse_liker_sort(sort), shard) for sort, shard in entries]
        edges = [keys.like(user_id, post_id) for _, user_id, _ in listed]
        found = self.table.get_many(edges, consistent=True) if edges else []
        present = {
            (item[AT], keys.parse_like(item_key(item))[0], item.get(SHARD, 0)) for item in found
        }
        shown = tuple(Liker(liked[1], liked[0]) for liked in listed if liked in present)
        return Page(shown, entries[-1][0] if len(entries) == limit else None)

    def _entries(self, post_id: PostId, shard: int, before: str | None, limit: int) -> list[str]:
        condition: ConditionBase = Key(PK).eq(keys.likers_partition(post_id, shard))
        if before is not None:
            condition = condition & Key(SK).lt(before)
        rows = self.table.query(condition, limit=limit, newest_first=True)
        return [str(item[SK]) for item in rows.items]

    def recent(self, viewer_id: str | None, post_ids: Collection[PostId]) -> RecentLikers:
        # The first part of the list also has all likes from before there were several parts.
        calls = [partial(self._entries, post_id, 0, None, RECENT) for post_id in post_ids]
        *lists, followed = at_once([*calls, partial(self._followed_by, viewer_id)])
        return RecentLikers(
            {
                post_id: tuple(dict.fromkeys(keys.parse_liker_sort(sort)[1] for sort in sorts))
                for post_id, sorts in zip(post_ids, lists, strict=True)
            },
            frozenset(followed),
        )

    def _followed_by(self, user_id: str | None) -> list[str]:
        if user_id is None:
            return []
        partition = Key(PK).eq(keys.user_partition(user_id))
        condition = partition & Key(SK).begins_with(keys.FOLLOWS_PREFIX)
        rows = self.table.query(condition, limit=FOLLOWED)
        return [keys.parse_follow(item_key(item))[1] for item in rows.items]

    def liked_by(self, user_id: str, before: str | None, limit: int) -> Page[PostId]:
        partition = Key(PK).eq(keys.user_partition(user_id))
        rows = self.table.query(
            partition & Key(SK).begins_with(keys.LIKES_PREFIX),
            after=None if before is None else {PK: keys.user_partition(user_id), SK: before},
            limit=limit,
            newest_first=True,
            consistent=True,
        )
        posts = tuple(keys.parse_like(item_key(item))[1] for item in rows.items)
        return Page(posts, str(rows.last[SK]) if rows.last else None)


def to_own_like(item: Item) -> OwnLike:
    return OwnLike(item[AT], item.get(SHARD, 0))


def _counting(user_id: str, post_id: PostId, shards: int, by: int) -> Update:
    """The write that counts a like, or that one was taken back. It may be taken from another item
    than it was added to: only the sum of all is shown."""
    key = keys.counts(post_id)
    if shards > 1:
        key = keys.counts_shard(post_id, keys.like_shard(user_id, shards))
    return Update(key, add={_LIKES: by})


def _is_still(name: str, value: int | None) -> ConditionBase:
    return Attr(name).not_exists() if value is None else Attr(name).eq(value)
