"""From a stored photo to its renditions: the work of `thumbnail`, which parses hostile bytes.

It reaches blobs, originals and renditions, and knows of no user or post. Content that is known is
rendered again for each upload of it, as if it were new: its uploader waits as long as for new
content, behind the same queue, and a rendition that was lost is back. Another encoder may write
other bytes under the same name than before; it is the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.media import Blob, BlobState, Failure, Picture
from shutterfeed.domain.messages import RenderPhoto
from shutterfeed.domain.photos import PhotoRefused
from shutterfeed.ports import Blobs, Originals, PhotoCodec, Renditions


@dataclass(frozen=True, slots=True)
class RenderingService:
    blobs: Blobs
    originals: Originals
    renditions: Renditions
    codec: PhotoCodec

    def render(self, message: RenderPhoto) -> BlobState | None:
        """Write all renditions, then mark the blob ready, or failed, with the reason; then tell
        the reference that waits for it.

        What the rendering came to; None where there was nothing to do.
        """
        blob = self.blobs.get(message.sha256)
        if blob is None or blob.blob_id != message.blob_id:
            return None
        reference = message.reference
        waits = reference is not None and self.blobs.awaits_rendering(reference)
        if blob.settled and not waits:
            return None
        state = self._render(blob)
        if reference is not None:
            self.blobs.rendered(reference)
        return state

    def _render(self, blob: Blob) -> BlobState:
        try:
            picture = self._picture(blob)
        except PhotoRefused as refused:
            # A blob that is ready stays so: this time it took too long, perhaps.
            self.blobs.mark_failed(blob, Failure(refused.code, refused.message))
            return BlobState.FAILED
        self.blobs.mark_ready(blob, picture)
        return BlobState.READY

    def _picture(self, blob: Blob) -> Picture:
        with self.originals.open(blob) as source:
            photo = self.codec.render(source, blob.content_type)
        for rendition, content in photo.renditions:
            self.renditions.put(blob.blob_id, rendition, content)
        return Picture(
            blob.blob_id,
            photo.width,
            photo.height,
            photo.placeholder,
            tuple(rendition for rendition, _ in photo.renditions),
            photo.capture,
        )
