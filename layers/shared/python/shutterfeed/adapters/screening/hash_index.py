"""Finds the perceptual hashes of a list that are near to a given one, in a few milliseconds.

A hash has 16 chunks of 16 bits. If two hashes differ in at most 31 bits, there is a chunk in which
they differ in at most one: else they would differ in two bits in each, which makes 32. So for each
chunk the list is sorted by that chunk's value, and a search looks only at the hashes that have the
wanted value there, or one of the 16 that differ from it in one bit. Of a million hashes these are
about 4,000, whose distance is then counted.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from shutterfeed.domain.perceptual import BITS, MAX_DISTANCE, orientations

_BYTES: Final = BITS // 8
_CHUNKS: Final = 16
_VALUES: Final = 1 << 16
"""The number of values that a chunk may have."""
_NEARBY: Final = (0, *(1 << bit for bit in range(16)))
"""What a value differs in from those at a distance of up to one."""
_IN_ORDER: Final = range(_CHUNKS) if sys.byteorder == "little" else range(_CHUNKS - 1, -1, -1)
"""The chunks of a number in memory, the lowest one first."""


class Near(NamedTuple):
    """A hash of a list near to the one that was looked for: the distance, and the position in the
    list."""

    distance: int
    position: int


@dataclass(frozen=True, slots=True)
class HashIndex:
    """A list of hashes, by position, and the positions by the values of each chunk."""

    numbers: Sequence[int]
    positions: Sequence[array[int]]
    """For each chunk the positions of the hashes, in the order of the chunk's values."""
    starts: Sequence[array[int]]
    """For each chunk and value where its positions start; and at last, where all of them end."""

    @classmethod
    def of(cls, numbers: Sequence[int]) -> HashIndex:
        content = b"".join(number.to_bytes(_BYTES, sys.byteorder) for number in numbers)
        values = array("H", content)
        chunks = [_sorted(values[chunk::_CHUNKS]) for chunk in _IN_ORDER]
        return cls(numbers, [each for each, _ in chunks], [starts for _, starts in chunks])

    def nearest(self, number: int, limit: int = MAX_DISTANCE) -> Near | None:
        """The hash that is nearest to the given one in any of its orientations, the first of
        several; None if none is within `limit`, which is at most `MAX_DISTANCE`."""
        numbers = self.numbers
        found = [
            Near(differing, position)
            for turned in orientations(number)
            for some in self._candidates(turned)
            for position in some
            if (differing := (numbers[position] ^ turned).bit_count()) <= limit
        ]
        return min(found, default=None)

    def _candidates(self, number: int) -> Iterator[array[int]]:
        """The positions of all hashes within `MAX_DISTANCE`, among some thousand others."""
        for chunk, (positions, starts) in enumerate(zip(self.positions, self.starts, strict=True)):
            value = number >> (16 * chunk) & (_VALUES - 1)
            for difference in _NEARBY:
                nearby = value ^ difference
                yield positions[starts[nearby] : starts[nearby + 1]]


def _sorted(values: array[int]) -> tuple[array[int], array[int]]:
    """The positions of some values in the order of the values, and where those of each start."""
    by_value = [array("I") for _ in range(_VALUES)]
    for position, value in enumerate(values):
        by_value[value].append(position)
    return array("I", b"".join(by_value)), array("I", accumulate(map(len, by_value), initial=0))
