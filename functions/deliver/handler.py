"""Writes posts into feeds, chunk by chunk, and does the work after follows and visits."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.deliver import service
from shutterfeed.domain.messages import DeliverMessage
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[DeliverMessage]("deliver")


def write(body: str) -> Iterator[str]:
    message = MESSAGES.decode(body)
    service().write(message)
    yield type(message).__name__


handler = queue_worker(write)
preload(service)
