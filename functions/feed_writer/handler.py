"""Writes posts into feeds, chunk by chunk, and does the work after follows and visits."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import FEED
from shutterfeed.bootstrap.feed_writer import service
from shutterfeed.runtime import preload, queue_worker


def write(body: str) -> Iterator[str]:
    message = FEED.decode(body)
    service().write(message)
    yield type(message).__name__


handler = queue_worker(write)
preload(service)
