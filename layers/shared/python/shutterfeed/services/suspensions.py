"""Suspensions: the sign-ins that they end, the drafts that they keep, and those that end by
themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.drafts import held, is_over
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.marks import marks_of
from shutterfeed.domain.messages import EndSignIns
from shutterfeed.domain.moderation import Action, ActionKind, Case, CaseId
from shutterfeed.domain.moderation_log import Event, LoggedKind
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.ports.moderation import Cases
from shutterfeed.ports.posts import Drafts, Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.sign_ins import Accounts
from shutterfeed.ports.system import Clock, Secrets

_PAGE: Final = 50
_ATTEMPTS: Final = 5
_AT_ONCE: Final = 100
"""The number of suspensions that one run lifts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionService:
    cases: Cases
    clock: Clock

    def lift(self) -> int:
        """Lift the suspensions whose time is over, up to `_AT_ONCE`. Returns how many were lifted.
        One whose case is changed in this moment is left to the next run."""
        due = self.cases.suspensions_over(self.clock.now(), _AT_ONCE)
        return sum(self._lift(case_id) for case_id in due)

    def _lift(self, case_id: CaseId) -> bool:
        case, now = self.cases.get(case_id), self.clock.now()
        if case is None:
            return False
        over = [
            action
            for action in case.standing
            if action.kind is ActionKind.SUSPEND and action.until is not None
            if action.until <= now
        ]
        takes = [mark for action in over for mark in marks_of(case, action)]
        event = Event(now, "", str(case_id), LoggedKind.SUSPENSION_OVER, ActionKind.SUSPEND)
        after = _without(case, over)
        return bool(over) and self.cases.decide(case, after, event, takes=takes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedSignIns:
    """The profile names the moment before which no session counts, since the decision itself. This
    makes the identity provider refresh none of them any more."""

    profiles: Profiles
    accounts: Accounts
    secrets: Secrets

    def end(self, message: EndSignIns) -> None:
        """End the sign-ins of a user who is suspended. A message that comes late, when they are not
        any more, does nothing; one that comes twice also ends a sign-in of the time between."""
        profile = self.profiles.item(message.user_id)
        if profile is not None and profile.suspension is not None:
            account = subject_of(message.user_id, self.secrets.account_key())
            self.accounts.end_sign_ins(account)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedDrafts:
    """Keeps the drafts of a user who is suspended: they cannot change or post them meanwhile."""

    profiles: Profiles
    posts: Posts
    drafts: Drafts
    clock: Clock

    def keep(self, message: EndSignIns) -> None:
        """Let no draft expire before the suspension is over. Repeating it changes nothing more; a
        message that comes late, when the user is not suspended any more, does nothing."""
        profile = self.profiles.item(message.user_id)
        if profile is None or profile.suspension is None:
            return
        before: str | None = None
        while True:
            page = self.drafts.by_author(message.user_id, before, _PAGE)
            for post in page.items:
                self._keep(post, profile.suspension.until)
            before = page.next_position
            if before is None:
                return

    def _keep(self, post: Post, until: datetime | None) -> None:
        for _ in range(_ATTEMPTS):
            now = self.clock.now()
            if not post.is_draft or post.state is PostState.DELETED or is_over(post, now):
                return
            after = held(post, until, now)
            if after == post or self.drafts.write(post, after, now):
                return
            # The gate tells it of a file, or a request goes on that began before.
            current = self.posts.get(post.id)
            if current is None:
                return
            post = current
        raise Busy


def _without(case: Case, over: list[Action]) -> Case:
    """The case after these suspensions have ended, at the time that was decided."""
    ids = {action.id for action in over}
    actions = tuple(
        replace(action, undone_at=action.until) if action.id in ids else action
        for action in case.actions
    )
    return replace(case, version=case.version + 1, actions=actions)
