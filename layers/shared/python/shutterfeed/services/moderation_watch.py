"""What is looked after in moderation on a schedule: that nobody writes the log again unseen, and
for how long cases wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shutterfeed.domain.moderation import CaseState
from shutterfeed.domain.moderation_log import Anchor
from shutterfeed.ports.moderation import Cases, LogAnchors, ModerationLog
from shutterfeed.ports.system import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationWatch:
    cases: Cases
    entries: ModerationLog
    anchors: LogAnchors
    clock: Clock

    def anchor(self) -> int | None:
        """Note the last entry of the log where nobody can change it, unless that was done. Returns
        its number; None if nothing was to be noted."""
        last = next(iter(self.entries.before(None, 1).items), None)
        if last is None or self.anchors.has(Anchor.of(last)):
            return None
        self.anchors.note(Anchor.of(last), self.clock.now())
        return last.number

    def longest_wait(self) -> timedelta | None:
        """How long the oldest open case has waited for a moderator; None if none waits."""
        oldest = self.cases.queue(CaseState.OPEN, None, None, 1).items
        return self.clock.now() - oldest[0].opened_at if oldest else None
