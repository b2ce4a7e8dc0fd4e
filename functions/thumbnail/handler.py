"""Makes the renditions of stored photos, and marks the blob ready, or failed with the reason."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.thumbnail import service
from shutterfeed.domain.media import BlobState
from shutterfeed.domain.messages import RenderPhoto
from shutterfeed.runtime import lane_worker, preload

MESSAGES = Codec[RenderPhoto]("render")


def render(body: str, bulk: bool) -> Iterator[BlobState | None]:
    yield service(bulk=bulk).render(MESSAGES.decode(body))


handler = lane_worker(render)
preload(lambda: service(bulk=False))
