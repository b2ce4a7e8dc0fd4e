"""The publish gate: blobs that settled, carried to the media and posts that refer to them."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import PUBLISH
from shutterfeed.bootstrap.publish import service
from shutterfeed.domain.posts import PostState
from shutterfeed.runtime import preload, queue_worker


def settle(body: str) -> Iterator[PostState | None]:
    yield service().settle(PUBLISH.decode(body))


handler = queue_worker(settle)
preload(service)
