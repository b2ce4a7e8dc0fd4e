"""The JSON about reports, and about what moderators do."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.models import AvatarBody, Instant, RequestBody, shown_pattern
from shutterfeed.domain.characters import PARAGRAPHS
from shutterfeed.domain.moderation import (
    MAX_NOTE,
    MAX_STATEMENT,
    Action,
    ActionKind,
    Appeal,
    AppealOutcome,
    Case,
    CaseState,
    Evidence,
    EvidenceMedium,
    Outcome,
    ReportReason,
    SubjectKind,
)
from shutterfeed.domain.moderation_log import Entry, LoggedKind
from shutterfeed.domain.users import Profile
from shutterfeed.services.links import MediaLinks
from shutterfeed.services.moderation import CaseView, Statistics
from shutterfeed.services.reporting import ReportView, StatementView

Note = Annotated[str, Meta(max_length=MAX_NOTE), shown_pattern(PARAGRAPHS)]
Version = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Words = Annotated[str, Meta(min_length=1, max_length=MAX_STATEMENT), shown_pattern(PARAGRAPHS)]


class CreateReport(RequestBody):
    """A report of a post, a comment or a user, by its id. `note` says in the caller's words what is
    wrong."""

    kind: SubjectKind
    id: str
    reason: ReportReason
    note: Note = ""


class ReportBody(Struct):
    """One of the caller's reports. `outcome` is `open` until a moderator has decided; `acted` if
    something was done that stands, and `dismissed` otherwise."""

    id: str
    kind: SubjectKind
    subject_id: str
    reason: ReportReason
    note: str
    at: Instant
    outcome: Outcome
    decided_at: Instant | None

    @classmethod
    def of(cls, view: ReportView) -> ReportBody:
        report = view.report
        return cls(
            str(report.case_id),
            report.case_id.kind,
            report.case_id.subject,
            report.reason,
            report.note,
            report.at,
            view.outcome,
            view.decided_at,
        )


class ReportPage(Struct):
    """A page of the caller's reports, newest first."""

    items: list[ReportBody]
    next_cursor: str | None


class AppealBody(Struct):
    """An appeal. `outcome` is `pending` until another moderator has decided, who may add a
    `statement`."""

    text: str
    at: Instant
    outcome: AppealOutcome
    statement: str
    decided_at: Instant | None

    @classmethod
    def of(cls, appeal: Appeal | None) -> AppealBody | None:
        if appeal is None:
            return None
        return cls(appeal.text, appeal.at, appeal.outcome, appeal.statement, appeal.decided_at)


class StatementBody(Struct):
    """What was decided about something of the caller's, and by which rule. `until` is when a
    suspension ends; null if it does not end by itself. `undone_at` says that the decision was taken
    back."""

    case_id: str
    kind: SubjectKind
    subject_id: str
    action: ActionKind
    rule: ReportReason
    statement: str
    at: Instant
    until: Instant | None
    undone_at: Instant | None
    can_appeal: bool
    appeal: AppealBody | None

    @classmethod
    def of(cls, view: StatementView) -> StatementBody:
        case, action = view.case, view.action
        return cls(
            str(case.id),
            case.id.kind,
            case.id.subject,
            view.told,
            action.rule,
            action.statement,
            action.at,
            action.until,
            action.undone_at,
            view.can_appeal,
            AppealBody.of(case.appeal),
        )


class StatementPage(Struct):
    """A page of what was decided about the caller and their posts and comments. Each page has whole
    cases, so that it may hold more entries than `limit`."""

    items: list[StatementBody]
    next_cursor: str | None


class CreateAppeal(RequestBody):
    """An appeal against what was decided in a case."""

    case_id: str
    text: Words


class Person(Struct):
    """A user as moderators see them."""

    id: str
    handle: str
    display_name: str
    avatar: AvatarBody | None
    limited: bool
    suspended: bool
    suspended_until: Instant | None

    @classmethod
    def of(cls, profile: Profile | None, links: MediaLinks) -> Person | None:
        if profile is None:
            return None
        suspension = profile.suspension
        return cls(
            profile.user_id,
            profile.handle,
            profile.display_name,
            AvatarBody.of(profile.shown_avatar, links),
            profile.limited is not None,
            suspension is not None,
            None if suspension is None else suspension.until,
        )


class ActionBody(Struct):
    """What a moderator has done about a case."""

    id: str
    kind: ActionKind
    rule: ReportReason
    statement: str
    moderator_id: str
    at: Instant
    until: Instant | None
    undone_at: Instant | None
    undone_by: str | None

    @classmethod
    def of(cls, action: Action) -> ActionBody:
        return cls(
            action.id,
            action.kind,
            action.rule,
            action.statement,
            action.moderator_id,
            action.at,
            action.until,
            action.undone_at,
            action.undone_by,
        )


class CaseSummary(Struct):
    """A case in a queue. `reports` is how many have reported it, and `reasons` for what; `reason`
    is the gravest of these."""

    id: str
    kind: SubjectKind
    subject_id: str
    owner: Person | None
    state: CaseState
    reason: ReportReason
    reasons: dict[str, int]
    reports: int
    opened_at: Instant
    reported_at: Instant
    version: int

    @classmethod
    def summary(cls, case: Case, owner: Profile | None, links: MediaLinks) -> CaseSummary:
        return cls(*_summary(case, owner, links))


def _summary(
    case: Case, owner: Profile | None, links: MediaLinks
) -> tuple[
    str,
    SubjectKind,
    str,
    Person | None,
    CaseState,
    ReportReason,
    dict[str, int],
    int,
    Instant,
    Instant,
    int,
]:
    return (
        str(case.id),
        case.id.kind,
        case.id.subject,
        Person.of(owner, links),
        case.state,
        case.reason,
        {reason.value: number for reason, number in case.reasons.items()},
        case.reports,
        case.opened_at,
        case.reported_at,
        case.version,
    )


class CasePage(Struct):
    """A page of a queue, the oldest case first."""

    items: list[CaseSummary]
    next_cursor: str | None


class EvidenceMediumBody(Struct):
    """A photo or video of a post, or the photo of a profile's picture, as it was reported. `url` is
    a JPEG of it, and `clip_url` the MP4 of a video or animation; null if it had none."""

    media_id: str
    content_type: str
    placeholder: str | None
    url: str | None
    clip_url: str | None
    alt_text: str

    @classmethod
    def of(cls, medium: EvidenceMedium, links: MediaLinks) -> EvidenceMediumBody:
        def link(name: str | None) -> str | None:
            if medium.blob_id is None or name is None:
                return None
            return links.evidence(medium.blob_id).to(name)

        return cls(
            medium.media_id,
            medium.content_type,
            medium.placeholder,
            link(medium.name),
            link(medium.clip),
            medium.alt_text,
        )


class EvidenceBody(Struct):
    """The subject as it was when it was reported at `at`, and its owner as they were."""

    at: Instant
    handle: str
    display_name: str
    bio: str
    text: str
    created_at: Instant | None
    place: str
    media: list[EvidenceMediumBody]

    @classmethod
    def of(cls, evidence: Evidence, links: MediaLinks) -> EvidenceBody:
        return cls(
            evidence.at,
            evidence.handle,
            evidence.display_name,
            evidence.bio,
            evidence.text,
            evidence.created_at,
            evidence.place,
            [EvidenceMediumBody.of(medium, links) for medium in evidence.media],
        )


class CaseReport(Struct):
    """One report. `reporter` is null if the user is gone, or if it was the service itself: then
    `detector` is the name of what has found it."""

    reporter: Person | None
    detector: str | None
    reason: ReportReason
    note: str
    at: Instant


class CaseBody(CaseSummary):
    """A case with all that is known of it. `evidence` has the newest state first; `reported_by` the
    last reports, up to 100, and `actions` what was done, the last at the end. `can_decide_appeal`
    is false for whoever has done something that stands."""

    evidence: list[EvidenceBody]
    reported_by: list[CaseReport]
    actions: list[ActionBody]
    appeal: AppealBody | None
    possible: list[ActionKind]
    can_decide_appeal: bool

    @classmethod
    def of(cls, view: CaseView, links: MediaLinks) -> CaseBody:
        case = view.case
        reports = [
            CaseReport(
                Person.of(view.people.get(report.reporter), links),
                None if report.reporter_id is not None else report.reporter,
                report.reason,
                report.note,
                report.at,
            )
            for report in view.reports
        ]
        return cls(
            *_summary(case, view.people.get(case.owner_id), links),
            [EvidenceBody.of(evidence, links) for evidence in view.evidence],
            reports,
            [ActionBody.of(action) for action in case.actions],
            AppealBody.of(case.appeal),
            list(view.possible),
            view.can_decide_appeal,
        )


class CreateAction(RequestBody):
    """What a moderator does about a case, by which rule, and what its owner is told. `version` is
    that of the case as the moderator saw it. `until` is when a suspension ends; if it is left out,
    it does not end by itself."""

    kind: ActionKind
    rule: ReportReason
    version: Version
    statement: Annotated[str, Meta(max_length=MAX_STATEMENT), shown_pattern(PARAGRAPHS)] = ""
    until: Instant | None = None


class UndoAction(RequestBody):
    """An action of a case to undo, by its id. `version` is that of the case as the moderator saw
    it."""

    action_id: str
    version: Version


class DecideAppeal(RequestBody):
    """What another moderator makes of an appeal: with `overturn`, all that stands is undone."""

    overturn: bool
    version: Version
    statement: Annotated[str, Meta(max_length=MAX_STATEMENT), shown_pattern(PARAGRAPHS)] = ""


class ModerationStatistics(Struct):
    """What waits, and what was decided within the last 30 days. A queue's number is 1,000 if that
    many cases or more wait. `minutes_to_decision` is the median from the opening of a case to its
    decision; null if there was none."""

    open: dict[str, int]
    appealed: int
    oldest_open: Instant | None
    decisions: dict[str, int]
    undone: int
    appeals_upheld: int
    appeals_overturned: int
    minutes_to_decision: float | None

    @classmethod
    def of(cls, found: Statistics) -> ModerationStatistics:
        return cls(
            {reason.value: number for reason, number in found.open.items()},
            found.appealed,
            found.oldest_open,
            {kind.value: number for kind, number in found.decisions.items()},
            found.undone,
            found.upheld,
            found.overturned,
            found.minutes_to_decision,
        )


class LogEntry(Struct):
    """An entry of the log of moderation. `hash` is made of all fields and of the hash of the entry
    before, `previous`."""

    number: int
    at: Instant
    moderator_id: str
    case_id: str
    kind: LoggedKind
    action: ActionKind | None
    rule: ReportReason | None
    statement: str
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> LogEntry:
        event = entry.event
        return cls(
            entry.number,
            event.at,
            event.moderator_id,
            event.case_id,
            event.kind,
            event.action,
            event.rule,
            event.statement,
            entry.previous,
            entry.hash,
        )


class LogPage(Struct):
    """A page of the log, the last entry first."""

    items: list[LogEntry]
    next_cursor: str | None
