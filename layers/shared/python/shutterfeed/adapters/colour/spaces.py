"""Colour spaces by their numbers, and ICC profiles of them.

The numbers are those of Rec. ITU-T H.273, which HEIC and AVIF have in `nclx`, and PNG in `cICP`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

PQ: Final = 16
HLG: Final = 18
"""The transfer functions of HDR."""

SRGB_PRIMARIES: Final = 1
REC2020_PRIMARIES: Final = 9

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]
Curve = Callable[[float], float]
"""A transfer function: from a stored value of 0 to 1 to light of 0 to 1."""


@dataclass(frozen=True, slots=True)
class Chromaticities:
    """The x and y of a colour space's red, green, blue and white."""

    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    white: tuple[float, float]


_D65: Final = (0.3127, 0.3290)
_C: Final = (0.310, 0.316)
_SMPTE_170M: Final = Chromaticities((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65)
_PRIMARIES: Final = {
    SRGB_PRIMARIES: Chromaticities((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65),
    4: Chromaticities((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), _C),
    5: Chromaticities((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: _SMPTE_170M,
    7: _SMPTE_170M,
    8: Chromaticities((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _C),
    REC2020_PRIMARIES: Chromaticities((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    10: Chromaticities((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1 / 3, 1 / 3)),
    11: Chromaticities((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: Chromaticities((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: Chromaticities((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
"""Table 2 of H.273."""


def primaries(number: int) -> Chromaticities:
    """The primaries with this number; those of sRGB for a number that says nothing."""
    return _PRIMARIES.get(number, _PRIMARIES[SRGB_PRIMARIES])


def power(exponent: float) -> Curve:
    """The transfer function of a plain gamma."""

    def curve(value: float) -> float:
        return float(value**exponent)

    return curve


def srgb(value: float) -> float:
    """The transfer function of sRGB."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _smpte_240m(value: float) -> float:
    return value / 4 if value < 4 * 0.0228 else float(((value + 0.1115) / 1.1115) ** (1 / 0.45))


_TRANSFERS: Final[dict[int, Curve]] = {
    4: power(2.2),
    5: power(2.8),
    7: _smpte_240m,
    8: power(1.0),
    17: lambda value: float(min(1.0, value**2.6 * 52.37 / 48)),
}
"""Table 3 of H.273, as far as browsers tell these functions from that of sRGB. They show BT.709 and
its relatives (1, 6, 11, 12, 14, 15) as sRGB, as screens do."""


def transfer(number: int) -> Curve:
    """The transfer function with this number; that of sRGB for a number that says nothing."""
    return _TRANSFERS.get(number, srgb)


def to_xyz(space: Chromaticities) -> Matrix:
    """The matrix from a colour space's light to CIE XYZ. Raises `ZeroDivisionError` for primaries
    that span no space."""
    columns = transposed([_xyz(space.red), _xyz(space.green), _xyz(space.blue)])
    x, y = space.white
    scale = applied(inverse(columns), (x / y, 1.0, (1 - x - y) / y))
    return _matrix([[value * by for value, by in zip(row, scale, strict=True)] for row in columns])


def between(source: Chromaticities, target: Chromaticities) -> Matrix:
    """The matrix from one colour space's light to another's, whose whites are the same."""
    adapted = product(_adaptation(source.white, target.white), to_xyz(source))
    return product(inverse(to_xyz(target)), adapted)


def profile(space: Chromaticities, curve: Curve) -> bytes:
    """An ICC profile (version 4) of a colour space."""
    colorants = transposed(product(_adaptation(space.white, _D50), to_xyz(space)))
    values = [round(65535 * min(1.0, curve(at / _LAST_ENTRY))) for at in range(_LAST_ENTRY + 1)]
    curves = struct.pack(f">4s4xI{len(values)}H", b"curv", len(values), *values)
    tags = {b"wtpt": _xyz_tag((0.9642, 1.0, 0.8249))}
    for name, colorant in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True):
        tags[name] = _xyz_tag(colorant)
    start = 128 + 4 + 12 * (len(tags) + 3)
    table, body = struct.pack(">I", len(tags) + 3), b""
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content
    for name in (b"rTRC", b"gTRC", b"bTRC"):
        # All three have the same curve.
        table += struct.pack(">4sII", name, start + len(body), len(curves))
    body += curves
    header = struct.pack(
        ">I4xI4s4s4s12x4s28x3i48x",
        *(start + len(body), 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp"),
        *(round(65536 * value) for value in (0.9642, 1.0, 0.8249)),
    )
    return header + table + body


_LAST_ENTRY: Final = 1023
_D50: Final = (0.3457, 0.3585)
_BRADFORD: Final[Matrix] = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)
"""From CIE XYZ to the responses of the eye, for the adaptation to another white."""


def _adaptation(source: tuple[float, float], target: tuple[float, float]) -> Matrix:
    """The matrix that makes one white another, by Bradford's method."""
    if source == target:
        return ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    before, after = (applied(_BRADFORD, _white(white)) for white in (source, target))
    scaled = _matrix(
        [[value * after[at] / before[at] for value in row] for at, row in enumerate(_BRADFORD)]
    )
    return product(inverse(_BRADFORD), scaled)


def _white(white: tuple[float, float]) -> Vector:
    x, y = white
    return x / y, 1.0, (1 - x - y) / y


def _xyz(point: tuple[float, float]) -> Vector:
    x, y = point
    return x, y, 1 - x - y


def _xyz_tag(value: Vector) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(round(65536 * part) for part in value))


def applied(matrix: Matrix, vector: Vector) -> Vector:
    """The product of a matrix and a vector."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    x, y, z = vector
    return a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z


def product(one: Matrix, other: Matrix) -> Matrix:
    """The product of two matrices, of which `other` is applied first."""
    return transposed([applied(one, column) for column in transposed(other)])


def inverse(matrix: Matrix) -> Matrix:
    """The inverse of a matrix. Raises `ZeroDivisionError` if it has none."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    first = (e * i - f * h, f * g - d * i, d * h - e * g)
    determinant = a * first[0] + b * first[1] + c * first[2]
    cofactors = [
        first,
        (c * h - b * i, a * i - c * g, b * g - a * h),
        (b * f - c * e, c * d - a * f, a * e - b * d),
    ]
    return transposed([[value / determinant for value in row] for row in cofactors])


def transposed(rows: Sequence[Sequence[float]]) -> Matrix:
    """The matrix with rows and columns exchanged."""
    return _matrix([[row[at] for row in rows] for at in range(3)])


def _matrix(rows: Sequence[Sequence[float]]) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = rows
    return (a, b, c), (d, e, f), (g, h, i)
