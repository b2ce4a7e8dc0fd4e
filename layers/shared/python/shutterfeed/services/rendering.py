"""The step `render` makes the renditions of a stored photo.

Its function is `thumbnail`, which parses hostile bytes. It reaches blobs, originals and renditions,
and knows of no user or post. If content is rendered again, another encoder may write other bytes
under the same name than before; it is the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.media import Blob, BlobState, Picture, Rendered
from shutterfeed.domain.messages import RenderPhoto
from shutterfeed.ports.media import Blobs, Originals, PhotoCodec, Renditions
from shutterfeed.ports.system import Together
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
