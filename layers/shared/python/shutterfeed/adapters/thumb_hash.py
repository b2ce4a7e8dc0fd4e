"""Makes the ThumbHash of a picture: about 25 bytes from which a client paints a blur.

A ThumbHash (https://evanw.github.io/thumbhash/) describes a picture by waves: by the averages of
its brightness and of two colour differences, and by how strong the longest waves of each are. Here
it has no transparency. The waves are measured along the rows first, and the results along the
columns. That gives the same as going through all pixels for each wave, in a fifth of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from math import cos, pi
from operator import mul
from typing import Final

_MOST_WAVES: Final = 7
"""The number of waves of brightness along the longer side; the shorter side has fewer."""
_LEAST_WAVES: Final = 3
"""The least number of waves along a side, which the colour differences have along both."""


@dataclass(frozen=True, slots=True)
class _Channel:
    """What a ThumbHash holds of the brightness, or of a colour difference."""

    average: float
    highest: float
    """The strength of the strongest wave."""
    shares: Sequence[int]
    """The strength of each wave as a share of the highest: 0 is -1, 15 is 1."""


def thumb_hash(width: int, height: int, pixels: bytes) -> bytes:
    """The ThumbHash of a picture, whose `pixels` are red, green and blue of each, row by row."""
    colours = list(zip(pixels[0::3], pixels[1::3], pixels[2::3], strict=True))
    across, down = (
        max(1, round(_MOST_WAVES * side / max(width, height))) for side in (width, height)
    )
    light = _channel(
        [red + green + blue for red, green, blue in colours],
        3 * 255,
        (width, height),
        (max(_LEAST_WAVES, across), max(_LEAST_WAVES, down)),
    )
    least = (_LEAST_WAVES, _LEAST_WAVES)
    yellow = _channel(
        [red + green - 2 * blue for red, green, blue in colours], 2 * 255, (width, height), least
    )
    warm = _channel([red - green for red, green, _ in colours], 255, (width, height), least)
    is_landscape = width > height
    header = _packed(
        (round(63 * light.average), 6),
        (round(31.5 + 31.5 * yellow.average), 6),
        (round(31.5 + 31.5 * warm.average), 6),
        (round(31 * light.highest), 5),
        (False, 1),  # no transparency
        (down if is_landscape else across, 3),
        (round(63 * yellow.highest), 6),
        (round(63 * warm.highest), 6),
        (is_landscape, 1),
    )
    shares = [*light.shares, *yellow.shares, *warm.shares]
    pairs = zip_longest(shares[0::2], shares[1::2], fillvalue=0)
    return header.to_bytes(5, "little") + bytes(low | high << 4 for low, high in pairs)


def _packed(*fields: tuple[int, int]) -> int:
    """One number of fields, each given with how many bits it takes, from the lowest bits on."""
    packed = position = 0
    for value, bits in fields:
        packed |= value << position
        position += bits
    return packed


def _channel(
    values: Sequence[int], full: int, size: tuple[int, int], waves: tuple[int, int]
) -> _Channel:
    """The channel of which `values` are all pixels, in units of which `full` are 1. `waves` is how
    many there are along the width and along the height."""
    (width, height), (across, down) = size, waves
    rows = [values[start : start + width] for start in range(0, width * height, width)]
    # For each wave along the rows, its strength in every row.
    in_rows = [[_product(row, wave) for row in rows] for wave in _waves(across, width)]
    # Those that are short in both directions are left out.
    average, *strengths = (
        _product(in_rows[x], wave) / (full * width * height)
        for y, wave in enumerate(_waves(down, height))
        for x in range(across)
        if x * down < across * (down - y)
    )
    highest = max(map(abs, strengths))
    shares = [round(7.5 + 7.5 * (one / highest)) if highest else 0 for one in strengths]
    return _Channel(average, highest, shares)


def _product(values: Sequence[float], wave: Sequence[float]) -> float:
    product: float = sum(map(mul, values, wave))
    return product


@cache
def _waves(number: int, length: int) -> Sequence[Sequence[float]]:
    """The first waves, from the one that is 1 everywhere, in the middle of each of `length`
    pixels."""
    return [
        [cos(pi / length * wave * (pixel + 0.5)) for pixel in range(length)]
        for wave in range(number)
    ]
