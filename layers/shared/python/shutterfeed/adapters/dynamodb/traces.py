"""What an account leaves with others, in the metadata table and the feed table.

An edge goes in one transaction with the number of the one who stays. What it brings, such as a
subscription, is removed before it: who finds the edge again repeats that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.follows import DynamoFollows, counting
from shutterfeed.adapters.dynamodb.records import to_profile
from shutterfeed.adapters.dynamodb.requests import DynamoRequests
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Rows,
    Table,
    Update,
    at_once,
    item_key,
)
from shutterfeed.domain.delivery import FOLLOWER_SHARDS
from shutterfeed.domain.users import Profile
from shutterfeed.schema import FOLLOWERS_INDEX, FOLLOWERS_PK, PK, SK

_THERE: Final = Attr(PK).exists()
_BEFORE_ALL: Final = datetime.fromtimestamp(0, UTC)
"""A moment at which no mute is over, so that those are taken back too that are."""
_TOGETHER: Final = 10
"""How many edges are removed at the same time, each with another person's number."""
_KEPT: Final = (keys.PROFILE, keys.CLOSING, keys.POST_PREFIX, keys.UPLOAD_PREFIX)
"""The beginnings of the sort keys of what is removed by other steps."""


@dataclass(frozen=True, slots=True)
class DynamoTraces:
    table: Table
    feeds: Table

    def unfollow(self, user_id: str, most: int) -> bool:
        page = DynamoFollows(self.table, self.feeds.name).following(user_id, None, most)
        subscriptions = [keys.push_subscription(author_id, user_id) for author_id in page.items]
        self.feeds.write_many(deletes=subscriptions)
        found = self.table.get_many(map(keys.profile, page.items), consistent=True)
        followed = {profile.user_id: profile for profile in map(to_profile, found)}
        self._cut(
            (keys.follow(user_id, author_id), self._uncounted(user_id, followed.get(author_id)))
            for author_id in page.items
        )
        return page.next_position is not None

    def _uncounted(self, follower_id: str, followee: Profile | None) -> Update | None:
        """The write that no longer counts a follower; None if who was followed is gone."""
        return None if followee is None else counting(follower_id, followee, -1)[1]

    def lose_followers(self, user_id: str, most: int) -> bool:
        follows = DynamoFollows(self.table, self.feeds.name)
        found: list[str] = []
        # An edge stays in the part in which it was written, however many there were then.
        for shard in range(FOLLOWER_SHARDS):
            if len(found) < most:
                found += follows.followers(user_id, shard, None, most - len(found)).items
        self.table.write_many(deletes=(keys.pull_marker(reader, user_id) for reader in found))
        self._cut(
            (
                keys.follow(follower_id, user_id),
                Update(keys.profile(follower_id), add={"following": -1}, condition=_THERE),
            )
            for follower_id in found
        )
        return bool(found)

    def withdraw(self, user_id: str, most: int) -> bool:
        requests = DynamoRequests(self.table)
        made = self._own(user_id, keys.REQUEST_PREFIX, most)
        asked = [keys.parse_request(item_key(item))[1] for item in made.items]
        asking = requests.waiting(user_id, None, most).items
        for followee_id in asked:
            requests.withdraw(user_id, followee_id)
        for follower_id in asking:
            requests.withdraw(follower_id, user_id)
        return bool(asked or asking)

    def sweep(self, user_id: str, most: int) -> bool:
        rows = self._own(user_id, "", most)
        left = [item_key(item) for item in rows.items if not item[SK].startswith(_KEPT)]
        self.table.write_many(deletes=left)
        counts = (keys.follower_count(user_id, shard) for shard in range(FOLLOWER_SHARDS))
        self.table.write_many(deletes=counts)
        reports = self.table.query(
            Key(FOLLOWERS_PK).eq(keys.reports_partition(user_id)), index=FOLLOWERS_INDEX, limit=most
        )
        self.table.write_many(deletes=map(item_key, reports.items))
        more = bool(left) or rows.last is not None or reports.last is not None
        for partition in (keys.feed_partition(user_id), keys.audience_partition(user_id)):
            found = self.feeds.query(Key(PK).eq(partition), limit=most, consistent=True)
            self.feeds.write_many(deletes=map(item_key, found.items))
            more = more or found.last is not None
        return more

    def _own(self, user_id: str, beginning: str, most: int) -> Rows:
        condition: ConditionBase = Key(PK).eq(keys.user_partition(user_id))
        if beginning:
            condition = condition & Key(SK).begins_with(beginning)
        return self.table.query(condition, limit=most, consistent=True)

    def _cut(self, edges: Iterable[tuple[keys.Key, Update | None]]) -> None:
        calls = (partial(self._remove, edge, number) for edge, number in edges)
        while some := list(islice(calls, _TOGETHER)):
            at_once(some)

    def _remove(self, edge: keys.Key, number: Update | None) -> None:
        """Remove an edge, and the other's number that counts it, unless the edge is gone."""
        writes: Sequence[Delete | Update] = [Delete(edge, _THERE)]
        try:
            self.table.transact([*writes, *([number] if number else [])])
        except ConditionFailed as error:
            if 0 not in error.failed:
                # The other person is gone, too.
                self.table.write(Delete(edge))
