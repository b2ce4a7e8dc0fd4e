"""Queues of messages between functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

M_contra = TypeVar("M_contra", contravariant=True)


class Queue(Protocol[M_contra]):
    def send(self, messages: Iterable[M_contra]) -> None:
        """Send every message, or raise an error."""
        ...


class BatchQueue(Queue[M_contra], Protocol[M_contra]):
    def send_each(self, messages: Sequence[M_contra]) -> Mapping[int, Exception]:
        """Send the messages. Returns why the queue refused a message, by the message's index."""
        ...


class WatchedQueue(Queue[M_contra], Protocol[M_contra]):
    def backlog(self) -> int:
        """The approximate number of messages that wait to be delivered."""
        ...
