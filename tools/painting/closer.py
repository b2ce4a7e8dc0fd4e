"""Scenes in which something is near: woods, leaves, a street at night, a table, somebody. Each
paints one moment of a scene."""

from __future__ import annotations

import random

from PIL import Image

from tools.painting.land import below, grass, mist, ridge
from tools.painting.light import Colour, Size, blurred, colour, disc, glow, gradient, mixed
from tools.painting.near import dots, fern, fruit, lights, somebody, table, tea


def forest(size: Size, chance: random.Random) -> Image.Image:
    hues = [("c46a22", "f0b44c"), ("5b7a2c", "c6d468"), ("8a4a20", "e89038"), ("3d6b52", "a6cfa0")]
    dark, bright = (colour(one) for one in chance.choice(hues))
    canvas = gradient(size, (0, bright), (0.6, dark), (1, colour("2a2012")))
    dots(canvas, chance, [bright, dark, colour("fff0c0")], 150)
    canvas = blurred(canvas, 7)
    glow(canvas, (size[0] * 0.5, size[1] * 0.25), size[0] * 0.6, colour("ffe9b4"), 0.55)
    floor = below(size, ridge(chance, 0.4, 5), 0.78, 0.02)
    canvas.paste(gradient(size, (0.7, bright), (1, colour("1c180e"))), mask=blurred(floor, 12))
    for depth in (1, 2, 3):
        _trunks(canvas, chance, depth, mixed(bright, colour("16110c"), depth / 3))
        mist(canvas, chance, 0.5, 0.95, shade=bright, most=0.35 - 0.08 * depth)
    grass(canvas, chance, 0.86, [dark, colour("2c2a14"), colour("17170c")])
    return canvas


def _trunks(canvas: Image.Image, chance: random.Random, depth: int, shade: Colour) -> None:
    width, height = canvas.size
    for _ in range(9 - 2 * depth):
        wide = max(3, round(width * (0.008 + 0.014 * depth) * chance.uniform(0.7, 1.2)))
        tall = round(height * (0.78 + 0.07 * depth))
        bark = gradient((wide, 4), (0, shade), (1, shade)).resize((wide, tall))
        round_ = disc(wide, 1).crop((0, wide - 1, 2 * wide, wide + 1)).resize((wide, tall))
        round_ = round_.point(lambda value: 255 if value > 40 else round(value * 6))
        canvas.paste(bark, (round(chance.uniform(-0.02, 1.0) * width), 0), round_)


def leaves(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(size, (0, colour("6d9a4a")), (1, colour("16301c")))
    dots(canvas, chance, [colour("d9eea0"), colour("8fbf5c"), colour("2c5a30")], 120)
    canvas = blurred(canvas, 9)
    for layer, (shade, count) in enumerate((("3d6b34", 5), ("4f8a3a", 4), ("6fae48", 2))):
        plants = canvas.copy()
        for _ in range(count):
            foot = (size[0] * chance.uniform(0.02, 0.98), size[1] * chance.uniform(0.9, 1.08))
            fern(plants, chance, foot, size[1] * chance.uniform(0.6, 1), colour(shade))
        canvas = blurred(plants, 9 - 4.4 * layer) if layer < 2 else plants
    glow(canvas, (size[0] * 0.2, 0), size[0] * 0.7, colour("f4ffc4"), 0.4)
    return canvas


def town(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("1a1e40")),
        (0.35, colour("59406e")),
        (0.52, colour("c8707a")),
        (0.56, colour("2a2238")),
        (1, colour("0c0c18")),
    )
    canvas = blurred(canvas, 16)
    warm = ["ffb45c", "ff7a50", "ffe0a0", "ff5c6c", "8ad0ff", "ffd27a"]
    lights(canvas, chance, 0.58, [colour(one) for one in warm])
    return canvas


def still_life(size: Size, chance: random.Random) -> Image.Image:
    wall = chance.choice(("6c5a4a", "4a5560", "5e6650"))
    canvas = gradient(size, (0, colour(wall)), (0.6, colour("2c2620")), (1, colour("2c2620")))
    glow(canvas, (size[0] * 0.15, size[1] * 0.1), size[0] * 0.8, colour("ffe2b4"), 0.5)
    table(canvas, chance, 0.6, colour("7a5230"))
    skins = ["f08a24", "e8a024", "d84a20", "c8b030"]
    radius = size[0] * 0.125
    for x, y in ((0.34, 0.58), (0.62, 0.585), (0.48, 0.66), (0.77, 0.68)):
        at = (size[0] * (x + chance.uniform(-0.02, 0.02)), size[1] * y)
        fruit(canvas, chance, at, radius * chance.uniform(0.9, 1.08), colour(chance.choice(skins)))
    return canvas


def cup_of_tea(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(size, (0, colour("8a6038")), (1, colour("8a6038")))
    table(canvas, chance, 0, colour("9a6c3e"))
    glow(canvas, (0, 0), size[0] * 0.9, colour("ffe6bc"), 0.45)
    at = (size[0] * chance.uniform(0.42, 0.58), size[1] * chance.uniform(0.44, 0.56))
    tea(canvas, chance, at, size[0] * 0.19)
    return canvas


def portrait(size: Size, chance: random.Random) -> Image.Image:
    backs = [("e8a070", "6d4a68"), ("9ac0b0", "2c4a58"), ("f0c890", "a0603c"), ("a8b8e0", "40406c")]
    top, foot = (colour(one) for one in chance.choice(backs))
    canvas = gradient(size, (0, top), (1, foot))
    dots(canvas, chance, [colour("fff0d0"), top, foot], 40)
    canvas = blurred(canvas, 8)
    glow(canvas, (size[0] * 0.8, size[1] * 0.15), size[0] * 0.6, colour("ffe9c0"), 0.7)
    hair = colour(chance.choice(("2a1c16", "4a2e1c", "8a5c30", "181518", "6d3a22", "c09a60")))
    skin = colour(chance.choice(("8a5a40", "c08a68", "5c3a28", "d0a080")))
    coat = colour(chance.choice(("2c4a58", "a0482c", "4a5a34", "c8a040", "50406a")))
    somebody(canvas, chance, hair=hair, skin=skin, coat=coat, rim=colour("ffe4b8"))
    return canvas
