"""The rules for photos: recognising them, limits, and what is planned of which size."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shutterfeed.domain.photos import (
    MAX_SIDE,
    PHOTO_TYPES,
    RENDITIONS,
    SNIFF_BYTES,
    PhotoRefused,
    PlannedRendition,
    check_size,
    plan,
    sniff,
    working_size,
)
from tests import pictures

SIDES = st.integers(min_value=1, max_value=MAX_SIDE)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (pictures.jpeg(8, 8), "image/jpeg"),
        (pictures.jpeg(8, 8, gps=True), "image/jpeg"),
        (pictures.png(8, 8), "image/png"),
        (pictures.webp(8, 8), "image/webp"),
        (pictures.webp(8, 8, mode="RGBA", lossless=True), "image/webp"),
    ],
)
def test_photos_are_recognised_by_their_first_bytes(content: bytes, content_type: str) -> None:
    assert sniff(content[:SNIFF_BYTES]) == content_type
    assert content_type in PHOTO_TYPES


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff\xd8",
        b"\x89PNG\r\n\x1a",
        b"RIFF",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"GIF89a\x01\x00\x01\x00",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"<!DOCTYPE html><script>",
        b'<svg xmlns="http://www.w3.org/2000/svg">',
        b" \xff\xd8\xff\xe0",
    ],
)
def test_nothing_else_is_taken_for_a_photo(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize(
    ("content_type", "width", "height"),
    [
        ("image/jpeg", 10_000, 10_000),
        ("image/png", 10_000, 1),
        ("image/webp", 10_000, 5_000),
    ],
)
def test_the_largest_photos_pass(content_type: str, width: int, height: int) -> None:
    check_size(content_type, width, height)


@pytest.mark.parametrize(
    ("content_type", "width", "height"),
    [
        ("image/jpeg", 10_001, 1),
        ("image/png", 1, 10_001),
        ("image/webp", 10_000, 5_001),
    ],
)
def test_larger_photos_are_refused(content_type: str, width: int, height: int) -> None:
    with pytest.raises(PhotoRefused, match=f"{width:,} x {height:,} pixels") as refused:
        check_size(content_type, width, height)
    assert refused.value.code == "too_many_pixels"
    assert refused.value.message == str(refused.value)


def names_and_sizes(planned: tuple[PlannedRendition, ...]) -> dict[str, tuple[int, int]]:
    return {each.spec.name: (each.width, each.height) for each in planned}


def test_a_phone_photo_gets_every_rendition() -> None:
    assert names_and_sizes(plan(4032, 3024)) == {
        "1080.jpg": (1080, 810),
        "1080.webp": (1080, 810),
        "640.jpg": (640, 480),
        "640.webp": (640, 480),
        "320.jpg": (320, 240),
        "150.jpg": (150, 150),
    }
    assert working_size(4032, 3024) == (1080, 810)


def test_sizes_above_the_photo_collapse_to_one_in_its_own_width() -> None:
    assert names_and_sizes(plan(500, 400)) == {
        "640.jpg": (500, 400),
        "640.webp": (500, 400),
        "320.jpg": (320, 256),
        "150.jpg": (150, 150),
    }


def test_a_photo_of_exactly_one_size_has_no_larger_one() -> None:
    assert names_and_sizes(plan(640, 480)) == {
        "640.jpg": (640, 480),
        "640.webp": (640, 480),
        "320.jpg": (320, 240),
        "150.jpg": (150, 150),
    }


def test_a_tiny_photo_is_not_enlarged() -> None:
    assert names_and_sizes(plan(100, 50)) == {
        "640.webp": (100, 50),
        "320.jpg": (100, 50),
        "150.jpg": (50, 50),
    }


def test_a_panorama_keeps_enough_height_for_its_square() -> None:
    planned = {each.spec.name: each for each in plan(10_000, 500)}
    assert (planned["1080.jpg"].width, planned["1080.jpg"].height) == (1080, 54)
    assert planned["150.jpg"].width == 150
    assert planned["150.jpg"].made_from is None
    assert working_size(10_000, 500) == (3000, 150)


@given(width=SIDES, height=SIDES)
@example(1, 1)
@example(10_000, 1)
@example(1, 10_000)
@example(641, 150)
def test_every_plan_only_scales_down(width: int, height: int) -> None:
    working = working_size(width, height)
    assert working[0] <= width
    assert working[1] <= height
    sizes: dict[str | None, tuple[int, int]] = {None: working}
    for planned in plan(width, height):
        source = sizes[planned.made_from]
        assert 1 <= planned.width <= source[0]
        assert 1 <= planned.height <= source[1]
        sizes[planned.spec.name] = (planned.width, planned.height)


@given(width=SIDES, height=SIDES)
def test_every_photo_has_a_square_and_each_format_in_every_useful_width(
    width: int, height: int
) -> None:
    planned = plan(width, height)
    squares = [each for each in planned if each.spec.square_crop]
    assert [(each.width, each.height) for each in squares] == [(min(150, width, height),) * 2]
    for format_name in ("jpeg", "webp"):
        widths = [
            each.width
            for each in planned
            if each.spec.format == format_name and not each.spec.square_crop
        ]
        assert widths == sorted(set(widths), reverse=True)
        assert widths[0] == min(1080, width)


@given(width=SIDES, height=SIDES)
def test_proportions_are_kept_to_the_pixel(width: int, height: int) -> None:
    for planned in plan(width, height):
        if not planned.spec.square_crop:
            exact = height * planned.width / width
            assert planned.height == pytest.approx(max(1, exact), abs=0.51)


def test_names_are_unique_and_tell_width_and_format() -> None:
    endings = {"jpeg": "jpg", "webp": "webp"}
    names = [spec.name for spec in RENDITIONS]
    assert names == [f"{spec.width}.{endings[spec.format]}" for spec in RENDITIONS]
    assert len(set(names)) == len(names)
