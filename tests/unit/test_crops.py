"""Crops: which are accepted, and that equal ones are equal values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.crops import (
    MIN_PART,
    UNITS,
    Crop,
    content_name,
    content_names,
    crop_of,
    cropped_medium_of,
    is_large_enough,
    parse_crop,
    sha256_of,
)
from shutterfeed.domain.errors import InvalidInput
from tests import samples

_WHOLE = Crop(0, 0, UNITS, UNITS)
SHA256, MEDIUM = samples.sha256("content"), samples.user_id(7)


@st.composite
def crops(draw: st.DrawFn) -> Crop:
    x, y = (draw(st.integers(0, UNITS - MIN_PART)) for _ in "xy")
    width, height = (draw(st.integers(MIN_PART, UNITS - start)) for start in (x, y))
    return Crop(x, y, width, height)


@given(crops())
def test_what_a_crop_is_shown_as_is_the_same_crop_when_it_is_sent(crop: Crop) -> None:
    assert crop_of(**crop.fractions(), field="crop") == (None if crop == _WHOLE else crop)
    assert parse_crop(str(crop)) == crop


@given(crops(), st.floats(-0.2, 0.2))
def test_a_fifth_of_a_unit_makes_no_other_crop(crop: Crop, off: float) -> None:
    values = {name: value + off / UNITS for name, value in crop.fractions().items()}
    moved = {name: min(max(value, 0), 1) for name, value in values.items()}
    assert crop_of(**moved, field="crop") == (None if crop == _WHOLE else crop)


@given(crops(), st.integers(1, 30_000), st.integers(1, 30_000))
def test_the_pixels_of_a_crop_lie_in_the_picture(crop: Crop, width: int, height: int) -> None:
    left, upper, right, lower = crop.pixels(width, height)
    assert 0 <= left < right <= width
    assert 0 <= upper < lower <= height


def test_edges_are_rounded_to_the_nearest_pixel() -> None:
    assert Crop(2500, 0, 5000, 10_000).pixels(4000, 3000) == (1000, 0, 3000, 3000)
    assert Crop(3333, 0, 3334, 100).pixels(100, 100) == (33, 0, 67, 1)


def test_the_whole_picture_is_no_crop() -> None:
    assert crop_of(0, 0, 1, 1, "crop") is None
    assert crop_of(0.00001, 0, 0.99999, 1, "crop") is None


@pytest.mark.parametrize(
    "values",
    [
        (-0.1, 0, 0.5, 0.5),
        (0, 1.1, 0.5, 0.5),
        (0.6, 0, 0.5, 1),
        (0, 0.6, 1, 0.5),
        (0, 0, 0, 1),
        (0, 0, 0.009, 1),
        (0, 0, 1, 0.009),
        (float("nan"), 0, 0.5, 0.5),
        (0, 0, float("inf"), 0.5),
    ],
)
def test_a_wrong_rectangle_is_refused_by_its_field(values: tuple[float, ...]) -> None:
    x, y, width, height = values
    with pytest.raises(InvalidInput) as refused:
        crop_of(x, y, width, height, "media[1].crop")
    assert (refused.value.code, refused.value.field) == ("invalid_crop", "media[1].crop")
    assert refused.value.message.endswith(".")


def test_enough_is_left_of_a_photo_that_is_small_itself() -> None:
    half = Crop(0, 0, 5000, 5000)
    assert is_large_enough(half, 128, 128)
    assert not is_large_enough(half, 126, 128)
    assert is_large_enough(Crop(0, 0, UNITS, 5000), 20, 128)
    assert not is_large_enough(Crop(0, 0, 5000, 5000), 20, 128)


def test_a_cropped_content_has_a_name_that_is_its_mediums_alone() -> None:
    crop = Crop(0, 0, 5000, 5000)
    assert content_name(SHA256, MEDIUM, None) == SHA256
    name = content_name(SHA256, MEDIUM, crop)
    assert content_names(SHA256, MEDIUM) == (SHA256, name)
    assert name != content_name(SHA256, samples.user_id(8), crop)
    assert (sha256_of(name), cropped_medium_of(name)) == (SHA256, MEDIUM)
    assert (sha256_of(SHA256), cropped_medium_of(SHA256)) == (SHA256, None)
