"""Makes the renditions of stored photos, and marks the blob ready, or failed with the reason."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.thumbnail import service
from shutterfeed.domain.media import BlobState
from shutterfeed.domain.messages import RenderPhoto
from shutterfeed.runtime import preload, queue_worker

MESSAGES = Codec[RenderPhoto]("render")


def render(body: str) -> Iterator[BlobState | None]:
    yield service().render(MESSAGES.decode(body))


handler = queue_worker(render)
preload(service)
