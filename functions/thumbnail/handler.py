"""Makes the renditions of stored photos, and marks the blob ready, or failed with the reason; and
the zoom sizes that people ask for."""

from collections.abc import Iterator

from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap.thumbnail import renderers
from shutterfeed.domain.media import BlobState
from shutterfeed.domain.messages import RenderMessage, RenderZoom
from shutterfeed.domain.zooming import ZoomState
from shutterfeed.runtime import lane_worker, preload

MESSAGES = Codec[RenderMessage]("render")


def render(body: str, bulk: bool) -> Iterator[BlobState | ZoomState | None]:
    message, services = MESSAGES.decode(body), renderers(bulk=bulk)
    if isinstance(message, RenderZoom):
        yield services.zooms.render(message)
    else:
        yield services.photos.render(message)


handler = lane_worker(render)
preload(lambda: renderers(bulk=False))
