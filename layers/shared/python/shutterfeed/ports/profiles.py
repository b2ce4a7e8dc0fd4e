"""Profiles and their handles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.activity import ActivitySettings
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.users import CommentsFrom, MentionsFrom, Profile, SensitiveView


class HandleTaken(Exception):
    """Another user holds the handle, or gave it up less than `HANDLE_REST` ago."""


class Profiles(Protocol):
    def get(self, user_id: str) -> Profile | None: ...

    def id_of(self, handle: str) -> str | None:
        """The id of the user who holds the handle; None if nobody does, or if it was given up."""
        ...

    def holder_of(self, handle: str, at: datetime) -> str | None:
        """The id of the user for whom the handle is kept at this moment: who holds it, or gave it
        up less than `HANDLE_REST` ago; None if it is free."""
        ...

    def ids_of(self, handles: Collection[str]) -> dict[str, str]:
        """The ids of the users who hold the handles, by handle, in one read. Eventually
        consistent."""
        ...

    def create(self, profile: Profile) -> bool:
        """Create a profile. False if the user already has one. Raises `HandleTaken`, and
        `SessionEnded` if the user's account was erased, which a token may outlive."""
        ...

    def edit(
        self,
        user_id: str,
        display_name: str | None,
        bio: str | None,
        spending: Spending = NOTHING,
        *,
        private: bool | None = None,
        sensitive: SensitiveView | None = None,
        public_page: bool | None = None,
        comments_from: CommentsFrom | None = None,
        held_words: Sequence[str] | None = None,
        activity: ActivitySettings | None = None,
        mentions_from: MentionsFrom | None = None,
        welcomed: bool | None = None,
    ) -> None:
        """Change the given fields; None leaves a field as it is. A write of `private` counts as one
        of `Profile.switches`. Make the charges. Raises `LimitReached`."""
        ...

    def held_words(self, user_id: str) -> tuple[str, ...]:
        """The words for which the user holds comments."""
        ...

    def spread_followers(self, user_id: str, shards: int) -> None:
        """Count and list future followers in `shards` items. The number never becomes smaller."""
        ...

    def note_popularity(self, user_id: str, old: int, new: int) -> None:
        """Note the order of magnitude of the number of followers, and count up the revision. Does
        nothing if the noted value is no longer `old`."""
        ...

    def item(self, user_id: str, *, lagging: bool = False) -> Profile | None:
        """The profile as its item has it: the followers of a celebrity are not all counted. One
        that may be `lagging` behind by up to a second costs half."""
        ...

    def end_sessions(self, user_id: str, at: datetime) -> None:
        """Note that the user, who has a profile, has signed out everywhere."""
        ...

    def see_activity(self, user_id: str, at: datetime, spending: Spending = NOTHING) -> None:
        """Note that the user, who has a profile, has looked at what others did. Raises
        `LimitReached`."""
        ...

    def rename(
        self, user_id: str, old: str, new: str, at: datetime, before: Sequence[datetime] = ()
    ) -> bool:
        """Claim `new` for the user, and keep `old` for them for `HANDLE_REST`, in one transaction.
        `before` are the renames of the profile as it was read, to which this one is added. False if
        the user's handle is no longer `old`, or others were added. Raises `HandleTaken`."""
        ...
