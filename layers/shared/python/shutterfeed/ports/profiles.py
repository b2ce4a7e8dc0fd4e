"""Profiles and their handles."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shutterfeed.domain.users import Profile


class HandleTaken(Exception):
    """Another user holds the handle, or gave it up less than `HANDLE_REST` ago."""


class Profiles(Protocol):
    def get(self, user_id: str) -> Profile | None: ...

    def id_of(self, handle: str) -> str | None:
        """The user who holds the handle; None also for one that was given up."""
        ...

    def create(self, profile: Profile) -> bool:
        """False where the user already has a profile. Raises `HandleTaken`."""
        ...

    def edit(self, user_id: str, display_name: str | None, bio: str | None) -> None:
        """None leaves a field as it is."""
        ...

    def spread_followers(self, user_id: str, shards: int) -> None:
        """Count and list the followers to come over so many items. Never fewer than before."""
        ...

    def note_popularity(self, user_id: str, old: int, new: int) -> None:
        """Note the order of magnitude of the followers, and count up the revision; nothing changes
        if what is noted is no longer `old`."""
        ...

    def rename(self, user_id: str, old: str, new: str, at: datetime) -> bool:
        """Claim `new` and keep `old` for the user until it has rested, all or nothing. False if the
        user's handle is no longer `old`. Raises `HandleTaken`."""
        ...
