"""Wide views: the sea, mountains, deserts. Each paints one moment of a scene."""

from __future__ import annotations

import random

from PIL import Image

from tools.painting.land import clouds, dune, firs, grass, mist, mountain, stars
from tools.painting.light import Size, colour, glow, gradient, mixed, spot
from tools.painting.water import boats, islands, sea, shore


def sunrise(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("35456e")),
        (0.26, colour("8a7596")),
        (0.44, colour("e39a78")),
        (0.56, colour("f8d092")),
        (1, colour("f8d092")),
    )
    at = chance.uniform(0.3, 0.7)
    clouds(canvas, chance, 0.5, bright=colour("ffc79a"), dark=colour("6d5a80"), cover=0.42)
    sun = (at * size[0], size[1] * 0.53)
    glow(canvas, sun, size[0] * 0.5, colour("ff9d4a"), 0.75)
    glow(canvas, sun, size[0] * 0.1, colour("fff1cf"), 1.3)
    islands(canvas, chance, 0.585, colour("2a2a3c"), colour("c98a78"))
    sea(canvas, chance, 0.58, colour("2b3350"), rough=0.8, sun=(at, colour("ffdfa6")))
    return canvas


def sunset(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("27305c")),
        (0.25, colour("714a7a")),
        (0.45, colour("d9606a")),
        (0.6, colour("ffab5e")),
        (1, colour("ffab5e")),
    )
    at = chance.uniform(0.32, 0.68)
    clouds(canvas, chance, 0.56, bright=colour("ff9670"), dark=colour("4b3a66"), cover=0.6)
    sun = (at * size[0], size[1] * 0.575)
    glow(canvas, sun, size[0] * 0.55, colour("ff7a3c"), 0.7)
    glow(canvas, sun, size[0] * 0.09, colour("fff0c4"), 1.5)
    islands(canvas, chance, 0.605, colour("1d1a2e"), colour("a8506a"))
    sea(canvas, chance, 0.6, colour("241f3e"), rough=1.0, sun=(at, colour("ffcf8a")))
    return canvas


def calm(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("5f8fb8")),
        (0.3, colour("a9c6d8")),
        (0.5, colour("e8ead9")),
        (1, colour("e8ead9")),
    )
    clouds(canvas, chance, 0.44, bright=colour("ffffff"), dark=colour("a9bac8"), cover=0.45)
    mountain(canvas, chance, 0.4, 0.1, top=colour("7f9cb0"), foot=colour("b9cad0"), roughness=0.5)
    mountain(canvas, chance, 0.47, 0.05, top=colour("54737c"), foot=colour("93aeb0"), roughness=0.5)
    mist(canvas, chance, 0.4, 0.52, shade=colour("f2efe4"), most=0.8)
    firs(canvas, chance, 0.515, 0.07, shade=colour("27403c"), count=120)
    sea(canvas, chance, 0.52, colour("32556a"), rough=0.16, mirrored=0.96)
    return canvas


def ridges(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("6f93c0")),
        (0.25, colour("b9c4d4")),
        (0.45, colour("f6dcb6")),
        (1, colour("f6dcb6")),
    )
    at = (size[0] * chance.uniform(0.2, 0.8), size[1] * 0.33)
    glow(canvas, at, size[0] * 0.6, colour("ffcf8c"), 0.7)
    glow(canvas, at, size[0] * 0.08, colour("fff6dc"), 1.2)
    near, far, haze = colour("16232c"), colour("9fb0c4"), colour("efd3b4")
    for layer in range(6):
        share = layer / 5
        base = 0.38 + 0.11 * layer
        mountain(
            canvas,
            chance,
            base,
            0.085 - 0.004 * layer,
            top=mixed(far, near, share**0.8),
            foot=mixed(haze, colour("31454a"), share),
            roughness=0.5,
            relief=0.2 + 0.45 * share,
        )
        if layer < 4:
            mist(canvas, chance, base + 0.04, base + 0.16, shade=haze, most=0.55 - 0.1 * layer)
    firs(canvas, chance, 0.98, 0.2, shade=colour("0d171c"), count=34)
    return canvas


def peak(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(size, (0, colour("2c5c94")), (0.5, colour("8db6da")), (1, colour("d7e5ee")))
    clouds(canvas, chance, 0.6, bright=colour("ffffff"), dark=colour("a3b6cc"), cover=0.5)
    mountain(
        canvas,
        chance,
        0.5,
        0.12,
        top=colour("8195ad"),
        foot=colour("b5c3d0"),
        roughness=0.56,
        relief=0.6,
        snow=colour("eef3f8"),
    )
    mountain(
        canvas,
        chance,
        0.58,
        0.26,
        top=colour("5a6372"),
        foot=colour("76808a"),
        roughness=0.6,
        snow=colour("dfe8f2"),
        peak=chance.uniform(0.3, 0.7),
    )
    mist(canvas, chance, 0.6, 0.86, shade=colour("e6eef4"), most=0.85)
    mountain(
        canvas, chance, 0.88, 0.06, top=colour("3b4a45"), foot=colour("27332f"), roughness=0.52
    )
    firs(canvas, chance, 0.93, 0.1, shade=colour("16231f"), count=70)
    return canvas


def storm(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("3a4350")),
        (0.5, colour("77808a")),
        (0.62, colour("e8d6ac")),
        (1, colour("e8d6ac")),
    )
    clouds(canvas, chance, 0.56, bright=colour("9aa2aa"), dark=colour("262d38"), cover=0.95)
    glow(
        canvas,
        (size[0] * chance.uniform(0.2, 0.8), size[1] * 0.58),
        size[0] * 0.4,
        colour("ffdf9a"),
        0.6,
    )
    for base, top, foot in (
        (0.62, "56636c", "8a8f82"),
        (0.7, "3c4a3c", "6d7448"),
        (0.82, "2c3a24", "77803c"),
    ):
        mountain(
            canvas,
            chance,
            base,
            0.05,
            top=colour(top),
            foot=colour(foot),
            roughness=0.42,
            relief=0.7,
        )
    grass(canvas, chance, 0.84, [colour("4b5526"), colour("2d3718"), colour("151c0c")])
    return canvas


def beach(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("4f8cc4")),
        (0.3, colour("a6cbe4")),
        (0.45, colour("f0ead8")),
        (1, colour("f0ead8")),
    )
    clouds(canvas, chance, 0.42, bright=colour("ffffff"), dark=colour("b5c4d2"), cover=0.4)
    mountain(canvas, chance, 0.45, 0.03, top=colour("6d8890"), foot=colour("93aaa8"), roughness=0.5)
    sea(canvas, chance, 0.45, colour("1f7f8c"), rough=1.0, mirrored=0.5)
    shore(canvas, chance, 0.74, colour("d8bf95"), colour("f4f4ec"))
    return canvas


def harbour(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("1f2c50")),
        (0.32, colour("5a5a86")),
        (0.5, colour("e09a80")),
        (1, colour("e09a80")),
    )
    clouds(canvas, chance, 0.48, bright=colour("e8a890"), dark=colour("39406a"), cover=0.5)
    mountain(canvas, chance, 0.5, 0.05, top=colour("383a5c"), foot=colour("6a5670"), roughness=0.5)
    for _ in range(26):
        at = (chance.uniform(0, size[0]), size[1] * chance.uniform(0.475, 0.515))
        glow(canvas, at, size[0] * chance.uniform(0.008, 0.02), colour("ffc98a"), 1.3)
    sea(canvas, chance, 0.52, colour("1c2444"), rough=0.55, mirrored=0.85)
    boats(canvas, chance, 0.56, colour("12152a"))
    return canvas


def dunes(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(size, (0, colour("6d9cc4")), (0.4, colour("e3d9c4")), (1, colour("e3d9c4")))
    for base, swing, bright, dark in (
        (0.42, 0.035, "d9b48c", "b08466"),
        (0.52, 0.06, "e0aa70", "9c6240"),
        (0.68, 0.09, "e3a25e", "86482c"),
        (0.9, 0.12, "dc9450", "6d3820"),
    ):
        dune(canvas, chance, base, swing, bright=colour(bright), dark=colour(dark))
    glow(
        canvas,
        (size[0] * chance.uniform(0.1, 0.9), size[1] * 0.2),
        size[0] * 0.6,
        colour("ffdca6"),
        0.4,
    )
    return canvas


def blue_hour(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("0b1530")),
        (0.4, colour("27407a")),
        (0.62, colour("c08a86")),
        (1, colour("c08a86")),
    )
    stars(canvas, chance, 260, 0.5)
    mountain(
        canvas, chance, 0.62, 0.06, top=colour("2b2c4c"), foot=colour("4c3d56"), roughness=0.56
    )
    dune(canvas, chance, 0.76, 0.05, bright=colour("4a4260"), dark=colour("221f3a"))
    dune(canvas, chance, 0.92, 0.07, bright=colour("3a3046"), dark=colour("16142a"))
    fire = (size[0] * chance.uniform(0.35, 0.65), size[1] * 0.8)
    glow(canvas, fire, size[0] * 0.3, colour("ff8a3c"), 0.8)
    glow(canvas, fire, size[0] * 0.05, colour("ffe6b0"), 1.8)
    return canvas


def winter(size: Size, chance: random.Random) -> Image.Image:
    canvas = gradient(
        size,
        (0, colour("16244a")),
        (0.45, colour("56679c")),
        (0.62, colour("d8b8c0")),
        (1, colour("d8b8c0")),
    )
    stars(canvas, chance, 60, 0.35)
    moon = (size[0] * chance.uniform(0.3, 0.7), size[1] * 0.27)
    glow(canvas, moon, size[0] * 0.3, colour("aebfe8"), 0.55)
    spot(canvas, moon, size[0] * 0.036, colour("fdf6e6"))
    mountain(
        canvas,
        chance,
        0.6,
        0.07,
        top=colour("6c7ca6"),
        foot=colour("b8aec4"),
        snow=colour("dfe4f2"),
    )
    firs(canvas, chance, 0.68, 0.1, shade=colour("34406a"), count=110)
    mist(canvas, chance, 0.6, 0.76, shade=colour("c9c3dc"), most=0.6)
    firs(canvas, chance, 0.77, 0.2, shade=colour("1b2444"), count=30)
    dune(canvas, chance, 0.84, 0.04, bright=colour("c9d2ea"), dark=colour("7886b4"))
    return canvas
