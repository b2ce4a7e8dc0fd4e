"""Storage given back: references of posts that are gone, objects of blobs nobody refers to."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.collect import service
from shutterfeed.domain.messages import CollectMessage
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[CollectMessage]("collect")


def collect(body: str) -> Iterator[str]:
    message = MESSAGES.decode(body)
    service().collect(message)
    yield type(message).__name__


handler = queue_worker(collect)
preload(service)
