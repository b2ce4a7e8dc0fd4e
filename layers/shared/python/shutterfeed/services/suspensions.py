"""Suspensions that end by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.domain.marks import marks_of
from shutterfeed.domain.moderation import Action, ActionKind, Case, CaseId
from shutterfeed.domain.moderation_log import Event, LoggedKind
from shutterfeed.ports.moderation import Cases
from shutterfeed.ports.system import Clock

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


def _without(case: Case, over: list[Action]) -> Case:
    """The case after these suspensions have ended, at the time that was decided."""
    ids = {action.id for action in over}
    actions = tuple(
        replace(action, undone_at=action.until) if action.id in ids else action
        for action in case.actions
    )
    return replace(case, version=case.version + 1, actions=actions)
