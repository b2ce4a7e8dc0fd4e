"""From a stored video to its clip and poster: the work of `transcode`, which parses hostile bytes.

It reaches blobs, originals and renditions, and knows of no user or post.
"""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.media import Blob, BlobState, Clip, Failure, Picture
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
        """Write clip and poster, then mark the blob ready; or failed, with the reason.

        The blob's new state; None where there was nothing to do.
        """
        blob = self.blobs.get(message.sha256)
        if blob is None or blob.blob_id != message.blob_id or blob.settled:
            return None
        try:
            picture = self._picture(blob)
        except VideoRefused as refused:
            self.blobs.mark_failed(blob, Failure(refused.code, refused.message))
            return BlobState.FAILED
        self.blobs.mark_ready(blob, picture)
        return BlobState.READY

    def _picture(self, blob: Blob) -> Picture:
        told = blob.progress

        def report(percent: int) -> None:
            nonlocal told
            if percent >= told + _STEP:
                told = percent
                self.blobs.mark_progress(blob, percent)

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
