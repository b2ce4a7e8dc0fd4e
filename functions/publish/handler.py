"""The publish gate: it passes the outcome of blobs on to media and posts, publishes posts, and
marks those whose contents are withheld."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.publish import services
from shutterfeed.domain.messages import MarkCopies, PublishMessage
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[PublishMessage]("publish")


def complete(body: str) -> Iterator[object]:
    message = MESSAGES.decode(body)
    if isinstance(message, MarkCopies):
        services().copies.mark(message)
        yield "marked"
    else:
        yield services().gate.complete(message)


handler = queue_worker(complete)
preload(services)
