"""Photos: which are accepted, what is made of them, and why one is refused. Sizes are in pixels.

These are only the rules; `adapters/imaging.py` does the work. To add a format, extend `sniff` here
and the decoders in `adapters/photo_decoding.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from shutterfeed.domain.notes import Note
from shutterfeed.domain.perceptual import PerceptualHash

SNIFF_BYTES: Final = 64
"""How much of a file's beginning `sniff` needs."""

MAX_PHOTO_BYTES: Final = 64 * 1024 * 1024
"""64 MB, counted in units of 1,024 x 1,024 bytes as file managers do: phones write JPEGs of 200
megapixels with 30 to 60."""
MAX_SIDE: Final = 30_000
MAX_PIXELS: Final = 200_000_000
"""Panoramas, screenshots of whole pages and the largest phones. Whether they can be processed
is for `check_memory` to say, as it depends on how they are saved."""
MAX_FRAMES: Final = 1_000
"""The highest number of pictures in one file. Only one of them is shown, but the parser reads the
header of each."""

WORKING_MEMORY: Final = 400 * 1024 * 1024
"""The memory in bytes that making one photo's renditions may take, on top of the 60 to 100 MB of a
running function: together they stay under 512 MB."""
_OVERHEAD: Final = 20 * 1024 * 1024
"""The part of that memory that does not depend on the photo's size in pixels: the file, renditions,
strips, encoders."""
_BYTES_PER_PIXEL: Final = {
    "image/jpeg": 4.0,  # as large as it leaves the decoder, which scales down by up to 8
    "image/png": 4.0,
    "image/gif": 1.0,
    "image/webp": 16.0,  # whole, through four full-size buffers
    "image/heic": 6.5,  # YCbCr planes, interleaved RGB, and its copy for Python
    "image/heif": 6.5,
    "image/avif": 13.0,  # as HEIC, and then a picture of four bytes a pixel
}
"""The bytes of memory that a decoder takes for each pixel, measured; `docs/media.md` has the
figures."""

_BYTES_PER_WORKING_PIXEL: Final = 8.0
"""The picture in the size of the largest rendition, and the one that it was turned or converted
from."""
_USUAL_WORKING_PIXELS: Final = 1_600_000
"""Up to here that is part of the overhead."""

_SIGNATURES: Final[tuple[tuple[str, tuple[tuple[int, bytes], ...]], ...]] = (
    ("image/jpeg", ((0, b"\xff\xd8\xff"),)),
    ("image/png", ((0, b"\x89PNG\r\n\x1a\n"),)),
    ("image/gif", ((0, b"GIF87a"),)),
    ("image/gif", ((0, b"GIF89a"),)),
    ("image/webp", ((0, b"RIFF"), (8, b"WEBP"))),
)
"""Each content type, with the offsets and bytes that a file of that type must have."""

_HEIC_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
)
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_PICTURE_BRANDS: Final = frozenset({b"mif1", b"mif2", b"msf1"})
"""These brands say only that the file is a picture, or a sequence of pictures; another brand names
its coding."""

PHOTO_TYPES: Final = frozenset(
    {*(content_type for content_type, _ in _SIGNATURES), "image/heic", "image/heif", "image/avif"}
)
"""The content types that a photo may have."""

HEIF_TYPES: Final = frozenset({"image/heic", "image/heif"})


def sniff(magic: bytes) -> str | None:
    """The content type of a photo by its first `SNIFF_BYTES` bytes; None if no accepted type fits.

    The file's name and its declared type do not matter: an HTML page called .jpg is no JPEG.
    """
    for content_type, signature in _SIGNATURES:
        if all(magic.startswith(part, offset) for offset, part in signature):
            return content_type
    return _sniff_brands(magic)


def _sniff_brands(magic: bytes) -> str | None:
    """The content type of an ISO media file, by the brands at its beginning.

    The first brand says what the file is, the others as what it may also be read. A video that
    lists a picture's brand among the others is still a video.
    """
    length = int.from_bytes(magic[:4], "big")
    if magic[4:8] != b"ftyp" or length < 16:
        return None
    major = magic[8:12]
    brands = {major}
    if major in _PICTURE_BRANDS:
        listed = magic[16 : min(length, SNIFF_BYTES)]
        brands |= {listed[at : at + 4] for at in range(0, len(listed) - 3, 4)}
    if brands & _AVIF_BRANDS:
        return "image/avif"
    if brands & _HEIC_BRANDS:
        return "image/heic"
    return "image/heif" if brands & _PICTURE_BRANDS else None


def is_as_declared(declared: str, actual: str) -> bool:
    """Whether a file of the type `actual` may be called `declared`.

    HEIC is HEIF with one particular coding, and systems use both names for the same file.
    """
    return declared == actual or {declared, actual} <= HEIF_TYPES


RefusalCode = Literal[
    "undecodable",
    "too_many_pixels",
    "too_many_frames",
    "too_slow",
    "unsupported_type",
    "unsupported_codec",
    "truncated",
    "crop_too_small",
]


class PhotoRefused(Exception):
    """The file itself is at fault, and trying again will not help.

    `code` is for machines and stays stable; `message` is a sentence for the photo's owner.
    """

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code: RefusalCode = code
        self.message = message

    def __reduce__(self) -> tuple[type[PhotoRefused], tuple[str, str]]:
        # Pickle would otherwise rebuild the error from its message alone, without the code.
        return type(self), (self.code, self.message)


def check_size(width: int, height: int) -> None:
    """Raise `PhotoRefused` for a photo with too many pixels, on a side or in all."""
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise PhotoRefused(
            "too_many_pixels",
            f"The photo has {width:,} x {height:,} pixels. At most {MAX_SIDE:,} on a side and "
            f"{MAX_PIXELS // 1_000_000} megapixels are possible.",
        )


def too_much_memory() -> PhotoRefused:
    """The refusal of a photo whose decoder asked for more memory than it may have."""
    return PhotoRefused(
        "too_many_pixels",
        f"The photo takes too much memory to be processed. At most {MAX_SIDE:,} pixels on a side "
        f"and {MAX_PIXELS // 1_000_000} megapixels are possible, and fewer in most formats. Please "
        "make it smaller, or save it as an ordinary JPEG.",
    )


def check_frames(count: int) -> None:
    """Raise `PhotoRefused` for a file with more pictures in it than any camera writes."""
    if count > MAX_FRAMES:
        raise PhotoRefused(
            "too_many_frames",
            f"The file has {count:,} pictures in it. At most {MAX_FRAMES:,} are possible.",
        )


def check_memory(
    content_type: str,
    width: int,
    height: int,
    *,
    size: int,
    buffered: int = 0,
    pixels: int | None = None,
    working: int = 0,
) -> None:
    """Raise `PhotoRefused` if decoding is predicted to take more than `WORKING_MEMORY`.

    `width` and `height` are those of the decoder's output, `size` is the file's size in bytes, and
    `buffered` is the number of bytes that the decoder collects before the first pixel. `pixels` is
    the number of pixels before the decoder scales the photo down, `working` that of the picture in
    `working_size`.
    """
    own = width * height if pixels is None else pixels
    needed = _BYTES_PER_PIXEL[content_type] * width * height + buffered
    needed += _BYTES_PER_WORKING_PIXEL * max(0, working - _USUAL_WORKING_PIXELS)
    left = WORKING_MEMORY - _OVERHEAD - size
    if needed > left:
        most = int(own * left / needed)
        raise PhotoRefused(
            "too_many_pixels",
            f"The photo has {_megapixels(own)} megapixels; saved like this, at most about "
            f"{_megapixels(most)} can be processed. Please make it smaller, or save it as an "
            "ordinary JPEG.",
        )


def _megapixels(pixels: int) -> str:
    """A number of pixels in millions, rounded down; with a decimal place if it is small."""
    millions = pixels / 1_000_000
    return f"{int(millions)}" if millions >= 20 else f"{int(millions * 10) / 10:g}"


@dataclass(frozen=True, slots=True)
class RenditionSpec:
    """A derived file that every photo gets, if it is large enough.

    `name` is its file name under the blob's id, `width` its greatest width. A square crop keeps the
    middle. `quality` is on the encoder's own scale, 1 to 100.
    """

    name: str
    width: int
    format: Literal["jpeg", "webp"]
    quality: int
    square_crop: bool = False


# Qualities measured on 1080 px renditions of phone photos, mean SSIM to the uncompressed one and
# mean size: JPEG 80 0.974 121 kB, 82 0.976 129 kB, 85 0.978 143 kB; WebP 75 0.962 71 kB,
# 80 0.969 87 kB, 82 0.972 96 kB. No difference can be seen; each step costs 6 to 11 % in bytes.
_JPEG_QUALITY: Final = 82
_WEBP_QUALITY: Final = 80

RENDITIONS: Final = (
    RenditionSpec("1080.webp", 1080, "webp", _WEBP_QUALITY),
    RenditionSpec("640.webp", 640, "webp", _WEBP_QUALITY),
    RenditionSpec("640.jpg", 640, "jpeg", _JPEG_QUALITY),
    RenditionSpec("320.webp", 320, "webp", _WEBP_QUALITY),
    RenditionSpec("150.jpg", 150, "jpeg", _JPEG_QUALITY, square_crop=True),
)
"""The renditions in the order in which they are made: largest first, the square last."""

MAX_RENDITION_HEIGHT: Final = 16_383
"""The greatest height, which is that of a WebP."""

SQUARE_NAME: Final = next(spec.name for spec in RENDITIONS if spec.square_crop)
"""The name of the square rendition. Every photo has one, and avatars are shown with it."""


@dataclass(frozen=True, slots=True)
class PlannedRendition:
    """A rendition to make of one photo. `made_from` names the planned rendition that it is scaled
    down from; None means the decoded picture of `working_size`."""

    spec: RenditionSpec
    width: int
    height: int
    made_from: str | None

    @property
    def made(self) -> Rendition:
        """The rendition that becomes of it."""
        content_type = f"image/{self.spec.format}"
        return Rendition(self.spec.name, content_type, self.width, self.height)


def plan(width: int, height: int) -> tuple[PlannedRendition, ...]:
    """The renditions to make of a photo with this upright size, each from the next larger one.

    Nothing is enlarged. Of the sizes that are wider than the photo only the smallest is made, in
    the photo's own width: a photo 500 px wide gets a rendition of 320 px, and one named 640 that is
    500 px wide. A photo that is higher than a rendition can be counts as made smaller to that
    height.
    """
    planned: list[PlannedRendition] = []
    fitting_width, fitting_height = _fitting(width, height)
    for spec in RENDITIONS:
        if spec.square_crop:
            side = min(spec.width, width, height)
            planned.append(PlannedRendition(spec, side, side, _smallest_covering(planned, side)))
        elif not _smaller_one_suffices(spec, fitting_width):
            own_width = min(spec.width, fitting_width)
            own_height = _scaled(fitting_height, own_width / fitting_width)
            above = planned[-1].spec.name if planned else None
            planned.append(PlannedRendition(spec, own_width, own_height, above))
    return tuple(planned)


def _fitting(width: int, height: int) -> tuple[int, int]:
    """The photo's size, or a smaller one of the same proportions if it is too high."""
    if height <= MAX_RENDITION_HEIGHT:
        return width, height
    return _scaled(width, MAX_RENDITION_HEIGHT / height), MAX_RENDITION_HEIGHT


Planner = Callable[[int, int], tuple[PlannedRendition, ...]]
"""Says which renditions to make of a photo with an upright width and height."""


def working_size(width: int, height: int, planner: Planner = plan) -> tuple[int, int]:
    """The smallest size of the upright picture that every planned rendition can be made from: its
    own size if none is planned.

    It is the size of the largest rendition, except for panoramas, whose largest rendition may be
    less high than the square crop.
    """
    fitting_width, fitting_height = _fitting(width, height)
    scales = [
        planned.width / min(width, height)
        if planned.spec.square_crop
        else planned.width / fitting_width * fitting_height / height
        for planned in planner(width, height)
    ]
    scale = max(scales, default=1.0)
    return _scaled(width, scale), _scaled(height, scale)


def _smaller_one_suffices(spec: RenditionSpec, width: int) -> bool:
    """Whether a smaller rendition of the same format already has the full width of the photo."""
    return any(
        width <= other.width < spec.width
        for other in RENDITIONS
        if other.format == spec.format and not other.square_crop
    )


def _smallest_covering(planned: list[PlannedRendition], side: int) -> str | None:
    """The name of the smallest planned rendition from which the square can be cut; None if there is
    none."""
    for candidate in reversed(planned):
        if min(candidate.width, candidate.height) >= side:
            return candidate.spec.name
    return None


def _scaled(length: int, scale: float) -> int:
    return max(1, round(length * scale))


@dataclass(frozen=True, slots=True)
class Rendition:
    """A stored derived file of a photo, under its blob's public id."""

    name: str
    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Capture:
    """When and with what a photo was taken, as its file says.

    `taken_at` is ISO 8601 to the second; it has an offset from UTC only if the file has one.
    """

    taken_at: str | None
    camera: str | None


@dataclass(frozen=True, slots=True)
class RenderedPhoto:
    """Everything that was made of one photo. `width` and `height` are the upright original's.

    `placeholder` is a ThumbHash in base64: about 25 bytes from which a client paints a blur while
    the photo loads.
    """

    width: int
    height: int
    placeholder: str
    renditions: tuple[tuple[Rendition, bytes], ...]
    capture: Capture | None = None
    notes: tuple[Note, ...] = ()
    """What of the file could not be kept."""
    perceptual_hash: PerceptualHash | None = None
    """None unless it was asked for."""
