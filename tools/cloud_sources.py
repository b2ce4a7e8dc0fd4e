"""Shortcuts for how the local cloud looks for work of functions: after each message and each change
of a table it looks at all sources of events, for each kind of them again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final

from ministack.services import lambda_svc, sqs

Call = Callable[..., Any]

_looked_at: Final[ContextVar[str]] = ContextVar("looked_at", default="")
"""The service whose sources are being looked at."""


def _of_service(service: str) -> Callable[[Call], Call]:
    """Look at the sources of one service alone."""

    def shortcut(poll: Call) -> Call:
        @wraps(poll)
        def polled() -> Any:
            before = _looked_at.set(service)
            try:
                return poll()
            finally:
                _looked_at.reset(before)

        return polled

    return shortcut


def _with_work(every: Call) -> Call:
    """Leave out sources of other services, and queues in which there is nothing."""

    def found() -> Iterator[Any]:
        service = _looked_at.get()
        filled = _filled() if service == "sqs" else None
        for one in every():
            source = one[2].get("EventSourceArn", "")
            if f":{service}:" in source if filled is None else source in filled:
                yield one

    return found


def _filled() -> Collection[str]:
    """The queues with messages, be they visible or not."""
    queues = list(sqs._queues._data.values())
    return {queue["attributes"].get("QueueArn") for queue in queues if queue["messages"]}


SHORTCUTS: Final[tuple[tuple[Any, str, Call], ...]] = (
    (lambda_svc, "_iter_all_esms", _with_work),
    (lambda_svc, "_poll_sqs", _of_service("sqs")),
    (lambda_svc, "_poll_kinesis", _of_service("kinesis")),
    (lambda_svc, "_poll_dynamodb_streams", _of_service("dynamodb")),
)
"""What has a shortcut, and what makes it."""
