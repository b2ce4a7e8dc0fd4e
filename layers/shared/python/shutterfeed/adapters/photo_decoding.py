"""Decodes the photo in a file, upright, in sRGB, and not much larger than its renditions.

The bytes come from strangers: what they cause is any of `BAD_INPUT`, or `PhotoRefused`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Final

from PIL import AvifImagePlugin, Image, PngImagePlugin
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from shutterfeed.adapters import chunks, exif, heif_decoding
from shutterfeed.adapters.announced import check_announced
from shutterfeed.adapters.colour import described as colours
from shutterfeed.adapters.colour.conversion import ToSrgb, as_rgb
from shutterfeed.adapters.colour.described import Colours
from shutterfeed.adapters.cropping import Box, Shown, cut, scaled_down
from shutterfeed.adapters.decoded import STILL, Decoded
from shutterfeed.adapters.frames import gif
from shutterfeed.adapters.incomplete_photos import DAMAGED, check_decoded_webp
from shutterfeed.adapters.jpeg_decoding import WatchedJpeg
from shutterfeed.adapters.jpeg_structure import read_structure
from shutterfeed.adapters.scaling import Source, cropped, flatten, shrink
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import (
    HEIF_TYPES,
    PhotoRefused,
    Planner,
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
    "image/avif": AvifImageFile,
}
"""The only decoders that see a stranger's bytes. They are named classes because `Image.open` would
pass a JPEG with further pictures behind it (stereo, depth, gain map) to a parser for those; we need
only the first picture, and want few parsers. HEIC is decoded by libheif instead."""
_DECODE_MARGIN: Final = 1.25
"""How many times larger than needed a JPEG has to leave the decoder, which can only scale down by
2, 4 or 8. Without a margin, a 4,608 px photo scaled down by 4 has an SSIM of 0.975 to its full
decode at 1080 px; with it, 0.998."""
_JPEG_SCALES: Final = (8, 4, 2, 1)

# Text, to which this limit applies too, never reaches Pillow.
PngImagePlugin.MAX_TEXT_CHUNK = chunks.MAX_PROFILE
# The function has one core; more threads would only take more memory.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def decode(
    content: bytes, content_type: str, crop: Crop | None = None, planner: Planner = plan
) -> Decoded:
    """Decode a photo, or the part of it in `crop`, in the size that the planned renditions are made
    from."""
    if content_type in HEIF_TYPES:
        return heif_decoding.decode(content, content_type, crop, planner)
    if content_type == "image/gif":
        return _decode_gif(content, content_type, crop, planner)
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
    size = image.size
    width, height = exif.turned(size, orientation)
    shown = Shown(width, height, crop)
    box = Box(*exif.as_stored(shown.box, (width, height), orientation))
    target = exif.turned(working_size(*shown.box.size, planner), orientation)

    check = partial(
        check_memory,
        content_type,
        size=len(content),
        buffered=buffered,
        pixels=width * height,
        working=target[0] * target[1],
    )
    wide, high = (
        _with_margin(needed) * whole // part
        for needed, whole, part in zip(target, size, box.size, strict=True)
    )
    image.draft(None, (wide, high) if crop is None else _affordable(size, (wide, high), check))
    check(*image.size)
    image.load()
    if isinstance(image, WebPImageFile):
        check_decoded_webp(content, image)
    shown.check()
    source = Source(*image.size, partial(cropped, image))
    part = cut(source, scaled_down(box, size, image.size))
    picture = ToSrgb(_colours(image, content)).convert(shrink(part, target))
    return Decoded(
        *shown.box.size,
        exif.upright(picture, orientation),
        exif.capture(described),
        _losses(image, frames),
    )


def _affordable(
    size: tuple[int, int], wanted: tuple[int, int], check: Callable[[int, int], None]
) -> tuple[int, int]:
    """The size in which a JPEG of this size is decoded of which a part is shown: the one that is
    wanted, so that the part is large enough; or if that would take too much memory, a half, a
    quarter or an eighth of its own. The whole photo takes little, as it is decoded smaller."""
    fitting = min(whole // least for whole, least in zip(size, wanted, strict=True))
    first = next((scale for scale in _JPEG_SCALES if scale <= fitting), 1)
    for scale in (scale for scale in reversed(_JPEG_SCALES) if scale >= first):
        try:
            check(-(-size[0] // scale), -(-size[1] // scale))
        except PhotoRefused:
            continue
        return wanted if scale == first else (size[0] // scale, size[1] // scale)
    return wanted


def _losses(image: ImageFile, frames: int) -> tuple[Note, ...]:
    """What of a file could not be kept."""
    is_damaged = isinstance(image, WatchedJpeg) and image.is_damaged
    return (*((DAMAGED,) if is_damaged else ()), *((STILL,) if frames > 1 else ()))


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


def _decode_gif(content: bytes, content_type: str, crop: Crop | None, planner: Planner) -> Decoded:
    """Decode the first picture of a GIF, which may cover only a part of its screen."""
    file = gif.taken_apart(content)
    width, height = file.size
    check_size(width, height)
    shown = Shown(width, height, crop)
    working = working_size(*shown.box.size, planner)
    check_memory(content_type, width, height, size=len(content), working=working[0] * working[1])
    part = file.parts[0]
    image = GifImageFile(BytesIO(part.file))
    image.load()
    shown.check()

    def rows(top: int, bottom: int) -> Image.Image:
        if part.box == (0, 0, width, height):
            return cropped(image, top, bottom)
        strip = Image.new("RGB", (width, bottom - top), "white")
        area = (0, top - part.box.top, image.width, bottom - part.box.top)
        covered = max(0, area[1]), min(image.height, area[3])
        if covered[0] < covered[1]:
            strip.paste(flatten(cropped(image, *covered)), (part.box.left, covered[0] - area[1]))
        return strip

    picture = as_rgb(shrink(cut(Source(width, height, rows), shown.box), working))
    return Decoded(*shown.box.size, picture, notes=(STILL,) if len(file.parts) > 1 else ())


def _with_margin(length: int) -> int:
    return round(length * _DECODE_MARGIN)
