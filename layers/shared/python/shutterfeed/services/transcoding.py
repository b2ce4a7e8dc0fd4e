"""From a stored video to its clip and poster: the work of `transcode`, which parses hostile bytes.

It reaches blobs, originals and renditions, and knows of no user or post. As photos are,
content that is known is made again for each upload of it: its uploader waits as long, and sees as
much progress.
"""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.media import Blob, BlobState, Clip, Failure, Picture, Reference
from shutterfeed.domain.messages import TranscodeVideo
from shutterfeed.domain.videos import CLIP_NAME, CLIP_TYPE, RenderedClip, VideoRefused
from shutterfeed.ports import Blobs, Originals, Renditions, VideoCodec

_STEP = 5
"""Percentage points between two notes of progress: each is a write, and a stream record."""


@dataclass(frozen=True, slots=True)
class TranscodingService:
    blobs: Blobs
    originals: Originals
    renditions: Renditions
    codec: VideoCodec

    def transcode(self, message: TranscodeVideo) -> BlobState | None:
        """Write clip and poster, then mark the blob ready, or failed, with the reason; then tell
        the reference that waits for it.

        What the transcoding came to; None where there was nothing to do.
        """
        blob = self.blobs.get(message.sha256)
        if blob is None or blob.blob_id != message.blob_id:
            return None
        reference = message.reference
        waits = reference is not None and self.blobs.awaits_rendering(reference)
        if blob.settled and not waits:
            return None
        state = self._transcode(blob, reference)
        if reference is not None:
            self.blobs.rendered(reference)
        return state

    def _transcode(self, blob: Blob, reference: Reference | None) -> BlobState:
        try:
            picture = self._picture(blob, reference)
        except VideoRefused as refused:
            # A blob that is ready stays so: this time it took too long, perhaps.
            self.blobs.mark_failed(blob, Failure(refused.code, refused.message))
            return BlobState.FAILED
        self.blobs.mark_ready(blob, picture)
        return BlobState.READY

    def _picture(self, blob: Blob, reference: Reference | None) -> Picture:
        told = 0

        def report(percent: int) -> None:
            nonlocal told
            if reference is not None and percent >= told + _STEP:
                told = percent
                self.blobs.mark_progress(reference, percent)

        with (
            self.originals.open(blob) as source,
            self.codec.render(source, blob.content_type, report) as video,
        ):
            clip = None if video.clip is None else self._store(blob, video.clip)
            poster = video.poster
        for rendition, content in poster.renditions:
            self.renditions.put(blob.blob_id, rendition, content)
        return Picture(
            blob.blob_id,
            poster.width,
            poster.height,
            poster.placeholder,
            tuple(rendition for rendition, _ in poster.renditions),
            poster.capture,
            clip,
        )

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
