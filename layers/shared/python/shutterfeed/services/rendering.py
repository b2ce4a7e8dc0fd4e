"""The step `render` makes the renditions of a stored photo.

Its function is `thumbnail`, which parses hostile bytes. It reaches blobs, originals and renditions,
and no user or post. If content is rendered again, another encoder may write other bytes
under the same name than before; it is the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shutterfeed.domain.media import Blob, BlobState, Picture, Rendered
from shutterfeed.domain.messages import RenderPhoto, RenderZoom
from shutterfeed.domain.photos import PhotoRefused
from shutterfeed.domain.zooming import Zoom, ZoomState, zoom_name
from shutterfeed.ports.media import Blobs, Originals, PhotoCodec, Renditions, Zooms
from shutterfeed.ports.system import Clock, Together
from shutterfeed.services.outcomes import complete_order, store


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderingService:
    blobs: Blobs
    originals: Originals
    renditions: Renditions
    codec: PhotoCodec
    together: Together

    def render(self, message: RenderPhoto) -> BlobState | None:
        """Write all renditions and tell the outcome, as `complete_order` says."""
        return complete_order(self.blobs, message, self._render)

    def _render(self, blob: Blob) -> Rendered:
        with self.originals.open(blob) as source:
            photo = self.codec.render(source, blob.content_type, blob.crop)
        store(self.renditions, self.together, blob, photo)
        picture = Picture(
            blob.blob_id,
            photo.width,
            photo.height,
            photo.placeholder,
            tuple(rendition for rendition, _ in photo.renditions),
            photo.capture,
            notes=photo.notes,
        )
        return Rendered(picture, photo.perceptual_hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomRenderingService:
    blobs: Blobs
    zooms: Zooms
    originals: Originals
    renditions: Renditions
    codec: PhotoCodec
    """Makes the zoom size alone."""
    clock: Clock

    def render(self, order: RenderZoom) -> ZoomState | None:
        """Make the zoom size that was ordered, and note that it is there, or that it cannot be
        made. Returns which; None if there was nothing to do.

        While a reference to a blob exists, and for an hour after that, no collector removes the
        blob's objects. So what is put here within a minute of that look is never left over.
        """
        known = self.zooms.get(order.reference)
        if known is None or known.state is not ZoomState.ORDERED:
            return None
        blob = self.blobs.get(order.reference.sha256)
        if blob is None or blob.blob_id != order.blob_id or blob.state is not BlobState.READY:
            return None
        # Before it is put, so that it is not kept for shorter than is noted.
        made_at = self.clock.now()
        state = self._make(blob, zoom_name(order.reference.media_id))
        self.zooms.complete(order.reference, Zoom(state, made_at))
        return state

    def _make(self, blob: Blob, name: str) -> ZoomState:
        try:
            with self.originals.open(blob) as source:
                photo = self.codec.render(source, blob.content_type, blob.crop)
        except PhotoRefused:
            return ZoomState.REFUSED
        for rendition, content in photo.renditions:
            self.renditions.put_zoom(blob.blob_id, replace(rendition, name=name), content)
        return ZoomState.MADE
