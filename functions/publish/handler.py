"""The publish gate: it passes the outcome of blobs on to media and posts, and publishes posts."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.publish import service
from shutterfeed.domain.messages import PublishMessage
from shutterfeed.domain.posts import PostState
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[PublishMessage]("publish")


def complete(body: str) -> Iterator[PostState | None]:
    yield service().complete(MESSAGES.decode(body))


handler = queue_worker(complete)
preload(service)
