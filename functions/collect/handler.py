"""Gives storage back: the references of posts that are gone, and the objects of unused blobs."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.collect import service
from shutterfeed.domain.messages import CollectMessage
from shutterfeed.runtime import logger, preload, queue_worker

MESSAGES = Codec[CollectMessage]("collect")


def collect(body: str) -> Iterator[str]:
    message = MESSAGES.decode(body)
    removed = service().collect(message)
    if removed is not None and removed.versions:
        # Nothing undoes this, so there is a line for each.
        logger.info("removed", blob_id=removed.blob_id, versions=removed.versions)
    yield type(message).__name__


handler = queue_worker(collect)
preload(service)
