"""Makes MP4 clips with posters from videos and animated pictures.

The bytes come from strangers. Every error that they cause leaves this module as `VideoRefused`; any
other error is a fault of ours and escapes, so that the work is tried again.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from shutterfeed.adapters import animation, probing
from shutterfeed.adapters.ffmpeg import THREADS, Ffmpeg, FfmpegFailed, FfmpegTimedOut
from shutterfeed.adapters.probing import SOURCE, Frame, Kind, Track
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from shutterfeed.domain.videos import (
    DURATION_TOLERANCE_MS,
    MAX_DURATION_MS,
    MAX_PIXELS,
    OUTPUT_FPS,
    VIDEO_TYPES,
    WEBM,
    ClipSize,
    RenderedClip,
    RenderedVideo,
    VideoFacts,
    VideoRefused,
    check_duration,
    check_facts,
    plan,
)
from shutterfeed.ports.media import PhotoCodec

CLIP, POSTER = "video.mp4", "poster.png"

_CLIP_SECONDS: Final = 660.0
_POSTER_SECONDS: Final = 60.0
"""The limits of time for each run of ffmpeg. Together they leave enough of the function's 15
minutes for loading and storing."""
_POSTER_AT_SECONDS: Final = 1.0
"""The time of the frame that becomes the poster: first frames are often black."""

# The bytes are read only as the type that was detected, and only from this file: a playlist that
# pretends to be a video is no MP4, and an MP4 whose samples are in other files has none.
_DEMUXERS: Final = {
    "webm": ("-f", "matroska"),
    "mov": ("-enable_drefs", "0", "-use_absolute_path", "0", "-f", "mov"),
}
_PICTURE_CODECS: Final = frozenset({"h264", "hevc", "vp8", "vp9", "av1"})
_SOUND_CODECS: Final = frozenset(
    {"aac", "mp3", "opus", "vorbis", "alac", "ac3", "eac3", "flac", "amr_nb", "amr_wb"}
    | {f"pcm_{kind}" for kind in ("u8", "s16le", "s16be", "s24le", "s24be", "f32le", "f32be")}
)
_MORE_DECODERS: Final = frozenset({"libdav1d", "mp3float", "amrnb", "amrwb"})
"""The decoders that ffmpeg uses for some of the codecs above."""
_INPUT: Final = (
    *("-nostdin", "-protocol_whitelist", "file,pipe", "-max_pixels", str(MAX_PIXELS)),
    *("-codec_whitelist", ",".join(sorted(_PICTURE_CODECS | _SOUND_CODECS | _MORE_DECODERS))),
)

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

_POSTER_BESIDE_PIXELS: Final = 1920 * 1920
"""The largest frame, in pixels, for which one run makes both the clip and the poster. ffmpeg keeps
frames for each of its outputs, and the memory does not suffice for two outputs of a 4K video with
many reference frames."""
_FIRST_BYTES: Final = 1024
_PROGRESS = re.compile(r"out_time_us=(\d+)")
_NO_SPACE: Final = "No space left on device"


@dataclass(frozen=True, slots=True)
class Probe:
    """The facts about a file, and the tracks of it that are shown."""

    facts: VideoFacts
    frame: Frame
    picture: Track
    sound: Track | None


class FfmpegVideoCodec:
    """Makes a clip and the renditions of its poster; the codec `photos` makes the renditions.

    `niceness` says how far its processes stand back for others of the machine.
    """

    def __init__(self, photos: PhotoCodec, niceness: int = 0) -> None:
        self._photos = photos
        self._niceness = niceness

    @contextmanager
    def render(
        self, source: IO[bytes], content_type: str, report: Callable[[int], None]
    ) -> Iterator[RenderedVideo]:
        """Make the clip and the poster. The clip's file exists until the context ends. `report` is
        called with the percentage done.

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
                yield self._picture(ffmpeg, source.read(), content_type, report)

    def _video(
        self, ffmpeg: Ffmpeg, content_type: str, report: Callable[[int], None]
    ) -> RenderedVideo:
        opening = opened_as(content_type)
        found = probe(ffmpeg, opening)
        size = plan(found.frame.width, found.frame.height)
        duration_ms = _transcode(ffmpeg, opening, found, size, report)
        poster = self._poster(_poster_of(ffmpeg, opening, found))
        clip = RenderedClip(
            ffmpeg.folder / CLIP, size.width, size.height, duration_ms, found.facts.has_audio
        )
        return RenderedVideo(poster, clip)

    def _picture(
        self, ffmpeg: Ffmpeg, content: bytes, content_type: str, report: Callable[[int], None]
    ) -> RenderedVideo:
        with animation.opened(content, content_type, self._niceness) as moving:
            if moving.about.poster is not None:
                poster = self._poster(moving.about.poster)
                return RenderedVideo(poster, _clip(ffmpeg, moving, report))
        try:
            return RenderedVideo(self._photos.render(BytesIO(content), content_type), None)
        except PhotoRefused as refused:
            raise VideoRefused(refused.code, refused.message) from refused

    def _poster(self, png: bytes) -> RenderedPhoto:
        try:
            return self._photos.render(BytesIO(png), "image/png")
        except PhotoRefused as refused:
            raise VideoRefused("undecodable", "The video has no picture to show.") from refused


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
    with _refusing():
        ffmpeg.feed(arguments, pixels(), seconds=_CLIP_SECONDS)
    path = ffmpeg.folder / CLIP
    return RenderedClip(path, size.width, size.height, clip_duration_ms(path), has_audio=False)


def opened_as(content_type: str) -> tuple[str, ...]:
    """The arguments of ffmpeg to open a stranger's video of this content type."""
    return (*_INPUT, *_DEMUXERS["webm" if content_type == WEBM else "mov"])


def probe(ffmpeg: Ffmpeg, opening: tuple[str, ...]) -> Probe:
    """Choose the tracks of `SOURCE` that are shown, and check them. Raises `VideoRefused`."""
    with _refusing():
        found = probing.tracks(ffmpeg, opening)
    picture, sound = _picture_of(found), _first_of(found, "audio", _SOUND_CODECS)
    end_ms = max(track.end_ms for track in (picture, sound) if track)
    facts = VideoFacts(picture.width, picture.height, picture.rate, end_ms, sound is not None)
    size = (ffmpeg.folder / SOURCE).stat().st_size
    # The limits are checked before anything is decoded.
    check_facts(facts, size)
    with _refusing():
        frame = probing.first_frame(ffmpeg, opening, picture)
    facts = replace(facts, transfer=frame.transfer)
    check_facts(facts, size)
    return Probe(facts, frame, picture, sound)


def _picture_of(found: list[Track]) -> Track:
    """The first moving picture that can be decoded. Raises `VideoRefused` if there is none."""
    picture = _first_of(found, "video", _PICTURE_CODECS)
    other = next((track for track in found if track.kind == "video"), None)
    if picture is None and other is not None:
        raise VideoRefused(
            "unsupported_codec",
            f"The video is coded as {other.codec}. It must be H.264, HEVC, VP8, VP9 or AV1.",
        )
    if picture is None or 0 in (picture.width, picture.height):
        raise VideoRefused("no_video", "The file has no moving picture in it that can be shown.")
    return picture


def _first_of(found: list[Track], kind: Kind, codecs: frozenset[str]) -> Track | None:
    return next((track for track in found if track.kind == kind and track.codec in codecs), None)


def _poster_output(found: Probe, start: float) -> tuple[str, ...]:
    """The arguments for one frame as a PNG: the first that is shown at `start` seconds or later."""
    filters = [f"select='gte(t,{start:.3f})'", probing.UPRIGHT, *_tone_mapping(found.facts, "")]
    return (
        *("-map", found.picture.selector, "-frames:v", "1", "-vf", ",".join(filters)),
        # Only we read it, and only once: strong compression costs more than it saves.
        *("-c:v", "png", "-compression_level", "1", *THREADS),
        *("-f", "image2pipe", "-y", f"file:{POSTER}"),
    )


def _poster_of(ffmpeg: Ffmpeg, opening: tuple[str, ...], found: Probe) -> bytes:
    """The poster that was made with the clip, or one that is made now. It is the first frame if no
    frame is shown at the poster's time or later."""
    path = ffmpeg.folder / POSTER
    for start in (_poster_start(found), 0.0):
        if path.exists() and path.stat().st_size:
            break
        if start and _is_poster_beside(found):
            continue  # The run that made the clip has already looked for it.
        alone = (*opening, "-i", f"file:{SOURCE}", *_poster_output(found, start))
        with _refusing():
            ffmpeg.run(("-loglevel", "error", *alone), seconds=_POSTER_SECONDS)
    return path.read_bytes()


def _is_poster_beside(found: Probe) -> bool:
    return found.picture.width * found.picture.height <= _POSTER_BESIDE_PIXELS


def _poster_start(found: Probe) -> float:
    return min(_POSTER_AT_SECONDS, found.picture.end_ms / 2000)


def _tone_mapping(facts: VideoFacts, size: str) -> list[str]:
    """The filters that turn HDR into SDR in linear light. They scale first, as fewer pixels cost
    less."""
    if facts.transfer is None:
        return []
    return [
        f"zscale={size}tin={facts.transfer}:min=bt2020nc:pin=bt2020:rin=limited:t=linear:npl=100",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=tonemap=hable:desat=0",
        "zscale=t=bt709:m=bt709:r=limited",
        "format=yuv420p",
    ]


def clip_filters(facts: VideoFacts, size: ClipSize) -> str:
    """The filters between decoder and encoder. ffmpeg turns frames upright before them."""
    capped = [f"fps={OUTPUT_FPS}"] if facts.fps is None or facts.fps > OUTPUT_FPS else []
    scaled = (
        _tone_mapping(facts, f"w={size.width}:h={size.height}:")
        if facts.transfer
        else [f"scale={size.width}:{size.height}", "format=yuv420p"]
    )
    return ",".join([*capped, *scaled, "setsar=1"])


def _transcode(
    ffmpeg: Ffmpeg,
    opening: tuple[str, ...],
    found: Probe,
    size: ClipSize,
    report: Callable[[int], None],
) -> int:
    """Make the clip, and from the same decoded frames the poster unless the frames are too large.
    Returns the clip's duration in milliseconds."""
    expected = found.facts.duration_ms or MAX_DURATION_MS
    done_ms = 0

    def follow(line: str) -> None:
        nonlocal done_ms
        match = _PROGRESS.fullmatch(line)
        if match:
            done_ms = int(match[1]) // 1000
            report(min(99, done_ms * 100 // max(1, expected)))

    longest = (MAX_DURATION_MS + 2 * DURATION_TOLERANCE_MS) / 1000
    sound = ("-map", found.sound.selector) if found.sound else ()
    poster = _poster_output(found, _poster_start(found)) if _is_poster_beside(found) else ()
    arguments = (
        *("-loglevel", "error", *opening, "-i", f"file:{SOURCE}"),
        *poster,
        *("-map", found.picture.selector, *sound),
        *("-t", str(longest), "-vf", clip_filters(found.facts, size), "-fps_mode", "vfr"),
        *(*ENCODING, *_WITHOUT_METADATA, *THREADS, "-progress", "pipe:1", *_MP4),
    )
    with _refusing():
        ffmpeg.run(arguments, seconds=_CLIP_SECONDS, on_line=follow)
    if not done_ms:
        raise VideoRefused("undecodable", "The video is damaged: nothing of it can be shown.")
    duration_ms = clip_duration_ms(ffmpeg.folder / CLIP)
    check_duration(duration_ms)
    return duration_ms


def clip_duration_ms(path: Path) -> int:
    """The duration in the header of one of our MP4 files, where `faststart` put it in front."""
    with path.open("rb") as file:
        first = file.read(_FIRST_BYTES)
    start = first.index(b"mvhd") + 16
    timescale, duration = (int.from_bytes(first[at : at + 4], "big") for at in (start, start + 4))
    return round(duration * 1000 / timescale)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except FfmpegTimedOut as error:
        raise VideoRefused("too_slow", "The video takes too long to be processed.") from error
    except FfmpegFailed as error:
        if _NO_SPACE in error.log:
            raise  # This is our fault, not the video's.
        raise VideoRefused(
            "undecodable", "The video is damaged, or of a kind that cannot be played."
        ) from error
