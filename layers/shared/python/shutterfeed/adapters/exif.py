"""What EXIF says of a photo: how it is turned, when and with which camera it was taken."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.ExifTags import IFD
from PIL.ExifTags import Base as ExifTag
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from shutterfeed.adapters import chunks
from shutterfeed.adapters.bad_input import BAD_INPUT
from shutterfeed.domain.photos import Capture

_MAX_CAMERA: Final = 100
"""The highest number of characters of a camera's name; a longer text is ignored."""
_OFFSET: Final = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")

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
_FROM_THE_RIGHT: Final = frozenset({2, 3, 6, 7})
"""The orientations of which the stored rows or columns become columns from the right to the left,
once the picture is upright."""
_FROM_BELOW: Final = frozenset({3, 4, 7, 8})
"""The same for its rows, from below."""
_OTHER_SOURCES: Final = ("xmp", "XML:com.adobe.xmp", "Raw profile type exif")
"""Where else than in EXIF Pillow would look, unlike browsers."""


def read(image: ImageFile) -> Image.Exif:
    """The photo's EXIF; empty if there is none, or if it cannot be read.

    For AVIF, Pillow reports the orientation of the file's own properties as EXIF.
    """
    if isinstance(image, PngImageFile):
        # EXIF may come after the picture in the file. The picture is loaded here, so that a broken
        # picture is not mistaken for broken EXIF.
        image.load()
    for other in _OTHER_SOURCES:
        image.info.pop(other, None)
    try:
        return image.getexif()
    except BAD_INPUT:
        # Cameras write broken EXIF, and phones and browsers show such photos as they are.
        return Image.Exif()


def parsed(block: bytes) -> Image.Exif:
    """The EXIF in a block of bytes; empty if it cannot be read."""
    exif = Image.Exif()
    with suppress(*BAD_INPUT):
        exif.load(block)
    return exif


def orientation(image: ImageFile, content: bytes, found: Image.Exif) -> int:
    """The orientation of a photo, 1 to 8, as browsers take it; 1 (upright) if there is none.

    `found` is what `read` gives. Browsers take it from the EXIF of a JPEG, from that of a PNG if it
    comes before the picture, from the properties of an AVIF, and from nothing in other formats.
    """
    if isinstance(image, PngImageFile):
        return _orientation(parsed(chunks.before_the_picture(content).get(b"eXIf", b"")))
    return _orientation(found) if isinstance(image, JpegImageFile | AvifImageFile) else 1


def _orientation(exif: Image.Exif) -> int:
    try:
        value = exif.get(ExifTag.Orientation)
    except BAD_INPUT:
        return 1
    return value if isinstance(value, int) and value in _UPRIGHT else 1


def turned(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """The width and height that are stored for an upright picture of this size, and the other way
    round."""
    return size[::-1] if orientation in _SIDEWAYS else size


def as_stored(
    box: tuple[int, int, int, int], size: tuple[int, int], orientation: int
) -> tuple[int, int, int, int]:
    """A box of the upright picture, which has this size, as it lies in the stored one."""
    left, upper, right, lower = box
    if orientation in _FROM_THE_RIGHT:
        left, right = size[0] - right, size[0] - left
    if orientation in _FROM_BELOW:
        upper, lower = size[1] - lower, size[1] - upper
    sideways = orientation in _SIDEWAYS
    return (upper, left, lower, right) if sideways else (left, upper, right, lower)


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture turned upright: itself if it is."""
    turn = _UPRIGHT.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def capture(exif: Image.Exif) -> Capture | None:
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
