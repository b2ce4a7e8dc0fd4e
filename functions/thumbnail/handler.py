"""Makes the renditions of stored photos, and marks the blob ready, or failed with the reason."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import RENDER_PHOTO
from shutterfeed.bootstrap.thumbnail import service
from shutterfeed.domain.media import BlobState
from shutterfeed.runtime import preload, queue_worker


def render(body: str) -> Iterator[BlobState | None]:
    yield service().render(RENDER_PHOTO.decode(body))


handler = queue_worker(render)
preload(service)
