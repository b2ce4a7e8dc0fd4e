"""What is near: lights of a town out of focus, leaves, fruit, a cup of tea, somebody in front of
the light. All paint on a canvas in place."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw

from tools.painting.light import (
    Colour,
    blurred,
    curve,
    disc,
    fade,
    glow,
    lit,
    mixed,
    noise,
    spot,
    textured,
)


def lights(canvas: Image.Image, chance: random.Random, base: float, shades: list[Colour]) -> None:
    """Lamps along a street that is wet, all of them out of focus."""
    width, height = canvas.size
    for _ in range(46):
        depth = chance.random()
        x = width * (0.5 + (chance.random() - 0.5) * (0.35 + 0.9 * depth))
        y = height * (base - (0.02 + 0.36 * depth * chance.random()))
        radius = width * (0.008 + 0.036 * depth * depth)
        shade = chance.choice(shades)
        spot(canvas, (x, y), radius, shade, 0.35 + 0.4 * chance.random())
        tall = round(height * (0.1 + 0.25 * depth))
        shine = disc(radius, 1).resize((max(2, round(radius * 2.4)), tall))
        shine = shine.point(lambda value: round(value * 0.32))
        canvas.paste(shade, (round(x - radius * 1.2), round(2 * height * base - y)), shine)


def dots(canvas: Image.Image, chance: random.Random, shades: list[Colour], count: int) -> None:
    """Light that falls through leaves far behind."""
    width, height = canvas.size
    for _ in range(count):
        at = (chance.uniform(0, width), chance.uniform(0, height))
        spot(canvas, at, width * chance.uniform(0.012, 0.06), chance.choice(shades), 0.3)


def fern(
    canvas: Image.Image,
    chance: random.Random,
    foot: tuple[float, float],
    long: float,
    shade: Colour,
) -> None:
    """A frond that bends over, with leaflets on both sides."""
    layer = Image.new("L", canvas.size)
    veins = Image.new("L", canvas.size)
    draw, lines = ImageDraw.Draw(layer), ImageDraw.Draw(veins)
    x, y = foot
    turn = chance.uniform(-0.35, 0.35) - math.pi / 2
    bend = chance.choice((-1, 1)) * chance.uniform(0.012, 0.03)
    steps = 30
    for step in range(steps):
        share = step / steps
        ahead = (x + math.cos(turn) * long / steps, y + math.sin(turn) * long / steps)
        lines.line((x, y, *ahead), fill=255, width=max(2, round(long / 130 * (1 - share))))
        reach = long * 0.24 * math.sin(math.pi * min(1, share * 0.92 + 0.1)) ** 0.8
        for side in (-1, 1):
            _leaflet(draw, lines, (x, y), turn + side * 0.95, long=reach, wide=long / steps * 0.46)
        (x, y), turn = ahead, turn + bend * (0.4 + 1.6 * share)
    tone = curve(noise(canvas.size, chance, (5, 5), 3), -1, 2)
    body = textured(Image.new("RGB", canvas.size, shade), tone)
    canvas.paste(body, mask=blurred(layer, 0.9))
    light = mixed(shade, (236, 246, 190), 0.35)
    canvas.paste(light, mask=blurred(veins, 0.9).point(lambda value: round(value * 0.55)))


def _leaflet(
    draw: ImageDraw.ImageDraw,
    lines: ImageDraw.ImageDraw,
    at: tuple[float, float],
    turn: float,
    *,
    long: float,
    wide: float,
) -> None:
    ahead = (math.cos(turn), math.sin(turn))
    aside = (-ahead[1], ahead[0])
    points = []
    for side in (1, -1):
        shares = (0.0, 0.25, 0.6, 1.0) if side > 0 else (0.6, 0.25)
        for share in shares:
            width = wide * math.sin(math.pi * min(0.99, share * 0.85 + 0.13)) * side
            width = 0 if share == 1 else width
            points.append(
                (
                    at[0] + ahead[0] * long * share + aside[0] * width,
                    at[1] + ahead[1] * long * share + aside[1] * width,
                )
            )
    draw.polygon(points, fill=255)
    tip = (at[0] + ahead[0] * long * 0.85, at[1] + ahead[1] * long * 0.85)
    lines.line((*at, *tip), fill=150, width=1)


def table(canvas: Image.Image, chance: random.Random, top: float, wood: Colour) -> None:
    """A wooden table from here down, in the light of a window."""
    width, height = canvas.size
    size = (width, height - round(height * top))
    grain = noise(size, chance, (2, 24), 5, 0.6)
    boards = textured(Image.new("RGB", size, wood), lit(grain, (0, -2), 0.9))
    shade = curve(grain, -1.6, 0.9).point(lambda value: 90 + value * 165 // 255)
    boards = ImageChops.multiply(boards, Image.merge("RGB", (shade,) * 3))
    far = fade(size, (0, 120), (0.2, 0), (1, 0))
    boards.paste(mixed(wood, (255, 240, 220), 0.3), mask=far)
    canvas.paste(boards, (0, height - size[1]))


def fruit(
    canvas: Image.Image, chance: random.Random, at: tuple[float, float], radius: float, skin: Colour
) -> None:
    """One round fruit, lit from the upper left, with its shadow on the table."""
    x, y = at
    shadow = disc(radius * 1.5, 1).resize((round(radius * 3.4), round(radius * 0.8)))
    place = (round(x - radius * 1.1), round(y + radius * 0.62))
    canvas.paste((24, 14, 10), place, shadow.point(lambda value: round(value * 0.75)))
    side = round(2 * radius)
    body = Image.new("RGB", (side, side), mixed(skin, (60, 14, 6), 0.6))
    for share, shift, tone in (
        (1.25, -0.18, mixed(skin, (40, 10, 5), 0.25)),
        (0.95, -0.26, skin),
        (0.5, -0.36, mixed(skin, (255, 246, 225), 0.45)),
    ):
        mask = disc(radius * share, 1)
        move = round(radius * (1 - share + shift))
        body.paste(tone, (move, move), mask)
    glow(body, (radius * 0.62, radius * 0.55), radius * 0.26, (255, 250, 240), 0.8)
    pores = lit(noise(body.size, chance, (side // 5, side // 5), 2), (1, -1), 0.14)
    canvas.paste(textured(body, pores), (round(x - radius), round(y - radius)), disc(radius))


def tea(canvas: Image.Image, chance: random.Random, at: tuple[float, float], radius: float) -> None:
    """A glass of tea on its saucer, from above."""
    x, y = at

    def ring(size: float, shade: Colour, edge: float = 0.0, share: float = 1.0) -> None:
        mask = disc(radius * size, edge).point(lambda value: round(value * share))
        canvas.paste(shade, (round(x - radius * size), round(y - radius * size)), mask)

    dark = disc(radius * 2.2, 0.55).point(lambda value: round(value * 0.6))
    canvas.paste((20, 12, 8), (round(x - radius * 1.75), round(y - radius * 1.7)), dark)
    ring(1.75, (226, 219, 206))
    ring(1.66, (240, 235, 225), 0.2)
    ring(1.2, (206, 196, 180), 0.3)
    dark = disc(radius * 1.25, 0.5).point(lambda value: round(value * 0.5))
    canvas.paste((60, 40, 25), (round(x - radius * 1.0), round(y - radius * 0.98)), dark)
    ring(1.0, (232, 226, 216))
    ring(0.94, (250, 247, 240), 0.05)
    ring(0.9, (92, 34, 10), 0.04)
    ring(0.86, (138, 56, 14), 0.5)
    ring(0.55, (176, 82, 22), 1, 0.8)
    glow(canvas, (x - radius * 0.38, y - radius * 0.42), radius * 0.42, (255, 226, 170), 0.7)
    leaf = ImageDraw.Draw(canvas)
    for _ in range(5):
        turn, away = chance.uniform(0, math.tau), radius * chance.uniform(0.1, 0.55)
        px, py = x + math.cos(turn) * away, y + math.sin(turn) * away
        leaf.ellipse((px, py, px + radius * 0.16, py + radius * 0.09), fill=(64, 74, 24))


def somebody(
    canvas: Image.Image,
    chance: random.Random,
    *,
    hair: Colour,
    skin: Colour,
    coat: Colour,
    rim: Colour,
) -> None:
    """Head and shoulders, turned away from the camera towards the light."""
    width, height = canvas.size
    x, y, head = width * chance.uniform(0.45, 0.55), height * 0.43, width * 0.16
    long = chance.random() < 0.5
    waves = lit(noise(canvas.size, chance, (24, 4), 4), (3, -1), 0.6)
    cloth = lit(noise(canvas.size, chance, (5, 7), 4), (6, -4), 0.8)
    falls = (-0.96, -0.5, 0.96, 2.1) if long else (-0.86, -1.3, 0.9, -0.1)
    parts = (
        (coat, cloth, [(-2.2, 1.55, 2.2, 8.0), (-1.0, 1.25, 1.0, 3.0)]),
        (skin, cloth, [(-0.56, 0.3, 0.56, 1.75)]),
        (hair, waves, [(-1.0, -1.25, 1.0, 0.9), falls]),
    )
    for paint, relief, rounds in parts:
        mask = Image.new("L", canvas.size)
        draw = ImageDraw.Draw(mask)
        for left, top, right, bottom in rounds:
            box = (x + left * head, y + top * head, x + right * head, y + bottom * head)
            draw.ellipse(box, fill=255)
        soft = blurred(mask, 2)
        away = ImageChops.offset(blurred(mask, 5), -round(head * 0.13), round(head * 0.08))
        edge = blurred(ImageChops.multiply(soft, ImageChops.invert(away)), 3)
        canvas.paste(textured(Image.new("RGB", canvas.size, paint), relief), mask=soft)
        canvas.paste(rim, mask=edge.point(lambda value: round(value * 0.8)))
