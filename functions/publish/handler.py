"""The publish gate: blobs that settled, carried to the media and posts that refer to them."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.publish import service
from shutterfeed.domain.messages import PublishMessage
from shutterfeed.domain.posts import PostState
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[PublishMessage]("publish")


def settle(body: str) -> Iterator[PostState | None]:
    yield service().settle(MESSAGES.decode(body))


handler = queue_worker(settle)
preload(service)
