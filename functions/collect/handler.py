"""Storage given back: references of posts that are gone, objects of blobs nobody refers to."""

from collections.abc import Iterator

from shutterfeed import bootstrap
from shutterfeed.adapters.messages import COLLECT
from shutterfeed.runtime import preload, queue_worker


def collect(body: str) -> Iterator[str]:
    message = COLLECT.decode(body)
    bootstrap.collect().collect(message)
    yield type(message).__name__


handler = queue_worker(collect)
preload(bootstrap.collect)
