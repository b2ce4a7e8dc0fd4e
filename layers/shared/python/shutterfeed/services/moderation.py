"""What moderators do: queues, cases, actions, undos, appeals, statistics and the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from shutterfeed.domain.characters import PARAGRAPHS, check_characters, clean
from shutterfeed.domain.errors import Conflict, InvalidCursor, InvalidInput, NotFound
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.marks import Mark, already_done, marks_of
from shutterfeed.domain.moderation import (
    MAX_ACTIONS,
    Action,
    ActionKind,
    AppealOutcome,
    Case,
    CaseChanged,
    CaseId,
    CaseState,
    Evidence,
    Report,
    ReportReason,
    case_not_found,
    impossible,
    is_possible,
    nothing_to_withhold,
    own_case,
    own_decision,
)
from shutterfeed.domain.moderation_log import Entry, Event, LoggedKind
from shutterfeed.domain.mutes import checked_end
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile
from shutterfeed.ports.moderation import Cases, ModerationLog
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.system import Clock, Ids

_REPORTS: Final = 100
"""The number of reports that come with a case."""
MOST_COUNTED: Final = 1_000
"""The number up to which the cases of a queue are counted."""
STATISTICS_OF: Final = timedelta(days=30)
_ENTRIES: Final = 2_000
"""The number of entries of the log up to which statistics look."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a moderator wants to do, having seen the case in the version `seen`."""

    kind: ActionKind
    rule: ReportReason
    statement: str
    until: datetime | None
    seen: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with all that is known of it."""

    case: Case
    evidence: Sequence[Evidence]
    reports: Sequence[Report]
    people: Mapping[str, Profile]
    """The owner and the reporters who have a profile, by their ids."""
    possible: tuple[ActionKind, ...]
    can_decide_appeal: bool


@dataclass(slots=True)
class Statistics:
    """What waits, and what was decided lately."""

    open: dict[ReportReason, int] = field(default_factory=dict)
    appealed: int = 0
    oldest_open: datetime | None = None
    decisions: Counter[ActionKind] = field(default_factory=Counter)
    undone: int = 0
    upheld: int = 0
    overturned: int = 0
    minutes_to_decision: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationService:
    """Every method is for moderators alone: the API asks who calls."""

    cases: Cases
    entries: ModerationLog
    profiles: Profiles
    clock: Clock
    ids: Ids

    def queue(
        self, state: CaseState, reason: ReportReason | None, after: str | None, limit: int
    ) -> Page[tuple[Case, Profile | None]]:
        """The cases that wait, with their owners. Raises `InvalidCursor`."""
        if after is not None and not is_ulid(after.partition("#")[0]):
            raise InvalidCursor
        page = self.cases.queue(state, reason, after, limit)
        people = self._people(case.owner_id for case in page.items)
        items = tuple((case, people.get(case.owner_id)) for case in page.items)
        return Page(items, page.next_position)

    def case(self, case_id: CaseId, moderator_id: str) -> CaseView:
        """A case. Raises `NotFound`."""
        return self._view(self._get(case_id), moderator_id)

    def act(self, case_id: CaseId, moderator_id: str, decision: Decision) -> CaseView:
        """Do something about a case.

        Raises `NotFound`, `InvalidInput`, `CaseChanged`, `Forbidden` for a case about the
        moderator, and `Conflict` for what stands already.
        """
        check_characters(decision.statement, PARAGRAPHS, "statement")
        if not is_possible(case_id, decision.kind):
            raise impossible(case_id)
        case, now = self._to_decide(case_id, moderator_id), self.clock.now()
        if _repeats(case, moderator_id, decision):
            return self._view(case, moderator_id)
        if case.version != decision.seen:
            raise CaseChanged(case)
        is_suspension = decision.kind is ActionKind.SUSPEND
        if decision.until is not None and not is_suspension:
            raise InvalidInput("until_without_suspension", "Only a suspension ends.", "until")
        contents: tuple[str, ...] = ()
        if decision.kind is ActionKind.WITHHOLD_CONTENT:
            contents = _contents(self.cases.evidence(case_id))
            if not contents:
                raise nothing_to_withhold()
        new = _not_withheld(case, contents)
        if not new and any(action.kind is decision.kind for action in case.standing):
            raise already_done()
        action = Action(
            self.ids.new(now),
            decision.kind,
            decision.rule,
            clean(decision.statement),
            moderator_id,
            now,
            decision.seen,
            checked_end(decision.until, now),
            new,
        )
        # A new decision is one against which its owner may appeal.
        appeal = case.appeal if case.state is CaseState.APPEALED else None
        after = replace(
            case,
            state=case.state if case.state is CaseState.APPEALED else CaseState.DECIDED,
            version=case.version + 1,
            actions=(*case.actions, action)[-MAX_ACTIONS:],
            appeal=appeal,
        )
        event = self._event(case, moderator_id, LoggedKind.ACTED, action)
        return self._decided(case, after, event, puts=tuple(marks_of(case, action)))

    def undo(self, case_id: CaseId, moderator_id: str, action_id: str, seen: int) -> CaseView:
        """Undo an action. Raises `NotFound`, `CaseChanged`, and `Forbidden` for a case about the
        moderator."""
        case = self._to_decide(case_id, moderator_id)
        action = next((one for one in case.actions if one.id == action_id), None)
        if action is None:
            raise NotFound("action_not_found", "The case has no such action.")
        if not action.stands:
            return self._view(case, moderator_id)
        if case.version != seen:
            raise CaseChanged(case)
        after = _undone(case, [action], moderator_id, self.clock.now())
        if not after.standing:
            after = _reopened(after, moderator_id, self.clock.now())
        event = self._event(case, moderator_id, LoggedKind.UNDONE, action)
        return self._decided(case, after, event, takes=tuple(marks_of(case, action)))

    def decide_appeal(
        self, case_id: CaseId, moderator_id: str, *, overturn: bool, statement: str, seen: int
    ) -> CaseView:
        """Decide an appeal: undo all that stands, or let it stand.

        Raises `NotFound`, `CaseChanged`, `Forbidden` for whoever has done something that stands
        or is the owner, and `Conflict` if no appeal waits.
        """
        check_characters(statement, PARAGRAPHS, "statement")
        case, now = self._to_decide(case_id, moderator_id), self.clock.now()
        outcome = AppealOutcome.OVERTURNED if overturn else AppealOutcome.UPHELD
        appeal = case.appeal
        decided = (outcome, moderator_id, clean(statement))
        if appeal and (appeal.outcome, appeal.moderator_id, appeal.statement) == decided:
            return self._view(case, moderator_id)
        if case.version != seen:
            raise CaseChanged(case)
        if appeal is None or case.state is not CaseState.APPEALED:
            raise Conflict("not_appealed", "No appeal waits in this case.")
        if not _can_decide_appeal(case, moderator_id):
            raise own_decision()
        taken = case.standing if overturn else ()
        after = replace(
            _undone(case, taken, moderator_id, now),
            state=CaseState.DECIDED,
            appeal=replace(
                appeal,
                outcome=outcome,
                statement=clean(statement),
                moderator_id=moderator_id,
                decided_at=now,
            ),
        )
        kind = LoggedKind.APPEAL_OVERTURNED if overturn else LoggedKind.APPEAL_UPHELD
        event = Event(now, moderator_id, str(case.id), kind, statement=clean(statement))
        takes = tuple(mark for action in taken for mark in marks_of(case, action))
        return self._decided(case, after, event, takes=takes)

    def statistics(self) -> Statistics:
        """What waits, and what was decided within `STATISTICS_OF`."""
        found = Statistics()
        for reason in ReportReason:
            found.open[reason] = self.cases.waiting(CaseState.OPEN, reason, MOST_COUNTED)
        found.appealed = self.cases.waiting(CaseState.APPEALED, None, MOST_COUNTED)
        oldest = self.cases.queue(CaseState.OPEN, None, None, 1).items
        found.oldest_open = oldest[0].opened_at if oldest else None
        minutes = [self._counted(found, entry.event) for entry in self._lately()]
        known = [number for number in minutes if number is not None]
        found.minutes_to_decision = round(median(known), 1) if known else None
        return found

    def log(self, position: str | None, limit: int) -> Page[Entry]:
        """The log, the last entry first. Raises `InvalidCursor`."""
        if position is not None and not position.isdecimal():
            raise InvalidCursor
        return self.entries.before(None if position is None else int(position), limit)

    def _lately(self) -> Iterator[Entry]:
        since = self.clock.now() - STATISTICS_OF
        for entry in self.entries.before(None, _ENTRIES).items:
            if entry.event.at < since:
                return
            yield entry

    @staticmethod
    def _counted(found: Statistics, event: Event) -> float | None:
        """Count an event. Returns the minutes from the opening of its case, if it is a decision."""
        match event.kind:
            case LoggedKind.ACTED if event.action is not None:
                found.decisions[event.action] += 1
                if event.opened_at is not None:
                    return (event.at - event.opened_at).total_seconds() / 60
            case LoggedKind.UNDONE:
                found.undone += 1
            case LoggedKind.APPEAL_UPHELD:
                found.upheld += 1
            case LoggedKind.APPEAL_OVERTURNED:
                found.overturned += 1
        return None

    def _event(self, case: Case, moderator_id: str, kind: LoggedKind, action: Action) -> Event:
        opened_at = case.opened_at if case.state is CaseState.OPEN else None
        return Event(
            self.clock.now(),
            moderator_id,
            str(case.id),
            kind,
            action.kind,
            action.rule,
            action.statement if kind is LoggedKind.ACTED else "",
            opened_at if kind is LoggedKind.ACTED else None,
        )

    def _decided(
        self,
        before: Case,
        after: Case,
        event: Event,
        *,
        puts: Sequence[Mark] = (),
        takes: Sequence[Mark] = (),
    ) -> CaseView:
        """Write what was decided. Raises `CaseChanged` if another moderator was faster."""
        if not self.cases.decide(before, after, event, puts=puts, takes=takes):
            raise CaseChanged(self._get(before.id))
        return self._view(after, event.moderator_id)

    def _get(self, case_id: CaseId) -> Case:
        case = self.cases.get(case_id)
        if case is None:
            raise case_not_found()
        return case

    def _to_decide(self, case_id: CaseId, moderator_id: str) -> Case:
        """A case in which a moderator wants to decide. Raises `NotFound`, and `Forbidden` if it is
        about the moderator."""
        case = self._get(case_id)
        if case.owner_id == moderator_id:
            raise own_case()
        return case

    def _view(self, case: Case, moderator_id: str) -> CaseView:
        reports = self.cases.reports_of(case.id, None, _REPORTS).items
        reporters = (report.reporter for report in reports if report.reporter_id is not None)
        standing = {action.kind for action in case.standing}
        evidence = self.cases.evidence(case.id)
        left_out = standing if _contents(evidence) else {*standing, ActionKind.WITHHOLD_CONTENT}
        kinds = (kind for kind in ActionKind if is_possible(case.id, kind))
        return CaseView(
            case,
            evidence,
            reports,
            self._people((case.owner_id, *reporters)),
            tuple(kind for kind in kinds if kind not in left_out),
            case.state is CaseState.APPEALED and _can_decide_appeal(case, moderator_id),
        )

    def _people(self, user_ids: Iterator[str] | Sequence[str]) -> dict[str, Profile]:
        found = ((i, self.profiles.item(i)) for i in dict.fromkeys(user_ids))
        return {user_id: profile for user_id, profile in found if profile is not None}


def _contents(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """The contents of what was reported, as it was then."""
    media = (medium for one in evidence for medium in one.media)
    return tuple(dict.fromkeys(medium.sha256 for medium in media))


def _not_withheld(case: Case, contents: Sequence[str]) -> tuple[str, ...]:
    """Those of some contents that the case does not withhold: a post that is reported again may
    have others."""
    withheld = {content for action in case.standing for content in action.contents}
    return tuple(content for content in contents if content not in withheld)


def _can_decide_appeal(case: Case, moderator_id: str) -> bool:
    return all(action.moderator_id != moderator_id for action in case.standing)


def _repeats(case: Case, moderator_id: str, decision: Decision) -> bool:
    """Whether this decision was made already, in this version of the case by the same moderator: a
    request that is repeated because its answer was lost."""
    last = case.actions[-1] if case.actions else None
    return (
        last is not None
        and last.stands
        and case.version == decision.seen + 1
        and (last.seen, last.kind, last.rule, last.moderator_id)
        == (decision.seen, decision.kind, decision.rule, moderator_id)
        and last.statement == clean(decision.statement)
    )


def _reopened(case: Case, moderator_id: str, now: datetime) -> Case:
    """The case after nothing stands any more: it waits for another decision, unless its owner has
    appealed, who gets what they wanted."""
    if case.appeal is None or case.state is not CaseState.APPEALED:
        return replace(case, state=CaseState.OPEN, appeal=None)
    won = replace(
        case.appeal,
        outcome=AppealOutcome.OVERTURNED,
        moderator_id=moderator_id,
        decided_at=now,
    )
    return replace(case, state=CaseState.DECIDED, appeal=won)


def _undone(case: Case, actions: Sequence[Action], moderator_id: str, now: datetime) -> Case:
    """The case after some of its actions were undone."""
    ids = {action.id for action in actions}
    return replace(
        case,
        version=case.version + 1,
        actions=tuple(
            replace(action, undone_at=now, undone_by=moderator_id) if action.id in ids else action
            for action in case.actions
        ),
    )
