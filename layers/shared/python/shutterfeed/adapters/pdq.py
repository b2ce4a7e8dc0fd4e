"""Computes the perceptual hash of a picture. Only the decoder server loads this module.

The algorithm is PDQ, which Meta published ("The TMK+PDQF Video-Hashing Algorithm and the PDQ
Image-Hashing Algorithm", 2019): the brightness is blurred and scaled to 64 x 64, of which the
discrete cosine transform gives the strength of 16 x 16 waves. The bit of a wave is set if it is
stronger than the median of all. There is a library for it on PyPI, `pdqhash`, which needs NumPy: 73
MB, while the layers of `transcode` have 22 MB left; and it has no build for Lambda's processors.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain, pairwise
from math import cos, pi, sqrt
from operator import add, mul, sub
from typing import Final

from PIL import Image

from shutterfeed.domain.perceptual import SIDE, PerceptualHash

_SIZE: Final = 64
"""The width and height of the picture that is hashed."""
_LEAST_SIDE: Final = 5
"""A picture with a shorter side has no hash that says anything."""
_STEPS: Final = 90
"""The number of steps in brightness, each of a hundredth, for which a picture gets one point of
quality."""

_HALF: Final = _SIZE // 2
_WAVES: Final = [
    [sqrt(2 / _SIZE) * cos(pi / 2 / _SIZE * wave * (2 * at + 1)) for at in range(_HALF)]
    for wave in range(1, SIDE + 1)
]
"""The first half of each wave. The second half is its mirror image, upside down for waves that
swing an odd number of times."""


def perceptual_hash(picture: Image.Image) -> PerceptualHash:
    """The PDQ hash of an upright, opaque picture in one of the modes L and RGB."""
    if min(picture.size) < _LEAST_SIDE:
        return PerceptualHash("0" * 64, 0)
    rows = _small(picture)
    columns = list(zip(*map(_strengths, rows), strict=True))
    strengths = list(chain.from_iterable(zip(*map(_strengths, columns), strict=True)))
    median = sorted(strengths)[len(strengths) // 2 - 1]
    number = sum(1 << bit for bit, strength in enumerate(strengths) if strength > median)
    return PerceptualHash(f"{number:064x}", _quality(rows))


def _small(picture: Image.Image) -> Sequence[Sequence[float]]:
    """The brightness of 64 x 64 points, row by row, from 0 to 255.

    Each is the mean of what is around it, with weights that fall to nothing within half of the
    distance to the next point. Pillow's bilinear filter has these weights if it makes 127 points at
    half of the distance, of which every other one is taken.
    """
    width, height = picture.size
    across, down = width / _SIZE / 4, height / _SIZE / 4
    side = 2 * _SIZE - 1
    box = (across, down, width - across, height - down)
    light = picture.convert("L").convert("F")
    points = array("f", light.resize((side, side), Image.Resampling.BILINEAR, box=box).tobytes())
    return [points[side * row : side * (row + 1) : 2] for row in range(0, side, 2)]


def _strengths(values: Sequence[float]) -> Sequence[float]:
    """How strong each wave is in 64 values."""
    first, second = values[:_HALF], values[: _HALF - 1 : -1]
    halves = list(map(sub, first, second)), list(map(add, first, second))
    return [sum(map(mul, halves[number % 2], wave)) for number, wave in enumerate(_WAVES)]


def _quality(rows: Sequence[Sequence[float]]) -> int:
    """How much the picture has in it: the sum of the differences between neighbours, in hundredths
    of the full brightness, of which fractions do not count."""
    columns = list(zip(*rows, strict=True))
    sums = sum(
        int(abs(one - other) * 100 / 255)
        for lines in (rows, columns)
        for line, following in pairwise(lines)
        for one, other in zip(line, following, strict=True)
    )
    return min(100, sums // _STEPS)
