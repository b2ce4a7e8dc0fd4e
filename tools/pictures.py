"""Pictures to try things with, quickly made. The same seed gives the same picture. The demo's are
in `tools.painting`."""

from __future__ import annotations

import colorsys
import io
import math
import random
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import imageio_ffmpeg
from PIL import Image, ImageDraw, ImageFilter

from shutterfeed_cli.client.content import Video

Colour = tuple[int, int, int]

_SHAPES: Final = ((1280, 960), (960, 1280), (1200, 1200), (1440, 810))
_QUALITY: Final = 88
_CLIP_SIZE: Final = (480, 360)
_CLIP_SECONDS: Final = 3
_CLIP_RATE: Final = 12
"""Pictures a second. The fewer there are, the sooner the demo's video is transcoded."""
_CLIP_SPEED: Final = 40
"""Pixels a second."""


def landscape(seed: int, shrunk: int = 1) -> bytes:
    """A JPEG of a sky, a sun or moon, and hills or a sea in front of it. Its sides are `shrunk`
    times as short as usual."""
    # A picture needs variety, not secrecy.
    chance = random.Random(seed)  # noqa: S311
    width, height = (side // shrunk for side in chance.choice(_SHAPES))
    hue = chance.random()
    canvas = _sky(width, height, hue, chance)
    _sun(canvas, hue, chance)
    scenery = chance.choice((_hills, _hills, _sea))
    scenery(canvas, hue, chance)
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def clip(picture: bytes) -> Video:
    """An MP4 of some seconds, for which a camera is moved over a picture."""
    width, height = _CLIP_SIZE
    moving = f"scale=-2:{2 * height},crop={width}:{height}:t*{_CLIP_SPEED}:{height}*3/4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "image2pipe", "-i", "-"]
    command += ["-vf", f"loop=-1:1:0,fps={_CLIP_RATE},{moving},format=yuv420p"]
    command += ["-t", str(_CLIP_SECONDS), "-c:v", "libx264", "-preset", "veryfast"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clip.mp4"
        subprocess.run([*command, str(file)], input=picture, check=True)
        return Video(
            file.read_bytes(),
            "video/mp4",
            width=width,
            height=height,
            duration_ms=1_000 * _CLIP_SECONDS,
        )


def _sky(width: int, height: int, hue: float, chance: random.Random) -> Image.Image:
    top = _colour(hue, 0.55, chance.uniform(0.25, 0.75))
    bottom = _colour(hue + chance.uniform(0.08, 0.22), 0.45, 0.98)
    return _gradient(width, height, top, bottom)


def _sun(canvas: Image.Image, hue: float, chance: random.Random) -> None:
    width, height = canvas.size
    radius = int(min(canvas.size) * chance.uniform(0.06, 0.14))
    x = int(width * chance.uniform(0.2, 0.8))
    y = int(height * chance.uniform(0.15, 0.5))
    # Blurred small and enlarged: a soft halo at a hundredth of the work.
    scale = 8
    halo = Image.new("L", (width // scale, height // scale))
    reach = 2 * radius
    box = (x - reach, y - reach, x + reach, y + reach)
    ImageDraw.Draw(halo).ellipse([side / scale for side in box], fill=130)
    halo = halo.filter(ImageFilter.GaussianBlur(radius / scale)).resize(canvas.size)
    canvas.paste(_colour(hue + 0.12, 0.25, 1), mask=halo)
    ImageDraw.Draw(canvas).ellipse(
        (x - radius, y - radius, x + radius, y + radius), fill=_colour(hue + 0.12, 0.12, 1)
    )


def _hills(canvas: Image.Image, hue: float, chance: random.Random) -> None:
    width, height = canvas.size
    draw = ImageDraw.Draw(canvas)
    ridges = chance.randint(3, 6)
    for ridge in range(ridges):
        near = (ridge + 1) / ridges
        base = height * (0.45 + 0.45 * near)
        waves = [
            (chance.uniform(0.5, 3.5), chance.uniform(0, math.tau), height * 0.09 / (order + 1))
            for order in range(4)
        ]
        line = [
            (x, base + sum(a * math.sin(f * math.tau * x / width + p) for f, p, a in waves))
            for x in range(0, width + 8, 8)
        ]
        colour = _colour(hue + 0.05 * near, 0.25 + 0.4 * near, 0.85 - 0.65 * near)
        draw.polygon([*line, (width, height), (0, height)], fill=colour)


def _sea(canvas: Image.Image, hue: float, chance: random.Random) -> None:
    width, height = canvas.size
    horizon = int(height * chance.uniform(0.55, 0.68))
    deep, shallow = _colour(hue + 0.03, 0.7, 0.25), _colour(hue + 0.1, 0.4, 0.9)
    canvas.paste(_gradient(width, height - horizon, shallow, deep), (0, horizon))
    draw = ImageDraw.Draw(canvas)
    for _ in range(260):
        depth = chance.random() ** 2
        y = horizon + depth * (height - horizon)
        x = chance.uniform(-0.1, 1) * width
        length = width * (0.01 + 0.08 * depth)
        light = _colour(hue + 0.1, 0.2, chance.uniform(0.7, 1))
        draw.line((x, y, x + length, y), fill=light, width=1 + int(4 * depth))


def _gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize((width, height))
    return Image.composite(
        Image.new("RGB", (width, height), bottom), Image.new("RGB", (width, height), top), mask
    )


def _colour(hue: float, saturation: float, brightness: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, min(saturation, 1), min(brightness, 1))
    return int(red * 255), int(green * 255), int(blue * 255)
