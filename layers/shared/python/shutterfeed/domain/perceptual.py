"""Perceptual hashes: 256 bits that stay nearly the same when a picture is scaled or saved again.

They are PDQ hashes. Meta published the algorithm in "The TMK+PDQF Video-Hashing Algorithm and the
PDQ Image-Hashing Algorithm" (2019), and many lists of known pictures are made of its hashes.
`adapters/pdq.py` computes them; here is how they are compared. Two hashes are compared by their
distance: the number of bits in which they differ. Two unrelated pictures differ in about 128.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

BITS: Final = 256
SIDE: Final = 16
"""A hash has 16 rows of 16 bits: one bit for each wave, by how often it swings down the picture
(rows) and across it (columns)."""
MAX_DISTANCE: Final = 31
"""The distance up to which PDQ's authors advise to take two pictures for the same. A larger one
would need another index than `adapters/screening/hash_index.py`."""
LEAST_QUALITY: Final = 50
"""The quality from which on PDQ's authors advise to compare a hash. Below it the picture has so few
details that its hash is close to those of many others, like that of a blue sky."""

_HEX: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PerceptualHash:
    """The hash of a picture as 64 hexadecimal digits, and from 0 to 100 how much it says."""

    value: str
    quality: int

    @property
    def is_telling(self) -> bool:
        """Whether the picture has enough details for its hash to be compared."""
        return self.quality >= LEAST_QUALITY

    @property
    def number(self) -> int:
        """The hash as a number of 256 bits: the bit of row `y` and column `x` is `16 * y + x`."""
        return int(self.value, 16)


def is_hash(text: str) -> bool:
    """Whether a text is a hash: 64 hexadecimal digits in lower case."""
    return _HEX.fullmatch(text) is not None


def distance(one: int, other: int) -> int:
    """The number of bits in which two hashes differ."""
    return (one ^ other).bit_count()


def orientations(number: int) -> tuple[int, ...]:
    """The hashes of the picture in all eight orientations, the given one first: turned by quarters,
    and mirrored.

    A mirrored picture has the same waves, half of them upside down. So the hashes follow from the
    given one, but for the few bits of waves that are hardly there.
    """
    turned = _transposed(number)
    return tuple(
        one ^ flipped
        for one in (number, turned)
        for flipped in (0, _EVEN_ROWS, _EVEN_COLUMNS, _EVEN_ROWS ^ _EVEN_COLUMNS)
    )


def _transposed(number: int) -> int:
    """The hash with its rows as columns."""
    digits = f"{number:0{BITS}b}"
    return int("".join(digits[column::SIDE] for column in range(SIDE)), 2)


_EVEN_ROWS: Final = sum(0xFFFF << SIDE * row for row in range(0, SIDE, 2))
_EVEN_COLUMNS: Final = sum(0x5555 << SIDE * row for row in range(SIDE))
"""The waves that swing an odd number of times, which a mirror turns upside down: the first of each
direction swings once."""
