"""The parts that every function is composed of: AWS clients, clock, ids, tables and queues."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeVar

from shutterfeed import config
from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.adapters.queues import Encoder, SqsQueue
from shutterfeed.adapters.system import RandomIds, SystemClock
from shutterfeed.ports.system import Clock, Ids

M = TypeVar("M")

_BULK_NICENESS: Final = 5
"""A process of this niceness gets a third of the time of an ordinary one. With much less, photos
would be refused on a busy machine, as they must be done within 45 s by the clock."""


@cache
def client(service: str) -> Any:
    """The AWS client of a service, shared by all parts of the function."""
    return connect(service, regional_hosts=not config.has_own_endpoint())


@cache
def clock() -> Clock:
    return SystemClock()


@cache
def ids() -> Ids:
    return RandomIds()


def s3() -> Any:
    """The S3 client, for parts that make it only when they need it."""
    return client("s3")


def table(name: str) -> Table:
    """A DynamoDB table by its name."""
    return Table(client("dynamodb"), name)


def queue(url: str, codec: Encoder[M]) -> SqsQueue[M]:
    """An SQS queue by its URL, with the codec of its messages."""
    return SqsQueue(client("sqs"), url, codec)


def niceness(*, bulk: bool) -> int:
    """How far the processes that decode and encode stand back for others of the machine.

    On a local cloud all executions share its processors, so those of bulk queues must not slow
    what somebody waits for. In AWS each execution has its own.
    """
    return _BULK_NICENESS if bulk and config.has_own_endpoint() else 0
