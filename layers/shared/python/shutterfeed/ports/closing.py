"""Accounts that are closed, come back, and are erased."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shutterfeed.domain.users import Profile


class Closings(Protocol):
    """The writes that decide about closed accounts. Each is one transaction."""

    def close(
        self, user_id: str, at: datetime, erase_at: datetime, began_at: datetime | None = None
    ) -> bool:
        """Close an account, end all its sessions, and have it erased from `erase_at` on. False if
        it is closed already, there is none, or the session that began at `began_at` was ended: its
        user may have closed the account by another request, and have come back."""
        ...

    def hasten(self, user_id: str, closed_at: datetime, erase_at: datetime) -> bool:
        """Have the account that was closed at that moment erased from another moment on. False if
        somebody has come back, or if the erasing has begun."""
        ...

    def reopen(self, user_id: str, closed_at: datetime) -> bool:
        """Undo the closing of that moment. False if it was undone already, or if the erasing has
        begun."""
        ...

    def begin_erasing(self, user_id: str, closed_at: datetime) -> bool:
        """Note that the account that was closed at that moment is being erased, so that nobody
        comes back to it. False if somebody has. Repeated, it changes nothing more."""
        ...

    def forget(self, profile: Profile, at: datetime) -> None:
        """Remove a profile, let its handle rest, and keep the hash of the user's id, so that no
        token which is still good makes a profile again. Nothing changes if the profile is gone."""
        ...
