"""Blocks. One item says of a pair of users who of them has blocked the other: it is read with
whatever one may be shown of the other, and checked when one is to follow the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.follows import counting, ending
from shutterfeed.adapters.dynamodb.records import timestamp, to_profile
from shutterfeed.adapters.dynamodb.requests import counting_requests
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    Write,
    is_now,
    item_key,
    key_item,
)
from shutterfeed.domain.blocks import MAX_BLOCKS, Block, too_many_blocks
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.keys import Key as ItemKey
from shutterfeed.schema import PK, SK

BY: Final = "by"
"""The attribute of a pair's item with the ids of those who have blocked the other."""
_COUNT: Final = "blocks"
_ATTEMPTS: Final = 10
_COUNTED: Final = 0
"""The index of the write that counts the blocks."""


@dataclass(frozen=True, slots=True)
class DynamoBlocks:
    """Blocks in the metadata table. `feeds` is the name of the feed table, which has the
    subscriptions."""

    table: Table
    feeds: str

    def block(self, blocker_id: str, block: Block, spending: Spending = NOTHING) -> Block:
        for _ in range(_ATTEMPTS):
            between = self._between(blocker_id, block.user_id)
            if between.block is not None:
                return between.block
            try:
                transact(self.table, self._blocking(between, block), spending)
            except ConditionFailed as error:
                if error.failed == (_COUNTED,):
                    raise too_many_blocks() from error
            else:
                return block
        raise Busy

    def unblock(self, blocker_id: str, blocked_id: str) -> bool:
        for _ in range(_ATTEMPTS):
            by = _by(self.table.get(keys.pair(blocker_id, blocked_id)))
            if blocker_id not in by:
                return False
            writes = (
                Update(keys.blocks(blocker_id), add={_COUNT: -1}),
                _noted(blocker_id, blocked_id, by, by - {blocker_id}),
                Delete(keys.block(blocker_id, blocked_id)),
            )
            try:
                self.table.transact(writes)
            except ConditionFailed:
                continue
            return True
        raise Busy

    def page(self, blocker_id: str, after: str | None, limit: int) -> Page[Block]:
        rows = self.table.query(
            Key(PK).eq(keys.user_partition(blocker_id)) & Key(SK).begins_with(keys.BLOCKS_PREFIX),
            after=None if after is None else key_item(keys.block(blocker_id, after)),
            limit=limit,
            consistent=True,
        )
        blocks = tuple(map(_to_block, rows.items))
        return Page(blocks, blocks[-1].user_id if rows.last else None)

    def _between(self, blocker_id: str, blocked_id: str) -> _Between:
        wanted = [
            keys.pair(blocker_id, blocked_id),
            keys.block(blocker_id, blocked_id),
            keys.follow(blocker_id, blocked_id),
            keys.follow(blocked_id, blocker_id),
            keys.request(blocker_id, blocked_id),
            keys.request(blocked_id, blocker_id),
            keys.profile(blocker_id),
            keys.profile(blocked_id),
        ]
        items = self.table.get_many(wanted, consistent=True)
        return _Between(blocker_id, blocked_id, {item_key(item): item for item in items})

    def _blocking(self, between: _Between, block: Block) -> list[Write | Check]:
        """Everything that the block writes, on condition that between the two nothing has changed
        since it was read."""
        blocker_id, blocked_id = between.blocker_id, between.blocked_id
        few = Attr(_COUNT).not_exists() | Attr(_COUNT).lt(MAX_BLOCKS)
        return [
            Update(keys.blocks(blocker_id), add={_COUNT: 1}, condition=few),
            _noted(blocker_id, blocked_id, between.by, between.by | {blocker_id}),
            Put(_block_item(blocker_id, block), Attr(PK).not_exists()),
            *between.cutting(block.at, self.feeds),
        ]


@dataclass(frozen=True, slots=True)
class _Between:
    """What there is between the one who blocks and the one to be blocked, and their profiles."""

    blocker_id: str
    blocked_id: str
    items: dict[ItemKey, Item]

    @property
    def by(self) -> frozenset[str]:
        return _by(self.items.get(keys.pair(self.blocker_id, self.blocked_id)))

    @property
    def block(self) -> Block | None:
        item = self.items.get(keys.block(self.blocker_id, self.blocked_id))
        return None if item is None else _to_block(item)

    def cutting(self, at: datetime, feeds: str) -> list[Write | Check]:
        """The writes that cut the edges and requests between the two, and check that there are no
        others."""
        both_ways = ((self.blocker_id, self.blocked_id), (self.blocked_id, self.blocker_id))
        writes: list[Write | Check] = []
        counts: list[Update] = []
        for follower_id, followee_id in both_ways:
            edge = keys.follow(follower_id, followee_id)
            request = keys.request(follower_id, followee_id)
            writes += map(self._removing, (edge, request))
            if edge in self.items:
                followee = to_profile(self.items[keys.profile(followee_id)])
                writes += ending(follower_id, followee_id, at, feeds)
                counts += counting(follower_id, followee, -1)
            if request in self.items:
                counts.append(counting_requests(followee_id, -1, Attr(PK).exists()))
        return [*writes, *_merged(counts)]

    def _removing(self, key: ItemKey) -> Delete | Check:
        """The removal of an item that was read; else the condition that there is none."""
        if key in self.items:
            return Delete(key, Attr(PK).exists())
        return Check(key, Attr(PK).not_exists())


def _noted(
    one_id: str, other_id: str, before: frozenset[str], after: frozenset[str]
) -> Put | Delete:
    """The write of who of the two has blocked the other, if it has not changed since it was
    read."""
    key, unchanged = keys.pair(one_id, other_id), is_now(BY, before)
    return Put({**key_item(key), BY: after}, unchanged) if after else Delete(key, unchanged)


def _merged(counts: Iterable[Update]) -> Iterable[Update]:
    """One write for each item, as a transaction may touch none twice."""
    merged: dict[ItemKey, Update] = {}
    for count in counts:
        other = merged.get(count.key, Update(count.key, condition=count.condition))
        numbers = Counter[str]()
        for name, number in (*other.add.items(), *count.add.items()):
            if isinstance(number, int):
                numbers[name] += number
        merged[count.key] = replace(other, add=numbers)
    return merged.values()


def _by(item: Item | None) -> frozenset[str]:
    return frozenset(() if item is None else item[BY])


def _block_item(blocker_id: str, block: Block) -> Item:
    return {
        **key_item(keys.block(blocker_id, block.user_id)),
        "handle": block.handle,
        "at": timestamp(block.at),
    }


def _to_block(item: Item) -> Block:
    _, blocked_id = keys.parse_block(item_key(item))
    return Block(blocked_id, item["handle"], datetime.fromisoformat(item["at"]))
