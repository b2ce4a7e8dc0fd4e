"""Which files are uploaded in parts, and in which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.multipart import (
    MAX_PARTS,
    MULTIPART_THRESHOLD,
    Part,
    in_parts,
    missing,
    part_size,
    part_sizes,
)

MEBIBYTE = 1 << 20
SMALLEST = 5 * MEBIBYTE
"""What S3 takes as any part but the last."""


def test_only_what_is_larger_than_the_threshold_comes_in_parts() -> None:
    assert not in_parts(MULTIPART_THRESHOLD)
    assert in_parts(MULTIPART_THRESHOLD + 1)


@given(st.integers(1, 50 * 1024 * MEBIBYTE))
def test_parts_make_up_the_file_and_are_few_and_large_enough(size: int) -> None:
    sizes = part_sizes(size)
    assert sum(sizes.values()) == size
    assert list(sizes) == list(range(1, len(sizes) + 1))
    assert len(sizes) <= MAX_PARTS
    *others, last = sizes.values()
    assert set(others) <= {part_size(size)}
    assert part_size(size) >= SMALLEST
    assert 1 <= last <= part_size(size)


@pytest.mark.parametrize(
    ("size", "each", "parts"),
    [
        (20 * MEBIBYTE, 8 * MEBIBYTE, 3),
        (24 * MEBIBYTE, 8 * MEBIBYTE, 3),
        (300 * MEBIBYTE, 8 * MEBIBYTE, 38),
        (800 * MEBIBYTE, 8 * MEBIBYTE, 100),
        (800 * MEBIBYTE + 1, 9 * MEBIBYTE, 89),
    ],
)
def test_parts_grow_when_they_would_be_too_many(size: int, each: int, parts: int) -> None:
    assert (part_size(size), len(part_sizes(size))) == (each, parts)


def test_a_part_of_another_size_is_as_good_as_missing() -> None:
    sizes = part_sizes(20 * MEBIBYTE)
    whole = {number: Part(number, size, "tag") for number, size in sizes.items()}
    assert missing(20 * MEBIBYTE, whole) == []
    assert missing(20 * MEBIBYTE, {}) == [1, 2, 3]
    assert missing(20 * MEBIBYTE, whole | {2: Part(2, 1, "tag")}) == [2]
    assert missing(20 * MEBIBYTE, {3: whole[3]}) == [1, 2]
