"""Cuts the part of a photo that is shown out of it, before it is made smaller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image

from shutterfeed.adapters.scaling import Source
from shutterfeed.domain.crops import Crop, is_large_enough
from shutterfeed.domain.photos import PhotoRefused


class Box(NamedTuple):
    """A rectangle in a picture: its edges in pixels, without the last column and row."""

    left: int
    upper: int
    right: int
    lower: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.lower - self.upper


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of an upright photo of `width` x `height` pixels that is shown: `crop`, or all of
    it."""

    width: int
    height: int
    crop: Crop | None

    @property
    def box(self) -> Box:
        if self.crop is None:
            return Box(0, 0, self.width, self.height)
        return Box(*self.crop.pixels(self.width, self.height))

    def check(self) -> None:
        """Raise `PhotoRefused` if too little of the photo is left. Only to be asked of a photo that
        was decoded: what is no picture at all has to be refused as that."""
        if self.crop is None or is_large_enough(self.crop, self.width, self.height):
            return
        width, height = self.box.size
        raise PhotoRefused(
            "crop_too_small",
            f"The crop leaves {width:,} x {height:,} pixels of the photo, which is too little."
            " Please choose a larger part of it.",
        )


def cut(source: Source, box: Box) -> Source:
    """The part of a picture in `box`."""
    if box == (0, 0, source.width, source.height):
        return source
    width, height = box.size

    def rows(top: int, bottom: int) -> Image.Image:
        strip = source.rows(box.upper + top, box.upper + bottom)
        return strip.crop((box.left, 0, box.right, strip.height))

    return Source(width, height, rows)


def scaled_down(box: Box, size: tuple[int, int], decoded: tuple[int, int]) -> Box:
    """A box of a picture of this size in one that its decoder has made smaller. It holds no pixel
    that has something of what is outside of the box."""
    if size == decoded:
        return box
    left, right = _within(box.left, box.right, size[0], decoded[0])
    upper, lower = _within(box.upper, box.lower, size[1], decoded[1])
    return Box(left, upper, right, lower)


def _within(start: int, end: int, length: int, decoded: int) -> tuple[int, int]:
    """Two edges on the smaller scale, the first rounded up and the second down; one pixel apart at
    least."""
    first, last = -(-start * decoded // length), end * decoded // length
    if first < last:
        return first, last
    first = min(first, decoded - 1)
    return first, first + 1
