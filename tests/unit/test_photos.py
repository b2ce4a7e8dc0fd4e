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
    check_frames,
    check_memory,
    check_size,
    is_as_declared,
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
        (pictures.encoded(pictures.picture(8, 8, mode="P"), "GIF"), "image/gif"),
        (pictures.encoded(pictures.picture(8, 8), "AVIF"), "image/avif"),
        (pictures.heic(8, 8), "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1miaf", "image/heif"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif\x00\x00\x00\x00", "image/avif"),
        (b"\x00\x00\x00\x18ftyphevc\x00\x00\x00\x00msf1hevc", "image/heic"),
        (b"\x00\x00\x00\x18ftypavis\x00\x00\x00\x00msf1avif", "image/avif"),
        # A brand behind the end of the box is none.
        (b"\x00\x00\x00\x14ftypmif1\x00\x00\x00\x00mif1avif", "image/heif"),
    ],
)
def test_photos_are_recognised_by_their_first_bytes(content: bytes, content_type: str) -> None:
    assert sniff(content[:SNIFF_BYTES]) == content_type
    assert content_type in PHOTO_TYPES


@pytest.mark.parametrize(
    "magic",
    [
        b"",
        b"\xff\xd8",
        b"\x89PNG\r\n\x1a",
        b"RIFF",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"GIF88a\x01\x00\x01\x00",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00heicmif1",
        b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ",
        b"\x00\x00\x00\x1cftypisom\x00\x00\x00\x00avifmif1",
        b"\x00\x00\x00\x08ftypheic\x00\x00\x00\x00mif1heic",
        b"ftypheic",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"<!DOCTYPE html><script>",
        b'<svg xmlns="http://www.w3.org/2000/svg">',
        b" \xff\xd8\xff\xe0",
    ],
)
def test_nothing_else_is_taken_for_a_photo(magic: bytes) -> None:
    assert sniff(magic) is None


def test_heic_and_heif_are_names_of_one_file() -> None:
    assert is_as_declared("image/heif", "image/heic")
    assert is_as_declared("image/heic", "image/heif")
    assert is_as_declared("image/avif", "image/avif")
    assert not is_as_declared("image/heic", "image/avif")
    assert not is_as_declared("image/jpeg", "image/png")


@pytest.mark.parametrize(("width", "height"), [(30_000, 6_666), (16_320, 12_240), (30_000, 1)])
def test_the_largest_photos_pass(width: int, height: int) -> None:
    check_size(width, height)


@pytest.mark.parametrize(("width", "height"), [(30_001, 1), (1, 30_001), (20_000, 10_001)])
def test_larger_photos_are_refused(width: int, height: int) -> None:
    with pytest.raises(PhotoRefused, match=f"{width:,} x {height:,} pixels") as refused:
        check_size(width, height)
    assert refused.value.code == "too_many_pixels"
    assert refused.value.message == str(refused.value)


def test_a_file_of_too_many_pictures_is_refused() -> None:
    check_frames(1_000)
    with pytest.raises(PhotoRefused, match="1,001 pictures") as refused:
        check_frames(1_001)
    assert refused.value.code == "too_many_frames"


@pytest.mark.parametrize(
    ("content_type", "width", "height", "buffered"),
    [
        ("image/heic", 8064, 6048, 0),  # a phone of 48 megapixels
        ("image/png", 9000, 9000, 0),
        ("image/gif", 10_000, 10_000, 0),
        ("image/webp", 5000, 4000, 0),
        ("image/avif", 5000, 4000, 0),
        ("image/jpeg", 1400, 1400, 8064 * 6048 * 3),  # progressive, 4:2:0
    ],
)
def test_what_fits_the_functions_memory_passes(
    content_type: str, width: int, height: int, buffered: int
) -> None:
    check_memory(content_type, width, height, size=10_000_000, buffered=buffered)


@pytest.mark.parametrize(
    ("content_type", "width", "height", "size", "buffered"),
    [
        ("image/webp", 6000, 4200, 10_000_000, 0),
        ("image/png", 10_000, 10_000, 1_000_000, 0),
        ("image/avif", 7000, 5000, 1_000_000, 0),
        ("image/heic", 9000, 7000, 1_000_000, 0),
        ("image/jpeg", 1400, 1400, 1_000_000, 600_000_000),
        ("image/webp", 4900, 4900, 25_000_000, 0),
    ],
)
def test_what_would_not_fit_is_refused_with_a_way_out(
    content_type: str, width: int, height: int, size: int, buffered: int
) -> None:
    with pytest.raises(PhotoRefused, match="make it smaller") as refused:
        check_memory(content_type, width, height, size=size, buffered=buffered)
    assert refused.value.code == "too_many_pixels"


def test_the_limit_that_is_named_passes_and_a_megapixel_more_does_not() -> None:
    with pytest.raises(
        PhotoRefused, match=r"has 30 megapixels; .* at most about 24 can"
    ) as refused:
        check_memory("image/webp", 6000, 5000, size=10_000_000)
    assert refused.value.code == "too_many_pixels"
    check_memory("image/webp", 5500, 4000, size=10_000_000)
    with pytest.raises(PhotoRefused):
        check_memory("image/webp", 6250, 4000, size=10_000_000)


def test_of_a_jpeg_the_limit_is_named_in_its_own_pixels() -> None:
    with pytest.raises(PhotoRefused, match=r"has 90 megapixels; .* at most about 65 can"):
        check_memory("image/jpeg", 0, 0, size=0, buffered=90 * 6_100_000, pixels=90_000_000)


def test_a_high_picture_takes_memory_in_the_size_of_its_renditions_too() -> None:
    check_memory("image/png", 1080, 30_000, size=5_000_000, working=590 * 16_383)
    with pytest.raises(PhotoRefused):
        check_memory("image/png", 2_900, 30_000, size=5_000_000, working=1080 * 11_172)


def names_and_sizes(planned: tuple[PlannedRendition, ...]) -> dict[str, tuple[int, int]]:
    return {each.spec.name: (each.width, each.height) for each in planned}


def test_a_phone_photo_gets_every_rendition() -> None:
    assert names_and_sizes(plan(4032, 3024)) == {
        "1080.webp": (1080, 810),
        "640.webp": (640, 480),
        "640.jpg": (640, 480),
        "320.webp": (320, 240),
        "150.jpg": (150, 150),
    }
    assert working_size(4032, 3024) == (1080, 810)


def test_sizes_above_the_photo_collapse_to_one_in_its_own_width() -> None:
    assert names_and_sizes(plan(500, 400)) == {
        "640.jpg": (500, 400),
        "640.webp": (500, 400),
        "320.webp": (320, 256),
        "150.jpg": (150, 150),
    }


def test_a_photo_of_exactly_one_size_has_no_larger_one() -> None:
    assert names_and_sizes(plan(640, 480)) == {
        "640.jpg": (640, 480),
        "640.webp": (640, 480),
        "320.webp": (320, 240),
        "150.jpg": (150, 150),
    }


def test_a_tiny_photo_is_not_enlarged() -> None:
    assert names_and_sizes(plan(100, 50)) == {
        "640.jpg": (100, 50),
        "320.webp": (100, 50),
        "150.jpg": (50, 50),
    }


def test_a_long_screenshot_is_as_high_as_a_webp_can_be() -> None:
    assert names_and_sizes(plan(1080, 30_000)) == {
        "640.jpg": (590, 16_383),
        "640.webp": (590, 16_383),
        "320.webp": (320, 8_886),
        "150.jpg": (150, 150),
    }
    assert working_size(1080, 30_000) == (590, 16_383)


def test_the_square_of_a_ribbon_has_all_its_width() -> None:
    assert names_and_sizes(plan(200, 30_000))["150.jpg"] == (150, 150)
    assert working_size(200, 30_000) == (150, 22_500)


def test_a_panorama_keeps_enough_height_for_its_square() -> None:
    planned = {each.spec.name: each for each in plan(10_000, 500)}
    assert (planned["1080.webp"].width, planned["1080.webp"].height) == (1080, 54)
    assert planned["150.jpg"].width == 150
    assert planned["150.jpg"].made_from is None
    assert working_size(10_000, 500) == (3000, 150)


@given(width=SIDES, height=SIDES)
@example(1, 1)
@example(30_000, 1)
@example(1, 30_000)
@example(641, 150)
@example(1_080, 30_000)
@example(200, 30_000)
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
    for format_name, greatest in (("jpeg", 640), ("webp", 1080)):
        widths = [
            each.width
            for each in planned
            if each.spec.format == format_name and not each.spec.square_crop
        ]
        assert widths == sorted(set(widths), reverse=True)
        narrowed = width if height <= 16_383 else max(1, round(width * 16_383 / height))
        assert widths[0] == min(greatest, narrowed)


@given(width=SIDES, height=SIDES)
@example(1_080, 30_000)
@example(3, 30_000)
def test_proportions_are_kept_to_the_pixel(width: int, height: int) -> None:
    for planned in plan(width, height):
        if not planned.spec.square_crop:
            assert planned.height <= 16_383
            # Half a pixel of the width may be many of the height.
            least, most = (height * (planned.width + half) / width for half in (-0.51, 0.51))
            assert min(16_383, max(1, least)) - 0.51 <= planned.height <= max(1, most) + 0.51


def test_names_are_unique_and_tell_width_and_format() -> None:
    endings = {"jpeg": "jpg", "webp": "webp"}
    names = [spec.name for spec in RENDITIONS]
    assert names == [f"{spec.width}.{endings[spec.format]}" for spec in RENDITIONS]
    assert len(set(names)) == len(names)
