"""Profiles: created on a user's first authenticated call, edited by their owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shutterfeed.domain.activity import ToldOf
from shutterfeed.domain.errors import Busy, Conflict, LimitReached
from shutterfeed.domain.holding import check_held_words
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.users import (
    HANDLE_ATTEMPTS,
    HANDLE_REST,
    CommentsFrom,
    MentionsFrom,
    Profile,
    SensitiveView,
    check_bio,
    check_display_name,
    initial_handle,
    parse_handle,
    rename_allowed_at,
)
from shutterfeed.ports.profiles import HandleTaken, Profiles
from shutterfeed.ports.system import Clock

_RENAME_ATTEMPTS = 5
"""For a user whose handle is changed by other calls at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileService:
    profiles: Profiles
    limits: Limits
    clock: Clock
    renames: int
    """How often a user may change the handle within `HANDLE_REST`."""

    def me(self, user_id: str) -> Profile:
        """The caller's profile, made now if they have none."""
        return self.profiles.get(user_id) or self.create(user_id)

    def create(self, user_id: str) -> Profile:
        """Make a profile with a handle of its own; returns the existing one if there is one."""
        for attempt in range(HANDLE_ATTEMPTS):
            new = Profile(user_id, initial_handle(user_id, attempt), self.clock.now())
            try:
                if self.profiles.create(new):
                    return new
            except HandleTaken:
                continue
            existing = self.profiles.get(user_id)
            if existing:
                return existing
        raise Busy

    def edit(
        self,
        user_id: str,
        handle: str | None = None,
        display_name: str | None = None,
        bio: str | None = None,
        *,
        private: bool | None = None,
        sensitive: SensitiveView | None = None,
        public_page: bool | None = None,
        comments_from: CommentsFrom | None = None,
        held_words: Sequence[str] | None = None,
        activity: Mapping[str, ToldOf] | None = None,
        mentions_from: MentionsFrom | None = None,
        welcomed: bool | None = None,
    ) -> Profile:
        """Change what is not None; of `activity` the given fields. Raises `InvalidInput`,
        `LimitReached`, and `Conflict` for a taken handle."""
        current = self.me(user_id)
        display_name = None if display_name is None else check_display_name(display_name)
        bio = None if bio is None else check_bio(bio)
        held_words = None if held_words is None else check_held_words(held_words)
        new_handle = None if handle is None else parse_handle(handle)
        if new_handle is not None:
            self._rename(current, new_handle)
        # A repeated switch does not make the index look at all posts again.
        switched = None if private == current.private else private
        told_of = None if activity is None else replace(current.activity, **activity)
        given = (
            *(display_name, bio, switched, sensitive, public_page),
            *(comments_from, held_words, told_of, mentions_from, welcomed),
        )
        if any(value is not None for value in given):
            spending = self.limits.spending(user_id, self.clock.now(), changes=1)
            self.profiles.edit(
                user_id,
                display_name,
                bio,
                spending,
                private=switched,
                sensitive=sensitive,
                public_page=public_page,
                comments_from=comments_from,
                held_words=held_words,
                activity=told_of,
                mentions_from=mentions_from,
                welcomed=welcomed,
            )
        return self.me(user_id)

    def check_handle(self, user_id: str, text: str) -> tuple[str, bool]:
        """The canonical form of a handle, and whether the user could take it now. Raises
        `InvalidInput` if nobody could."""
        handle = parse_handle(text)
        holder = self.profiles.holder_of(handle, self.clock.now())
        return handle, holder in {None, user_id}

    def held_words(self, profile: Profile) -> tuple[str, ...]:
        """The words for which a user holds comments."""
        return self.profiles.held_words(profile.user_id) if profile.held_words else ()

    def _rename(self, current: Profile, handle: str) -> None:
        for _ in range(_RENAME_ATTEMPTS):
            if current.handle == handle:
                return
            now = self.clock.now()
            self._check_renames(current, now)
            try:
                if self.profiles.rename(
                    current.user_id, current.handle, handle, now, current.renamed_at
                ):
                    return
            except HandleTaken:
                # In the same words whether somebody has it or gave it up.
                message = f"The handle {handle} is taken."
                raise Conflict("handle_taken", message, "handle") from None
            current = self.me(current.user_id)
        raise Busy

    def _check_renames(self, current: Profile, now: datetime) -> None:
        allowed_at = rename_allowed_at(current.renamed_at, self.renames, now)
        if allowed_at is None:
            return
        message = (
            f"You have changed your handle {self.renames} times within {HANDLE_REST.days} days. "
            f"You may change it again on {allowed_at:%d %B %Y}."
        )
        # Rounded up: whoever comes back then is not too early.
        wait = -((now - allowed_at) // timedelta(seconds=1))
        raise LimitReached("renames", message, wait)
