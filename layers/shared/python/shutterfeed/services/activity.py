"""A user's activity: the list of what others did, and the number on its badge.

Both come from `_visible`, so they cannot disagree. `ActivityEntries` says what is shown of a
notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from shutterfeed.domain.activity import MAX_BADGE, MAX_NAMED, Notice
from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile
from shutterfeed.ports.activity import Notices
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.system import Clock, Together
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
    together: Together

    def page(
        self, owner_id: str, after: str | None, limit: int, session_began: datetime | None = None
    ) -> Page[GroupView]:
        """A page of what others did, newest first. It has less than `limit` entries if many are
        hidden. Raises `InvalidCursor`, and `SessionEnded`."""
        if after is not None and not is_ulid(after):
            raise InvalidCursor
        owner, now, notices = self._looked(owner_id, after, limit, session_began)
        return self._visible(owner, now, notices, limit)

    def badge(self, owner_id: str, session_began: datetime | None = None) -> int:
        """The number of entries that have appeared since the user last looked, up to `MAX_BADGE`.
        Raises `SessionEnded`."""
        owner, now, notices = self._looked(owner_id, None, MAX_BADGE, session_began)
        since = owner.activity_seen_at
        new = tuple(notice for notice in notices.items if notice.is_new(since))
        if len(new) < len(notices.items):
            notices = Page(new, None)
        return len(self._visible(owner, now, notices, MAX_BADGE, since, named=1).items)

    def _looked(
        self, owner_id: str, after: str | None, limit: int, session_began: datetime | None
    ) -> tuple[Profile, datetime, Page[Notice]]:
        """The user, the present, and the first notices to look at, which are read together: also
        those that the user may have seen, which only the profile tells. Raises `SessionEnded`."""
        now, size = self.clock.now(), min(limit, _NOTICES_AT_ONCE)
        owner, notices = self.together(
            partial(self.users.me, owner_id),
            partial(self.notices.page, owner_id, now, after, size, None),
        )
        owner.check_session(session_began)
        return owner, now, notices

    def mark_seen(self, owner_id: str, session_began: datetime | None = None) -> None:
        """Note that the user has seen everything that has appeared by now. Raises `SessionEnded`
        and `LimitReached`."""
        self.users.me(owner_id).check_session(session_began)
        now = self.clock.now()
        self.profiles.see_activity(owner_id, now, self.limits.spending(owner_id, now, changes=1))

    def _visible(
        self,
        owner: Profile,
        now: datetime,
        notices: Page[Notice],
        limit: int,
        since: datetime | None = None,
        *,
        named: int = MAX_NAMED,
    ) -> Page[GroupView]:
        """Up to `limit` visible entries of notices that have appeared after `since`, beginning with
        the ones at hand."""
        found: list[GroupView] = []
        after: str | None = None
        for number in range(1, _ROUNDS + 1):
            found += self.shown(owner, notices.items, now, named=named, counts=named > 1)
            after = notices.next_position
            if after is None or len(found) >= limit or number == _ROUNDS:
                break
            # As many as the page still takes, and twice as many each time, so that few are read in
            # vain and many hidden ones take few rounds.
            size = min((limit - len(found)) << number, _NOTICES_AT_ONCE)
            notices = self.notices.page(owner.user_id, now, after, size, since)
        if len(found) > limit:
            del found[limit:]
            after = found[-1].notice.position
        return Page(tuple(found), after)
