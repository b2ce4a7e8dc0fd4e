"""Decodes, scales and encodes photos with Pillow; besides `animation.py`, no module imports it.

The bytes come from strangers. Every error that they cause leaves this module as `PhotoRefused`; any
other error is a fault of ours and escapes, so that the work is tried again.
"""

from __future__ import annotations

import base64
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from io import BytesIO
from typing import IO, Any, Final

import pillow_heif
from PIL import AvifImagePlugin, Image, ImageCms, ImageOps
from PIL.AvifImagePlugin import AvifImageFile
from PIL.ExifTags import IFD
from PIL.ExifTags import Base as ExifTag
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from shutterfeed.adapters.thumb_hash import thumb_hash
from shutterfeed.domain.photos import (
    Capture,
    PhotoRefused,
    PlannedRendition,
    RenderedPhoto,
    Rendition,
    check_frames,
    check_memory,
    check_size,
    plan,
    working_size,
)

_DECODERS: Final[dict[str, type[ImageFile]]] = {
    "image/jpeg": JpegImageFile,
    "image/png": PngImageFile,
    "image/webp": WebPImageFile,
    "image/gif": GifImageFile,
    "image/avif": AvifImageFile,
}
"""The only decoders that see a stranger's bytes. They are named classes because `Image.open` would
pass a JPEG with further pictures behind it (stereo, depth, gain map) to a parser for those; we need
only the first picture, and want few parsers. HEIC is decoded by libheif instead."""
_HEIF_TYPES: Final = frozenset({"image/heic", "image/heif"})

# Only the picture itself is decoded: a thumbnail in the file may show something else, and every
# further decoder is one more that a stranger's bytes can attack.
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
# The function has one core; more threads would only take more memory.
pillow_heif.options.DECODE_THREADS = 1
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

_ENCODERS: Final[dict[str, dict[str, Any]]] = {
    # Progressive files have 5 % fewer bytes and sharpen while they load, for 12 ms of CPU time at
    # 1080 px. This implies optimised Huffman tables.
    "jpeg": {"format": "JPEG", "progressive": True},
    # Method 4 gives 4 % fewer bytes than 2 and a higher SSIM, for 46 ms more at 1080 px; about five
    # views save that cost in traffic. 6 doubles the time again, for 4 % and a lower SSIM.
    "webp": {"format": "WEBP", "method": 4},
}

_DECODE_MARGIN: Final = 1.25
"""How many times larger than needed a JPEG has to leave the decoder, which can only scale down by
2, 4 or 8. Without a margin, a 4,608 px photo scaled down by 4 has an SSIM of 0.975 to its full
decode at 1080 px; with it, 0.998."""
_REDUCE_MARGIN: Final = 2.0
"""Averaging by whole numbers stops at this multiple of the wanted size; Lanczos does the rest."""
_STRIP_PIXELS: Final = 1_000_000

_MAX_SCANS: Final = 100
"""The highest number of passes of a JPEG. A pass of a few bytes takes as long to decode as the
picture is large. Encoders make about 10 passes; 100 passes of 100 megapixels take about 6 s."""
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})

_MAX_CAMERA: Final = 100
"""The highest number of characters of a camera's name; a longer text is ignored."""
_OFFSET: Final = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")

_PLACEHOLDER_SIDE: Final = 32
"""The size in pixels from which the ThumbHash is made, which keeps only 7 waves a side."""

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The operation that turns a picture upright, for each EXIF orientation."""
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})

_SRGB_NAMES: Final = frozenset({"sRGB", "sRGB IEC61966-2.1", "sRGB built-in"})
_PROFILE_MODES: Final = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The Pillow modes that belong to the colour spaces of ICC profiles."""

BAD_INPUT: Final = (
    OSError,  # Pillow's own: not this format, truncated, a decoder's error code
    SyntaxError,  # the format parsers' word for a broken file
    ValueError,  # impossible sizes and numbers, text that unpacks to too much, bad UTF-8
    EOFError,  # a chunk or frame that is not there
    struct.error,  # a header cut short
    zlib.error,  # a compressed block that is none
    ArithmeticError,  # a resolution of x/0, an offset beyond any integer
    LookupError,  # a table or palette entry that is not there
    TypeError,  # metadata of another type than its tag says
    AttributeError,  # the same, one step later
    RuntimeError,  # nested metadata without end, features a decoder lacks
    AssertionError,  # what PNG's parser takes for granted
)
"""The errors that Pillow raises for broken or hostile files, each seen or found in its source."""


class PillowImageCodec:
    """Makes all renditions of a photo from one decode."""

    def render(self, source: bytes | IO[bytes], content_type: str) -> RenderedPhoto:
        """Make every planned size of the photo: upright, in sRGB, without any metadata.

        Transparent parts become white, in WebP too, so that a photo looks the same in every format.
        If the file has several pictures, the first is used. Raises `PhotoRefused`; errors in
        reading `source` itself pass through.
        """
        content = source if isinstance(source, bytes) else source.read()
        with _refusing_bad_input(content):
            width, height, picture, capture = _decode(content, content_type)
        # Some of Pillow's encoders would write metadata from here, such as a JPEG comment.
        picture.info = {}
        made = _cascade(picture, plan(width, height))
        return RenderedPhoto(
            width,
            height,
            _placeholder(picture),
            tuple(
                (
                    Rendition(
                        planned.spec.name,
                        f"image/{planned.spec.format}",
                        planned.width,
                        planned.height,
                    ),
                    _encode(scaled, planned),
                )
                for planned, scaled in made
            ),
            capture,
        )


@contextmanager
def _refusing_bad_input(content: bytes) -> Iterator[None]:
    """Translate every error that a file causes in Pillow into `PhotoRefused`."""
    try:
        # Pillow warns about oddities of the file, which nobody would read here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (MemoryError, Image.DecompressionBombError) as error:
        raise PhotoRefused(
            "too_many_pixels", "The photo is too large to be processed. Please make it smaller."
        ) from error
    except BAD_INPUT as error:
        if _cut_short(content, error):
            raise PhotoRefused(
                "truncated", "The photo is incomplete: its end is missing. Please upload it again."
            ) from error
        raise PhotoRefused(
            "undecodable", "The photo is damaged and could not be read. Please try another copy."
        ) from error


def _cut_short(content: bytes, error: BaseException) -> bool:
    """Whether the file ends too early, by Pillow's message or by the lengths that it declares."""
    if content.startswith(b"RIFF"):
        return int.from_bytes(content[4:8], "little") + 8 > len(content)
    if content[4:8] == b"ftyp":
        return _boxes_end(content) > len(content)
    return "truncated" in str(error).lower()


def _boxes_end(content: bytes) -> int:
    """The offset at which an ISO media file's last box ends, by the length that it declares."""
    position = 0
    while position + 8 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        if length == 1:
            length = int.from_bytes(content[position + 8 : position + 16], "big")
        if length < 8:
            # 0 means up to the end of the file; other small numbers are no valid length.
            return len(content)
        position += length
    return position


@dataclass(frozen=True, slots=True)
class _Source:
    """A decoded photo with the orientation in which it was stored, whose rows are read on
    demand."""

    width: int
    height: int
    rows: Callable[[int, int], Image.Image]
    """A function that returns the picture's rows from the first number up to, but without, the
    second."""


def _decode(content: bytes, content_type: str) -> tuple[int, int, Image.Image, Capture | None]:
    """The photo's upright width and height, the picture in `working_size`, upright and in sRGB, and
    the capture details that the file holds."""
    if content_type in _HEIF_TYPES:
        return _decode_heif(content, content_type)
    decoder = _DECODERS.get(content_type)
    if decoder is None:
        raise PhotoRefused("unsupported_type", "Photos may be JPEG, PNG, WebP, HEIC, AVIF or GIF.")
    image = decoder(BytesIO(content))
    check_size(*image.size)
    buffered = _jpeg_buffers(content) if isinstance(image, JpegImageFile) else 0
    if not isinstance(image, GifImageFile):
        # Counting a GIF's frames would mean reading all of them.
        check_frames(getattr(image, "n_frames", 1))
    pixels = image.width * image.height
    check_memory(
        content_type,
        *((0, 0) if isinstance(image, JpegImageFile) else image.size),
        size=len(content),
        buffered=buffered,
        pixels=pixels,
    )
    exif = _exif(image)
    orientation = _orientation(exif)
    sideways = orientation in _SIDEWAYS
    width, height = reversed(image.size) if sideways else image.size
    upright_target = working_size(width, height)
    target = upright_target[::-1] if sideways else upright_target

    image.draft(None, (_with_margin(target[0]), _with_margin(target[1])))
    check_memory(content_type, *image.size, size=len(content), buffered=buffered, pixels=pixels)
    image.load()
    # A GIF's first frame may be larger than its screen.
    check_size(*image.size)
    profile = image.info.get("icc_profile")
    source = _Source(*image.size, partial(_cropped, image))
    picture = _to_srgb(_shrink(source, target), profile)
    turn = _UPRIGHT.get(orientation)
    upright = picture if turn is None else picture.transpose(turn)
    return width, height, upright, _capture(exif)


def _decode_heif(content: bytes, content_type: str) -> tuple[int, int, Image.Image, Capture | None]:
    """Decode like `_decode`, but with libheif. It turns the picture according to the file's own
    properties, which decide; an EXIF orientation in the file only repeats them."""
    if _boxes_end(content) > len(content):
        # libheif would show the part that is there, and leave the rest grey.
        raise EOFError("truncated")
    opened: Any = pillow_heif.HeifFile
    pictures = opened(content, remove_stride=False)
    check_frames(len(pictures))
    picture = pictures[pictures.primary_index]
    check_size(*picture.size)
    check_memory(content_type, *picture.size, size=len(content))
    announced = picture.size
    pixels, stride, mode = memoryview(picture.data), picture.stride, picture.mode
    width, height = picture.size
    if (width, height) != announced:
        raise ValueError(f"the picture is not {announced}")

    def rows(top: int, bottom: int) -> Image.Image:
        part = pixels[top * stride : bottom * stride]
        return Image.frombytes(mode, (width, bottom - top), part, "raw", mode, stride)

    profile = picture.info.get("icc_profile")
    target = working_size(width, height)
    scaled = _to_srgb(_shrink(_Source(width, height, rows), target), profile)
    exif = Image.Exif()
    with suppress(*BAD_INPUT):
        exif.load(picture.info.get("exif") or b"")
    return width, height, scaled, _capture(exif)


def _cropped(image: Image.Image, top: int, bottom: int) -> Image.Image:
    if (top, bottom) == (0, image.height):
        # No copy is needed of the whole picture.
        return image
    return image.crop((0, top, image.width, bottom))


def _with_margin(length: int) -> int:
    return round(length * _DECODE_MARGIN)


def _jpeg_buffers(content: bytes) -> int:
    """The number of bytes that the decoder collects before it has the first row of pixels.

    If the colours or their details come one after the other, these are all coefficients of the
    picture; if they come together, there are none. Refuses a JPEG with more passes than any encoder
    makes.
    """
    scans, position, frame, buffered = 0, 2, b"", 0
    while found := _MARKER.search(content, position):
        marker = content[found.start() + 1]
        if marker == _END_OF_IMAGE:
            break
        length = int.from_bytes(content[found.end() : found.end() + 2], "big")
        segment = content[found.end() + 2 : found.end() + length]
        if marker in _FRAMES and not frame:
            frame = segment
            buffered = _coefficients(segment) if marker in _PROGRESSIVE else 0
        if marker == _SCAN:
            scans += 1
            if scans > _MAX_SCANS:
                raise PhotoRefused(
                    "undecodable",
                    f"The photo is built up in more than {_MAX_SCANS} passes. Please save it "
                    "again as an ordinary JPEG.",
                )
            if frame[5:6] > segment[:1]:
                # This scan has only some of the picture's colours; the others come later.
                buffered = _coefficients(frame)
        # Continue after the segment, whose length includes its own two bytes.
        position = found.end() + length
    return buffered


def _coefficients(frame: bytes) -> int:
    """The number of bytes of all coefficients of a picture, by the frame header of its JPEG."""
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    sampling = [(factors >> 4, factors & 15) for factors in frame[7::3]]
    across = max((across for across, _ in sampling), default=1) or 1
    down = max((down for _, down in sampling), default=1) or 1
    share = sum(x * y for x, y in sampling) / (across * down)
    return round(2 * width * height * share)


def _exif(image: ImageFile) -> Image.Exif:
    """The photo's EXIF; empty if there is none, or if it cannot be read."""
    if isinstance(image, PngImageFile):
        # EXIF may come after the picture in the file. The picture is loaded here, so that a broken
        # picture is not mistaken for broken EXIF.
        image.load()
    if isinstance(image, AvifImageFile):
        # Pillow reports the orientation of the file's own properties as EXIF, but would take one
        # from XMP if it found it.
        image.info.pop("xmp", None)
    try:
        return image.getexif()
    except BAD_INPUT:
        # Cameras write broken EXIF, and phones and browsers show such photos as they are.
        return Image.Exif()


def _orientation(exif: Image.Exif) -> int:
    """The EXIF orientation, 1 to 8; 1 (upright) if there is none."""
    try:
        value = exif.get(ExifTag.Orientation)
    except BAD_INPUT:
        return 1
    return value if isinstance(value, int) and value in _UPRIGHT else 1


def _capture(exif: Image.Exif) -> Capture | None:
    """When and with which camera the photo was taken; None if the file says neither."""
    try:
        details = exif.get_ifd(IFD.Exif)
        taken_at = _instant(
            details.get(ExifTag.DateTimeOriginal), details.get(ExifTag.OffsetTimeOriginal)
        )
        camera = _camera(exif.get(ExifTag.Make), exif.get(ExifTag.Model))
    except BAD_INPUT:
        return None
    return Capture(taken_at, camera) if taken_at or camera else None


def _instant(text: Any, offset: Any) -> str | None:
    """A time of EXIF (`2024:05:31 18:04:59`), with its offset from UTC if there is one, as ISO
    8601."""
    try:
        taken = datetime.strptime(str(text).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    known = _OFFSET.fullmatch(str(offset).strip("\0 "))
    return taken.isoformat() + (known[0] if known else "")


def _camera(make: Any, model: Any) -> str | None:
    """Maker and model, without repeating the maker's name: `Canon EOS R5`, `Apple iPhone 13`."""
    maker, name = (_plain(value) for value in (make, model))
    full = name if name.lower().startswith(maker.lower()) else f"{maker} {name}".strip()
    return full[:_MAX_CAMERA].strip() or None


def _plain(value: Any) -> str:
    """A text that can be shown: one line of printable characters."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _shrink(source: _Source, target: tuple[int, int]) -> Image.Image:
    """The picture in the size `target`, opaque, in one of the modes L, RGB and CMYK.

    It is made in strips, since Pillow would otherwise hold one more full-size picture in memory for
    each step.
    """
    width, height = source.width, source.height
    factor = int(min(width / target[0], height / target[1]) / _REDUCE_MARGIN)
    if factor < 2:
        flat = _flatten(source.rows(0, height))
        return flat if flat.size == target else flat.resize(target, Image.Resampling.LANCZOS)
    step = max(1, _STRIP_PIXELS // width // factor) * factor
    reduced: Image.Image | None = None
    for top in range(0, height, step):
        bottom = min(top + step, height)
        strip = _flatten(source.rows(top, bottom)).reduce(factor)
        if reduced is None:
            reduced = Image.new(strip.mode, (strip.width, -(-height // factor)))
        reduced.paste(strip, (0, top // factor))
    assert reduced is not None
    # The last averaged column and row may cover less than a whole block of pixels.
    box = (0, 0, width / factor, height / factor)
    return reduced.resize(target, Image.Resampling.LANCZOS, box=box)


def _flatten(image: Image.Image) -> Image.Image:
    """The picture on white, with 8 bits a channel, in one of the modes L, RGB and CMYK."""
    if image.mode.startswith("I;16"):
        # Pillow would clip 16 bit values. The one grey that a PNG may name as transparent stays
        # grey.
        return image.point(lambda value: value / 257).convert("L")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGB", layer.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _to_srgb(picture: Image.Image, embedded: bytes | None) -> Image.Image:
    """The picture as RGB in the colour space sRGB.

    A picture without a profile is assumed to be sRGB, as browsers do; so is one whose profile is
    broken or belongs to another kind of pixels.
    """
    if not embedded:
        return _as_rgb(picture)
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(embedded))
        if profile.profile.profile_description in _SRGB_NAMES:
            return _as_rgb(picture)
        mode = _PROFILE_MODES.get(profile.profile.xcolor_space.strip())
        if mode == "RGB" and picture.mode == "L":
            picture = _as_rgb(picture)
        if mode != picture.mode:
            return _as_rgb(picture)
        converted = ImageCms.profileToProfile(
            picture,
            profile,
            _srgb(),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, *BAD_INPUT):
        return _as_rgb(picture)
    assert converted is not None
    return converted


def _as_rgb(picture: Image.Image) -> Image.Image:
    """The picture in the mode RGB: itself if it is, of which Pillow would make a copy."""
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _cascade(
    picture: Image.Image, planned: tuple[PlannedRendition, ...]
) -> list[tuple[PlannedRendition, Image.Image]]:
    """The picture in every planned size, each scaled down from the one its plan names."""
    made: dict[str | None, Image.Image] = {None: picture}
    for rendition in planned:
        source = made[rendition.made_from]
        size = (rendition.width, rendition.height)
        if rendition.spec.square_crop:
            scaled = ImageOps.fit(source, size, Image.Resampling.LANCZOS)
        elif source.size == size:
            scaled = source
        else:
            scaled = source.resize(size, Image.Resampling.LANCZOS)
        made[rendition.spec.name] = scaled
    return [(rendition, made[rendition.spec.name]) for rendition in planned]


def _encode(picture: Image.Image, planned: PlannedRendition) -> bytes:
    target = BytesIO()
    options = _ENCODERS[planned.spec.format]
    picture.save(target, quality=planned.spec.quality, **options)
    return target.getvalue()


def _placeholder(picture: Image.Image) -> str:
    """The picture's ThumbHash in base64."""
    scale = min(1, _PLACEHOLDER_SIDE / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    return base64.b64encode(thumb_hash(*size, small.tobytes())).decode("ascii")
