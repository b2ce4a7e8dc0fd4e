"""Reports, statements and appeals: what everybody has to do with moderation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shutterfeed.domain.characters import PARAGRAPHS, check_characters, clean
from shutterfeed.domain.errors import Busy, Conflict, InvalidCursor, InvalidInput, NotFound
from shutterfeed.domain.ids import MalformedId, is_ulid
from shutterfeed.domain.limits import NOTHING, Limits
from shutterfeed.domain.moderation import (
    Action,
    ActionKind,
    Appeal,
    Case,
    CaseId,
    CaseState,
    Evidence,
    Outcome,
    Report,
    ReportReason,
    SubjectKind,
    case_not_found,
    parse_case_id,
)
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.moderation import Cases
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.discussions import DiscussionService
from shutterfeed.services.evidence import avatar_photo, of_comment, of_post, of_user
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import ViewingService, post_not_found

_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report, and what has become of it."""

    report: Report
    outcome: Outcome
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatementView:
    """What was decided about something of the viewer's."""

    case: Case
    action: Action

    @property
    def told(self) -> ActionKind:
        """What the viewer is told was done. Whoever has posted a withheld content learns no more
        than that theirs is not shown."""
        kind = self.action.kind
        return ActionKind.HIDE_POST if kind is ActionKind.WITHHOLD_CONTENT else kind

    @property
    def can_appeal(self) -> bool:
        return self.action.stands and self.case.can_appeal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingService:
    users: ProfileService
    viewing: ViewingService
    discussions: DiscussionService
    posts: Posts
    cases: Cases
    limits: Limits
    clock: Clock
    ids: Ids

    def report(
        self, viewer: Viewer, kind: SubjectKind, subject: str, reason: ReportReason, note: str
    ) -> ReportView:
        """Report what the viewer sees. Whoever reports the same again gets the first report.

        Raises `NotFound`, `InvalidInput` for what is the viewer's own, and `LimitReached`.
        """
        check_characters(note, PARAGRAPHS, "note")
        reporter_id = self.users.me(viewer.user_id or "").user_id
        now = self.clock.now()
        case_id, evidence = self._evidence(viewer, kind, subject, now)
        if viewer.is_user(evidence.owner_id):
            raise InvalidInput("report_oneself", "You cannot report what is your own.", "id")
        report = Report(case_id, reporter_id, reason, clean(note), now, self.ids.new(now))
        spending = self.limits.spending(reporter_id, now, reports=1)
        stored = self.cases.report(report, evidence.owner_id, evidence, spending)
        return _view(stored, self.cases.get(case_id))

    def flag(
        self,
        case_id: CaseId,
        detector: str,
        reason: ReportReason,
        note: str,
        evidence: Evidence,
    ) -> Report:
        """Report a subject for the service itself: for one of its detectors, whose name is no id of
        a user. Whoever may see the subject decides nothing."""
        now = self.clock.now()
        report = Report(case_id, detector, reason, note, now, self.ids.new(now))
        return self.cases.report(report, evidence.owner_id, evidence, NOTHING)

    def page(self, user_id: str, before: str | None, limit: int) -> Page[ReportView]:
        """What a user has reported, newest first. Raises `InvalidCursor`."""
        if before is not None and not is_ulid(before):
            raise InvalidCursor
        page = self.cases.made_by(user_id, before, limit)
        cases = self.cases.get_many([report.case_id for report in page.items])
        views = tuple(_view(report, cases.get(report.case_id)) for report in page.items)
        return Page(views, page.next_position)

    def statements(self, user_id: str, before: str | None, limit: int) -> Page[StatementView]:
        """What was decided about a user and their posts and comments, by cases, the last first. A
        page has whole cases."""
        page = self.cases.about(user_id, before, limit)
        views = tuple(view for case in page.items for view in _statements(case))
        return Page(views, page.next_position)

    def appeal(self, user_id: str, case: str, text: str) -> Appeal:
        """Appeal against what was decided in a case about the user. A repeated appeal is the first.

        Raises `NotFound`, `Conflict` if there is nothing to appeal against, or another appeal, and
        `LimitReached`.
        """
        check_characters(text, PARAGRAPHS, "text")
        case_id, wanted = parse_case_id(case), clean(text).strip()
        if not wanted:
            raise InvalidInput("empty_appeal", "An appeal needs at least one character.", "text")
        for _ in range(_ATTEMPTS):
            found = self.cases.get(case_id)
            if found is None or found.owner_id != user_id:
                raise case_not_found()
            if found.appeal is not None:
                if found.appeal.text == wanted:
                    return found.appeal
                message = "You have appealed against this decision already."
                raise Conflict("already_appealed", message)
            if not found.can_appeal:
                raise Conflict("nothing_to_appeal", "Nothing stands that was decided.")
            appeal = Appeal(wanted, self.clock.now())
            changed = replace(
                found, state=CaseState.APPEALED, version=found.version + 1, appeal=appeal
            )
            spending = self.limits.spending(user_id, appeal.at, reports=1)
            if self.cases.appeal(found, changed, spending):
                return appeal
        raise Busy

    def _evidence(
        self, viewer: Viewer, kind: SubjectKind, subject: str, now: datetime
    ) -> tuple[CaseId, Evidence]:
        """The subject as the viewer sees it. Raises `NotFound`."""
        case_id = CaseId(kind, subject)
        try:
            case_id.check()
        except MalformedId:
            raise _not_found(kind) from None
        match kind:
            case SubjectKind.POST:
                view = self.viewing.post(viewer, case_id.post_id)
                return case_id, of_post(view.post, view.author.profile, now)
            case SubjectKind.COMMENT:
                comment = self.discussions.one(viewer, subject)
                if comment.author is None:
                    raise _not_found(kind)
                return case_id, of_comment(comment.comment, comment.author.profile, now)
            case SubjectKind.USER:
                users = self.viewing.authors(viewer, [subject], Surface.LIST)
                if subject not in users:
                    raise _not_found(kind)
                user = users[subject].profile
                return case_id, of_user(user, avatar_photo(user, self.posts), now)


def _not_found(kind: SubjectKind) -> NotFound:
    if kind is SubjectKind.POST:
        return post_not_found()
    return NotFound(f"{kind}_not_found", f"There is no such {kind}.")


def _view(report: Report, case: Case | None) -> ReportView:
    """A report with what has become of it since it was made."""
    if case is None or case.decided_at is None or case.decided_at < report.at:
        return ReportView(report, Outcome.OPEN, None)
    return ReportView(report, case.outcome, case.decided_at)


def _statements(case: Case) -> Iterator[StatementView]:
    for action in reversed(case.actions):
        if action.is_told:
            yield StatementView(case, action)
