"""The sea and lakes, what they mirror, and what is on them. All paint on a canvas in place."""

from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageDraw

from tools.painting.land import below, ridge
from tools.painting.light import (
    Colour,
    Size,
    blurred,
    curve,
    disc,
    fade,
    glow,
    lit,
    mixed,
    noise,
    textured,
)


def sea(
    canvas: Image.Image,
    chance: random.Random,
    horizon: float,
    deep: Colour,
    *,
    rough: float = 1.0,
    mirrored: float = 0.75,
    sun: tuple[float, Colour] | None = None,
) -> None:
    """Water from the horizon down: it mirrors a share of what is above it, and the rest is `deep`.
    The sun, at a share of the width, glitters on it."""
    width, height = canvas.size
    top = round(height * horizon)
    size = (width, height - top)
    mirror = canvas.crop((0, max(0, top - size[1]), width, top))
    mirror = mirror.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(size)
    waves = _plane(size, noise((1024, 1024), chance, (12, 48), 5, 0.55))
    mirror = _shaken(mirror, waves, rough)
    far = fade(size, (0, round(255 * mirrored)), (1, round(255 * mirrored * 0.55)))
    water = Image.composite(mirror, Image.new("RGB", size, deep), far)
    relief = lit(waves, (0, -3), 1.1 * rough)
    calm = fade(size, (0, 40), (0.15, 150), (1, 255))
    relief = Image.composite(relief, Image.new("L", size, 128), calm)
    water = textured(water, relief)
    if sun:
        at, shade = sun
        path = disc(0.5 * width, 1).resize((round(0.34 * width), 2 * size[1] + 1))
        column = Image.new("L", size)
        column.paste(path, (round(at * width - path.width / 2), -size[1] // 2))
        sparkle = curve(waves, 0.55 - 0.1 * rough, 0.78)
        water.paste(shade, mask=ImageChops.multiply(column, sparkle))
    canvas.paste(water, (0, top))
    line = fade((width, 3), (0, 60), (0.5, 120), (1, 60))
    canvas.paste(mixed(deep, (255, 255, 255), 0.4), (0, top - 1), line)


def _plane(size: Size, pattern: Image.Image) -> Image.Image:
    """A pattern that lies flat, seen from above it: ever smaller towards the horizon."""
    width, height = size
    near = height / 9
    across, down = pattern.size
    data = (
        across / width,
        across / 2 / near,
        0,
        0,
        0,
        down - 2,
        0,
        1 / near,
    )
    return pattern.transform(size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)


def _shaken(mirror: Image.Image, waves: Image.Image, rough: float) -> Image.Image:
    """What is mirrored, drawn out and torn by the waves."""
    drawn = blurred(mirror, 1 + 2 * rough)
    shifted = ImageChops.offset(blurred(mirror, 2 + 3 * rough), 0, round(26 * rough))
    return Image.composite(drawn, shifted, curve(waves, 0.3, 0.7))


def islands(
    canvas: Image.Image, chance: random.Random, horizon: float, shade: Colour, haze: Colour
) -> None:
    """Low islands with trees, before there is water: the farther, the more in the haze."""
    size = canvas.size
    for depth in (0.75, 0.45, 0.0):
        line = ridge(chance, 0.62)
        middle, reach = chance.uniform(0.1, 0.9), chance.uniform(0.16, 0.3)
        shaped = []
        for at, value in enumerate(line):
            away = (at / (len(line) - 1) - middle) / reach
            shaped.append(max(-1.0, 1.0 - away * away) + value * 0.5 * max(0.0, 1 - away * away))
        mask = below(size, shaped, horizon, 0.035 * (1.15 - depth))
        canvas.paste(mixed(shade, haze, depth), mask=mask)


def boats(canvas: Image.Image, chance: random.Random, horizon: float, shade: Colour) -> None:
    """Fishing boats with their masts and lamps, at anchor."""
    width, height = canvas.size
    draw = ImageDraw.Draw(canvas)
    for depth in (0.04, 0.07, 0.13):
        x = chance.uniform(0.12, 0.82) * width
        long, y = width * (0.06 + depth), height * (horizon + depth)
        hull = [(x, y), (x + long, y - long * 0.06), (x + long * 0.86, y + long * 0.14)]
        draw.polygon([*hull, (x + long * 0.14, y + long * 0.14)], fill=shade)
        cabin = (x + long * 0.2, y - long * 0.2, x + long * 0.42, y)
        draw.rectangle(cabin, fill=shade)
        mast = x + long * 0.55
        draw.line((mast, y, mast, y - long * 0.7), fill=shade, width=max(2, round(long / 45)))
        draw.line((mast, y - long * 0.66, x + long, y - long * 0.05), fill=shade, width=1)
        draw.line((mast, y - long * 0.66, x, y), fill=shade, width=1)
        lamp = (255, 190, 110)
        glow(canvas, (x + long * 0.31, y - long * 0.1), long * 0.2, lamp)
        draw = ImageDraw.Draw(canvas)


def shore(
    canvas: Image.Image, chance: random.Random, base: float, sand: Colour, foam: Colour
) -> None:
    """A beach at the lower edge, wet and bright where the last wave was."""
    size = canvas.size
    line = [0.6 * value for value in ridge(chance, 0.4, 7)]
    relief = lit(noise(size, chance, (30, 60), 4, 0.5), (1, -2), 0.5)
    wet = below(size, line, base, 0.05)
    canvas.paste(foam, mask=blurred(wet, 2))
    inner = ImageChops.offset(wet, 0, round(size[1] * 0.018))
    inner.paste(0, (0, 0, size[0], round(size[1] * 0.02)))
    gloss = Image.blend(canvas, Image.new("RGB", size, mixed(sand, foam, 0.3)), 0.75)
    canvas.paste(gloss, mask=blurred(inner, 3))
    dry = ImageChops.offset(wet, 0, round(size[1] * 0.09))
    dry.paste(0, (0, 0, size[0], round(size[1] * 0.1)))
    canvas.paste(textured(Image.new("RGB", size, sand), relief), mask=blurred(dry, 5))
