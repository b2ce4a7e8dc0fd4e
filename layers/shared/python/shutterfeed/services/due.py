"""Sends the messages of scheduled posts whose time comes: a step of `reconcile`, every minute.

A message is sent ahead of its time and waits in its queue until then, so that the schedule need not
be exact to the second. A post stays in the list until it is published, so each run sends the
messages again of those that are late; the publish gate decides by the post whether it is to be
published, and does so once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shutterfeed.domain.messages import PublishMessage, PublishPost
from shutterfeed.domain.scheduling import DUE_SHARDS, LOOK_AHEAD, Due
from shutterfeed.ports.posts import ScheduledPosts
from shutterfeed.ports.queues import DelayingQueue
from shutterfeed.ports.system import Clock

PER_PAGE: Final = 1_000
PER_SHARD: Final = 10_000
"""The number of posts of one part of the list whose messages a run sends: 40,000 in all. The next
run goes on with those that are left."""
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueService:
    scheduled: ScheduledPosts
    publish: DelayingQueue[PublishMessage]
    clock: Clock

    def send(self) -> int:
        """Send the messages of all posts whose time has come, or comes soon. Returns their
        number."""
        now = self.clock.now()
        waits: defaultdict[timedelta, list[PublishMessage]] = defaultdict(list)
        for shard in range(DUE_SHARDS):
            for due in self._due(shard, now + LOOK_AHEAD):
                waits[wait_for(due.at, now)].append(PublishPost(due.post_id))
        for wait, messages in sorted(waits.items(), key=lambda item: item[0]):
            self.publish.send_later(messages, wait)
        return sum(map(len, waits.values()))

    def _due(self, shard: int, before: datetime) -> Iterator[Due]:
        after: Due | None = None
        for _ in range(PER_SHARD // PER_PAGE):
            page = self.scheduled.due(shard, before, after, PER_PAGE)
            yield from page.items
            if page.next_position is None or not page.items:
                return
            after = page.items[-1]


def wait_for(at: datetime, now: datetime) -> timedelta:
    """How long a message waits that is for a moment: rounded up to seconds, as queues count in
    these, so that it does not come too early, and at least one."""
    return max(-(-(at - now) // _SECOND), 1) * _SECOND
