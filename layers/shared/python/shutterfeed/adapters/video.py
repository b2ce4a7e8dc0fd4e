"""Videos and animated pictures made into MP4 clips with posters.

The bytes come from strangers. Everything that can go wrong because of them leaves this module as
`VideoRefused`; anything else is an error of ours and escapes, so that the work is tried again.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from shutterfeed.adapters import animation
from shutterfeed.adapters.ffmpeg import THREADS, Ffmpeg, FfmpegFailed, FfmpegTimedOut
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from shutterfeed.domain.videos import (
    DURATION_TOLERANCE_MS,
    MAX_DURATION_MS,
    MAX_PIXELS,
    MAX_SIDE,
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
from shutterfeed.ports import PhotoCodec

SOURCE, CLIP, POSTER = "source", "video.mp4", "poster.png"

_PROBE_SECONDS: Final = 30.0
_POSTER_SECONDS: Final = 60.0
_CLIP_SECONDS: Final = 660.0
"""Together well inside the function's 15 minutes, which loading and storing take a part of."""
_POSTER_AT_SECONDS: Final = 1.0
"""First frames are often black."""

# Whatever the bytes are, they are read as what they were taken for, and from this file alone: a
# playlist dressed as a video is no MP4, and an MP4 whose samples are said to be elsewhere has none.
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
"""What ffmpeg takes for some of the codecs above."""
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
    # The encoder's own: its version and settings, which it writes into the picture, and its name.
    *("-bsf:v", "filter_units=remove_types=6", "-fflags", "+bitexact"),
    *("-flags:v", "+bitexact", "-flags:a", "+bitexact", "-empty_hdlr_name", "1"),
    # An empty one would be replaced by the encoder's name.
    *("-metadata:s:v", "encoder= ", "-metadata:s:a", "encoder= "),
)
_MP4: Final = ("-movflags", "+faststart", "-f", "mp4", "-y", f"file:{CLIP}")

_HEAD_BYTES: Final = 1024
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", re.MULTILINE)
_STREAM = re.compile(r"^  Stream #0:\d+\S*: (Video|Audio): (.+)$", re.MULTILINE)
_NAME = re.compile(r"\w{1,32}", re.ASCII)
_SIZE = re.compile(r", (\d{1,6})x(\d{1,6})[ ,]")
_FPS = re.compile(r", ([\d.]+)(k?) fps")
_PROGRESS = re.compile(r"out_time_us=(\d+)")
_NO_SPACE: Final = "No space left on device"


class FfmpegVideoCodec:
    """Makes a clip and poster renditions; `photos` makes the latter."""

    def __init__(self, photos: PhotoCodec) -> None:
        self._photos = photos

    @contextmanager
    def render(
        self, source: IO[bytes], content_type: str, report: Callable[[int], None]
    ) -> Iterator[RenderedVideo]:
        """The clip's file is there until the context ends. `report` is told the percentage done.

        Raises `VideoRefused`.
        """
        with tempfile.TemporaryDirectory(prefix="video-") as name:
            folder = Path(name)
            if content_type in VIDEO_TYPES:
                with (folder / SOURCE).open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
                yield self._video(Ffmpeg(folder), content_type, report)
            else:
                yield self._picture(Ffmpeg(folder), source.read(), content_type, report)

    def _video(
        self, ffmpeg: Ffmpeg, content_type: str, report: Callable[[int], None]
    ) -> RenderedVideo:
        opening = (*_INPUT, *_DEMUXERS["webm" if content_type == WEBM else "mov"])
        facts = probe(ffmpeg, opening)
        check_facts(facts, (ffmpeg.folder / SOURCE).stat().st_size)
        poster = self._poster((_extract_poster(ffmpeg, opening, facts)).read_bytes())
        # The poster is upright and has square pixels: its size is what a viewer sees.
        size = plan(poster.width, poster.height)
        duration_ms = _transcode(ffmpeg, opening, facts, size, report)
        clip = RenderedClip(
            ffmpeg.folder / CLIP, size.width, size.height, duration_ms, facts.has_audio
        )
        return RenderedVideo(poster, clip)

    def _picture(
        self, ffmpeg: Ffmpeg, content: bytes, content_type: str, report: Callable[[int], None]
    ) -> RenderedVideo:
        with animation.opened(content, content_type) as moving:
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
            raise VideoRefused("undecodable", "No picture can be made of the video.") from refused


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


def probe(ffmpeg: Ffmpeg, opening: tuple[str, ...]) -> VideoFacts:
    """What the file says of itself. Raises `VideoRefused`."""
    arguments = (*opening, "-i", f"file:{SOURCE}")
    try:
        with _refusing():
            # Without an output it lists what it found, and then complains.
            log = ffmpeg.run((*arguments, "-t", "0", "-f", "null", "-"), seconds=_PROBE_SECONDS)
    except VideoRefused as refused:
        cause = refused.__cause__
        if not isinstance(cause, FfmpegFailed) or "Stream #0:" not in cause.log:
            raise
        log = cause.log
    return parse_facts(log)


def parse_facts(log: str) -> VideoFacts:
    """Raises `VideoRefused` where there is no picture.

    Lines are told apart by their indentation, which metadata cannot have. A hostile name of a
    metadata field could imitate one; all it would gain is a distorted clip of its own video.
    """
    log = log.partition("\nOutput #0")[0]
    streams = _STREAM.findall(log)
    pictures = [text for kind, text in streams if kind == "Video" and "attached pic" not in text]
    size = _SIZE.search(pictures[0]) if pictures else None
    if size is None or 0 in (int(size[1]), int(size[2])):
        raise VideoRefused("no_video", "The file has no moving picture in it that can be shown.")
    if _codec(pictures[0]) not in _PICTURE_CODECS:
        raise VideoRefused(
            "unsupported_codec",
            f"The video is coded as {_codec(pictures[0])}. Possible are H.264, HEVC, VP8, VP9 and"
            " AV1.",
        )
    sounds = [text for kind, text in streams if kind == "Audio"]
    duration = _DURATION.search(log)
    hours, minutes, seconds, hundredths = map(int, duration.groups()) if duration else (0, 0, 0, 0)
    fps = _FPS.search(pictures[0])
    return VideoFacts(
        int(size[1]),
        int(size[2]),
        float(fps[1]) * (1000 if fps[2] else 1) if fps else None,
        ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10 if duration else None,
        bool(sounds) and _codec(sounds[0]) in _SOUND_CODECS,
        "smpte2084"
        if "smpte2084" in pictures[0]
        else ("arib-std-b67" if "arib-std-b67" in pictures[0] else None),
    )


def _codec(stream: str) -> str:
    found = _NAME.match(stream)
    return found[0] if found else "none"


def _extract_poster(ffmpeg: Ffmpeg, opening: tuple[str, ...], facts: VideoFacts) -> Path:
    path = ffmpeg.folder / POSTER
    half = (facts.duration_ms or 0) / 2000
    for start in (min(_POSTER_AT_SECONDS, half), 0.0):
        arguments = (
            *("-loglevel", "error", *opening, "-ss", f"{start:.3f}", "-i", f"file:{SOURCE}"),
            *("-map", "0:V:0", "-frames:v", "1", "-vf", ",".join(_poster_filters(facts))),
            *("-c:v", "png", *THREADS, "-f", "image2pipe", "-y", f"file:{POSTER}"),
        )
        with _refusing():
            ffmpeg.run(arguments, seconds=_POSTER_SECONDS)
        if path.exists() and path.stat().st_size:
            return path
    raise VideoRefused("undecodable", "No picture can be made of the video.")


def _poster_filters(facts: VideoFacts) -> list[str]:
    upright = f"scale=w='clip(trunc(iw*sar),1,{MAX_SIDE})':h=ih,setsar=1"
    return [upright, *_tone_mapping(facts, "")]


def _tone_mapping(facts: VideoFacts, size: str) -> list[str]:
    """From HDR to SDR, in linear light, scaled before as fewer pixels cost less."""
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
    """How frames are changed between decoder and encoder. Rotation is undone before these."""
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
    facts: VideoFacts,
    size: ClipSize,
    report: Callable[[int], None],
) -> int:
    """The clip's duration in milliseconds."""
    expected = facts.duration_ms or MAX_DURATION_MS
    done_ms = 0

    def follow(line: str) -> None:
        nonlocal done_ms
        match = _PROGRESS.fullmatch(line)
        if match:
            done_ms = int(match[1]) // 1000
            report(min(99, done_ms * 100 // max(1, expected)))

    longest = (MAX_DURATION_MS + 2 * DURATION_TOLERANCE_MS) / 1000
    sound = ("-map", "0:a:0") if facts.has_audio else ()
    arguments = (
        *("-loglevel", "error", *opening, "-i", f"file:{SOURCE}", "-map", "0:V:0", *sound),
        *("-t", str(longest), "-vf", clip_filters(facts, size), "-fps_mode", "vfr"),
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
    """What an MP4 of ours says in its header, which faststart has put in front."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    start = head.index(b"mvhd") + 16
    timescale, duration = (int.from_bytes(head[at : at + 4], "big") for at in (start, start + 4))
    return round(duration * 1000 / timescale)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except FfmpegTimedOut as error:
        raise VideoRefused("too_slow", "The video takes too long to be processed.") from error
    except FfmpegFailed as error:
        if _NO_SPACE in error.log:
            raise  # Ours, not the video's.
        raise VideoRefused(
            "undecodable", "The video is damaged, or of a kind that cannot be played."
        ) from error
