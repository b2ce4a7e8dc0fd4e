"""Reports, cases, and what moderators do about them.

    reported ──────────────> open ──a moderator acts or dismisses──> decided
                              ^                                        │  ^
                              ├───────────── reported again ───────────┘  │
                              │                                           │
                              └─ its last action is undone    appealed <──┘ its owner appeals
                                                                 └──another moderator──> decided

There is one case for each subject: all reports of it, what was decided, and what was undone. Every
action puts marks on what is stored, and each mark holds the case's id. So an undo takes exactly
these marks away, and what was marked is again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.comments import COMMENT_ID, CommentId
from shutterfeed.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.ids import POST_ID, ULID, MalformedId, PostId, is_ulid

MAX_NOTE: Final = 500
"""The highest number of characters of a report's note."""
MAX_STATEMENT: Final = 1_000
"""The highest number of characters of a statement, and of an appeal."""
MAX_ACTIONS: Final = 50
"""The highest number of actions that a case keeps."""
CASE_ID: Final = f"(?:post-{POST_ID}|comment-{COMMENT_ID}|user-{ULID})"
"""The pattern of a whole case id."""


class SubjectKind(StrEnum):
    """What is reported."""

    POST = "post"
    COMMENT = "comment"
    USER = "user"


class ReportReason(StrEnum):
    """Why something is reported, and the rule by which a moderator acts. The gravest comes
    first: a case stands in the queue of the gravest reason that it was reported for."""

    ILLEGAL = "illegal"
    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    HATE = "hate"
    HARASSMENT = "harassment"
    NUDITY = "nudity"
    IMPERSONATION = "impersonation"
    SPAM = "spam"
    OTHER = "other"


GRAVEST_FIRST: Final = tuple(ReportReason)


class CaseState(StrEnum):
    """Whether a case waits for a moderator."""

    OPEN = "open"
    APPEALED = "appealed"
    """It was decided, its owner has appealed, and another moderator is to look at it."""
    DECIDED = "decided"


class ActionKind(StrEnum):
    """What a moderator does about a case."""

    LABEL_SENSITIVE = "label_sensitive"
    """The post is shown as sensitive, whatever its author says."""
    HIDE_POST = "hide_post"
    REMOVE_COMMENT = "remove_comment"
    WITHHOLD_CONTENT = "withhold_content"
    """The contents of the post, or of the avatar, are shown nowhere, whoever has posted them or
    will."""
    LIMIT = "limit"
    """The owner and their posts are in no search, list of a hashtag, or suggestion."""
    SUSPEND = "suspend"
    """The owner can sign in, export and appeal, and nothing else; nothing of theirs is shown."""
    DISMISS = "dismiss"


_ON_OWNER: Final = (ActionKind.LIMIT, ActionKind.SUSPEND, ActionKind.DISMISS)
_POSSIBLE: Final[Mapping[SubjectKind, tuple[ActionKind, ...]]] = {
    SubjectKind.POST: (
        ActionKind.LABEL_SENSITIVE,
        ActionKind.HIDE_POST,
        ActionKind.WITHHOLD_CONTENT,
        *_ON_OWNER,
    ),
    SubjectKind.COMMENT: (ActionKind.REMOVE_COMMENT, *_ON_OWNER),
    SubjectKind.USER: (ActionKind.WITHHOLD_CONTENT, *_ON_OWNER),
}


class Outcome(StrEnum):
    """What has become of a report, as its reporter is told."""

    OPEN = "open"
    ACTED = "acted"
    """Something was done about the subject, and stands."""
    DISMISSED = "dismissed"
    """Nothing was done about it, or what was done was undone."""


class AppealOutcome(StrEnum):
    PENDING = "pending"
    UPHELD = "upheld"
    """What was decided stands."""
    OVERTURNED = "overturned"
    """What was decided was undone."""


@dataclass(frozen=True, slots=True)
class CaseId:
    """A case's id is that of its subject, with the subject's kind: there is one for each."""

    kind: SubjectKind
    subject: str

    def __str__(self) -> str:
        return f"{self.kind}-{self.subject}"

    @classmethod
    def parse(cls, text: str) -> CaseId:
        """The case id in a text. Raises `MalformedId` for a text that is not the `str()` of one."""
        kind, _, subject = text.partition("-")
        if kind not in list(SubjectKind):
            raise MalformedId(text)
        case_id = cls(SubjectKind(kind), subject)
        case_id.check()
        return case_id

    def check(self) -> None:
        """Raise `MalformedId` if the subject's id is not one of its kind."""
        match self.kind:
            case SubjectKind.POST:
                PostId.parse(self.subject)
            case SubjectKind.COMMENT:
                CommentId.parse(self.subject)
            case SubjectKind.USER if not is_ulid(self.subject):
                raise MalformedId(self.subject)

    @property
    def post_id(self) -> PostId:
        """The post, or the post that the comment is on. Raises `MalformedId` for a user."""
        if self.kind is SubjectKind.COMMENT:
            return self.comment_id.post_id
        return PostId.parse(self.subject)

    @property
    def comment_id(self) -> CommentId:
        """The comment. Raises `MalformedId` for anything else."""
        return CommentId.parse(self.subject)


@dataclass(frozen=True, slots=True)
class Report:
    """What one person, or one of the service's own detectors, says of a subject."""

    case_id: CaseId
    reporter: str
    """The id of the user; of a detector, `Detector` with its name."""
    reason: ReportReason
    note: str
    at: datetime
    position: str
    """A ULID of the moment, which is the order of a reporter's list."""

    @property
    def reporter_id(self) -> str | None:
        """The id of the user who reports; None for a detector."""
        return self.reporter if is_ulid(self.reporter) else None


@dataclass(frozen=True, slots=True)
class EvidenceMedium:
    """A photo or video of a post, or the photo of a user's avatar, as it was when it was reported.

    `name` is the largest JPEG among its renditions, and `clip` the MP4 of what moves; None if it
    had none.
    """

    media_id: str
    sha256: str
    content_type: str
    blob_id: str | None = None
    placeholder: str | None = None
    name: str | None = None
    alt_text: str = ""
    clip: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The subject as it was when it was reported: edits and deletion change nothing of it."""

    at: datetime
    owner_id: str
    handle: str
    display_name: str
    bio: str
    text: str
    """The caption or the comment's text; of a user, empty."""
    created_at: datetime | None = None
    """When the post or comment was made; None for a user."""
    media: tuple[EvidenceMedium, ...] = ()
    place: str = ""
    avatar_blob_id: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What a moderator has done about a case."""

    id: str
    kind: ActionKind
    rule: ReportReason
    statement: str
    """What the owner is told."""
    moderator_id: str
    at: datetime
    seen: int
    """The version of the case that the moderator saw."""
    until: datetime | None = None
    """When a suspension ends; None if it does not, and for any other action."""
    contents: tuple[str, ...] = ()
    """The SHA-256 of the contents that are withheld."""
    undone_at: datetime | None = None
    undone_by: str | None = None

    @property
    def stands(self) -> bool:
        return self.undone_at is None

    @property
    def is_told(self) -> bool:
        """Whether the owner of the subject is told of it."""
        return self.kind is not ActionKind.DISMISS


@dataclass(frozen=True, slots=True)
class Appeal:
    """What the owner says against what was decided, and what another moderator made of it."""

    text: str
    at: datetime
    outcome: AppealOutcome = AppealOutcome.PENDING
    statement: str = ""
    moderator_id: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All reports of one subject, and what was decided about it."""

    id: CaseId
    owner_id: str
    """The author of the post or comment; the user."""
    state: CaseState
    reason: ReportReason
    """The gravest reason that it was reported for."""
    opened_at: datetime
    """When it was first reported, or reported again after it was decided."""
    opened: str
    """A ULID of that moment, which is the order of the queues."""
    reported_at: datetime
    """When it was last reported."""
    reports: int = 0
    reasons: Mapping[ReportReason, int] = field(default_factory=dict)
    """How many have reported it for each reason."""
    version: int = 0
    """The number of decisions, undos, appeals and openings so far. A report of an open case does
    not change it."""
    actions: tuple[Action, ...] = ()
    appeal: Appeal | None = None

    @property
    def standing(self) -> tuple[Action, ...]:
        """The actions that were not undone."""
        return tuple(action for action in self.actions if action.stands)

    @property
    def outcome(self) -> Outcome:
        """What its reporters are told."""
        if self.state is CaseState.OPEN:
            return Outcome.OPEN
        acted = any(action.is_told for action in self.standing)
        return Outcome.ACTED if acted else Outcome.DISMISSED

    @property
    def decided_at(self) -> datetime | None:
        """When it was last decided; None as long as it is open."""
        if self.state is CaseState.OPEN or not self.actions:
            return None
        return max(action.undone_at or action.at for action in self.actions)

    @property
    def told(self) -> tuple[tuple[tuple[str, bool], ...], AppealOutcome | None]:
        """What its owner and its reporters are told of, when it changes."""
        decided = self.appeal is not None and self.appeal.outcome is not AppealOutcome.PENDING
        outcome = self.appeal.outcome if self.appeal is not None and decided else None
        return tuple((action.id, action.stands) for action in self.actions), outcome

    @property
    def told_at(self) -> datetime | None:
        """When what they are told of last changed; None if nothing was decided yet."""
        moments = [action.undone_at or action.at for action in self.actions]
        if self.appeal is not None and self.appeal.decided_at is not None:
            moments.append(self.appeal.decided_at)
        return max(moments, default=None)

    @property
    def can_appeal(self) -> bool:
        """Whether its owner may appeal: once for what stands."""
        told = any(action.is_told for action in self.standing)
        return told and self.appeal is None and self.state is CaseState.DECIDED


def reported(before: Case | None, report: Report, owner_id: str) -> Case:
    """The case with one report more. It is opened if there was none, and again if it was decided:
    then its owner may appeal once more against what is decided next."""
    if before is None:
        return Case(
            report.case_id,
            owner_id,
            CaseState.OPEN,
            report.reason,
            report.at,
            report.position,
            report.at,
            1,
            {report.reason: 1},
        )
    reasons = {**before.reasons, report.reason: before.reasons.get(report.reason, 0) + 1}
    counted = replace(
        before,
        reason=graver(before.reason, report.reason),
        reported_at=report.at,
        reports=before.reports + 1,
        reasons=reasons,
    )
    if before.state is not CaseState.DECIDED:
        return counted
    return replace(
        counted,
        state=CaseState.OPEN,
        opened_at=report.at,
        opened=report.position,
        version=before.version + 1,
        appeal=None,
    )


class CaseChanged(Conflict):
    """Somebody else has changed the case since the moderator saw it: its state is another now."""

    def __init__(self, case: Case) -> None:
        super().__init__("case_changed", "Another moderator has changed this case meanwhile.")
        self.state = case.state
        self.version = case.version


def is_possible(case_id: CaseId, kind: ActionKind) -> bool:
    """Whether a moderator can do this about a subject of this kind."""
    return kind in _POSSIBLE[case_id.kind]


def impossible(case_id: CaseId) -> InvalidInput:
    kinds = ", ".join(_POSSIBLE[case_id.kind])
    message = f"What can be done about a {case_id.kind} is: {kinds}."
    return InvalidInput("impossible_action", message, "kind")


def nothing_to_withhold() -> InvalidInput:
    message = "Nothing with a picture was reported in this case."
    return InvalidInput("impossible_action", message, "kind")


def parse_case_id(text: str) -> CaseId:
    """The case id in a path. Raises `NotFound`."""
    try:
        return CaseId.parse(text)
    except MalformedId:
        raise case_not_found() from None


def case_not_found() -> NotFound:
    return NotFound("case_not_found", "There is no such case.")


def own_case() -> Forbidden:
    return Forbidden("own_case", "Nobody decides in a case about themselves.")


def own_decision() -> Forbidden:
    message = "Whoever has decided a case does not decide the appeal against it."
    return Forbidden("own_decision", message)


def graver(one: ReportReason, other: ReportReason) -> ReportReason:
    """The graver of two reasons."""
    return min(one, other, key=GRAVEST_FIRST.index)
