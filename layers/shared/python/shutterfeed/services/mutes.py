"""Mutes: made, changed and taken back at once, and listed for the one whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shutterfeed.domain.errors import InvalidCursor, InvalidInput
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.mutes import Mute, checked_end
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.blocks import Mutes
from shutterfeed.ports.system import Clock
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import AuthorView, ViewingService


@dataclass(frozen=True, slots=True)
class MuteView:
    """A mute, and the muted user."""

    mute: Mute
    user: AuthorView


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteService:
    users: ProfileService
    mutes: Mutes
    viewing: ViewingService
    limits: Limits
    clock: Clock

    def mute(self, muter_id: str, handle: str, until: datetime | None) -> MuteView:
        """Mute a user, until a moment or for ever; a repeated call changes the end of the mute.

        Raises `NotFound`, `LimitReached`, `Conflict` for too many mutes, and `InvalidInput` for
        oneself, and for an end that is not in the future.
        """
        user = self.viewing.find_author(Viewer(muter_id), handle, Surface.LIST)
        muted = user.profile
        if muted.user_id == muter_id:
            raise InvalidInput("mute_oneself", "You cannot mute yourself.", "handle")
        now = self.clock.now()
        end = checked_end(until, now)
        self.users.me(muter_id)
        spending = self.limits.spending(muter_id, now, changes=1)
        mute = Mute(muted.user_id, muted.handle, now, end)
        return MuteView(self.mutes.mute(muter_id, mute, spending), user)

    def unmute(self, muter_id: str, handle: str) -> None:
        """Take a mute back. Nothing changes if there is none. Neither the answer nor the time that
        it takes tells whether there is such a user.

        Raises `NotFound` for a text that cannot be a handle.
        """
        _, user_id = self.viewing.named(handle)
        self.mutes.unmute(muter_id, user_id, self.clock.now())

    def page(self, muter_id: str, after: str | None, limit: int) -> Page[MuteView]:
        """The user's mutes, without those of users who are hidden from them. Raises
        `InvalidCursor`."""
        if after is not None and not is_ulid(after):
            raise InvalidCursor
        page = self.mutes.page(muter_id, after, limit, self.clock.now())
        ids = [mute.user_id for mute in page.items]
        users = self.viewing.authors(Viewer(muter_id), ids)
        views = (
            MuteView(mute, users[mute.user_id]) for mute in page.items if mute.user_id in users
        )
        return Page(tuple(views), page.next_position)
