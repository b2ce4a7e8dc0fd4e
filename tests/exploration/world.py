"""One run of a scenario: what happens next, and when, until nothing moves any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from reconcile.handler import handler as reconcile
from route_changes.handler import handler as route_changes
from tests.exploration import dynamo, stack
from tests.exploration.calls import Calls
from tests.exploration.clock import VirtualClock
from tests.exploration.faults import Kind, Schedule
from tests.exploration.machinery import Machinery
from tests.exploration.queues import Message, Queue, Queues, record
from tests.exploration.storage import Storage
from tests.exploration.stream import Stream, Watch
from tests.exploration.tasks import Hub, Task
from tests.integration import payloads
from tests.integration.pipeline import WORKERS
from tests.integration.world import CountedIds

Handler = Callable[[Any, Any], Mapping[str, Any]]
_MANY: Final = 2_000
"""Ten times what happens in any run that comes to rest."""
_LONGEST: Final = timedelta(days=20)
"""After that long a run is at rest, or never will be."""
_QUIET: Final = timedelta(hours=8)


class Restless(Exception):
    """The run does not come to rest."""


@dataclass(slots=True)
class World:
    """The cloud as it behaves, on virtual time. `step` lets one thing happen."""

    machinery: Machinery
    schedule: Schedule
    clock: VirtualClock = field(default_factory=VirtualClock)
    hub: Hub = field(default_factory=Hub)
    queues: Queues = field(init=False)
    stream: Stream = field(init=False)
    watch: Watch = field(init=False)
    storage: Storage = field(init=False)
    calls: Calls = field(init=False)
    began_at: datetime | None = None
    """When all preparations were over."""
    _started: int = 0
    _reconcile_at: datetime | None = None
    _pause: timedelta = stack.RECONCILE_EVERY

    def __post_init__(self) -> None:
        now = self.clock.now
        self.queues = Queues(now, self.schedule.at_messages())
        self.stream = Stream(now)
        self.watch = Watch(late=self.schedule.has(Kind.TTL_LATE))
        self.storage = Storage(now, lambda body: self.queues.send("ingest", body, event=True))
        self.calls = Calls(
            self.machinery.original,
            self.hub,
            now,
            self.queues,
            self.stream,
            self.watch,
            self.storage,
            self.schedule.at_calls(),
        )
        self.machinery.clock = self.clock
        self.machinery.ids = CountedIds()
        self.machinery.make_call = self.calls.make
        self.machinery.reset()

    def begin(self) -> None:
        """Count calls and messages from here on, and let them go wrong as the schedule says."""
        self.queues.counting = self.calls.counting = True
        self.began_at = self.began_at or self.clock.now()

    def invoke(
        self,
        function: str,
        body: Callable[[], Any],
        then: Callable[[Task], None],
        again: Callable[[], None] | None = None,
    ) -> Task:
        self._started += 1
        name = f"{function}#{self._started}"
        task = Task(name, body, then, stack.TIMEOUTS[function], again)
        self.hub.run(task)
        return task

    def rest(self) -> None:
        """Let things happen until nothing is on its way. Raises `Restless`."""
        end = self.clock.instant + _LONGEST
        for _ in range(_MANY):
            if not self.step(end if self._moves() else self.clock.instant):
                if self._moves():
                    raise Restless([*self.queues.standing(), *self.watch.open][:3])
                return
        raise Restless("there is no end to it")

    def pass_time(self, span: timedelta) -> None:
        """Let a time pass, and all happen that is due in it."""
        end = self.clock.instant + span
        while self.step(end):
            pass
        self.clock.advance_to(end)

    def step(self, end: datetime) -> bool:
        """Let one thing happen; False if there is nothing until `end`."""
        if self._act():
            return True
        times = [
            self.queues.next_time(),
            self.stream.next_time(),
            self.hub.next_time(),
            self.watch.next_time(),
            self.storage.next_time(),
            self._reconciled_next(),
        ]
        due = min((time for time in times if time is not None), default=None)
        if due is None or due > end:
            return False
        self.clock.advance_to(due)
        return True

    def _act(self) -> bool:
        now = self.clock.now()
        if self._route() or any(map(self._work, self.queues.by_name.values())):
            return True
        if (task := self.hub.due(now)) is not None:
            self.hub.run(task)
            return True
        return self._expire(now) or self._reconcile(now)

    def _moves(self) -> bool:
        return bool(
            self.stream.records or self.hub.waiting or not self.queues.empty() or self.watch.open
        )

    def _route(self) -> bool:
        batch = self.stream.take(stack.STREAM_BATCH)
        if not batch:
            return False
        numbers = [item["dynamodb"]["SequenceNumber"] for item in batch]

        def done(task: Task) -> None:
            failed = self._failed(task, numbers)
            places = [numbers.index(number) for number in failed]
            self.stream.done(min(places, default=None), stack.STREAM_RETRIES)

        event = {"Records": batch}
        self.invoke("route_changes", lambda: route_changes(event, payloads.context()), done)
        return True

    def _work(self, queue: Queue) -> bool:
        batch = queue.receive(self.clock.now())
        if not batch:
            return False
        healthy = [message for message in batch if not message.poisoned]
        if not healthy:
            return True
        handler: Handler = WORKERS[queue.source.queue]
        event = {"Records": [record(queue.source, message) for message in healthy]}

        def done(task: Task) -> None:
            failed = self._failed(task, [message.id for message in healthy])
            gone = [message for message in healthy if message.id not in failed]
            queue.messages = [m for m in queue.messages if m not in gone]

        self.invoke(
            queue.source.function,
            lambda: handler(event, payloads.context()),
            done,
            lambda: self._again(queue, healthy),
        )
        return True

    def _again(self, queue: Queue, messages: list[Message]) -> None:
        for message in messages:
            self.queues.copy(queue, message)

    def _failed(self, task: Task, ids: list[str]) -> list[str]:
        """Of a batch, those that come again: all, if the function died."""
        if task.error is not None:
            self.machinery.heard.append(f"{task.name}: {task.error!r}")
            return ids
        return [failure["itemIdentifier"] for failure in task.result["batchItemFailures"]]

    def _expire(self, now: datetime) -> bool:
        self.queues.redrive()
        due = self.storage.next_time()
        if due is not None and due <= now:
            self.storage.expire()
        expired = self.watch.expired(now)
        for place in expired:
            before = dynamo.image(place)
            table, pk, sk = place
            dynamo.backend().delete_item(table, {"pk": {"S": pk}, "sk": {"S": sk}})
            self.stream.changed(place, before, None, ttl=True)
            self.watch.changed(place, None)
        return bool(expired)

    def _reconciled_next(self) -> datetime | None:
        """The rule fires every five minutes. While there is nothing open a run would find nothing;
        and one that changed nothing is followed by a later and later one, so that months pass
        quickly."""
        if not (self.watch.open or self.watch.later):
            self._reconcile_at, self._pause = None, stack.RECONCILE_EVERY
        elif self._reconcile_at is None:
            self._reconcile_at = self.clock.instant + stack.RECONCILE_EVERY
        return self._reconcile_at

    def _reconcile(self, now: datetime) -> bool:
        due = self._reconciled_next()
        if due is None or now < due:
            return False
        before = (self.stream.mutations, self.queues.copies)

        def done(task: Task) -> None:
            if task.error is not None:
                self.machinery.heard.append(f"{task.name}: {task.error!r}")
            idle = (self.stream.mutations, self.queues.copies) == before
            self._pause = min(self._pause * 2, _QUIET) if idle else stack.RECONCILE_EVERY
            self._reconcile_at = self.clock.instant + self._pause

        self._reconcile_at = now + stack.TIMEOUTS["reconcile"]
        self.invoke("reconcile", lambda: reconcile({}, payloads.context()), done)
        return True
