"""Mountains, hills, dunes, trees and the sky above them. All paint on a canvas in place."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from tools.painting.light import (
    Colour,
    Size,
    blurred,
    crests,
    curve,
    fade,
    gradient,
    lit,
    mixed,
    noise,
    textured,
)

_MARGIN: Final = 20
_FINE: Final = 2
"""Outlines are drawn this many times as large, and made smaller: so that they have no steps."""


def clouds(
    canvas: Image.Image,
    chance: random.Random,
    horizon: float,
    *,
    bright: Colour,
    dark: Colour,
    cover: float = 0.5,
) -> None:
    """Clouds above the horizon, which is a share of the height: the nearer to it, the flatter."""
    width, height = canvas.size
    below = max(8, round(height * horizon))
    heights = noise((width, 2 * below), chance, (3, 5), 7, 0.52)
    # Seen from below: a far row of them takes less of the picture than a near one.
    near = (width * 0.22, 0, width * 0.78, 0)
    far = (0, 2 * below, width, 2 * below)
    quad = (near[0], near[1], far[0], far[1], far[2], far[3], near[2], near[3])
    # For the light, what is beyond the edges counts, too.
    flat = (width + _MARGIN, below + _MARGIN)
    heights = heights.transform(flat, Image.Transform.QUAD, quad, Image.Resampling.BILINEAR)
    shade = curve(lit(blurred(heights, 3), (10, 16), 2.4), 0.2, 0.75)
    shade, heights = (one.crop((_MARGIN, _MARGIN, *flat)) for one in (shade, heights))
    mask = curve(heights, 0.7 - cover * 0.5, 1.0 - cover * 0.3)
    mask = ImageChops.multiply(mask, fade(mask.size, (0, 235), (0.75, 210), (1, 40)))
    paint = Image.composite(
        Image.new("RGB", mask.size, bright), Image.new("RGB", mask.size, dark), shade
    )
    canvas.paste(paint, (0, 0), mask)


def stars(canvas: Image.Image, chance: random.Random, count: int, horizon: float) -> None:
    width, height = canvas.size
    draw = ImageDraw.Draw(canvas)
    for _ in range(count):
        x, y = chance.uniform(0, width), height * horizon * chance.random() ** 1.3
        size, light = chance.random() ** 6 * 1.7 + 0.5, round(120 + 135 * chance.random())
        draw.ellipse((x, y, x + size, y + size), fill=(light, light, min(255, light + 12)))


def ridge(chance: random.Random, roughness: float, steps: int = 9) -> list[float]:
    """A line of `2 ** steps + 1` heights about 0: at 0.35 as soft as hills, at 0.6 as rock."""
    line = [chance.uniform(-1, 1), chance.uniform(-1, 1)]
    reach = 1.0
    for _ in range(steps):
        finer = []
        for one, other in pairwise(line):
            finer += [one, (one + other) / 2 + chance.uniform(-reach, reach) * 0.6]
        line = [*finer, line[-1]]
        reach *= roughness
    return line


def below(size: Size, line: list[float], base: float, swing: float) -> Image.Image:
    """The mask of what lies below a line of heights; base and swing are shares of the height."""
    width, height = size[0] * _FINE, size[1] * _FINE
    step = width / (len(line) - 1)
    points = [(x * step, height * (base - swing * value)) for x, value in enumerate(line)]
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).polygon([*points, (width, height), (0, height)], fill=255)
    return mask.resize(size, Image.Resampling.BOX)


def mountain(
    canvas: Image.Image,
    chance: random.Random,
    base: float,
    swing: float,
    *,
    top: Colour,
    foot: Colour,
    roughness: float = 0.55,
    relief: float = 1.0,
    snow: Colour | None = None,
    peak: float | None = None,
) -> None:
    """A range of mountains in the light of one side.

    `snow` lies where it is high and not steep; `peak` is where the highest one is, as a share of
    the width.
    """
    size = canvas.size
    line = ridge(chance, roughness)
    if peak is not None:
        away = [abs(at / (len(line) - 1) - peak) for at in range(len(line))]
        line = [0.6 * value + 1.1 - 2.9 * far for value, far in zip(line, away, strict=True)]
    mask = below(size, line, base, swing)
    start, end = max(0.0, base - swing * 1.4), min(1.0, base + swing * 1.6)
    body = gradient(size, (start, top), (end, foot))
    rock = crests(noise(size, chance, (6, 5), 6, 0.5))
    light = lit(rock, (4, -3), 2.0 * relief)
    if snow:
        high = fade(size, (max(0.0, base - swing * 1.1), 255), (min(1.0, base + swing * 0.9), 60))
        lies = curve(ImageChops.multiply(high, curve(rock, -0.1, 0.9)), 0.3, 0.45)
        body.paste(snow, mask=lies)
    canvas.paste(textured(body, light), mask=mask)


def mist(
    canvas: Image.Image,
    chance: random.Random,
    top: float,
    bottom: float,
    *,
    shade: Colour,
    most: float,
) -> None:
    """Mist between two heights, thickest in the middle."""
    size = canvas.size
    band = fade(
        size, (max(0, top), 0), ((top + bottom) / 2, round(255 * most)), (min(1, bottom), 0)
    )
    drift = curve(noise(size, chance, (2, 9), 4), 0.05, 0.9)
    canvas.paste(shade, mask=ImageChops.multiply(band, drift))


def firs(
    canvas: Image.Image,
    chance: random.Random,
    base: float,
    tall: float,
    *,
    shade: Colour,
    count: int,
) -> None:
    """A line of firs before what is behind them; `tall` is a share of the height."""
    width, height = canvas.size
    mask = Image.new("L", (width * _FINE, height * _FINE))
    draw = ImageDraw.Draw(mask)
    ground = ridge(chance, 0.45, 6)
    for _ in range(count):
        at = chance.random()
        x = at * mask.width
        foot = mask.height * (base - 0.03 * ground[round(at * (len(ground) - 1))])
        _fir(draw, chance, x, foot, mask.height * tall * chance.uniform(0.4, 1))
    canvas.paste(shade, mask=mask.resize(canvas.size, Image.Resampling.BOX))
    canvas.paste(shade, mask=below(canvas.size, ground, base, 0.03))


def _fir(
    draw: ImageDraw.ImageDraw, chance: random.Random, x: float, foot: float, tall: float
) -> None:
    rows = 13
    left, right = [], []
    for row in range(rows + 1):
        y = foot - tall * (1 - row / rows)
        reach = tall * 0.2 * (row / rows) ** 0.85
        for share in (0.35, 1.0):
            ragged = chance.uniform(0.75, 1.15)
            left.append((x - reach * share * ragged, y + tall * 0.05 * share))
            right.append((x + reach * share * ragged, y + tall * 0.05 * share))
    draw.polygon([(x, foot - tall * 1.04), *right, *reversed(left)], fill=255)


def dune(
    canvas: Image.Image,
    chance: random.Random,
    base: float,
    swing: float,
    *,
    bright: Colour,
    dark: Colour,
) -> None:
    """A dune: its sunny side up to the crest, the other side in the shade, and ripples on both."""
    size = canvas.size
    width, height = size
    peak, bend = chance.uniform(0.3, 0.75), chance.uniform(0.45, 0.8)
    line = [
        math.cos(math.tau * bend * (at / 128 - peak)) + 0.06 * math.sin(7 * peak + at / 9)
        for at in range(129)
    ]
    ripples = noise(size, chance, (4, 40), 4)
    body = gradient(size, (max(0.0, base - swing), bright), (1, mixed(bright, dark, 0.45)))
    canvas.paste(textured(body, lit(ripples, (1, -2), 0.7)), mask=below(size, line, base, swing))
    # The shady side is cut off by a line that swings down from the crest's highest point.
    top = round(128 * peak)
    crest = [(at * width / 128, height * (base - swing * line[at])) for at in range(top + 1)]
    x, y = crest[-1]
    swung = [
        (x * (1 - 0.55 * t) + width * 0.07 * math.sin(4.4 * t), y + height * (1.06 - base) * t)
        for t in (step / 24 for step in range(25))
    ]
    foot = [*swung, (-1, swung[-1][1])]
    shade = Image.new("L", size)
    ImageDraw.Draw(shade).polygon([*crest, *foot], fill=255)
    shade = ImageChops.multiply(blurred(shade, 1.2), below(size, line, base, swing))
    shade = ImageChops.multiply(shade, fade(size, (0, 255), (base, 255), (1, 130)))
    canvas.paste(textured(Image.new("RGB", size, dark), lit(ripples, (1, -2), 0.5)), mask=shade)


def grass(canvas: Image.Image, chance: random.Random, base: float, shades: list[Colour]) -> None:
    """Blades before all else: the nearer, the larger and the less in focus."""
    width, height = canvas.size
    for depth, shade in enumerate(shades):
        layer = Image.new("L", canvas.size)
        draw = ImageDraw.Draw(layer)
        near = (depth + 1) / len(shades)
        for _ in range(round(150 - 80 * near)):
            x = chance.uniform(-0.05, 1.05) * width
            tall = height * (1 - base) * chance.uniform(0.45, 1.1) * (0.6 + 0.6 * near)
            lean = chance.gauss(0, 0.22) * tall
            thick = (2 + 7 * near) * chance.uniform(0.5, 1)
            foot = height * 1.02
            blade = [(x - thick, foot), (x + lean * 0.35 - thick * 0.6, foot - tall * 0.6)]
            blade += [(x + lean, foot - tall), (x + lean * 0.35 + thick * 0.6, foot - tall * 0.6)]
            draw.polygon([*blade, (x + thick, foot)], fill=255)
        canvas.paste(shade, mask=blurred(layer, 1 + 6 * near * near))
