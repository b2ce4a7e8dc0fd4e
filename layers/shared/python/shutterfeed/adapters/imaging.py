"""Photos decoded, scaled and encoded with Pillow; the only module that imports it.

The bytes come from strangers. Everything that can go wrong because of them leaves this module as
`PhotoRefused`; anything else is an error of ours and escapes, so that the work is tried again.
"""

from __future__ import annotations

import base64
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import IO, Any, Final

from PIL import Image, ImageCms, ImageOps
from PIL.ExifTags import Base as ExifTag
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from thumbhash import rgba_to_thumb_hash

from shutterfeed.domain.photos import (
    PhotoRefused,
    PlannedRendition,
    RenderedPhoto,
    Rendition,
    check_size,
    plan,
    working_size,
)

_DECODERS: Final[dict[str, type[ImageFile]]] = {
    "image/jpeg": JpegImageFile,
    "image/png": PngImageFile,
    "image/webp": WebPImageFile,
}
"""The only decoders that see a stranger's bytes. Named classes rather than `Image.open`, which
hands a JPEG with further pictures behind it (stereo, depth, gain map) on to a parser for those;
we want the first picture, and no more parsers than that takes."""

_ENCODERS: Final[dict[str, dict[str, Any]]] = {
    # Progressive: 5 % fewer bytes and a picture that sharpens while it loads, for 12 ms of CPU
    # at 1080 px. It implies optimised Huffman tables.
    "jpeg": {"format": "JPEG", "progressive": True},
    # Method 4: 4 % fewer bytes than 2 at a higher SSIM for 46 ms more at 1080 px, which about
    # five views pay back in traffic; 6 doubles the time again for 4 % and a lower SSIM.
    "webp": {"format": "WEBP", "method": 4},
}

_DECODE_MARGIN: Final = 1.25
"""How much larger than needed a JPEG comes out of the decoder, which only halves, quarters or
eighths. Without a margin a quartered 4,608 px photo has an SSIM of 0.975 to its full decode at
1080 px; with it, 0.998."""
_REDUCE_MARGIN: Final = 2.0
"""Whole-number averaging stops at this multiple of the size wanted; Lanczos does the rest."""
_STRIP_PIXELS: Final = 4_000_000

_MAX_SCANS: Final = 100
"""A JPEG may refine its picture in any number of passes, each as long as the picture is large and
a few bytes short. Encoders make about 10; 100 of 100 megapixels take some 6 s."""
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SCAN, _END_OF_IMAGE = 0xDA, 0xD9

_PLACEHOLDER_SIDE: Final = 32
"""ThumbHash keeps 7 waves a side and is pure Python: 3 ms from 32 px, 26 ms from its limit of 100,
for the same blur."""

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation."""
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})

_SRGB_NAMES: Final = frozenset({"sRGB", "sRGB IEC61966-2.1", "sRGB built-in"})
_PROFILE_MODES: Final = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The pixels that each colour space of an ICC profile describes."""

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
"""What Pillow raises for broken or hostile files, each seen or read in its source."""


class PillowImageCodec:
    """Makes all renditions of a photo from one decode."""

    def render(self, source: bytes | IO[bytes], content_type: str) -> RenderedPhoto:
        """The photo upright, in sRGB, without any metadata, in every planned size.

        Transparent parts become white, in WebP too: a photo must look the same whichever of the
        formats a client takes. Of several pictures in a file the first is taken. Raises
        `PhotoRefused`; errors of reading `source` itself pass through.
        """
        content = source if isinstance(source, bytes) else source.read()
        with _refusing_bad_input(content):
            width, height, picture = _decode(content, content_type)
        # Some of Pillow's encoders write what they find here, such as a JPEG comment.
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
        )


@contextmanager
def _refusing_bad_input(content: bytes) -> Iterator[None]:
    """Translate whatever a file makes Pillow raise into `PhotoRefused`."""
    try:
        # Pillow warns about oddities of the file; there is nobody here to read it.
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
    """Whether the file ends too early: by Pillow's message, or by the length a WebP declares."""
    if content.startswith(b"RIFF"):
        return int.from_bytes(content[4:8], "little") + 8 > len(content)
    return "truncated" in str(error).lower()


def _decode(content: bytes, content_type: str) -> tuple[int, int, Image.Image]:
    """The photo's upright size, and the picture itself in `working_size`, upright, in sRGB."""
    decoder = _DECODERS.get(content_type)
    if decoder is None:
        raise PhotoRefused("unsupported_type", "Photos may be JPEG, PNG or WebP.")
    image = decoder(BytesIO(content))
    check_size(content_type, *image.size)
    if content_type == "image/jpeg":
        _check_scans(content)
    orientation = _orientation(image)
    sideways = orientation in _SIDEWAYS
    width, height = reversed(image.size) if sideways else image.size
    upright_target = working_size(width, height)
    target = upright_target[::-1] if sideways else upright_target

    image.draft(None, (_with_margin(target[0]), _with_margin(target[1])))
    profile = image.info.get("icc_profile")
    picture = _to_srgb(_shrink(image, target), profile)
    turn = _UPRIGHT.get(orientation)
    return width, height, picture if turn is None else picture.transpose(turn)


def _with_margin(length: int) -> int:
    return round(length * _DECODE_MARGIN)


def _check_scans(content: bytes) -> None:
    """Refuse a JPEG whose first picture comes in more passes than any encoder makes."""
    scans, position = 0, 2
    while found := _MARKER.search(content, position):
        marker = content[found.start() + 1]
        if marker == _END_OF_IMAGE:
            return
        if marker == _SCAN:
            scans += 1
            if scans > _MAX_SCANS:
                raise PhotoRefused(
                    "undecodable",
                    f"The photo is built up in more than {_MAX_SCANS} passes. Please save it "
                    "again as an ordinary JPEG.",
                )
        # Past the segment, whose length counts its own two bytes.
        position = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")


def _orientation(image: ImageFile) -> int:
    """The EXIF orientation, 1-8; 1 (upright) where there is none, or EXIF nobody can read."""
    if isinstance(image, PngImageFile):
        # Its EXIF may stand behind the picture. Loaded here, a broken picture is not mistaken
        # for broken EXIF.
        image.load()
    try:
        value = image.getexif().get(ExifTag.Orientation)
    except BAD_INPUT:
        # Cameras write broken EXIF, and phones and browsers show such photos as they are.
        return 1
    return value if isinstance(value, int) and value in _UPRIGHT else 1


def _shrink(image: ImageFile, target: tuple[int, int]) -> Image.Image:
    """The picture in the size `target`, opaque, in one of the modes L, RGB and CMYK.

    In strips: Pillow would otherwise hold the full-size picture once more for each step.
    """
    image.load()
    factor = int(min(image.width / target[0], image.height / target[1]) / _REDUCE_MARGIN)
    if factor < 2:
        flat = _flatten(image)
        return flat if flat.size == target else flat.resize(target, Image.Resampling.LANCZOS)
    rows = max(1, _STRIP_PIXELS // image.width // factor) * factor
    reduced: Image.Image | None = None
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        strip = _flatten(image.crop((0, top, image.width, bottom))).reduce(factor)
        if reduced is None:
            reduced = Image.new(strip.mode, (strip.width, -(-image.height // factor)))
        reduced.paste(strip, (0, top // factor))
    assert reduced is not None
    # The last averaged column and row may stand for a part of a pixel.
    box = (0, 0, image.width / factor, image.height / factor)
    return reduced.resize(target, Image.Resampling.LANCZOS, box=box)


def _flatten(image: Image.Image) -> Image.Image:
    """The picture on white, with 8 bits a channel, in one of the modes L, RGB and CMYK."""
    if image.mode.startswith("I;16"):
        # Pillow converts by clipping. The one grey that a PNG may name as transparent stays grey.
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

    One without a profile is taken for sRGB, as browsers do; so is one whose profile is broken or
    describes other pixels than these.
    """
    if not embedded:
        return picture.convert("RGB")
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(embedded))
        if profile.profile.profile_description in _SRGB_NAMES:
            return picture.convert("RGB")
        mode = _PROFILE_MODES.get(profile.profile.xcolor_space.strip())
        if mode == "RGB" and picture.mode == "L":
            picture = picture.convert("RGB")
        if mode != picture.mode:
            return picture.convert("RGB")
        converted = ImageCms.profileToProfile(
            picture,
            profile,
            _srgb(),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, *BAD_INPUT):
        return picture.convert("RGB")
    assert converted is not None
    return converted


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
    small = picture.copy()
    small.thumbnail((_PLACEHOLDER_SIDE, _PLACEHOLDER_SIDE))
    pixels = small.convert("RGBA").tobytes()
    return base64.b64encode(bytes(rgba_to_thumb_hash(*small.size, list(pixels)))).decode("ascii")
