"""Follow edges: who follows whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.errors import Busy
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile


class Crowded(Busy):
    """More people follow or unfollow a user at once than one item can count."""


class Blocked(Exception):
    """One of the two has blocked the other, so that neither can follow the other."""


class FolloweeChanged(Exception):
    """The account that somebody wants to follow, or asks to follow, is gone, was switched between
    public and private, or has answered since it was read. Nothing was changed."""


class Follows(Protocol):
    """Follow edges, and the counts of them. Methods take a profile because of
    `Profile.follower_shards`, the number of items that count the followers; a count in another
    item, from when the number was different, is added too. A change that raises `Busy` has changed
    nothing; it raises `Crowded` if one item counts the followers and is what too many write."""

    def follow(
        self,
        follower_id: str,
        followee: Profile,
        follow_ulid: str,
        spending: Spending = NOTHING,
    ) -> bool:
        """Write the edge and both counts, remove the note of an earlier unfollowing, and make the
        charges, in one transaction. False if the edge already existed; then nothing is charged.
        Raises `LimitReached`, `Blocked`, and `FolloweeChanged` if the account is private now, or
        gone.

        The account of somebody whose followers are counted in separate items is not looked at: one
        item could not bear it. A follow that began before such an account became private counts as
        made before it.
        """
        ...

    def unfollow(self, follower_id: str, followee: Profile, at: datetime) -> bool:
        """Remove the edge and everything that brings the followee's posts to the follower, adjust
        both counts, and note the unfollowing for as long as a post may remain in the feed: all in
        one transaction. False if there was no edge."""
        ...

    def followers_among(self, followee_id: str, user_ids: Iterable[str]) -> set[str]:
        """Those of the users who follow the followee. Strongly consistent."""
        ...

    def following(self, follower_id: str, after: str | None, limit: int) -> Page[str]:
        """A page of the user ids that the follower follows, in the order of the ids."""
        ...

    def followed_samples(
        self, follower_ids: Sequence[str], beginning: str, limit: int
    ) -> list[tuple[str, ...]]:
        """A sample for each of the followers: up to `limit` ids of users whom they follow, those
        from the id `beginning` on in the order of the ids, and then those from the first id on.
        Eventually consistent, all at the same time."""
        ...

    def followers(self, followee_id: str, shard: int, after: str | None, limit: int) -> Page[str]:
        """A page of the user ids of the followers in one shard, newest first. Eventually
        consistent."""
        ...
