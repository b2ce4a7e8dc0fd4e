"""The part that photos and videos have in common: render a stored content, and report the outcome.

Known content is worked on again for each upload of it, as if it were new: its uploader waits as
long as for new content, behind the same queue, and a rendition that was lost is back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shutterfeed.domain.crops import cropped_medium_of
from shutterfeed.domain.media import Blob, BlobState, Failure, Rendered
from shutterfeed.domain.messages import RenderPhoto, TranscodeVideo
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from shutterfeed.domain.videos import VideoRefused
from shutterfeed.ports.media import Blobs, Renditions
from shutterfeed.ports.system import Together


def complete_order(
    blobs: Blobs, order: RenderPhoto | TranscodeVideo, make: Callable[[Blob], Rendered]
) -> BlobState | None:
    """Let `make` write all renditions, then mark the blob ready, or failed, with the reason; then
    tell the reference that waits for it.

    Returns the blob's new state; None if there was nothing to do.
    """
    blob = blobs.get(order.sha256)
    if blob is None or blob.blob_id != order.blob_id:
        return None
    if blob.crop is None and cropped_medium_of(blob.sha256) is not None:
        raise ValueError(f"blob {blob.blob_id} is of a cropped photo, and has no crop")
    reference = order.reference
    waits = reference is not None and blobs.awaits_rendering(reference)
    if blob.is_final and not waits:
        return None
    state = _complete(blobs, blob, make)
    if reference is not None:
        blobs.complete_rendering(reference)
    return state


def store(renditions: Renditions, together: Together, blob: Blob, photo: RenderedPhoto) -> None:
    """Put all renditions of a photo, or of a video's poster, at the same time."""
    put = partial(renditions.put, blob.blob_id)
    together(*(partial(put, made, content) for made, content in photo.renditions))


def _complete(blobs: Blobs, blob: Blob, make: Callable[[Blob], Rendered]) -> BlobState:
    try:
        rendered = make(blob)
    except (PhotoRefused, VideoRefused) as refused:
        # A blob that is ready stays so: this time it took too long, perhaps.
        blobs.mark_failed(blob, Failure(refused.code, refused.message))
        return BlobState.FAILED
    blobs.mark_ready(blob, rendered.picture, rendered.perceptual_hash)
    return BlobState.READY
