"""Reports, cases, the marks of moderators, and their log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.marks import Mark
from shutterfeed.domain.moderation import Case, CaseId, CaseState, Evidence, Report, ReportReason
from shutterfeed.domain.moderation_log import Anchor, Entry, Event
from shutterfeed.domain.pages import Page


class Cases(Protocol):
    """Stored cases. Reads of single cases are strongly consistent, lists of them are not."""

    def report(
        self, report: Report, owner_id: str, evidence: Evidence, spending: Spending = NOTHING
    ) -> Report:
        """Add a report to the case of its subject, which is opened if it is not open, and keep the
        evidence and the contents in it. The subject is among those that the reporter has reported.
        All of it in one transaction.

        Returns what is stored: an earlier report, if the same reporter has reported the subject
        before; then nothing is charged. Raises `LimitReached` and `Busy`.
        """
        ...

    def get(self, case_id: CaseId) -> Case | None: ...

    def get_many(self, case_ids: Collection[CaseId]) -> dict[CaseId, Case]:
        """Those of the cases that exist. Eventually consistent."""
        ...

    def evidence(self, case_id: CaseId) -> tuple[Evidence, ...]:
        """What was kept of the subject, the newest first: one for each state in which it was
        reported, up to 10."""
        ...

    def reports_of(self, case_id: CaseId, after: str | None, limit: int) -> Page[Report]:
        """The reports of a subject, in the order of their reporters."""
        ...

    def made_by(self, reporter_id: str, before: str | None, limit: int) -> Page[Report]:
        """What a user has reported, newest first. Positions are those of reports."""
        ...

    def queue(
        self, state: CaseState, reason: ReportReason | None, after: str | None, limit: int
    ) -> Page[Case]:
        """The cases with this state, and with this gravest reason if one is given, the oldest
        first."""
        ...

    def waiting(self, state: CaseState, reason: ReportReason | None, most: int) -> int:
        """The number of cases in a queue, up to `most`."""
        ...

    def about(self, owner_id: str, before: str | None, limit: int) -> Page[Case]:
        """The cases about a user in which something was decided, the last first decided first."""
        ...

    def decide(
        self,
        before: Case,
        after: Case,
        event: Event,
        *,
        puts: Sequence[Mark] = (),
        takes: Sequence[Mark] = (),
    ) -> bool:
        """Write what has become of a case, put and take marks, and append to the log, in one
        transaction. Marks on what does not exist any more are left out.

        False if the case has another version than `before`; then nothing has changed. Raises
        `Conflict` if a mark that is to be put stands already, for whatever case, and `Busy`.
        """
        ...

    def appeal(self, before: Case, after: Case, spending: Spending = NOTHING) -> bool:
        """Write the owner's appeal. False if the case has another version than `before`. Raises
        `LimitReached`."""
        ...

    def suspensions_over(self, now: datetime, limit: int) -> Sequence[CaseId]:
        """The cases of suspensions whose time is over, and that still stand."""
        ...

    def release_contents(self, case_id: CaseId) -> Sequence[str]:
        """Keep the contents no longer for the case. Returns their SHA-256s."""
        ...


class Withholdings(Protocol):
    """What is withheld of contents, and the marks of that on posts. Strongly consistent."""

    def cases(self, sha256: str) -> frozenset[str]:
        """The ids of the cases in which a content is withheld."""
        ...

    def mark(self, post_id: PostId, sha256: str, case_id: str) -> bool:
        """Mark a post that has a withheld content. False, and nothing is written, if the content is
        not withheld any more in that case, if the post is gone, or is marked already."""
        ...

    def unmark(self, post_id: PostId, sha256: str, case_id: str) -> bool:
        """Take that mark away. False, and nothing is written, if the content is withheld again in
        that case, if the post is gone, or is not marked."""
        ...


class ModerationLog(Protocol):
    """The log, which is only ever appended to: see `Cases.decide`."""

    def before(self, number: int | None, limit: int) -> Page[Entry]:
        """The entries before the one with this number, or the last ones, the last first. Positions
        are numbers."""
        ...

    def after(self, number: int, limit: int) -> Sequence[Entry]:
        """The entries after the one with this number, in their order."""
        ...


class LogAnchors(Protocol):
    """What is noted of the log outside the tables, where no function can take it away."""

    def note(self, anchor: Anchor, at: datetime) -> None:
        """Note that the log has an entry. It may be noted again."""
        ...

    def has(self, anchor: Anchor) -> bool: ...

    def all(self) -> Iterable[Anchor]:
        """All that was ever noted, also what somebody has hidden since."""
        ...
