"""Telling people what moderators have decided: the owner of what it is about, and those who have
reported it. What is kept for a case that came to nothing is let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shutterfeed.domain.activity import Act, NoticeKind
from shutterfeed.domain.media import BLOB_COOLING_OFF
from shutterfeed.domain.messages import NotifyMessage, TellCase
from shutterfeed.domain.moderation import Case, CaseId, Outcome
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.moderation import Cases
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.system import Clock
from shutterfeed.services.notices import NoticeOpener

_AT_ONCE: Final = 100
"""The number of reporters that one message tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictService:
    cases: Cases
    blobs: Blobs
    opener: NoticeOpener
    steps: Queue[NotifyMessage]
    clock: Clock

    def tell(self, step: TellCase) -> None:
        """Tell the owner and some of the reporters. Repeating it is harmless; of a case that has
        changed again, another message tells."""
        case = self.cases.get(CaseId.parse(step.case_id))
        if case is None or case.version != step.version or case.told_at is None:
            return
        for act in self._acts(case, step, case.told_at):
            self.opener.tell(act)
        if step.after is None and case.outcome is Outcome.DISMISSED:
            self._let_go(case)

    def _acts(self, case: Case, step: TellCase, at: datetime) -> Iterator[Act]:
        subject = str(case.id)
        told = any(action.is_told for action in case.actions)
        if step.after is None and told:
            yield Act(case.owner_id, NoticeKind.STATEMENT, subject, case.owner_id, at)
        if case.outcome is Outcome.OPEN:
            return
        page = self.cases.reports_of(case.id, step.after, _AT_ONCE)
        for report in page.items:
            if report.reporter_id is not None:
                reporter = report.reporter_id
                yield Act(reporter, NoticeKind.REPORT_DECIDED, subject, reporter, at)
        if page.next_position is not None:
            self.steps.send([replace(step, after=page.next_position)])

    def _let_go(self, case: Case) -> None:
        """Keep the contents no longer. One to which nothing refers begins to cool off."""
        for sha256 in self.cases.release_contents(case.id):
            for name in self.blobs.names(sha256):
                if not self.blobs.references(name, None, 1).items:
                    self.blobs.expire(name, self.clock.now() + BLOB_COOLING_OFF)
