"""Queues of messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

M_contra = TypeVar("M_contra", contravariant=True)


class Queue(Protocol[M_contra]):
    def send(self, messages: Iterable[M_contra]) -> None:
        """Send every message. Raises an error if one could not be sent."""
        ...


class WatchedQueue(Queue[M_contra], Protocol[M_contra]):
    def backlog(self) -> int:
        """The approximate number of messages that wait to be delivered."""
        ...
