"""Peak memory of the largest photo of each kind that the predictions let in, and the refusal above.

Each is made just under its limit, of noise and areas that compress little, and decoded in a child
like those of production, from a process with what the function has loaded; memory is the most that
the child was resident.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from math import isqrt
from typing import Any, Final

import pillow_heif
from PIL import Image

from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.decoding import client as decoding
from shutterfeed.domain.photos import (
    MAX_PHOTO_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    PhotoRefused,
    sniff,
)
from tests import pictures

_MB: Final = 1024
_CODEC: Final = ConfinedCodec()


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to save a photo, and about how many megapixels of it are predicted to fit."""

    name: str
    megapixels: float
    save: Callable[[Image.Image], bytes]
    mode: str = "RGB"
    width: int | None = None
    """Its width in pixels; None for a photo of 4:3."""

    def at_most(self, megapixels: float | None) -> Kind:
        return self if megapixels is None else replace(self, megapixels=megapixels)


def _pillow(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def _heic(image: Image.Image) -> bytes:
    target = BytesIO()
    pillow_heif.from_pillow(image).save(target, quality=30)
    return target.getvalue()


_TILE: Final = 512


def _heic_of_tiles(image: Image.Image) -> bytes:
    """A HEIC of the image's size, in whole tiles; it shows something else."""
    return pictures.heic_of_tiles(image.width // _TILE, image.height // _TILE, _TILE)


KINDS: Final = (
    Kind("JPEG", 200, partial(_pillow, kind="JPEG", quality=50)),
    Kind("JPEG 4:4:4", 200, partial(_pillow, kind="JPEG", quality=30, subsampling=0)),
    Kind("JPEG CMYK", 200, partial(_pillow, kind="JPEG", quality=30), mode="CMYK"),
    Kind("JPEG progressive", 126, partial(_pillow, kind="JPEG", quality=50, progressive=True)),
    Kind(
        "JPEG progressive 4:4:4",
        62,
        partial(_pillow, kind="JPEG", quality=30, progressive=True, subsampling=0),
    ),
    Kind(
        "JPEG progressive CMYK",
        46,
        partial(_pillow, kind="JPEG", quality=30, progressive=True),
        mode="CMYK",
    ),
    Kind("PNG", 92, partial(_pillow, kind="PNG", compress_level=1)),
    Kind("PNG alpha", 92, partial(_pillow, kind="PNG", compress_level=1), mode="RGBA"),
    Kind("PNG 16 bit", 92, partial(_pillow, kind="PNG", compress_level=1), mode="I;16"),
    Kind("JPEG panorama", 200, partial(_pillow, kind="JPEG", quality=50), width=30_000),
    Kind(
        "PNG screenshot",
        32.4,
        partial(_pillow, kind="PNG", compress_level=1),
        mode="RGBA",
        width=1_080,
    ),
    Kind("GIF", 200, partial(_pillow, kind="GIF"), mode="P"),
    Kind("WebP", 23, partial(_pillow, kind="WEBP", quality=60, method=0)),
    Kind("WebP alpha", 23, partial(_pillow, kind="WEBP", quality=60, method=0), mode="RGBA"),
    Kind("HEIC", 58, _heic),
    Kind("HEIC of tiles", 199, _heic_of_tiles),
    Kind("AVIF", 29, partial(_pillow, kind="AVIF", quality=40, speed=10)),
    Kind(
        "AVIF 4:4:4", 29, partial(_pillow, kind="AVIF", quality=40, speed=10, subsampling="4:4:4")
    ),
)


@dataclass(frozen=True, slots=True)
class Size:
    """Which kinds are tried, and with how many megapixels at most; None for as many as are
    accepted."""

    kinds: tuple[Kind, ...]
    megapixels: float | None = None


FULL: Final = Size(KINDS)
TOY: Final = Size((KINDS[0], KINDS[-1]), megapixels=0.05)
MINUTES: Final = 5.0


def run(size: Size) -> list[Figure]:
    figures = []
    for number, declared in enumerate(size.kinds, start=1):
        kind = declared.at_most(size.megapixels)
        show(f"{kind.name}: {number} of {len(size.kinds)} kinds")
        megapixels, content = _largest(kind)
        memory, seconds, refusal = _tried(content)
        clear()
        print(
            f"{kind.name}: {megapixels:.0f} megapixels, {len(content) / 1e6:.1f} MB,"
            f" {memory:.0f} MB, {seconds:.1f} s{f', refused: {refusal}' if refusal else ''}",
            file=sys.stderr,
        )
        figures.append(Figure(f"{kind.name}, {megapixels:.0f} megapixels", memory, "MB", "<= 512"))
        figures.append(Figure(f"{kind.name}, refused", float(refusal is not None), "", "<= 0"))
        _, _, above = _tried(kind.save(_scene(kind, min(megapixels * 1.1, 210))))
        named = above is not None and any(c.isdigit() for c in above)
        figures.append(Figure(f"{kind.name}, limit named above", float(named), "", ">= 1"))
    return figures


def _largest(kind: Kind) -> tuple[float, bytes]:
    """The photo just within the prediction, which also counts the file's own bytes."""
    megapixels = kind.megapixels
    while True:
        content = kind.save(_scene(kind, megapixels))
        if len(content) <= MAX_PHOTO_BYTES and _announced_as_fitting(content):
            return megapixels, content
        megapixels *= 0.97


def _announced_as_fitting(content: bytes) -> bool:
    _, _, refusal = _tried(content)
    return refusal is None or "megapixels" not in refusal


def _scene(kind: Kind, megapixels: float) -> Image.Image:
    """Flat areas, a gradient and some noise: small enough a file, but nothing trivial."""
    pixels = min(megapixels * 1e6, MAX_PIXELS * 1.05)
    width = kind.width or min(MAX_SIDE, isqrt(int(pixels * 4 / 3)))
    height = min(int(pixels / width), int(MAX_SIDE * 1.05))
    scene = Image.linear_gradient("L").resize((width, height))
    noise = Image.effect_noise((1024, 1024), 40)
    scene.paste(noise, (width // 3, height // 3))
    if kind.mode == "I;16":
        return scene.convert("I;16")
    if kind.mode == "P":
        return scene.convert("P")
    colour = Image.merge("RGB", (scene, scene.transpose(Image.Transpose.ROTATE_180), scene))
    if kind.mode == "RGBA":
        colour.putalpha(scene)
    return colour if kind.mode in {"RGB", "RGBA"} else colour.convert(kind.mode)


def _tried(content: bytes) -> tuple[float, float, str | None]:
    """MB that the decoding child took at most, its seconds, and the refusal, if any.

    In a process of its own, whose children's peak is then this photo's.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Of its own group, with the codec's child: both end together if we do.
        os.setpgid(0, 0)
        reason, start = "", time.perf_counter()
        try:
            _CODEC.render(content, sniff(content[:64]) or "")
        except PhotoRefused as refused:
            reason = refused.message
        # The codec's child is the decoder server's, whose end tells us the peak of both.
        decoding.stop()
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _MB
        answer = f"{peak}\n{time.perf_counter() - start}\n{reason}"
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            memory, seconds, refusal = pipe.read().split("\n", 2)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return float(memory), float(seconds), refusal or None
