"""Follow edges, each written in one transaction with the two counters it justifies."""

from __future__ import annotations

from dataclasses import dataclass

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Put,
    Table,
    Update,
    item_key,
    key_item,
)
from shutterfeed.domain.pages import Page
from shutterfeed.schema import FOLLOWERS_INDEX, FOLLOWERS_PK, FOLLOWERS_SK, PK, SK

_FIRST_SHARD = 0


@dataclass(frozen=True, slots=True)
class DynamoFollows:
    table: Table

    def follow(self, follower_id: str, followee_id: str, follow_ulid: str) -> bool:
        edge = {
            **key_item(keys.follow(follower_id, followee_id)),
            FOLLOWERS_PK: keys.followers_partition(followee_id, _FIRST_SHARD),
            FOLLOWERS_SK: keys.followers_sort(follow_ulid, follower_id),
        }
        return self._change(Put(edge, Attr(PK).not_exists()), follower_id, followee_id, 1)

    def unfollow(self, follower_id: str, followee_id: str) -> bool:
        edge = Delete(keys.follow(follower_id, followee_id), Attr(PK).exists())
        return self._change(edge, follower_id, followee_id, -1)

    def exists(self, follower_id: str, followee_id: str) -> bool:
        return self.table.get(keys.follow(follower_id, followee_id)) is not None

    def following(self, follower_id: str, after: str | None, limit: int) -> Page[str]:
        start = None if after is None else key_item(keys.follow(follower_id, after))
        rows = self.table.query(
            Key(PK).eq(keys.user_partition(follower_id)) & Key(SK).begins_with(keys.FOLLOWS_PREFIX),
            after=start,
            limit=limit,
            consistent=True,
        )
        ids = tuple(keys.parse_follow(item_key(item))[1] for item in rows.items)
        return Page(ids, ids[-1] if rows.last else None)

    def followers(self, followee_id: str, shard: int, after: str | None, limit: int) -> Page[str]:
        partition = keys.followers_partition(followee_id, shard)
        condition: ConditionBase = Key(FOLLOWERS_PK).eq(partition)
        if after is not None:
            condition = condition & Key(FOLLOWERS_SK).lt(after)
        rows = self.table.query(condition, index=FOLLOWERS_INDEX, limit=limit, newest_first=True)
        ids = tuple(keys.parse_follow(item_key(item))[0] for item in rows.items)
        return Page(ids, str(rows.items[-1][FOLLOWERS_SK]) if rows.last else None)

    def _change(self, edge: Put | Delete, follower_id: str, followee_id: str, by: int) -> bool:
        exists = Attr(PK).exists()
        writes = (
            edge,
            Update(keys.profile(follower_id), add={"following": by}, condition=exists),
            Update(keys.profile(followee_id), add={"followers": by}, condition=exists),
        )
        try:
            self.table.transact(writes)
        except ConditionFailed as error:
            if 0 in error.failed:
                return False
            raise
        return True
