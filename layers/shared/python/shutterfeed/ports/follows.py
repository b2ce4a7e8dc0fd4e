"""Who follows whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile


class Follows(Protocol):
    """Profiles are given for `Profile.follower_shards`: over how many items followers are
    counted. A count in an item that is not among the present ones counts all the same."""

    def follow(self, follower_id: str, followee: Profile, follow_ulid: str) -> bool:
        """Write the edge and both counts in one transaction, and forget an earlier unfollowing.
        False where the edge was there."""
        ...

    def unfollow(self, follower_id: str, followee: Profile, at: datetime) -> bool:
        """Remove the edge and all that brings the followee's posts to the follower, adjust both
        counts, and remember it for as long as a post may linger: all in one transaction. False
        where the edge was not there."""
        ...

    def followers_among(self, followee_id: str, user_ids: Iterable[str]) -> set[str]:
        """Those of the users who follow the followee. Strongly consistent."""
        ...

    def following(self, follower_id: str, after: str | None, limit: int) -> Page[str]:
        """Ids of the followed, in the order of their ids."""
        ...

    def followers(self, followee_id: str, shard: int, after: str | None, limit: int) -> Page[str]:
        """Ids of one shard's followers, newest first. Eventually consistent."""
        ...
