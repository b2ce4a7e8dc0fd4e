"""Follow edges. Each is written in one transaction with the two counters that count it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.records import epoch
from shutterfeed.adapters.dynamodb.table import (
    Check,
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
)
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.retention import unfollowed_marker_retention
from shutterfeed.domain.users import Profile
from shutterfeed.ports.follows import Blocked, Crowded, FolloweeChanged
from shutterfeed.schema import (
    FOLLOWERS_INDEX,
    FOLLOWERS_PK,
    FOLLOWERS_SK,
    MOST_ACTIVE_DAYS,
    PK,
    SK,
    TTL_ATTRIBUTE,
)

_FOLLOWERS: Final = 2
"""The index of the write that counts the followers: after the edge, and after the write that counts
whom the follower follows."""
PUBLIC: Final[ConditionBase] = Attr(PK).exists() & (
    Attr("private").not_exists() | Attr("private").eq(False)  # noqa: FBT003 - the value
)
"""The condition on a profile that the account exists and is not private."""
_FEW_ATTEMPTS: Final = 3
"""A tenth of a second, and then the followers are better counted in many items."""
_UNFOLLOWED_MARKER_RETENTION: Final = unfollowed_marker_retention(MOST_ACTIVE_DAYS)


@dataclass(frozen=True, slots=True)
class DynamoFollows:
    """Follow edges in the metadata table. `feeds` is the name of the feed table, which has the
    subscriptions."""

    table: Table
    feeds: str

    def follow(
        self,
        follower_id: str,
        followee: Profile,
        follow_ulid: str,
        spending: Spending = NOTHING,
    ) -> bool:
        following, followers = counting(follower_id, followee, 1)
        if followee.follower_shards == 1:
            followers = replace(followers, condition=PUBLIC)
        try:
            return self._change(
                followee,
                Put(edge_item(follower_id, followee, follow_ulid), Attr(PK).not_exists()),
                following,
                followers,
                Delete(keys.unfollowed_marker(follower_id, followee.user_id)),
                no_block(follower_id, followee.user_id),
                spending=spending,
            )
        except ConditionFailed as error:
            if error.failed == (_FOLLOWERS,):
                raise FolloweeChanged from error
            raise

    def unfollow(self, follower_id: str, followee: Profile, at: datetime) -> bool:
        followee_id = followee.user_id
        return self._change(
            followee,
            Delete(keys.follow(follower_id, followee_id), Attr(PK).exists()),
            *counting(follower_id, followee, -1),
            *ending(follower_id, followee_id, at, self.feeds),
        )

    def followers_among(self, followee_id: str, user_ids: Iterable[str]) -> set[str]:
        edges = [keys.follow(user_id, followee_id) for user_id in user_ids]
        found = self.table.get_many(edges, consistent=True) if edges else ()
        return {keys.parse_follow(item_key(item))[0] for item in found}

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

    def followed_samples(
        self, follower_ids: Sequence[str], beginning: str, limit: int
    ) -> list[tuple[str, ...]]:
        return at_once(
            [partial(self._sample, follower, beginning, limit) for follower in follower_ids]
        )

    def _sample(self, follower_id: str, beginning: str, limit: int) -> tuple[str, ...]:
        start = keys.follow(follower_id, beginning).sk
        found = self._edges(follower_id, (start, keys.FOLLOWS_PREFIX + "~"), limit)
        if len(found) < limit:
            # An edge at the beginning itself stands in both ranges.
            found += self._edges(follower_id, (keys.FOLLOWS_PREFIX, start), limit - len(found))
        return tuple(dict.fromkeys(found))

    def _edges(self, follower_id: str, between: tuple[str, str], limit: int) -> list[str]:
        condition = Key(PK).eq(keys.user_partition(follower_id)) & Key(SK).between(*between)
        rows = self.table.query(condition, limit=limit)
        return [keys.parse_follow(item_key(item))[1] for item in rows.items]

    def followers(self, followee_id: str, shard: int, after: str | None, limit: int) -> Page[str]:
        partition = keys.followers_partition(followee_id, shard)
        condition: ConditionBase = Key(FOLLOWERS_PK).eq(partition)
        if after is not None:
            condition = condition & Key(FOLLOWERS_SK).lt(after)
        rows = self.table.query(condition, index=FOLLOWERS_INDEX, limit=limit, newest_first=True)
        ids = tuple(keys.parse_follow(item_key(item))[0] for item in rows.items)
        return Page(ids, str(rows.items[-1][FOLLOWERS_SK]) if rows.last else None)

    def _change(
        self,
        followee: Profile,
        edge: Put | Delete,
        *others: Write | Check,
        spending: Spending = NOTHING,
    ) -> bool:
        writes = (edge, *others)
        try:
            self._write(followee, writes, spending)
        except ConditionFailed as error:
            if 0 in error.failed:
                return False
            if any(isinstance(writes[index], Check) for index in error.failed):
                raise Blocked from error
            raise
        return True

    def _write(
        self, followee: Profile, writes: Sequence[Write | Check], spending: Spending
    ) -> None:
        if followee.follower_shards == 1:
            try:
                transact(self.table, writes, spending, _FEW_ATTEMPTS)
            except Contended as error:
                if _FOLLOWERS in error.writes:
                    raise Crowded from error
            else:
                return
        # Another item may be what many write, such as the profile of a follower who follows many.
        transact(self.table, writes, spending)


def edge_item(follower_id: str, followee: Profile, follow_ulid: str) -> Item:
    """The item of a follow edge."""
    shard = keys.follower_shard(follower_id, followee.follower_shards)
    return {
        **key_item(keys.follow(follower_id, followee.user_id)),
        FOLLOWERS_PK: keys.followers_partition(followee.user_id, shard),
        FOLLOWERS_SK: keys.followers_sort(follow_ulid, follower_id),
    }


def no_block(one_id: str, other_id: str) -> Check:
    """The condition that neither of two users has blocked the other."""
    return Check(keys.pair(one_id, other_id), Attr(PK).not_exists())


def ending(follower_id: str, followee_id: str, at: datetime, feeds: str) -> tuple[Write, ...]:
    """The writes that go with the removal of an edge: they end what brings the followee's posts to
    the follower, and hide those that were brought."""
    remembered = {
        **key_item(keys.unfollowed_marker(follower_id, followee_id)),
        TTL_ATTRIBUTE: epoch(at + _UNFOLLOWED_MARKER_RETENTION),
    }
    return (
        Put(remembered),
        Delete(keys.pull_marker(follower_id, followee_id)),
        Delete(keys.push_subscription(followee_id, follower_id), table=feeds),
    )


def counting(follower_id: str, followee: Profile, by: int) -> tuple[Update, Update]:
    """The writes that count an edge: whom the follower follows, and the followee's followers."""
    exists = Attr(PK).exists()
    following = Update(keys.profile(follower_id), add={"following": by}, condition=exists)
    if followee.follower_shards == 1:
        followers = Update(keys.profile(followee.user_id), add={"followers": by}, condition=exists)
    else:
        shard = keys.follower_shard(follower_id, followee.follower_shards)
        count = keys.follower_count(followee.user_id, shard)
        followers = Update(count, add={"followers": by})
    return following, followers
