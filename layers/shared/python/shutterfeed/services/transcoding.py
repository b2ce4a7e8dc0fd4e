"""The step `transcode` makes the clip and poster of a stored video; it parses hostile bytes.

It reaches blobs, originals and renditions, and knows of no user or post. Whoever uploads content
that is known sees as much progress as with new content.
"""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.media import Blob, BlobState, Clip, Picture, Reference, Rendered
from shutterfeed.domain.messages import TranscodeVideo
from shutterfeed.domain.videos import CLIP_NAME, CLIP_TYPE, RenderedClip
from shutterfeed.ports.media import Blobs, Originals, Renditions, VideoCodec
from shutterfeed.ports.system import Together
from shutterfeed.services.outcomes import complete_order, store

_STEP = 5
"""Percentage points between two notes of progress: each is a write, and a stream record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscodingService:
    blobs: Blobs
    originals: Originals
    renditions: Renditions
    codec: VideoCodec
    together: Together

    def transcode(self, message: TranscodeVideo) -> BlobState | None:
        """Write clip and poster and tell the outcome, as `complete_order` says."""
        return complete_order(
            self.blobs, message, lambda blob: self._render(blob, message.reference)
        )

    def _render(self, blob: Blob, reference: Reference | None) -> Rendered:
        told = 0

        def report(percent: int) -> None:
            nonlocal told
            if reference is not None and percent >= told + _STEP:
                told = percent
                self.blobs.mark_progress(reference, percent)

        with (
            self.originals.open(blob) as source,
            self.codec.render(source, blob.content_type, report, blob.crop) as video,
        ):
            clip = None if video.clip is None else self._store(blob, video.clip)
            poster = video.poster
        store(self.renditions, self.together, blob, poster)
        picture = Picture(
            blob.blob_id,
            poster.width,
            poster.height,
            poster.placeholder,
            tuple(rendition for rendition, _ in poster.renditions),
            poster.capture,
            clip,
            video.notes,
        )
        return Rendered(picture, poster.perceptual_hash)

    def _store(self, blob: Blob, clip: RenderedClip) -> Clip:
        self.renditions.put_file(blob.blob_id, CLIP_NAME, CLIP_TYPE, clip.path)
        return Clip(
            CLIP_NAME,
            clip.width,
            clip.height,
            clip.duration_ms,
            clip.path.stat().st_size,
            clip.has_audio,
        )
