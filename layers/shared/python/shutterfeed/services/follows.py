"""Follows: edges between users, and lists of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from shutterfeed.domain.delivery import FOLLOWER_SHARDS
from shutterfeed.domain.errors import InvalidCursor, InvalidInput
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.follows import Blocked, Crowded, Follows
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import ProfileView, ViewingService


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowService:
    users: ProfileService
    profiles: Profiles
    follows: Follows
    viewing: ViewingService
    limits: Limits
    clock: Clock
    ids: Ids

    def follow(self, follower_id: str, handle: str) -> ProfileView:
        """Follow a user. Nothing changes if they are followed already. Raises `NotFound`,
        `LimitReached`, and `InvalidInput` for oneself. The followee is returned with the new
        count."""
        viewer = Viewer(follower_id)
        followee = self.viewing.find_uncounted(viewer, handle)
        if followee.user_id == follower_id:
            raise InvalidInput("follow_oneself", "You cannot follow yourself.", "handle")
        self.users.me(follower_id)
        now = self.clock.now()
        spending = self.limits.spending(follower_id, now, follows=1)
        ulid = self.ids.new(now)
        # One of the two may have blocked the other meanwhile: then there is no such user below.
        with suppress(Blocked):
            self._count(followee, lambda it: self.follows.follow(follower_id, it, ulid, spending))
        return self.viewing.user(viewer, followee.user_id, followee.handle)

    def unfollow(self, follower_id: str, handle: str) -> ProfileView:
        """Stop following a user. Nothing changes if they are not followed. Raises `NotFound`."""
        viewer = Viewer(follower_id)
        followee = self.viewing.find_uncounted(viewer, handle)
        if followee.user_id != follower_id:  # Nobody follows themselves.
            now = self.clock.now()
            self._count(followee, lambda it: self.follows.unfollow(follower_id, it, now))
        return self.viewing.user(viewer, followee.user_id, followee.handle)

    def _count(self, followee: Profile, change: Callable[[Profile], bool]) -> None:
        """Make a change that counts a follower.

        If more people follow at once than one item can count, they are counted in many items from
        then on, whatever their number is: a star who has just signed up may get a thousand
        followers a second.
        """
        try:
            change(followee)
        except Crowded:
            self.profiles.spread_followers(followee.user_id, FOLLOWER_SHARDS)
            change(replace(followee, follower_shards=FOLLOWER_SHARDS))

    def following(
        self, handle: str, viewer: Viewer, after: str | None, limit: int
    ) -> Page[ProfileView]:
        """The users whom a user follows. Raises `NotFound`."""
        user = self.viewing.find_uncounted(viewer, handle)
        page = self.follows.following(user.user_id, after, limit)
        return Page(self.viewing.users(viewer, page.items), page.next_position)

    def followers(
        self, handle: str, viewer: Viewer, after: str | None, limit: int
    ) -> Page[ProfileView]:
        """The followers of a user: shard by shard, and newest first within each. Raises
        `NotFound`."""
        user = self.viewing.find_uncounted(viewer, handle)
        shard, position = _parse_position(after)
        page = self.follows.followers(user.user_id, shard, position, limit)
        following_position = (
            f"{shard}:{page.next_position}"
            if page.next_position is not None
            else f"{shard + 1}:"
            if shard + 1 < user.follower_shards
            else None
        )
        return Page(self.viewing.users(viewer, page.items), following_position)


def _parse_position(position: str | None) -> tuple[int, str | None]:
    """A followers cursor says the shard and the position within it: `<shard>:<position>`."""
    if position is None:
        return 0, None
    shard, _, within = position.partition(":")
    if not shard.isdecimal() or (within and not is_ulid(within.partition("#")[0])):
        raise InvalidCursor
    return int(shard), within or None
