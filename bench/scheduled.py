"""A model: many posts that are scheduled for one minute, until the last one is published.

The step that sends their messages is the real one, over a list in memory: its requests are counted,
and each takes 6 ms, as within a region. Then the queues are played with the executions that each
preset gives them, beside the usual load of the stated scale. `docs/feed.md` has the results.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from bench.backlog import PHOTOS, PUBLISH_MESSAGES, SECONDS, settings_of
from bench.backlog_model import Course, Lane, play
from bench.figures import Figure
from shutterfeed import topology
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.scheduling import DUE_SHARDS, LOOK_AHEAD, LOOK_EVERY
from shutterfeed.services.due import PER_PAGE, DueService
from tests import samples
from tests.fakes.metadata import FakeScheduledPosts, Metadata
from tests.fakes.system import START, FakeClock

FULL: Final = 10_000
"""How many posts are scheduled for one minute."""
TOY: Final = 500
MINUTES: Final = 0.2
_CALL_SECONDS: Final = 0.006
_IN_A_REQUEST: Final = 10
_CHANGES_A_SHARD: Final = 1_000
"""The changes a second that one partition of an index takes."""
_WATCHED_S: Final = 600


@dataclass(slots=True)
class _Queue:
    """A queue that counts its requests, and when its messages can be received."""

    requests: int = 0
    waits: set[timedelta] = field(default_factory=set)

    def send(self, messages: Iterable[Any]) -> None:
        raise AssertionError(f"{list(messages)} have to wait for their time")

    def send_later(self, messages: Iterable[Any], delay: timedelta) -> None:
        self.requests += -(-len(list(messages)) // _IN_A_REQUEST)
        self.waits.add(delay)


def run(posts: int) -> list[Figure]:
    return [*_sending(posts), *_preset("small", posts), *_preset("large", posts)]


def _sending(posts: int) -> Iterator[Figure]:
    """What it takes to send the messages, which is done before their time."""
    data, queue = Metadata(), _Queue()
    for number in range(posts):
        post = samples.post(number % 500, number, state=PostState.SCHEDULED)
        data.posts[post.id] = replace(post, publish_at=START + LOOK_EVERY)
    service = DueService(scheduled=FakeScheduledPosts(data), publish=queue, clock=FakeClock())
    began = time.process_time()
    sent = service.send()
    cpu = time.process_time() - began
    requests = queue.requests + DUE_SHARDS * -(-posts // (DUE_SHARDS * PER_PAGE))
    ahead = (LOOK_AHEAD - LOOK_EVERY).total_seconds()
    yield Figure("messages sent ahead of their time", sent, "", f">= {posts}")
    yield Figure("CPU per message, over a list in memory", cpu / posts * 1e6, "us")
    yield Figure("requests of the run that sends them", requests, "")
    seconds = requests * _CALL_SECONDS
    yield Figure("modelled time to send them", seconds, "s", f"<= {ahead:g}")


def _preset(name: str, posts: int) -> Iterator[Figure]:
    """How long the queues take, from the moment at which all messages can be received."""
    settings = settings_of(name)
    lanes = {
        step: Lane(settings.started_by_queue(topology.lane(step)), SECONDS[step])
        for step in ("publish", "fan_out", "deliver")
    }
    usual = [PUBLISH_MESSAGES * PHOTOS] * _WATCHED_S
    published = play(lanes["publish"], [usual[0] + posts, *usual[1:]])
    # The messages of the burst wait in front of those of others: as many posts as come in.
    fanned = play(lanes["fan_out"], _posts(published, posts))
    delivered = play(lanes["deliver"], fanned.leaving)
    most = max(published.leaving) / (DUE_SHARDS * _CHANGES_A_SHARD)
    yield Figure(f"{name}: until the last is published", _drained(published), "s", "<= 60")
    feeds = max(map(_drained, (published, fanned, delivered)))
    yield Figure(f"{name}: until the last is in the feeds", feeds, "s", "<= 60")
    yield Figure(f"{name}: use of the list's partitions, at most", most, "", "<= 1")


def _posts(published: Course, burst: int) -> list[float]:
    """The posts that are published in each step: messages of a burst publish one each, those of
    others a post in `PUBLISH_MESSAGES`."""
    left, posts = float(burst), []
    for done in published.leaving:
        of_burst = min(left, done)
        left -= of_burst
        posts.append(of_burst + (done - of_burst) / PUBLISH_MESSAGES)
    return posts


def _drained(course: Course) -> int:
    """The seconds until no more waits than arrives within one."""
    steps = zip(course.backlog, course.leaving, strict=True)
    return 1 + max((step for step, (waits, done) in enumerate(steps) if waits > done), default=0)
