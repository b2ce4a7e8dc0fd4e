"""Videos: which are accepted, what is made of them, and why one is refused.

These are only the rules; `adapters/video.py` does the work. Sizes are in pixels, durations in
milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal

from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import RefusalCode, RenderedPhoto

MP4: Final = "video/mp4"
QUICKTIME: Final = "video/quicktime"
WEBM: Final = "video/webm"
VIDEO_TYPES: Final = frozenset({MP4, QUICKTIME, WEBM})

MAX_VIDEO_BYTES: Final = 300 * 1024 * 1024
MAX_DURATION_MS: Final = 180_000
DURATION_TOLERANCE_MS: Final = 500
"""How much longer than the limit a video may be: a camera that stops at three minutes writes its
last frames a little later."""
MAX_SIDE: Final = 5_760
MAX_PIXELS: Final = 5_760 * 2_880
"""Action cameras and cameras for all directions take 5,312 x 2,988 and 5,760 x 2,880 pixels."""
MAX_DECODED_PIXELS: Final = (MAX_SIDE + 128) * (2_880 + 128)
"""What decoders are allowed. They work on whole blocks, and so with up to 128 pixels more a side.
"""
MAX_FPS: Final = 480
MAX_ANIMATION_SIDE: Final = 4_096
MAX_ANIMATION_FRAME_PIXELS: Final = 4_096 * 2_304
MAX_ANIMATION_FRAMES: Final = 2_000
MAX_ANIMATION_PIXELS: Final = 1_000_000_000
"""The highest number of pixels in all frames of an animated picture together: one thread decodes
each frame whole."""

SHORT_SIDE: Final = 1_080
OUTPUT_FPS: Final = 30
CLIP_NAME: Final = "video.mp4"
CLIP_TYPE: Final = MP4

TRANSCODING_PATIENCE: Final = timedelta(minutes=95)
"""How long a video may be transcoding before its message is sent again. It is longer than the 90
minutes after which the queue itself repeats the message of a function that died."""
MAX_PLANNED_SECONDS: Final = 450.0
"""The longest predicted time that is accepted. It is half of the 15 minutes that a function may
run: a prediction may be wrong by a factor of two."""
_DECODE_SECONDS: Final = 0.0075
_ENCODE_SECONDS: Final = 0.035
_TONE_MAP_SECONDS: Final = 0.02
"""CPU seconds per million pixels: for decoding, for encoding, and for turning HDR into SDR.
`docs/media.md` has the measurements."""
_DEINTERLACE_SECONDS: Final = 0.01
_ALPHA_SECONDS: Final = 0.03
"""CPU seconds per million decoded pixels more: for making whole frames of fields, and for decoding
transparency and putting the picture on white."""
_READ_SECONDS: Final = 0.08
"""CPU seconds per million bytes: a high bit rate takes longer to decode than a low one."""
_OVERHEAD_SECONDS: Final = 5.0
"""CPU seconds for the work that is done once: probe, poster and its renditions."""
CORES: Final = 1.7
"""The number of CPU cores of a function with 3,008 MB of memory; 1,769 MB give one core."""
_UNKNOWN_FPS: Final = 30.0

_MP4_BRANDS: Final = (
    b"iso",
    b"mp4",
    b"mp7",
    b"avc",
    b"hvc",
    b"M4V",
    b"MSNV",
    b"dash",
    b"3g",
    b"XAVC",
)
_OLD_QUICKTIME_ATOMS: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_EBML: Final = b"\x1a\x45\xdf\xa3"
_EBML_DOCTYPE: Final = b"\x42\x82"
MAGIC_BYTES: Final = 16 * 1024
"""How much of a file's beginning `is_moving` needs: a PNG may have its colour profile before what
says that it is animated."""
_ANIMATED_TYPES: Final = frozenset({"image/gif", "image/webp", "image/png", "image/avif"})
_ANIMATED_WEBP: Final = 0x02
"""The bit for an animation in the flags at offset 20 of an extended WebP file."""
_AVIF_SEQUENCE: Final = b"avis"


def sniff_video(magic: bytes) -> str | None:
    """The content type of a video by its first `photos.SNIFF_BYTES` bytes; None for anything else.

    WebM is the only kind of Matroska that is accepted.
    """
    kind, brand = magic[4:8], magic[8:12]
    if kind == b"ftyp":
        if brand == b"qt  ":
            return QUICKTIME
        return MP4 if brand.startswith(_MP4_BRANDS) else None
    if kind in _OLD_QUICKTIME_ATOMS:
        return QUICKTIME
    if magic.startswith(_EBML):
        at = magic.find(_EBML_DOCTYPE, len(_EBML))
        if at > 0 and magic[at + 2 :].startswith(b"\x84webm"):
            return WEBM
    return None


def is_moving(content_type: str, magic: bytes) -> bool:
    """Whether the transcoder makes the renditions: it does for videos, GIFs and what else is
    animated by its first `MAGIC_BYTES` bytes."""
    if content_type == "image/webp":
        return magic[12:16] == b"VP8X" and len(magic) > 20 and bool(magic[20] & _ANIMATED_WEBP)
    if content_type == "image/png":
        return _is_animated_png(magic)
    if content_type == "image/avif":
        return magic[8:12] == _AVIF_SEQUENCE
    return may_move(content_type)


def _is_animated_png(magic: bytes) -> bool:
    """Whether a PNG has the chunk that says so, before its picture."""
    at = len(b"\x89PNG\r\n\x1a\n")
    while at + 8 <= len(magic):
        kind = magic[at + 4 : at + 8]
        if kind in (b"acTL", b"IDAT"):
            return kind == b"acTL"
        at += 12 + int.from_bytes(magic[at : at + 4], "big")
    return False


def may_move(content_type: str) -> bool:
    """Whether the transcoder can make the renditions, by the content type alone. It makes the same
    renditions of a picture with one frame as the photo renderer."""
    return content_type in VIDEO_TYPES or content_type in _ANIMATED_TYPES


VideoRefusalCode = (
    RefusalCode
    | Literal["no_video", "too_long", "too_many_pixels", "too_much_work", "unsupported_codec"]
    | Literal["crop_of_animation"]
)
"""The codes of all refusals. They include those of photos, since the transcoder may get a picture
with one frame."""


class VideoRefused(Exception):
    """The file itself is at fault, and trying again will not help.

    `code` is for machines and stays stable; `message` is a sentence for the video's owner.
    """

    def __init__(self, code: VideoRefusalCode, message: str) -> None:
        super().__init__(message)
        self.code: VideoRefusalCode = code
        self.message = message

    def __reduce__(self) -> tuple[type[VideoRefused], tuple[str, str]]:
        # Pickle would otherwise rebuild the error from its message alone, without the code.
        return type(self), (self.code, self.message)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The facts that a video file states about itself. They may be wrong, so the limits on time and
    memory are enforced in any case.

    `width` and `height` are the coded ones, before rotation. A value is None if the file does not
    state it.
    """

    width: int
    height: int
    fps: float | None
    duration_ms: int | None
    has_audio: bool
    transfer: Literal["smpte2084", "arib-std-b67"] | None = None
    """The transfer function of an HDR video; None for any other video."""
    is_interlaced: bool = False
    has_alpha: bool = False


def predicted_seconds(facts: VideoFacts, size: int) -> float:
    """How many seconds the transcoder will take for a video of `size` bytes, by the clock.

    If the file does not state them, the usual frame rate and the longest duration are assumed.
    """
    fps = _UNKNOWN_FPS if facts.fps is None else facts.fps
    duration_ms = MAX_DURATION_MS if facts.duration_ms is None else facts.duration_ms
    out = plan(facts.width, facts.height)
    decoded = facts.width * facts.height * fps * duration_ms / 1e9
    encoded = out.width * out.height * min(fps, OUTPUT_FPS) * duration_ms / 1e9
    per_encoded = _ENCODE_SECONDS + (0.0 if facts.transfer is None else _TONE_MAP_SECONDS)
    per_decoded = (
        _DECODE_SECONDS
        + (_DEINTERLACE_SECONDS if facts.is_interlaced else 0.0)
        + (_ALPHA_SECONDS if facts.has_alpha else 0.0)
    )
    work = decoded * per_decoded + encoded * per_encoded + size / 1e6 * _READ_SECONDS
    return (work + _OVERHEAD_SECONDS) / CORES


@dataclass(frozen=True, slots=True)
class ClipSize:
    width: int
    height: int


def plan(width: int, height: int) -> ClipSize:
    """The clip's size for an upright picture of this size. Both sides are even, as the codec needs
    them, and the short one has at most 1,080 pixels; nothing is enlarged."""
    scale = min(1.0, SHORT_SIDE / min(width, height))
    return ClipSize(_even(width * scale), _even(height * scale))


def _even(length: float) -> int:
    # The small addition keeps 1920 * (1080 / 1080) from being rounded to less than 1920.
    return max(2, int(length + 1e-6) // 2 * 2)


def check_facts(facts: VideoFacts, size: int) -> None:
    """Raise `VideoRefused` if a video of `size` bytes breaks a limit, before any work is done."""
    if facts.duration_ms is not None:
        check_duration(facts.duration_ms)
    if max(facts.width, facts.height) > MAX_SIDE or facts.width * facts.height > MAX_PIXELS:
        raise VideoRefused(
            "too_many_pixels",
            f"The video has {facts.width:,} x {facts.height:,} pixels. At most {MAX_SIDE:,} on a "
            f"side and {MAX_PIXELS:,} in all are possible.",
        )
    if facts.fps is not None and facts.fps > MAX_FPS:
        raise VideoRefused(
            "too_much_work",
            f"The video has {facts.fps:,.0f} frames a second. At most {MAX_FPS} are possible.",
        )
    seconds = predicted_seconds(facts, size)
    if seconds > MAX_PLANNED_SECONDS:
        raise VideoRefused("too_much_work", _too_much_work(seconds))


def check_duration(duration_ms: int) -> None:
    """Raise `VideoRefused` for a video that is too long."""
    if duration_ms > MAX_DURATION_MS + DURATION_TOLERANCE_MS:
        raise VideoRefused(
            "too_long",
            f"The video is longer than {MAX_DURATION_MS // 60_000} minutes, the most that is "
            "possible.",
        )


def check_frames(count: int, width: int, height: int) -> None:
    """Raise `VideoRefused` for an animated picture that would take too long to decode."""
    if max(width, height) > MAX_ANIMATION_SIDE or width * height > MAX_ANIMATION_FRAME_PIXELS:
        raise VideoRefused(
            "too_many_pixels",
            f"The picture has {width:,} x {height:,} pixels. An animated one may have at most "
            f"{MAX_ANIMATION_SIDE:,} on a side and {MAX_ANIMATION_FRAME_PIXELS:,} in all.",
        )
    if count > MAX_ANIMATION_FRAMES or count * width * height > MAX_ANIMATION_PIXELS:
        raise VideoRefused(
            "too_much_work",
            f"The animation has {count:,} frames of {width:,} x {height:,} pixels. At most "
            f"{MAX_ANIMATION_FRAMES:,} frames and {MAX_ANIMATION_PIXELS // 1_000_000:,} megapixels "
            "in all are possible.",
        )


def check_declared(
    within: str, size: int, width: int | None, height: int | None, duration_ms: int | None
) -> None:
    """Raise `InvalidInput` if a video's declaration lacks a value, or if the video would take too
    long to process. `within` is what the names of the medium's fields in the request begin with,
    such as `media[0].`. Whether the file matches its declaration is checked when it arrives."""
    declared = {"width": width, "height": height, "duration_ms": duration_ms}
    for name, value in declared.items():
        if value is None or value < 1:
            raise InvalidInput(
                "invalid_video",
                f"Declare a video's {name}: a positive whole number.",
                f"{within}{name}",
            )
    assert width
    assert height
    assert duration_ms
    try:
        check_facts(VideoFacts(width, height, None, duration_ms, has_audio=False), size)
    except VideoRefused as refused:
        field = "duration_ms" if refused.code == "too_long" else "width"
        raise InvalidInput(refused.code, refused.message, f"{within}{field}") from None


def _too_much_work(seconds: float) -> str:
    return (
        f"The video would take about {seconds:,.0f} seconds to process; at most "
        f"{MAX_PLANNED_SECONDS:,.0f} are possible. Please make it shorter or smaller."
    )


@dataclass(frozen=True, slots=True)
class RenderedClip:
    """The MP4 made of a video or animated picture, as a file that its maker deletes afterwards."""

    path: Path
    width: int
    height: int
    duration_ms: int
    has_audio: bool


@dataclass(frozen=True, slots=True)
class RenderedVideo:
    """Everything that was made of a video or animated picture. A GIF with one frame has no clip."""

    poster: RenderedPhoto
    clip: RenderedClip | None
    notes: tuple[Note, ...] = ()
    """What of the file could not be kept; the poster has no notes of its own."""
