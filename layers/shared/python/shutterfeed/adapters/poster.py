"""Makes the poster of a video: one frame, with the renditions of a photo.

The frame comes out of the run of ffmpeg that makes the clip, unless frames are too large for two
outputs. It is written long before that run ends, and its renditions are made meanwhile: at its
beginning and end ffmpeg does not keep all processors busy.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from shutterfeed.adapters import filters
from shutterfeed.adapters.choosing import Probe
from shutterfeed.adapters.ffmpeg import THREADS, Ffmpeg
from shutterfeed.adapters.probing import SOURCE
from shutterfeed.adapters.refusals import refusing
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from shutterfeed.domain.videos import VideoRefused
from shutterfeed.ports.media import PhotoCodec

POSTER: Final = "poster.png"

_SECONDS: Final = 60.0
"""The limit of time for a run of ffmpeg that makes only the poster. Together with that of the clip
it leaves enough of the function's 15 minutes for loading and storing."""
_AT_SECONDS: Final = 1.0
"""The time of the frame that becomes the poster: first frames are often black."""
_BESIDE_PIXELS: Final = 1920 * 1920
"""The largest frame, in pixels, for which one run makes both the clip and the poster. ffmpeg keeps
frames for each of its outputs, and the memory does not suffice for two outputs of a 4K video with
many reference frames."""
_PNG_END: Final = b"\0\0\0\0IEND\xae\x42\x60\x82"


class Poster:
    """The poster of one video. At the end of its context nothing is rendered any more."""

    def __init__(self, ffmpeg: Ffmpeg, found: Probe, photos: PhotoCodec) -> None:
        self._ffmpeg = ffmpeg
        self._found = found
        self._photos = photos
        self._path = ffmpeg.folder / POSTER
        self._pool = ThreadPoolExecutor(1, "poster")
        self._early: Future[RenderedPhoto] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    @property
    def beside_clip(self) -> tuple[str, ...]:
        """The arguments of ffmpeg by which the run that makes the clip writes the frame, too; none
        if it has a run of its own."""
        return self._output(self._start) if self._is_beside else ()

    def look(self) -> None:
        """Begin with the renditions if the frame is there. To be called now and then while the clip
        is made."""
        if self._early is None and _is_whole(self._path):
            self._early = self._pool.submit(self._rendered, self._path.read_bytes())

    def photo(self) -> RenderedPhoto:
        """The poster, once the clip is made. Raises `VideoRefused`."""
        return self._rendered(self._frame()) if self._early is None else self._early.result()

    def _rendered(self, png: bytes) -> RenderedPhoto:
        return render_poster(self._photos, png)

    def _frame(self) -> bytes:
        """The frame that was written with the clip, or one that is written now. It is the first one
        if none is shown at the poster's time or later."""
        for start in (self._start, 0.0):
            if self._path.exists() and self._path.stat().st_size:
                break
            if start and self._is_beside:
                continue  # The run that made the clip has already looked for it.
            source = (*self._found.opening, "-i", f"file:{SOURCE}")
            with refusing():
                self._ffmpeg.run(
                    ("-loglevel", "error", *source, *self._output(start)), seconds=_SECONDS
                )
        return self._path.read_bytes()

    def _output(self, start: float) -> tuple[str, ...]:
        """The arguments for one frame as a PNG: the first that is shown at `start` seconds or
        later."""
        chosen = ("-map", self._found.picture.selector, "-frames:v", "1")
        return (
            *(*chosen, "-vf", filters.of_poster(self._found.frame, start)),
            # Only we read it, and only once: strong compression costs more than it saves.
            *("-c:v", "png", "-compression_level", "1", *THREADS),
            # Otherwise its last bytes are written when the clip is done.
            *("-flush_packets", "1", "-f", "image2pipe", "-y", f"file:{POSTER}"),
        )

    @property
    def _is_beside(self) -> bool:
        return self._found.picture.width * self._found.picture.height <= _BESIDE_PIXELS

    @property
    def _start(self) -> float:
        return min(_AT_SECONDS, self._found.picture.end_ms / 2000)


def render_poster(photos: PhotoCodec, png: bytes) -> RenderedPhoto:
    """The renditions of a frame. Raises `VideoRefused`."""
    try:
        return photos.render(BytesIO(png), "image/png")
    except PhotoRefused as refused:
        raise VideoRefused("undecodable", "The video has no picture to show.") from refused


def _is_whole(png: Path) -> bool:
    """Whether a file that is being written has its end."""
    try:
        with png.open("rb") as file:
            file.seek(-len(_PNG_END), os.SEEK_END)
            return file.read() == _PNG_END
    except OSError:
        return False  # It is not there, or too short.
