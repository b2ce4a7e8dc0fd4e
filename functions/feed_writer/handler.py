"""Feeds: posts put in, chunk by chunk, and what follows from follows and from visits."""

from collections.abc import Iterator

from shutterfeed import bootstrap
from shutterfeed.adapters.messages import FEED
from shutterfeed.runtime import preload, queue_worker


def write(body: str) -> Iterator[str]:
    message = FEED.decode(body)
    bootstrap.feed_writer().write(message)
    yield type(message).__name__


handler = queue_worker(write)
preload(bootstrap.feed_writer)
