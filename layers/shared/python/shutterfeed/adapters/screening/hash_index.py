"""Finds the perceptual hashes of a list that are near to a given one, in a few milliseconds.

A hash has 8 pairs of chunks of 16 bits. If two hashes differ in at most 31 bits, there is a pair in
which they differ in at most 3: else they would differ in 4 in each, which makes 32. In one chunk of
that pair they differ in at most one, and in its partner in the rest of the 3. So for each chunk
the list is sorted by the chunk's value, with the value of the partner at hand. A search looks only
at the hashes that have the wanted value in a chunk, or one of the 16 that differ from it in one
bit: of a million hashes these are about 4,000. Of them about ten have a partner that is near
enough, and only their distance is counted.
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
_BITS: Final = tuple(1 << bit for bit in range(16))
_WITHIN_2: Final = tuple(value for value in range(_VALUES) if value.bit_count() <= 2)
"""What two values differ in that differ in up to 2 bits."""
_IN_ORDER: Final = range(_CHUNKS) if sys.byteorder == "little" else range(_CHUNKS - 1, -1, -1)
"""The chunks of a number in memory, the lowest one first."""


class Near(NamedTuple):
    """A hash of a list near to the one that was looked for: the distance, and the position in the
    list."""

    distance: int
    position: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """The hashes of a list in the order of the values that they have in one chunk."""

    positions: array[int]
    """Their positions in the list."""
    partners: array[int]
    """Their values in the chunk's partner."""
    starts: array[int]
    """The index at which the hashes with each value start; and at last, the end of all of them."""

    @classmethod
    def of(cls, values: array[int], partners: array[int]) -> Chunk:
        by_value = [array("I") for _ in range(_VALUES)]
        for position, value in enumerate(values):
            by_value[value].append(position)
        positions = array("I", b"".join(by_value))
        return cls(
            positions,
            array("H", map(partners.__getitem__, positions)),
            array("I", accumulate(map(len, by_value), initial=0)),
        )

    def near(self, value: int, partner: int) -> list[int]:
        """The positions of the hashes that differ from these values in at most 3 bits, of which at
        most one is in the chunk itself."""
        starts, partners, positions = self.starts, self.partners, self.positions
        start, end = starts[value], starts[value + 1]
        found = [
            positions[at]
            for at, other in enumerate(partners[start:end], start)
            if (other ^ partner).bit_count() <= 3
        ]
        close = {partner ^ other for other in _WITHIN_2}
        for bit in _BITS:
            start, end = starts[value ^ bit], starts[(value ^ bit) + 1]
            some = partners[start:end]
            # Hardly ever is there one, and this way it takes no loop to know.
            if not close.isdisjoint(some):
                found += [positions[at] for at, other in enumerate(some, start) if other in close]
        return found


@dataclass(frozen=True, slots=True)
class HashIndex:
    """A list of hashes, by position, and its chunks, the one with the lowest bits first."""

    numbers: Sequence[int]
    chunks: Sequence[Chunk]

    @classmethod
    def of(cls, numbers: Sequence[int]) -> HashIndex:
        content = b"".join(number.to_bytes(_BYTES, sys.byteorder) for number in numbers)
        values = array("H", content)
        columns = [values[chunk::_CHUNKS] for chunk in _IN_ORDER]
        return cls(
            numbers,
            [Chunk.of(column, columns[chunk ^ 1]) for chunk, column in enumerate(columns)],
        )

    def nearest(self, number: int, limit: int = MAX_DISTANCE) -> Near | None:
        """The hash that is nearest to the given one in any of its orientations, the first of
        several; None if none is within `limit`, which is at most `MAX_DISTANCE`."""
        found = [
            Near(differing, position)
            for turned in orientations(number)
            for position in self._candidates(turned)
            if (differing := (self.numbers[position] ^ turned).bit_count()) <= limit
        ]
        return min(found, default=None)

    def _candidates(self, number: int) -> Iterator[int]:
        """The positions of all hashes within `MAX_DISTANCE`, among some others."""
        values = [number >> (16 * chunk) & (_VALUES - 1) for chunk in range(_CHUNKS)]
        for index, chunk in enumerate(self.chunks):
            yield from chunk.near(values[index], values[index ^ 1])
