"""Colours, noise and light: what all painted scenes are made of, and the camera that takes them."""

from __future__ import annotations

import math
import random
from typing import Final, TypeAlias

from PIL import Image, ImageChops, ImageFilter, ImageOps

Colour: TypeAlias = tuple[int, int, int]
Size: TypeAlias = tuple[int, int]

_WHITE: Final = 255
_VIGNETTE: Final = 0.3
"""How much darker the corners are."""
_GRAIN: Final = 0.05


def colour(code: str) -> Colour:
    """A colour by its hexadecimal code: `e8b07a`."""
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`one`, with a share between 0 and 1 of `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def gradient(size: Size, *stops: tuple[float, Colour]) -> Image.Image:
    """Colours from top to bottom; each stop is a share of the height and the colour there."""
    width, height = size
    rows = bytearray()
    for y in range(height):
        at = y / max(1, height - 1)
        before = max((stop for stop in stops if stop[0] <= at), default=stops[0])
        after = min((stop for stop in stops if stop[0] >= at), default=stops[-1])
        way = after[0] - before[0]
        rows += bytes(mixed(before[1], after[1], (at - before[0]) / way if way else 0))
    return Image.frombytes("RGB", (1, height), bytes(rows)).resize((width, height))


def fade(size: Size, *stops: tuple[float, int]) -> Image.Image:
    """A mask from top to bottom, by stops as `gradient` has them."""
    return gradient(size, *((at, (value,) * 3) for at, value in stops)).getchannel("R")


def noise(
    size: Size, chance: random.Random, cells: Size, octaves: int = 5, rough: float = 0.5
) -> Image.Image:
    """Clouds, waves or stone as a mask of all values: of a few cells first, then of ever finer
    ones, which count `rough` times as much as those before."""
    across, down = cells
    made = _random(cells, chance)
    weight, sum_ = 1.0, 1.0
    for _ in range(octaves - 1):
        across, down = 2 * across, 2 * down
        weight *= rough
        sum_ += weight
        larger = made.resize((across, down), Image.Resampling.BICUBIC)
        made = Image.blend(larger, _random((across, down), chance), weight / sum_)
    return ImageOps.autocontrast(made.resize(size, Image.Resampling.BICUBIC), cutoff=0.5)


def crests(heights: Image.Image) -> Image.Image:
    """Heights folded at their middle, so that they have sharp crests, as mountains do."""
    return heights.point([255 - abs(2 * value - 255) for value in range(256)])


def _random(size: Size, chance: random.Random) -> Image.Image:
    return Image.frombytes("L", size, chance.randbytes(size[0] * size[1]))


def curve(mask: Image.Image, low: float, high: float, most: float = 1) -> Image.Image:
    """Values below `low` become none and those above `high` become `most`, smoothly between."""

    def smooth(value: float) -> float:
        share = min(1.0, max(0.0, (value / _WHITE - low) / (high - low)))
        return _WHITE * most * share * share * (3 - 2 * share)

    return mask.point([round(smooth(value)) for value in range(_WHITE + 1)])


def lit(heights: Image.Image, by: Size, strength: float = 2) -> Image.Image:
    """How light falls on heights from one side: 128 where they are even."""
    moved = heights.copy()
    moved.paste(heights, by)  # along the edges it stays, so that they are even
    return ImageChops.subtract(heights, moved, scale=1 / strength, offset=128)


def textured(image: Image.Image, relief: Image.Image) -> Image.Image:
    """The image under the light of a relief."""
    return ImageChops.overlay(image, Image.merge("RGB", (relief,) * 3))


def disc(radius: float, edge: float = 0) -> Image.Image:
    """A round mask: hard with an edge of 0, and at 1 it falls off from its middle."""
    side = max(2, round(2 * radius))
    distance = Image.radial_gradient("L").resize((side, side), Image.Resampling.BICUBIC)
    # 255 is the distance of the corners.
    reach = _WHITE / math.sqrt(2)
    inner = reach * (1 - max(edge, 2 / side))

    def value(at: float) -> float:
        share = min(1.0, max(0.0, (reach - at) / (reach - inner)))
        return _WHITE * share * share * (3 - 2 * share)

    return distance.point([round(value(at)) for at in range(_WHITE + 1)])


def glow(
    canvas: Image.Image, at: tuple[float, float], radius: float, shade: Colour, strength: float = 1
) -> None:
    """Add light around a point, in place."""
    mask = disc(radius, 1).point(lambda value: round(value * value / _WHITE * strength))
    light = Image.new("RGB", canvas.size)
    light.paste(shade, (round(at[0] - radius), round(at[1] - radius)), mask)
    canvas.paste(ImageChops.screen(canvas, light))


def spot(
    canvas: Image.Image, at: tuple[float, float], radius: float, shade: Colour, share: float = 1
) -> None:
    """Paint a disc, in place, as lights look that are out of focus."""
    mask = disc(radius, 0.16).point(lambda value: round(value * share))
    canvas.paste(shade, (round(at[0] - radius), round(at[1] - radius)), mask)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    """The picture out of focus. Strong blurs are made small, at a fraction of the work."""
    if radius < 8:
        return image.filter(ImageFilter.GaussianBlur(radius))
    scale = radius / 4
    small = image.resize([max(1, round(side / scale)) for side in image.size])
    return small.filter(ImageFilter.GaussianBlur(4)).resize(image.size, Image.Resampling.BICUBIC)


def taken(canvas: Image.Image, chance: random.Random, warmth: float = 0) -> Image.Image:
    """The picture as a camera takes it: softer highlights, darker corners, grain, a cast."""
    size = canvas.size
    corners = Image.radial_gradient("L").resize(size, Image.Resampling.BILINEAR)
    dark = corners.point(
        [round(_WHITE * (1 - _VIGNETTE * (value / _WHITE) ** 2.4)) for value in range(256)]
    )
    canvas = ImageChops.multiply(canvas, Image.merge("RGB", (dark,) * 3))
    toned = [
        round(_WHITE * (0.03 + 0.95 * (value / _WHITE) ** 0.96)) for value in range(_WHITE + 1)
    ]
    red = [min(_WHITE, round(value * (1 + 0.05 * warmth))) for value in toned]
    blue = [min(_WHITE, round(value * (1 - 0.05 * warmth))) for value in toned]
    canvas = canvas.point(red + toned + blue)
    half = (size[0] // 2 + 1, size[1] // 2 + 1)
    grain = _random(half, chance).resize(size, Image.Resampling.BILINEAR)
    return Image.blend(canvas, textured(canvas, grain), _GRAIN)
