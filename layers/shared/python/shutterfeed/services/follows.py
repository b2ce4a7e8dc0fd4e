"""Follows: edges between users, and lists of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.domain.delivery import FOLLOWER_SHARDS
from shutterfeed.domain.errors import Busy, InvalidCursor, InvalidInput, NotFound
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.follows import Blocked, Crowded, FolloweeChanged, Follows
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.requests import FollowRequests
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import ProfileView, ViewingService

_ATTEMPTS: Final = 5
"""For an account that is switched between public and private at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowService:
    users: ProfileService
    profiles: Profiles
    follows: Follows
    requests: FollowRequests
    viewing: ViewingService
    limits: Limits
    clock: Clock
    ids: Ids

    def follow(self, follower_id: str, handle: str) -> ProfileView:
        """Follow a user, or ask to if their account is private. Nothing changes if they are
        followed, or were asked, already. Raises `NotFound`, `LimitReached`, and `InvalidInput` for
        oneself. The followee is returned with the new count."""
        viewer = Viewer(follower_id)
        for _ in range(_ATTEMPTS):
            seen = self.viewing.find_uncounted(viewer, handle)
            followee = seen.profile
            if followee.user_id == follower_id:
                raise InvalidInput("follow_oneself", "You cannot follow yourself.", "handle")
            self.users.me(follower_id)
            try:
                if not seen.relation.follows:
                    self._follow(follower_id, followee, requested=seen.relation.has_requested)
            except (FolloweeChanged, Blocked):
                continue  # If there is a block now, there is no such user.
            return self.viewing.user(viewer, followee.user_id, followee.handle)
        raise Busy

    def _follow(self, follower_id: str, followee: Profile, *, requested: bool) -> None:
        """Raises `FolloweeChanged`, and `Blocked`."""
        now = self.clock.now()
        spending = self.limits.spending(follower_id, now, follows=1)
        ulid = self.ids.new(now)
        if followee.private:
            self.requests.request(follower_id, followee.user_id, ulid, spending)
        elif requested:
            # The account has become public. What waits is accepted by the worker, or here; if it
            # waits no more, the caller looks again.
            if not self.requests.accept(follower_id, followee, ulid, True):  # noqa: FBT003
                raise FolloweeChanged
        else:
            self._count(followee, lambda it: self.follows.follow(follower_id, it, ulid, spending))

    def unfollow(self, follower_id: str, handle: str) -> ProfileView:
        """Stop following a user, or asking to. Nothing changes if they are neither followed nor
        asked. Raises `NotFound`."""
        viewer = Viewer(follower_id)
        seen = self.viewing.find_uncounted(viewer, handle)
        followee = seen.profile
        if followee.user_id != follower_id:  # Nobody follows themselves.
            # The request goes first: one that is accepted meanwhile has left an edge to remove.
            if seen.relation.has_requested:
                self.requests.withdraw(follower_id, followee.user_id)
            self._unfollow(follower_id, followee)
        return self.viewing.user(viewer, followee.user_id, followee.handle)

    def remove_follower(self, owner_id: str, handle: str) -> ProfileView:
        """Let a user no longer follow the owner. Nothing changes if they do not. Raises
        `NotFound`. The user is returned with the new count."""
        viewer = Viewer(owner_id)
        follower = self.viewing.find_uncounted(viewer, handle).profile
        if follower.user_id != owner_id:  # Nobody follows themselves.
            self._unfollow(follower.user_id, self.users.me(owner_id))
        return self.viewing.user(viewer, follower.user_id, follower.handle)

    def accept(self, owner_id: str, handle: str) -> ProfileView:
        """Let a user who has asked follow the owner. Nothing changes if they follow already. Raises
        `NotFound`, also if they have not asked. The user is returned with the new count."""
        viewer = Viewer(owner_id)
        follower = self.viewing.find_uncounted(viewer, handle).profile
        if follower.user_id != owner_id:  # Nobody asks themselves.
            ulid = self.ids.new(self.clock.now())
            self.requests.accept(follower.user_id, self.users.me(owner_id), ulid)
        view = self.viewing.user(viewer, follower.user_id, follower.handle)
        if not view.relation.is_followed:
            raise NotFound("request_not_found", "This user does not ask to follow you.")
        return view

    def decline(self, owner_id: str, handle: str) -> ProfileView:
        """Remove a user's request to follow the owner, of which the user is not told. Nothing
        changes if there is none. Raises `NotFound`."""
        viewer = Viewer(owner_id)
        follower = self.viewing.find_uncounted(viewer, handle).profile
        self.requests.withdraw(follower.user_id, owner_id)
        return self.viewing.user(viewer, follower.user_id, follower.handle)

    def waiting(self, owner_id: str, after: str | None, limit: int) -> Page[ProfileView]:
        """The users who ask to follow the owner and have no answer yet, newest request first."""
        page = self.requests.waiting(owner_id, after, limit)
        return Page(self.viewing.users(Viewer(owner_id), page.items), page.next_position)

    def _unfollow(self, follower_id: str, followee: Profile) -> None:
        now = self.clock.now()
        self._count(followee, lambda it: self.follows.unfollow(follower_id, it, now))

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
        """The users whom a user follows. Raises `NotFound`, and `Forbidden` for the list of a
        private account."""
        user = self.viewing.find_owner(viewer, handle)
        page = self.follows.following(user.user_id, after, limit)
        return Page(self.viewing.users(viewer, page.items), page.next_position)

    def followers(
        self, handle: str, viewer: Viewer, after: str | None, limit: int
    ) -> Page[ProfileView]:
        """The followers of a user: shard by shard, and newest first within each. Raises `NotFound`,
        and `Forbidden` for the list of a private account."""
        user = self.viewing.find_owner(viewer, handle)
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
