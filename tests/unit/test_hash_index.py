"""Looking for perceptual hashes that differ in a few bits."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.adapters.screening.hash_index import HashIndex, Near
from shutterfeed.domain.perceptual import MAX_DISTANCE, orientations

SOURCE = random.Random(31)
LISTED = [SOURCE.getrandbits(256) for _ in range(200)]
INDEX = HashIndex.of(LISTED)


def flipped(number: int, bits: set[int]) -> int:
    for bit in bits:
        number ^= 1 << bit
    return number


@given(
    st.integers(0, len(LISTED) - 1), st.sets(st.integers(0, 255), min_size=0, max_size=MAX_DISTANCE)
)
def test_a_hash_with_up_to_the_limit_of_its_bits_flipped_is_found(
    position: int, bits: set[int]
) -> None:
    assert INDEX.nearest(flipped(LISTED[position], bits)) == Near(len(bits), position)


@given(
    st.integers(0, len(LISTED) - 1),
    st.sets(st.integers(0, 255), min_size=MAX_DISTANCE + 1, max_size=64),
)
def test_with_more_bits_flipped_it_is_not(position: int, bits: set[int]) -> None:
    assert INDEX.nearest(flipped(LISTED[position], bits)) is None


@pytest.mark.parametrize("limit", [0, 1, 10, 30])
def test_a_smaller_limit_counts(limit: int) -> None:
    near = flipped(LISTED[3], set(range(0, 5 * limit, 5)))
    assert INDEX.nearest(near, limit) == Near(limit, 3)
    assert INDEX.nearest(near ^ 1 << 255, limit) is None


def test_two_bits_in_every_chunk_but_one_are_found() -> None:
    """The worst case: no chunk is the same, and only one has a single bit that differs."""
    bits = {16 * chunk + bit for chunk in range(16) for bit in (3, 11)} - {16 * 9 + 3}
    assert len(bits) == MAX_DISTANCE
    assert INDEX.nearest(flipped(LISTED[7], bits)) == Near(MAX_DISTANCE, 7)


def test_the_nearest_one_is_found_and_of_several_the_first() -> None:
    number = LISTED[0]
    index = HashIndex.of([flipped(number, {1, 2, 3}), flipped(number, {9}), flipped(number, {8})])
    assert index.nearest(number) == Near(1, 1)


@pytest.mark.parametrize("orientation", range(8))
def test_a_turned_or_mirrored_picture_is_found(orientation: int) -> None:
    turned = orientations(LISTED[5])[orientation]
    assert INDEX.nearest(flipped(turned, {0, 77, 200})) == Near(3, 5)


def test_nothing_is_in_an_empty_list() -> None:
    assert HashIndex.of([]).nearest(LISTED[0]) is None
