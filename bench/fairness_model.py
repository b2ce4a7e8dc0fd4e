"""The queues and workers that uploads go through, played with the stack's own settings.

A queue starts executions as Lambda does: five at first, five more a second while messages wait, and
never more than its maximum. On the local cloud it starts its maximum at once. Messages come in the
order in which they were sent, or as SQS's fair queues deliver them. Which queue an upload takes is
decided by the service's own rules for shares.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Final

from shutterfeed import topology
from shutterfeed.domain.lanes import UPLOAD_CHARGE, transcoding_charge
from shutterfeed.domain.limits import Charge, charged, wait
from shutterfeed.domain.media import Medium

_FIRST_EXECUTIONS: Final = 5
_MORE_A_SECOND: Final = 5.0
"""Lambda's documentation: five batches at first, up to 300 more a minute while messages wait."""
_NOISY_SHARE: Final = 0.1
_NOISY_IN_FLIGHT: Final = 30
"""SQS's documentation of fair queues: a tenant is noisy with over a tenth of the messages in flight
and at least 30 of its own, or with over a tenth of the time spent on messages recently."""
HANDING_ON: Final = 0.015
"""Seconds that `dedup_hash` takes for an upload that it only hands on: one update, one message."""


@dataclass(frozen=True, slots=True)
class Work:
    """An upload: whose it is, what it is, and how many seconds each step takes."""

    user: str
    medium: Medium
    seconds: Mapping[str, float]

    @property
    def renderer(self) -> str:
        return "transcode" if "transcode" in self.seconds else "render"


class Clock:
    """Events in the order of their times."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def at(self, time: float, act: Callable[[], None]) -> None:
        heappush(self._events, (time, next(self._numbers), act))

    def run(self) -> None:
        while self._events:
            self.now, _, act = heappop(self._events)
            act()


@dataclass(frozen=True, slots=True)
class _Message:
    number: int
    user: str
    seconds: Callable[[], float]
    """Called when an execution takes the message."""
    done: Callable[[], None]


@dataclass(slots=True)
class Queue:
    """A queue and the executions that it starts."""

    clock: Clock
    executions: int
    ramps: bool
    fair: bool
    _waiting: defaultdict[str, deque[_Message]] = field(default_factory=lambda: defaultdict(deque))
    """The messages of each user, in their order."""
    _in_flight: Counter[str] = field(default_factory=Counter)
    _spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _busy_since: float = 0.0
    _sent: int = 0

    def send(self, user: str, seconds: Callable[[], float], done: Callable[[], None]) -> None:
        if not self._waiting and not self._in_flight.total():
            self._busy_since = self.clock.now
        self._sent += 1
        self._waiting[user].append(_Message(self._sent, user, seconds, done))
        self._start()

    def _most(self) -> int:
        if not self.ramps:
            return self.executions
        more = (self.clock.now - self._busy_since) * _MORE_A_SECOND
        return min(self.executions, _FIRST_EXECUTIONS + int(more))

    def _start(self) -> None:
        while self._waiting and self._in_flight.total() < self._most():
            message = self._next()
            self._in_flight[message.user] += 1
            seconds = message.seconds()
            self.clock.at(self.clock.now + seconds, partial(self._end, message, seconds))

    def _end(self, message: _Message, seconds: float) -> None:
        self._in_flight[message.user] -= 1
        self._spent[message.user] += seconds
        message.done()
        self._start()

    def _next(self) -> _Message:
        user = min(self._waiting, key=self._rank)
        message = self._waiting[user].popleft()
        if not self._waiting[user]:
            # A user without a backlog is quiet again.
            del self._waiting[user]
            self._spent[user] = 0.0
        return message

    def _rank(self, user: str) -> tuple[bool, int, int]:
        """Quiet users' messages in their order, then those of the noisy user with the fewest in
        flight."""
        number = self._waiting[user][0].number
        if self.fair and self._is_noisy(user):
            return True, self._in_flight[user], number
        return False, 0, number

    def _is_noisy(self, user: str) -> bool:
        own, flying = self._in_flight[user], self._in_flight.total()
        total = sum(self._spent.values())
        return (own >= _NOISY_IN_FLIGHT and own > flying * _NOISY_SHARE) or (
            total > 0 and self._spent[user] > total * _NOISY_SHARE
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """How a deployment hands uploads to its workers."""

    executions: Mapping[str, int]
    """The most executions of each queue, by its name in `topology.py`."""
    ramps: bool = True
    fair: bool = True
    """Whether SQS delivers quiet users' messages first."""
    lanes: bool = True
    """Whether there are bulk queues; without them, a step's first queue has their executions."""


class Pipeline:
    """The way of uploads from the storage's event to `published`."""

    def __init__(self, rules: Rules, chance: Random) -> None:
        self.clock = Clock()
        self._rules, self._chance = rules, chance
        self._shares: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._queues = {
            lane.name: Queue(self.clock, _executions(lane, rules), rules.ramps, rules.fair)
            for lane in topology.LANES
        }
        # Storage events do not say whose they are.
        self._queues["ingest"].fair = False

    def upload(self, at: float, work: Work, done: Callable[[float], None]) -> None:
        """An upload that the storage tells of at a time; `done` is called with when it is
        published."""
        self.clock.at(at, lambda: self._arrive(work, done))

    def _arrive(self, work: Work, done: Callable[[float], None]) -> None:
        bulk = False

        def take_in() -> float:
            nonlocal bulk
            bulk = not self._in_share(work.user, UPLOAD_CHARGE)
            return HANDING_ON if bulk else self._varied(work.seconds["ingest"])

        def go_on() -> None:
            if bulk:
                self._send("ingest", work, render, bulk=True)
            else:
                render()

        def render() -> None:
            charge = transcoding_charge(work.medium)
            late = (
                work.renderer == "transcode" and not bulk and not self._in_share(work.user, charge)
            )
            self._send(work.renderer, work, publish, bulk=bulk or late)

        def publish() -> None:
            self._send("publish", work, lambda: done(self.clock.now))

        self._queues["ingest"].send(work.user, take_in, go_on)

    def _send(self, step: str, work: Work, done: Callable[[], None], *, bulk: bool = False) -> None:
        lane = topology.worker(step).lanes[-1 if bulk else 0]
        seconds = self._varied(work.seconds[step])
        self._queues[lane.name].send(work.user, lambda: seconds, done)

    def _varied(self, seconds: float) -> float:
        """A time that differs from file to file and from one execution to the next."""
        return seconds * self._chance.uniform(0.8, 1.25)

    def _in_share(self, user: str, charge: Charge) -> bool:
        """Charge a user's share; without bulk queues everything is in it."""
        now, full_at = int(self.clock.now * 1e6), self._shares[user, charge.name]
        if not self._rules.lanes:
            return True
        if wait(full_at, now, charge):
            return False
        self._shares[user, charge.name] = charged(full_at, now, charge)
        return True


def _executions(lane: topology.Lane, rules: Rules) -> int:
    if rules.lanes:
        return rules.executions[lane.name]
    return sum(rules.executions[each.name] for each in lane.worker.lanes)


def times_of_another(
    rules: Rules, noise: Sequence[Work], other: Work, samples: int, seed: int
) -> list[float]:
    """Seconds until another user's upload is published that comes at a random moment while one
    user's uploads, which all come at once, are processed. Each run has one such upload."""
    busy = _run(rules, noise, None, 0.0, Random(seed))[0]  # noqa: S311 - a model
    times = []
    for number in range(samples):
        chance = Random(f"{seed}-{number}")  # noqa: S311 - a model
        moment = chance.uniform(0.0, busy)
        times.append(_run(rules, noise, other, moment, chance)[1] - moment)
    return times


def _run(
    rules: Rules, noise: Sequence[Work], other: Work | None, moment: float, chance: Random
) -> tuple[float, float]:
    """When the last of the noise is published, and when the other upload is."""
    pipeline = Pipeline(rules, chance)
    noise_done, other_done = [0.0], [0.0]
    for work in noise:
        pipeline.upload(0.0, work, noise_done.append)
    if other is not None:
        pipeline.upload(moment, other, other_done.append)
    pipeline.clock.run()
    return max(noise_done), max(other_done)
