"""Queues of messages between functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, Protocol, TypeVar

M_contra = TypeVar("M_contra", contravariant=True)


class Queue(Protocol[M_contra]):
    def send(self, messages: Iterable[M_contra]) -> None:
        """Send every message, or raise an error."""
        ...


LONGEST_DELAY: Final = timedelta(minutes=15)
"""The longest time for which a queue holds a message back."""


class DelayingQueue(Queue[M_contra], Protocol[M_contra]):
    def send_later(self, messages: Iterable[M_contra], delay: timedelta) -> None:
        """Send every message, which then waits for a time of up to `LONGEST_DELAY`, or raise an
        error."""
        ...


class BatchQueue(Queue[M_contra], Protocol[M_contra]):
    def send_each(self, messages: Sequence[M_contra]) -> Mapping[int, Exception]:
        """Send the messages. Returns why the queue refused a message, by the message's index."""
        ...


class WatchedQueue(Queue[M_contra], Protocol[M_contra]):
    def backlog(self) -> int:
        """The approximate number of messages that wait to be delivered."""
        ...


@dataclass(frozen=True, slots=True)
class Lanes(Generic[M_contra]):
    """The two queues of a step that processes uploads: the first one, and the bulk queue for what a
    user sends beyond their share."""

    first: Queue[M_contra]
    bulk: Queue[M_contra]

    def pick(self, *, bulk: bool) -> Queue[M_contra]:
        return self.bulk if bulk else self.first


@dataclass(frozen=True, slots=True)
class BulkLane(Generic[M_contra]):
    """The bulk queue of a step, as senders see it who repeat what may still wait in either queue:
    both count as its backlog."""

    first: WatchedQueue[M_contra]
    bulk: WatchedQueue[M_contra]

    def send(self, messages: Iterable[M_contra]) -> None:
        self.bulk.send(messages)

    def backlog(self) -> int:
        return self.first.backlog() + self.bulk.backlog()
