"""Makes MP4 clips with posters from videos and animated pictures.

The bytes come from strangers. Every error that they cause leaves this module as `VideoRefused`; any
other error is a fault of ours and escapes, so that the work is tried again.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from shutterfeed.adapters import animation, containers, damage, filters
from shutterfeed.adapters.choosing import SOUND_UNREADABLE, Probe, probe
from shutterfeed.adapters.ffmpeg import THREADS, Ffmpeg, FfmpegFailed
from shutterfeed.adapters.poster import Poster, render_poster
from shutterfeed.adapters.probing import SOURCE
from shutterfeed.adapters.refusals import check_memory, refusing
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import PhotoRefused
from shutterfeed.domain.videos import (
    DURATION_TOLERANCE_MS,
    MAX_DURATION_MS,
    OUTPUT_FPS,
    VIDEO_TYPES,
    WEBM,
    ClipSize,
    RenderedClip,
    RenderedVideo,
    VideoRefused,
    check_duration,
    plan,
)
from shutterfeed.ports.media import PhotoCodec

CLIP: Final = "video.mp4"

_CLIP_SECONDS: Final = 660.0
"""The limit of time for the runs of ffmpeg that make the clip."""

ENCODING: Final = (
    *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23"),
    *("-maxrate", "8M", "-bufsize", "16M", "-pix_fmt", "yuv420p"),
    *("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"),
)
_WITHOUT_METADATA: Final = (
    *("-dn", "-sn", "-map_metadata", "-1", "-map_chapters", "-1"),
    # The encoder's marks are removed: its version and settings in the picture, and its name.
    *("-bsf:v", "filter_units=remove_types=6", "-fflags", "+bitexact"),
    *("-flags:v", "+bitexact", "-flags:a", "+bitexact", "-empty_hdlr_name", "1"),
    # An empty text would be replaced by the encoder's name.
    *("-metadata:s:v", "encoder= ", "-metadata:s:a", "encoder= "),
)
_MP4: Final = ("-movflags", "+faststart", "-f", "mp4", "-y", f"file:{CLIP}")

_FIRST_BYTES: Final = 1024
_PROGRESS = re.compile(r"out_time_us=(\d+)")

INCOMPLETE: Final = Note(
    "incomplete", "Parts of the video are missing or damaged; what is left of it is shown."
)


class FfmpegVideoCodec:
    """Makes a clip and the renditions of its poster; the codec `photos` makes the renditions.

    `niceness` says how far its processes stand back for others of the machine.
    """

    def __init__(self, photos: PhotoCodec, niceness: int = 0) -> None:
        self._photos = photos
        self._niceness = niceness

    @contextmanager
    def render(
        self,
        source: IO[bytes],
        content_type: str,
        report: Callable[[int], None],
        crop: Crop | None = None,
    ) -> Iterator[RenderedVideo]:
        """Make the clip and the poster. The clip's file exists until the context ends. `report` is
        called with the percentage done. A still picture may be cropped; what moves may not.

        Raises `VideoRefused`.
        """
        with tempfile.TemporaryDirectory(prefix="video-") as name:
            folder = Path(name)
            ffmpeg = Ffmpeg(folder, self._niceness)
            if content_type in VIDEO_TYPES:
                with (folder / SOURCE).open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
                yield self._video(ffmpeg, content_type, report)
            else:
                yield self._picture(ffmpeg, source.read(), content_type, report, crop)

    def _video(
        self, ffmpeg: Ffmpeg, content_type: str, report: Callable[[int], None]
    ) -> RenderedVideo:
        found = probe(ffmpeg, content_type)
        size = plan(found.frame.width, found.frame.height)
        with Poster(ffmpeg, found, self._photos) as poster:
            found, log = _transcode(ffmpeg, found, size, poster, report)
            clip_path = ffmpeg.folder / CLIP
            duration_ms = clip_duration_ms(clip_path)
            check_duration(duration_ms)
            photo = poster.photo()
        clip = RenderedClip(
            clip_path, size.width, size.height, duration_ms, found.sound is not None
        )
        is_whole = not damage.is_damaged(log, found.picture.codec) and not containers.breaks_off(
            ffmpeg.folder / SOURCE, is_webm=content_type == WEBM
        )
        return RenderedVideo(photo, clip, (*found.notes, *(() if is_whole else (INCOMPLETE,))))

    def _picture(
        self,
        ffmpeg: Ffmpeg,
        content: bytes,
        content_type: str,
        report: Callable[[int], None],
        crop: Crop | None,
    ) -> RenderedVideo:
        with animation.opened(content, content_type, self._niceness) as moving:
            if moving.about.poster is not None:
                if crop is not None:
                    raise VideoRefused(
                        "crop_of_animation",
                        "The picture is an animation, which cannot be cropped. Please post it"
                        " whole.",
                    )
                poster = render_poster(self._photos, moving.about.poster)
                return RenderedVideo(poster, _clip(ffmpeg, moving, report))
        try:
            return RenderedVideo(self._photos.render(BytesIO(content), content_type, crop), None)
        except PhotoRefused as refused:
            raise VideoRefused(refused.code, refused.message) from refused


def _clip(
    ffmpeg: Ffmpeg, moving: animation.Animation, report: Callable[[int], None]
) -> RenderedClip:
    size = moving.size

    def pixels() -> Iterator[bytes]:
        for frame in moving.frames:
            if len(frame.pixels) != size.width * size.height * 3:
                raise VideoRefused("undecodable", "The animation is damaged and cannot be shown.")
            report(frame.percent)
            for _ in range(frame.times):
                yield frame.pixels

    arguments = (
        *("-loglevel", "error", "-protocol_whitelist", "file,pipe", "-f", "rawvideo"),
        *("-pixel_format", "rgb24", "-video_size", f"{size.width}x{size.height}"),
        *("-framerate", str(OUTPUT_FPS), "-i", "pipe:0", "-an", *_WITHOUT_METADATA),
        *(*ENCODING, *THREADS, *_MP4),
    )
    with refusing():
        ffmpeg.feed(arguments, pixels(), seconds=_CLIP_SECONDS)
    path = ffmpeg.folder / CLIP
    return RenderedClip(path, size.width, size.height, clip_duration_ms(path), has_audio=False)


def _transcode(
    ffmpeg: Ffmpeg, found: Probe, size: ClipSize, poster: Poster, report: Callable[[int], None]
) -> tuple[Probe, str]:
    """Make the clip, and from the same decoded frames the poster unless the frames are too large.
    Returns what was shown in the end, and ffmpeg's log: if the sound stops all the rest, the clip
    is made again without it."""
    expected = found.facts.duration_ms or MAX_DURATION_MS
    latest = time.monotonic() + _CLIP_SECONDS
    done_ms = 0

    def follow(line: str) -> None:
        nonlocal done_ms
        match = _PROGRESS.fullmatch(line)
        if match:
            done_ms = int(match[1]) // 1000
            report(min(99, done_ms * 100 // max(1, expected)))
            poster.look()

    def run(found: Probe) -> str:
        arguments = _clip_arguments(found, size, poster.beside_clip)
        return ffmpeg.run(arguments, seconds=latest - time.monotonic(), on_line=follow)

    with refusing():
        try:
            log = run(found)
        except FfmpegFailed:
            if found.sound is None:
                raise
            found = replace(found, sound=None, notes=(*found.notes, SOUND_UNREADABLE))
            log = run(found)
    check_memory(log)
    if not done_ms or damage.is_hopeless(log, found.picture.codec):
        raise VideoRefused("undecodable", "The video is damaged: too little of it can be shown.")
    return found, log


def _clip_arguments(found: Probe, size: ClipSize, poster: tuple[str, ...]) -> tuple[str, ...]:
    longest = (MAX_DURATION_MS + 2 * DURATION_TOLERANCE_MS) / 1000
    sound = ("-map", found.sound.selector, "-af", filters.SOUND) if found.sound else ()
    shown = filters.of_clip(found.facts, found.frame, size)
    return (
        *(*damage.LOG, *found.opening, "-i", f"file:{SOURCE}"),
        *poster,
        *("-map", found.picture.selector, *sound),
        *("-t", str(longest), "-vf", shown, "-fps_mode", "vfr"),
        *(*ENCODING, *_WITHOUT_METADATA, *THREADS, "-progress", "pipe:1", *_MP4),
    )


def clip_duration_ms(path: Path) -> int:
    """The duration in the header of one of our MP4 files, where `faststart` put it in front."""
    with path.open("rb") as file:
        first = file.read(_FIRST_BYTES)
    start = first.index(b"mvhd") + 16
    timescale, duration = (int.from_bytes(first[at : at + 4], "big") for at in (start, start + 4))
    return round(duration * 1000 / timescale)
