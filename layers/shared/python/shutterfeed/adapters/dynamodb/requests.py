"""Requests to follow private accounts. Each is written in one transaction with the count of those
that wait for the same user."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.follows import PUBLIC, counting, edge_item, no_block
from shutterfeed.adapters.dynamodb.records import ACCEPTED
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Delete,
    Put,
    Table,
    Update,
    Write,
    item_key,
    key_item,
)
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile
from shutterfeed.ports.follows import Blocked, FolloweeChanged
from shutterfeed.schema import FOLLOWERS_INDEX, FOLLOWERS_PK, FOLLOWERS_SK, PK

_REQUESTS: Final = "requests"
_PRIVATE: Final = Attr("private").eq(True)  # noqa: FBT003 - the attribute's value
_REQUEST, _OWNER = 0, 1
"""The indexes of the writes that every transaction here begins with: the request, and the profile
that counts it."""
_BLOCK: Final = 3
"""The index of the condition that neither has blocked the other. Only asking has it: a block
removes what was asked, so that nothing can be accepted."""


@dataclass(frozen=True, slots=True)
class DynamoRequests:
    table: Table

    def request(
        self, follower_id: str, followee_id: str, request_ulid: str, spending: Spending = NOTHING
    ) -> bool:
        item = {
            **key_item(keys.request(follower_id, followee_id)),
            FOLLOWERS_PK: keys.requests_partition(followee_id),
            FOLLOWERS_SK: keys.followers_sort(request_ulid, follower_id),
        }
        unfollowed = Check(keys.follow(follower_id, followee_id), Attr(PK).not_exists())
        writes = (
            Put(item, Attr(PK).not_exists()),
            counting_requests(followee_id, 1, _PRIVATE),
            unfollowed,
            no_block(follower_id, followee_id),
        )
        try:
            transact(self.table, writes, spending)
        except ConditionFailed as error:
            # Whoever waits for an account that is public now does not wait for an answer.
            if _OWNER in error.failed:
                raise FolloweeChanged from error
            if _BLOCK in error.failed:
                raise Blocked from error
            return False
        return True

    def withdraw(self, follower_id: str, followee_id: str) -> bool:
        withdrawn = Delete(keys.request(follower_id, followee_id), Attr(PK).exists())
        try:
            self.table.transact((withdrawn, counting_requests(followee_id, -1, Attr(PK).exists())))
        except ConditionFailed as error:
            if _REQUEST in error.failed:
                return False
            # The account is gone, and its count with it.
            self.table.write(replace(withdrawn, condition=None))
        return True

    def accept(
        self, follower_id: str, followee: Profile, follow_ulid: str, if_public: bool = False
    ) -> bool:
        followee_id = followee.user_id
        following, followers = counting(follower_id, followee, 1)
        owner = counting_requests(followee_id, -1, PUBLIC if if_public else Attr(PK).exists())
        apart: list[Write] = []
        if followers.key == owner.key:
            owner = replace(owner, add={**owner.add, **followers.add})
        else:
            apart = [followers]
        edge = edge_item(follower_id, followee, follow_ulid)
        writes = (
            Delete(keys.request(follower_id, followee_id), Attr(PK).exists()),
            owner,
            Put(edge | {ACCEPTED: True}, Attr(PK).not_exists()),
            following,
            Delete(keys.unfollowed_marker(follower_id, followee_id)),
            *apart,
        )
        try:
            self.table.transact(writes)
        except ConditionFailed as error:
            if _REQUEST in error.failed:
                return False
            if _OWNER in error.failed:
                raise FolloweeChanged from error
            self.withdraw(follower_id, followee_id)
            return False
        return True

    def waiting(self, followee_id: str, after: str | None, limit: int) -> Page[str]:
        condition: ConditionBase = Key(FOLLOWERS_PK).eq(keys.requests_partition(followee_id))
        if after is not None:
            condition = condition & Key(FOLLOWERS_SK).lt(after)
        rows = self.table.query(condition, index=FOLLOWERS_INDEX, limit=limit, newest_first=True)
        ids = tuple(keys.parse_request(item_key(item))[0] for item in rows.items)
        return Page(ids, str(rows.items[-1][FOLLOWERS_SK]) if rows.last else None)


def counting_requests(followee_id: str, by: int, condition: ConditionBase) -> Update:
    """The write that counts requests that wait for a user."""
    return Update(keys.profile(followee_id), add={_REQUESTS: by}, condition=condition)
