"""Avatars: changes of a profile, its avatar's hidden post and the former one in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.records import (
    AVATAR_WITHHELD,
    WITHHELD,
    denial_item,
    epoch,
    media_text,
    plain,
    timestamp,
    to_post,
    to_profile,
)
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Put,
    Table,
    Update,
    Write,
    is_now,
)
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Medium
from shutterfeed.domain.posts import UNPUBLISHED, Post, PostState
from shutterfeed.domain.users import Avatar, Profile
from shutterfeed.schema import OPEN_PK, OPEN_SK, TTL_ATTRIBUTE

_STATE: Final = "state"
_AVATAR: Final = "avatar"
_VERSION: Final = "avatar_version"
_ATTEMPTS: Final = 10
"""How often a change is tried while others change the avatar of the same profile."""


@dataclass(frozen=True, slots=True)
class DynamoAvatars:
    table: Table

    def show(self, post_id: PostId, medium: Medium, at: datetime) -> PostState | None:
        avatar = Avatar.of(post_id.ulid, medium)
        for _ in range(_ATTEMPTS):
            item = self.table.get(keys.post(post_id))
            post = to_post(item) if item else None
            if post is None or post.state not in UNPUBLISHED:
                return None
            profile = self._profile(post_id.author_id)
            if profile is None or not profile.takes_avatar(post_id.ulid):
                if self._written([_gone(post_id, post.state, at)]):
                    return PostState.DELETED
                continue
            marks, checks = DynamoPosts(self.table).withheld([medium])
            marks |= post.withheld
            shown = Update(
                keys.post(post_id),
                set={
                    _STATE: PostState.AVATAR,
                    "media": media_text([medium]),
                    **({WITHHELD: set(marks)} if marks else {}),
                },
                add={"revision": 1},
                remove=(TTL_ATTRIBUTE, OPEN_PK, OPEN_SK),
                condition=Attr(_STATE).eq(post.state) & is_now(WITHHELD, set(post.withheld)),
            )
            replacing = _replacing(profile, avatar, post_id.ulid, at, marks)
            if self._written([shown, *replacing, *checks]):
                return PostState.AVATAR
        raise Busy

    def remove(
        self, user_id: str, version: str, at: datetime, *, denied_until: datetime | None = None
    ) -> None:
        for _ in range(_ATTEMPTS):
            profile = self._profile(user_id)
            if profile is None:
                return
            # Clocks may differ: the version must never become older.
            later = max(version, profile.avatar_version or version)
            writes: list[Write | Check] = [*_replacing(profile, None, later, at)]
            if denied_until is not None and profile.avatar is not None:
                writes.append(Put(denial_item(profile.avatar.media_id, denied_until)))
            if self._written(writes):
                return
        raise Busy

    def _profile(self, user_id: str) -> Profile | None:
        item = self.table.get(keys.profile(user_id))
        return to_profile(item) if item else None

    def _written(self, writes: Sequence[Write | Check]) -> bool:
        """Write all of it. False if one of the items has changed since it was read."""
        try:
            self.table.transact(writes)
        except ConditionFailed:
            return False
        return True


def marking_avatar(post: Post, marks: Collection[str]) -> Update:
    """The write that marks the profile whose avatar a hidden post is, if that has not changed."""
    shown = Attr(f"{_AVATAR}.post_ulid").eq(post.id.ulid)
    return Update(
        keys.profile(post.author_id),
        set={AVATAR_WITHHELD: set(marks)} if marks else {},
        remove=() if marks else (AVATAR_WITHHELD,),
        condition=shown & is_now(AVATAR_WITHHELD, set(post.withheld)),
    )


def _replacing(
    profile: Profile,
    avatar: Avatar | None,
    version: str,
    at: datetime,
    marks: Collection[str] = (),
) -> list[Update]:
    """The writes that give a profile another avatar, with the marks of its content, or none, and
    delete the former hidden post."""
    changes = {
        _AVATAR: None if avatar is None else plain(avatar),
        AVATAR_WITHHELD: set(marks) or None,
    }
    kept = {name: value for name, value in changes.items() if value is not None}
    update = Update(
        keys.profile(profile.user_id),
        set={_VERSION: version, **kept},
        remove=[name for name in changes if name not in kept],
        # If two removals with the same version run at the same time, the second must see that the
        # avatar is gone.
        condition=is_now(_VERSION, profile.avatar_version)
        & is_now(_AVATAR, profile.avatar and plain(profile.avatar)),
    )
    if profile.avatar is None:
        return [update]
    before = PostId(profile.user_id, profile.avatar.post_ulid)
    return [update, _gone(before, PostState.AVATAR, at)]


def _gone(post_id: PostId, state: PostState | None, at: datetime) -> Update:
    """The write that deletes a hidden post for good: it is in no list of deleted posts, and expires
    at once."""
    return Update(
        keys.post(post_id),
        set={
            _STATE: PostState.DELETED,
            "deleted_from": state,
            "deleted_at": timestamp(at),
            TTL_ATTRIBUTE: epoch(at),
        },
        add={"revision": 1},
        remove=(OPEN_PK, OPEN_SK),
        condition=Attr(_STATE).eq(state),
    )
