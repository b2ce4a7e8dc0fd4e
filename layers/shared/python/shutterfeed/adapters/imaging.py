"""Decodes, scales and encodes photos with Pillow. Only the decoder server loads this module.

The bytes come from strangers. Every error that they cause leaves this module as `PhotoRefused`; any
other error is a fault of ours and escapes, so that the work is tried again.
"""

from __future__ import annotations

import base64
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import ceil
from typing import IO, Any, Final

import pillow_heif
from PIL import AvifImagePlugin, Image, ImageOps, PngImagePlugin
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from shutterfeed.adapters import boxes, chunks, exif
from shutterfeed.adapters.announced import check_announced
from shutterfeed.adapters.bad_input import BAD_INPUT
from shutterfeed.adapters.colour import described as colours
from shutterfeed.adapters.colour.conversion import ToSrgb, as_rgb
from shutterfeed.adapters.colour.described import Colours
from shutterfeed.adapters.frames import gif
from shutterfeed.adapters.frames.canvas import on_white, with_8_bits
from shutterfeed.adapters.incomplete_photos import DAMAGED, check_decoded_webp
from shutterfeed.adapters.jpeg_decoding import WatchedJpeg
from shutterfeed.adapters.jpeg_structure import read_structure
from shutterfeed.adapters.pdq import perceptual_hash
from shutterfeed.adapters.thumb_hash import thumb_hash
from shutterfeed.domain.notes import Note
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
    too_much_memory,
    working_size,
)

_DECODERS: Final[dict[str, type[ImageFile]]] = {
    "image/jpeg": JpegImageFile,
    "image/png": PngImageFile,
    "image/webp": WebPImageFile,
    "image/avif": AvifImageFile,
}
"""The only decoders that see a stranger's bytes. They are named classes because `Image.open` would
pass a JPEG with further pictures behind it (stereo, depth, gain map) to a parser for those; we need
only the first picture, and want few parsers. HEIC is decoded by libheif instead."""
_HEIF_TYPES: Final = frozenset({"image/heic", "image/heif"})
_ALIKE: Final = frozenset({"altr", "ster"})
"""The groups in a HEIF file whose pictures show the same: alternatives, and one for each eye."""
_STILL: Final = Note(
    "animation_left_out", "The file is an animation. Only its first picture is shown."
)

# Only the picture itself is decoded: a thumbnail in the file may show something else, and every
# further decoder is one more that a stranger's bytes can attack.
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
# Text, to which this limit applies too, never reaches Pillow.
PngImagePlugin.MAX_TEXT_CHUNK = chunks.MAX_PROFILE
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
_LANCZOS_REACH: Final = 3
"""The number of pixels around each one, in the smaller picture, that Lanczos looks at."""
_STRIP_PIXELS: Final = 1_000_000
_WHOLE_PIXELS: Final = 8_000_000
"""Up to so many pixels a picture is resized as a whole."""

_OUT_OF_MEMORY: Final = re.compile(r"memory|security limit", re.IGNORECASE)
"""The words with which decoders say that they asked for more memory than they may have."""

_HASHABLE_SIDE: Final = 256
"""The shorter side in pixels from which on a perceptual hash is computed of a smaller picture."""
_PLACEHOLDER_SIDE: Final = 32
"""The size in pixels from which the ThumbHash is made, which keeps only 7 waves a side."""


@dataclass(frozen=True, slots=True)
class PillowImageCodec:
    """Makes all renditions of a photo from one decode."""

    hashes: bool = False
    """Whether it also computes the photo's perceptual hash."""

    def render(self, source: bytes | IO[bytes], content_type: str) -> RenderedPhoto:
        """Make every planned size of the photo: upright, in sRGB, without any metadata.

        Transparent parts become white, in WebP too, so that a photo looks the same in every format.
        If the file has several pictures, the first is used. Raises `PhotoRefused`; errors in
        reading `source` itself pass through.
        """
        content = source if isinstance(source, bytes) else source.read()
        with _refusing_bad_input(content):
            photo = _decode(content, content_type)
        # Some of Pillow's encoders would write metadata from here, such as a JPEG comment.
        photo.picture.info = {}
        made = _cascade(photo.picture, plan(photo.width, photo.height))
        return RenderedPhoto(
            photo.width,
            photo.height,
            _placeholder(photo.picture),
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
            photo.capture,
            photo.notes,
            perceptual_hash(_hashable(photo.picture, made)) if self.hashes else None,
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
        raise too_much_memory() from error
    except BAD_INPUT as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise too_much_memory() from error
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


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A photo's upright width and height, the picture in `working_size`, upright and in sRGB, and
    what else its file holds."""

    width: int
    height: int
    picture: Image.Image
    capture: Capture | None = None
    notes: tuple[Note, ...] = ()


def _decode(content: bytes, content_type: str) -> _Decoded:
    if content_type in _HEIF_TYPES:
        return _decode_heif(content, content_type)
    if content_type == "image/gif":
        return _decode_gif(content, content_type)
    if content_type == "image/png":
        if not chunks.has_sound_pixels(content):
            raise ValueError("the checksum of the pixels is wrong")
        content = chunks.without_burdens(content)
    image, buffered = _opened(content, content_type)
    check_size(*image.size)
    frames = getattr(image, "n_frames", 1)
    check_frames(frames)
    described = exif.read(image)
    orientation = exif.orientation(image, content, described)
    width, height = exif.turned(image.size, orientation)
    target = exif.turned(working_size(width, height), orientation)

    image.draft(None, (_with_margin(target[0]), _with_margin(target[1])))
    check_memory(
        content_type,
        *image.size,
        size=len(content),
        buffered=buffered,
        pixels=width * height,
        working=target[0] * target[1],
    )
    image.load()
    if isinstance(image, WebPImageFile):
        check_decoded_webp(content, image)
    source = _Source(*image.size, partial(_cropped, image))
    picture = ToSrgb(_colours(image, content)).convert(_shrink(source, target))
    return _Decoded(
        width,
        height,
        exif.upright(picture, orientation),
        exif.capture(described),
        _losses(image, frames),
    )


def _losses(image: ImageFile, frames: int) -> tuple[Note, ...]:
    """What of a file could not be kept."""
    is_damaged = isinstance(image, WatchedJpeg) and image.is_damaged
    return (*((DAMAGED,) if is_damaged else ()), *((_STILL,) if frames > 1 else ()))


def _opened(content: bytes, content_type: str) -> tuple[ImageFile, int]:
    """The file, of which nothing is decoded yet, and the number of bytes that its decoder collects
    before it has the first pixel. Raises `PhotoRefused` if it says itself that it is too large."""
    decoder = _DECODERS.get(content_type)
    if decoder is None:
        raise PhotoRefused("unsupported_type", "Photos may be JPEG, PNG, WebP, HEIC, AVIF or GIF.")
    if structure := read_structure(content) if decoder is JpegImageFile else None:
        check_size(structure.width, structure.height)
        pixels, buffered = structure.width * structure.height, structure.buffered
        check_memory(content_type, 0, 0, size=len(content), buffered=buffered, pixels=pixels)
        return WatchedJpeg(content, structure), buffered
    check_announced(content, content_type)
    if decoder is AvifImageFile:
        content = colours.decodable(content)
    return decoder(BytesIO(content)), 0


def _colours(image: ImageFile, content: bytes) -> Colours:
    embedded = image.info.get("icc_profile")
    if isinstance(image, PngImageFile):
        return colours.of_png(content, embedded)
    if isinstance(image, AvifImageFile):
        return colours.of_avif(content, embedded, moving=content[8:12] == b"avis")
    return colours.of_icc(embedded)


def _decode_gif(content: bytes, content_type: str) -> _Decoded:
    """Decode the first picture of a GIF, which may cover only a part of its screen."""
    file = gif.taken_apart(content)
    width, height = file.size
    check_size(width, height)
    working = working_size(width, height)
    check_memory(content_type, width, height, size=len(content), working=working[0] * working[1])
    part = file.parts[0]
    image = GifImageFile(BytesIO(part.file))
    image.load()

    def rows(top: int, bottom: int) -> Image.Image:
        if part.box == (0, 0, width, height):
            return _cropped(image, top, bottom)
        strip = Image.new("RGB", (width, bottom - top), "white")
        area = (0, top - part.box.top, image.width, bottom - part.box.top)
        covered = max(0, area[1]), min(image.height, area[3])
        if covered[0] < covered[1]:
            strip.paste(_flatten(_cropped(image, *covered)), (part.box.left, covered[0] - area[1]))
        return strip

    picture = as_rgb(_shrink(_Source(width, height, rows), working))
    return _Decoded(width, height, picture, notes=(_STILL,) if len(file.parts) > 1 else ())


def _decode_heif(content: bytes, content_type: str) -> _Decoded:
    """Decode like `_decode`, but with libheif. It turns the picture according to the file's own
    properties, which decide; an EXIF orientation in the file only repeats them."""
    if _boxes_end(content) > len(content):
        # libheif would show the part that is there, and leave the rest grey.
        raise EOFError("truncated")
    if boxes.find(content, None, b"meta") is None and boxes.has_movie(content):
        raise PhotoRefused(
            "unsupported_type",
            "The file is a sequence of pictures without one that stands for all. Please save it as "
            "a video.",
        )
    check_announced(content, content_type)
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

    scaled = _shrink(_Source(width, height, rows), working_size(width, height))
    return _Decoded(
        width,
        height,
        ToSrgb(colours.of_heif(picture.info)).convert(scaled),
        exif.capture(exif.parsed(picture.info.get("exif") or b"")),
        _left_out(content, pictures),
    )


def _left_out(content: bytes, pictures: Any) -> tuple[Note, ...]:
    """What a HEIF file has besides its primary picture that somebody would miss. Another version of
    the same picture is not missed, nor is the other eye's."""
    if boxes.has_movie(content):
        return (_STILL,)
    primary = pictures.primary_index
    groups = pictures.info.get("entity_groups", ())
    alike = {
        index
        for group in groups
        if group["type"] in _ALIKE and primary in group["images"]
        for index in group["images"]
    }
    others = len(set(range(len(pictures))) - alike - {primary})
    if not others:
        return ()
    return (
        Note(
            "pictures_left_out",
            f"The file has {others + 1:,} pictures. Only the one that it is opened with is shown.",
        ),
    )


def _cropped(image: Image.Image, top: int, bottom: int) -> Image.Image:
    if (top, bottom) == (0, image.height):
        # No copy is needed of the whole picture.
        return image
    return image.crop((0, top, image.width, bottom))


def _with_margin(length: int) -> int:
    return round(length * _DECODE_MARGIN)


def _shrink(source: _Source, target: tuple[int, int]) -> Image.Image:
    """The picture in the size `target`, opaque, in one of the modes L, RGB and CMYK.

    It is made in strips, since Pillow would otherwise hold one more full-size picture in memory for
    each step.
    """
    width, height = source.width, source.height
    factor = int(min(width / target[0], height / target[1]) / _REDUCE_MARGIN)
    if factor < 2:
        return _resized(source, target)
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


def _resized(source: _Source, target: tuple[int, int]) -> Image.Image:
    """The picture in the size `target`, which is not much smaller; opaque."""
    width, height = source.width, source.height
    if width * height <= _WHOLE_PIXELS:
        flat = _flatten(source.rows(0, height))
        return flat if flat.size == target else flat.resize(target, Image.Resampling.LANCZOS)
    scale = height / target[1]
    around = ceil(_LANCZOS_REACH * max(1.0, scale)) + 1
    step = max(1, int(_STRIP_PIXELS / width / scale))
    resized: Image.Image | None = None
    for top in range(0, target[1], step):
        bottom = min(top + step, target[1])
        first = max(0, int(top * scale) - around)
        last = min(height, ceil(bottom * scale) + around)
        strip = _flatten(source.rows(first, last))
        box = (0, top * scale - first, width, min(bottom * scale - first, strip.height))
        part = strip.resize((target[0], bottom - top), Image.Resampling.LANCZOS, box=box)
        if resized is None:
            resized = Image.new(part.mode, target)
        resized.paste(part, (0, top))
    assert resized is not None
    return resized


def _flatten(image: Image.Image) -> Image.Image:
    """The picture on white, with 8 bits a channel, in one of the modes L, RGB and CMYK."""
    image = with_8_bits(image)
    if image.has_transparency_data:
        return on_white(image)
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


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


def _hashable(
    picture: Image.Image, made: list[tuple[PlannedRendition, Image.Image]]
) -> Image.Image:
    """The smallest picture that has all that a perceptual hash looks at: a large one takes longer,
    and gives the same."""
    whole = [scaled for planned, scaled in made if not planned.spec.square_crop]
    enough = [scaled for scaled in whole if min(scaled.size) >= _HASHABLE_SIDE]
    return min(enough, key=lambda scaled: scaled.width, default=picture)


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
