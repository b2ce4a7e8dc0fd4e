"""Gives storage back: the references of posts that are gone, and the objects of unused blobs."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import COLLECT
from shutterfeed.bootstrap.collect import service
from shutterfeed.runtime import preload, queue_worker


def collect(body: str) -> Iterator[str]:
    message = COLLECT.decode(body)
    service().collect(message)
    yield type(message).__name__


handler = queue_worker(collect)
preload(service)
