"""SQS on virtual time: visibility timeouts, receive counts, dead letters, retention, redrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tests.conftest import REGION
from tests.exploration import stack
from tests.exploration.faults import Faults, Kind
from tests.integration.world import ACCOUNT

LATE: Final = timedelta(hours=1)
REDELIVERED_AFTER: Final = timedelta(seconds=1)


@dataclass(slots=True, eq=False)
class Message:
    number: int
    body: str
    visible_at: datetime
    sent_at: datetime
    receives: int = 0
    poisoned: bool = False

    @property
    def id(self) -> str:
        return f"message-{self.number}"


@dataclass(slots=True)
class Queue:
    source: stack.Source
    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    """Each with the time of its redrive in `visible_at`."""

    def receive(self, now: datetime) -> list[Message]:
        """A batch, invisible from now on; what was received too often is a dead letter instead."""
        batch: list[Message] = []
        self.messages = [m for m in self.messages if now - m.sent_at < stack.RETENTION]
        for message in [m for m in self.messages if m.visible_at <= now]:
            if len(batch) == self.source.batch:
                break
            if message.receives == self.source.receives:
                self.messages.remove(message)
                self._bury(message, now)
                continue
            message.receives += 1
            message.visible_at = now + self.source.visibility
            batch.append(message)
        return batch

    def redrive(self, now: datetime) -> None:
        """Dead letters come back as new messages."""
        for message in [m for m in self.dead if m.visible_at <= now]:
            self.dead.remove(message)
            message.receives, message.sent_at, message.poisoned = 0, now, False
            self.messages.append(message)

    def next_time(self) -> datetime | None:
        return min((m.visible_at for m in (*self.messages, *self.dead)), default=None)

    def _bury(self, message: Message, now: datetime) -> None:
        message.visible_at = now + stack.REDRIVEN_AFTER
        self.dead.append(message)


@dataclass(slots=True)
class Queues:
    """All of the stack's queues. `faults` are by the message's number."""

    now: Callable[[], datetime]
    faults: Faults
    by_name: dict[str, Queue] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    """The queue of each message, by its number; `event` if S3 sent it."""
    copies: int = 0
    counting: bool = False

    def __post_init__(self) -> None:
        self.by_name = {source.queue: Queue(source) for source in stack.SOURCES}

    def send(
        self, name: str, body: str, *, event: bool = False, delay: timedelta = timedelta()
    ) -> None:
        now = self.now()
        fault = None
        if self.counting:
            self.sent.append("event" if event else name)
            fault = self.faults.get(len(self.sent))
        if fault is Kind.LOST and event:
            return
        self.copies += 1
        message = Message(self.copies, body, now + delay, now)
        queue = self.by_name[name]
        queue.messages.append(message)
        if fault is Kind.TWICE:
            self.copy(queue, message)
        elif fault is Kind.LATE:
            message.visible_at += LATE
        elif fault is Kind.POISONED:
            message.poisoned = True

    def copy(self, queue: Queue, message: Message) -> None:
        """The same message once more, a moment later."""
        now = self.now()
        self.copies += 1
        queue.messages.append(
            Message(self.copies, message.body, now + REDELIVERED_AFTER, message.sent_at)
        )

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """What SQS answers."""
        name = parameters["QueueUrl"].rpartition("/")[2]
        if operation == "GetQueueAttributes":
            count = sum(m.visible_at <= self.now() for m in self.by_name[name].messages)
            return {"Attributes": {"ApproximateNumberOfMessages": str(count)}}
        assert operation == "SendMessageBatch", operation
        for entry in parameters["Entries"]:
            delay = timedelta(seconds=entry.get("DelaySeconds", 0))
            self.send(name, entry["MessageBody"], delay=delay)
        return {"Successful": [{"Id": entry["Id"]} for entry in parameters["Entries"]]}

    def redrive(self) -> None:
        for queue in self.by_name.values():
            queue.redrive(self.now())

    def empty(self) -> bool:
        return not any(queue.messages or queue.dead for queue in self.by_name.values())

    def next_time(self) -> datetime | None:
        times = (queue.next_time() for queue in self.by_name.values())
        return min((time for time in times if time is not None), default=None)

    def standing(self) -> Iterator[str]:
        for name, queue in self.by_name.items():
            for message in (*queue.messages, *queue.dead):
                yield f"{name}: {message.body} received {message.receives} times"


def record(source: stack.Source, message: Message) -> dict[str, Any]:
    """A message as Lambda hands it over."""
    return {
        "messageId": message.id,
        "receiptHandle": f"receipt-{message.number}-{message.receives}",
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.receives)},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{source.queue}",
        "awsRegion": REGION,
    }
