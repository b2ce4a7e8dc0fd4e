"""Fan-out pushes posts: a planner divides the author's audience into chunks, workers write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from shutterfeed.domain.delivery import AUDIENCE_PARTS
from shutterfeed.domain.messages import DeliverEntry, DeliverMessage, FanOut, FanOutMessage
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.system import Clock
from shutterfeed.services.audience import AudienceService

CHUNK: Final = 500
"""Readers per message: 20 batches of DynamoDB's 25 writes, about 15 KB of ids."""
PAGES_PER_STEP: Final = 20
"""Chunks per step of the planner, before it leaves a checkpoint and starts a new message."""
LONGEST_STEP: Final = timedelta(seconds=20)
"""No further chunk is begun after this time, a third of the function's: if all subscriptions of
a page have run out, 500 are written one by one, each on its own condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOutPlanner:
    audience: AudienceService
    steps: Queue[FanOutMessage]
    chunks: Queue[DeliverMessage]
    clock: Clock

    def plan(self, step: FanOut) -> int:
        """Send chunks for the readers from the step's checkpoint on. Returns the number of
        readers.

        An audience of more than one chunk is read in parts side by side. A repeated step sends
        the same chunks again, which write the same items again.
        """
        author_id = step.entry.post_id.author_id
        planned, started = 0, self.clock.now()
        for _ in range(PAGES_PER_STEP):
            now = self.clock.now()
            if now - started > LONGEST_STEP:
                break
            page = self.audience.page(author_id, step.part, step.after, CHUNK)
            if step.part is None and page.next_position is not None:
                self.steps.send([replace(step, part=part) for part in range(AUDIENCE_PARTS)])
                return 0
            if page.items:
                self.chunks.send([DeliverEntry(step.entry, page.items, now)])
                planned += len(page.items)
            if page.next_position is None:
                return planned
            step = replace(step, after=page.next_position)
        self.steps.send([step])
        return planned
