"""Crops: the part of a photo that is shown, while its file is kept whole.

A crop is a rectangle of the picture as it is shown, so after its orientation. It belongs to one
medium. The content of a cropped medium is stored apart, under a name that has the medium's id: its
renditions are never another medium's, and no other's are its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.errors import InvalidInput

UNITS: Final = 10_000
"""A picture's width and its height have as many units each."""
DIGITS: Final = 4
"""The decimal places of a fraction of them: one unit."""
MIN_PART: Final = 100
"""The smallest width and height of a crop in units: a hundredth of the picture's."""
MIN_SIDE: Final = 64
"""The smallest width and height of a cropped photo in pixels. A photo that is smaller itself may
keep its own."""


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture that is shown, in units of `UNITS`: its left upper corner, and its
    size. Whole numbers, so that equal crops are equal values."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.x},{self.y},{self.width},{self.height}"

    def fractions(self) -> dict[str, float]:
        """Its corner and size as fractions of the picture's width and height."""
        return {
            "x": self.x / UNITS,
            "y": self.y / UNITS,
            "width": self.width / UNITS,
            "height": self.height / UNITS,
        }

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """The left, upper, right and lower edge in an upright picture of this size. The right and
        lower edge are the first column and row that are not shown. Each edge is rounded to the
        nearest whole pixel, and at least one pixel is left."""
        left, right = _edges(self.x, self.width, width)
        upper, lower = _edges(self.y, self.height, height)
        return left, upper, right, lower


def crop_of(x: float, y: float, width: float, height: float, field: str) -> Crop | None:
    """The crop that a client has sent, in fractions of the picture's width and height. Edges are
    rounded to four decimal places. None if it leaves the whole picture.

    Raises `InvalidInput`, with `field` as the name of its value.
    """
    # Written so that NaN, which compares false with everything, is refused too.
    if not (0 <= x <= 1 and 0 <= y <= 1 and 0 < width <= 1 and 0 < height <= 1):
        raise _invalid("x, y, width and height must be fractions of the picture: 0 to 1", field)
    left, upper = round(x * UNITS), round(y * UNITS)
    right, lower = round((x + width) * UNITS), round((y + height) * UNITS)
    if right > UNITS or lower > UNITS:
        raise _invalid("it must be within the picture", field)
    if min(right - left, lower - upper) < MIN_PART:
        raise _invalid("it must have at least a hundredth of the width and of the height", field)
    crop = Crop(left, upper, right - left, lower - upper)
    return None if crop == Crop(0, 0, UNITS, UNITS) else crop


def parse_crop(text: str) -> Crop | None:
    """The crop that `str` made this text of; None if the text is empty."""
    if not text:
        return None
    x, y, width, height = map(int, text.split(","))
    return Crop(x, y, width, height)


def check_uncropped(crop: Crop | None, field: str) -> None:
    """Raise `InvalidInput` if a video was to be cropped."""
    if crop is not None:
        message = "Only photos can be cropped. Send the video without a crop."
        raise InvalidInput("crop_of_video", message, field)


def is_large_enough(crop: Crop, width: int, height: int) -> bool:
    """Whether enough is left of an upright picture of this size in pixels."""
    left, upper, right, lower = crop.pixels(width, height)
    return right - left >= min(MIN_SIDE, width) and lower - upper >= min(MIN_SIDE, height)


def content_name(sha256: str, media_id: str, crop: Crop | None) -> str:
    """The name under which a medium's content is stored: the content's SHA-256, which all media
    share that show it whole; and for a cropped one `<sha256>/<medium>`."""
    return sha256 if crop is None else f"{sha256}/{media_id}"


def content_names(sha256: str, media_id: str) -> tuple[str, str]:
    """Both names that a medium's content may have, whether it is cropped or not."""
    return sha256, f"{sha256}/{media_id}"


def sha256_of(name: str) -> str:
    """The SHA-256 of a content, by the name under which it is stored."""
    return name.partition("/")[0]


def cropped_medium_of(name: str) -> str | None:
    """The medium that has a content to itself, since it shows it cropped; None if the name is that
    of a whole content."""
    return name.partition("/")[2] or None


def _edges(start: int, length: int, pixels: int) -> tuple[int, int]:
    first, last = (_rounded(unit * pixels) for unit in (start, start + length))
    if first < last:
        return first, last
    first = min(first, pixels - 1)
    return first, first + 1


def _rounded(product: int) -> int:
    """A product of units and pixels in whole pixels."""
    return (2 * product + UNITS) // (2 * UNITS)


def _invalid(rule: str, field: str) -> InvalidInput:
    return InvalidInput("invalid_crop", f"The crop is wrong: {rule}.", field)
