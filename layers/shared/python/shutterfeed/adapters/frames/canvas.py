"""Puts the parts of a GIF or an animated PNG onto a canvas that is transparent at first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from PIL import Image


class Dispose(Enum):
    """What becomes of a part's area before the next part is drawn."""

    KEEP = "keep"
    CLEAR = "clear"
    RESTORE = "restore"


class Box(NamedTuple):
    """The edges of an area in pixels."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Part:
    """What changes with one frame: the file of a still picture, and where it is drawn.

    `over` says whether transparent pixels show what was there before. `duration` is in
    milliseconds, as in the file.
    """

    file: bytes
    box: Box
    dispose: Dispose
    over: bool
    duration: float


class Decoded(NamedTuple):
    """A part that is decoded, in any mode."""

    part: Part
    picture: Image.Image


def composed(size: tuple[int, int], parts: Iterable[Decoded]) -> Iterator[Image.Image]:
    """The whole canvas with each part, as RGBA. A canvas is only valid until the next is asked
    for."""
    canvas = Image.new("RGBA", size)
    for part, picture in parts:
        area = _inside(part.box, size)
        before = canvas.crop(area) if part.dispose is Dispose.RESTORE else None
        draw(canvas, part, picture)
        yield canvas
        if before is not None:
            canvas.paste(before, area)
        elif part.dispose is Dispose.CLEAR:
            canvas.paste((0, 0, 0, 0), area)


def draw(canvas: Image.Image, part: Part, picture: Image.Image) -> None:
    """Draw a part onto an RGBA canvas; what is beyond the canvas is left out."""
    layer = with_8_bits(picture).convert("RGBA")
    if part.over:
        area = _inside(part.box, canvas.size)
        visible = layer.crop((0, 0, area.right - area.left, area.bottom - area.top))
        canvas.alpha_composite(visible, (area.left, area.top))
    else:
        canvas.paste(layer, (part.box.left, part.box.top))


def on_white(picture: Image.Image) -> Image.Image:
    """The picture without transparency: itself if it has none."""
    if not picture.has_transparency_data:
        return picture
    layer = picture.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


def with_8_bits(picture: Image.Image) -> Image.Image:
    """The picture with 8 bits a channel: itself unless it has 16. Pillow would clip greater values
    of grey. The one grey of 16 bits that a PNG may name as transparent stays grey."""
    if not picture.mode.startswith("I;16"):
        return picture
    return picture.point(lambda value: value / 257).convert("L")


def _inside(box: Box, size: tuple[int, int]) -> Box:
    """The area of a box that is inside the canvas, perhaps an empty one."""
    width, height = size
    left, top = min(box.left, width), min(box.top, height)
    return Box(left, top, max(left, min(box.right, width)), max(top, min(box.bottom, height)))
