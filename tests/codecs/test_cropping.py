"""Crops of real files: the right pixels, from every orientation and format, and no others."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import pillow_heif
import pytest
from PIL import Image

from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto, sniff
from tests import pictures

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 30), (30, 30, 200), (120, 120, 120)
QUARTERS: Final = {
    RED: Crop(0, 0, 5000, 5000),
    GREEN: Crop(5000, 0, 5000, 5000),
    BLUE: Crop(0, 5000, 5000, 5000),
    GREY: Crop(5000, 5000, 5000, 5000),
}
"""The crops that leave each of the four colours of `quartered`, as it is shown."""
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a picture is stored that an orientation turns upright: the reverse of that turn."""


def quartered(width: int = 384, height: int = 256) -> Image.Image:
    """Four colours, which meet where blocks of a JPEG do."""
    picture = Image.new("RGB", (width, height))
    for colour, crop in QUARTERS.items():
        picture.paste(colour, crop.pixels(width, height))
    return picture


def stored(orientation: int, width: int = 384, height: int = 256) -> bytes:
    """A JPEG that shows `quartered` once it is turned upright."""
    picture, exif = quartered(width, height), Image.Exif()
    turn = TURNS.get(orientation)
    exif[0x0112] = orientation
    picture = picture if turn is None else picture.transpose(turn)
    return pictures.encoded(picture, "JPEG", quality=95, subsampling=0, exif=exif)


def _heic(picture: Image.Image) -> bytes:
    target = BytesIO()
    pillow_heif.from_pillow(picture).save(target, quality=100, chroma=444)
    return target.getvalue()


def render(content: bytes, crop: Crop | None) -> RenderedPhoto:
    return PillowImageCodec().render(content, sniff(content) or "", crop)


def only_shows(photo: RenderedPhoto, colour: tuple[int, int, int]) -> bool:
    """Whether every rendition has nothing but a colour, up to its edges."""
    for _, content in photo.renditions:
        with Image.open(BytesIO(content)) as image:
            ranges: Any = image.convert("RGB").getextrema()
        for (low, high), wanted in zip(ranges, colour, strict=True):
            if not (wanted - 12 <= low <= high <= wanted + 12):
                return False
    return bool(photo.renditions)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_quarter_of_a_photo_is_cut_out_however_it_is_stored(orientation: int) -> None:
    content = stored(orientation)
    for colour, crop in QUARTERS.items():
        photo = render(content, crop)
        assert (photo.width, photo.height) == (192, 128)
        assert only_shows(photo, colour), (orientation, crop)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_part_of_a_large_jpeg_has_all_the_pixels_that_its_renditions_need(
    orientation: int,
) -> None:
    content = stored(orientation, 4800, 3200)
    photo = render(content, QUARTERS[BLUE])
    assert (photo.width, photo.height) == (2400, 1600)
    assert photo.renditions[0][0].width == 1080
    assert only_shows(photo, BLUE)
    small = render(content, Crop(0, 9000, 1000, 1000))
    assert next((r.width, r.height) for r, _ in small.renditions) == (480, 320)
    assert only_shows(small, BLUE)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pictures.encoded(quartered(), "PNG"),
        lambda: pictures.encoded(quartered(), "GIF"),
        lambda: pictures.encoded(quartered(), "WEBP", lossless=True),
        lambda: pictures.encoded(quartered(), "AVIF", quality=100, subsampling="4:4:4"),
        lambda: _heic(quartered()),
        lambda: pictures.encoded(quartered(2000, 1200), "PNG"),
    ],
    ids=["png", "gif", "webp", "avif", "heic", "large png"],
)
def test_every_format_is_cropped(make: Callable[[], bytes]) -> None:
    content = make()
    for colour in (GREEN, BLUE):
        assert only_shows(render(content, QUARTERS[colour]), colour)


def test_the_placeholder_is_of_the_crop() -> None:
    content = pictures.encoded(quartered(), "PNG")
    parts = {render(content, crop).placeholder for crop in QUARTERS.values()}
    assert len(parts | {render(content, None).placeholder}) == len(QUARTERS) + 1


def test_too_small_a_crop_is_refused_with_its_size() -> None:
    with pytest.raises(PhotoRefused) as refused:
        render(stored(6), Crop(0, 0, 1000, 5000))
    assert refused.value.code == "crop_too_small"
    assert "38 x 128" in refused.value.message


def test_what_is_no_picture_is_refused_as_that_whatever_its_crop_leaves() -> None:
    with pytest.raises(PhotoRefused) as refused:
        render(stored(1)[:300], Crop(0, 0, 100, 100))
    assert refused.value.code in {"undecodable", "truncated"}


def test_a_confined_child_crops_in_the_same_way() -> None:
    content, crop = stored(8), QUARTERS[GREEN]
    assert ConfinedCodec().render(content, "image/jpeg", crop) == render(content, crop)
