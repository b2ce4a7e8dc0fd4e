"""A user's activity: the list of what others did, and the number on its badge.

Both come from `_visible`, so they cannot disagree. `ActivityEntries` says what is shown of a
notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.activity import MAX_BADGE, MAX_NAMED
from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile
from shutterfeed.ports.activity import Notices
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.system import Clock
from shutterfeed.services.activity_entries import ActivityEntries
from shutterfeed.services.activity_views import GroupView
from shutterfeed.services.profiles import ProfileService

_ROUNDS: Final = 10
"""How often one request looks for visible notices, behind those that are hidden."""
_NOTICES_AT_ONCE: Final = 100
"""The number of notices up to which one round looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityService(ActivityEntries):
    users: ProfileService
    profiles: Profiles
    notices: Notices
    limits: Limits
    clock: Clock

    def page(
        self, owner_id: str, after: str | None, limit: int, session_began: datetime | None = None
    ) -> Page[GroupView]:
        """A page of what others did, newest first. It has less than `limit` entries if many are
        hidden. Raises `InvalidCursor`, and `SessionEnded`."""
        if after is not None and not is_ulid(after):
            raise InvalidCursor
        owner = self.users.me(owner_id)
        owner.check_session(session_began)
        return self._visible(owner, after, limit, None)

    def badge(self, owner_id: str, session_began: datetime | None = None) -> int:
        """The number of entries that have appeared since the user last looked, up to `MAX_BADGE`.
        Raises `SessionEnded`."""
        owner = self.users.me(owner_id)
        owner.check_session(session_began)
        return len(self._visible(owner, None, MAX_BADGE, owner.activity_seen_at, named=1).items)

    def mark_seen(self, owner_id: str) -> None:
        """Note that the user has seen everything that has appeared by now. Raises
        `LimitReached`."""
        self.users.me(owner_id)
        now = self.clock.now()
        self.profiles.see_activity(owner_id, now, self.limits.spending(owner_id, now, changes=1))

    def _visible(
        self,
        owner: Profile,
        after: str | None,
        limit: int,
        since: datetime | None,
        named: int = MAX_NAMED,
    ) -> Page[GroupView]:
        now = self.clock.now()
        found: list[GroupView] = []
        for number in range(_ROUNDS):
            # As many as the page still takes, and twice as many each time, so that few are read in
            # vain and many hidden ones take few rounds.
            size = min((limit - len(found)) << number, _NOTICES_AT_ONCE)
            page = self.notices.page(owner.user_id, now, after, size, since)
            found += self.shown(owner, page.items, now, named=named, counts=named > 1)
            after = page.next_position
            if after is None or len(found) >= limit:
                break
        if len(found) > limit:
            del found[limit:]
            after = found[-1].notice.position
        return Page(tuple(found), after)
