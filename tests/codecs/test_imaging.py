"""The Pillow codec: what comes in right, what is refused, and that nothing but pixels comes out."""

from __future__ import annotations

import base64
import random
import struct
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat
from thumbhash import rgba_to_thumb_hash, thumb_hash_to_average_rgba

from shutterfeed.adapters import heif_decoding, heif_tiles, imaging, photo_decoding
from shutterfeed.adapters.heif_items import read_grid
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.jpeg_decoding import WatchedJpeg
from shutterfeed.adapters.jpeg_structure import read_structure
from shutterfeed.adapters.thumb_hash import thumb_hash
from shutterfeed.domain import photos
from shutterfeed.domain.crops import UNITS, Crop
from shutterfeed.domain.photos import Capture, PhotoRefused, RenderedPhoto, plan, sniff
from shutterfeed.domain.zooming import plan_zoom
from tests import pictures
from tests.bare import assert_bare
from tests.pictures import SHARED_DATA, needs_shared_data

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
HEIC, AVIF = "image/heic", "image/avif"

Make = Callable[[], bytes]
"""How a file is made. Parameters are recipes, not files: every process that runs tests collects all
of them, and to encode the files of this module takes ten seconds."""


def render(content: bytes, content_type: str | None = None) -> RenderedPhoto:
    return PillowImageCodec().render(content, content_type or sniff(content) or JPEG)


def refusal(content: bytes, content_type: str | None = None) -> PhotoRefused:
    with pytest.raises(PhotoRefused) as refused:
        render(content, content_type)
    assert refused.value.message.endswith(".")
    return refused.value


def opened(photo: RenderedPhoto, name: str) -> Image.Image:
    content = next(content for rendition, content in photo.renditions if rendition.name == name)
    with Image.open(BytesIO(content)) as image:
        assert image.mode == "RGB"
        return image.copy()


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of one size, in steps of 255."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


# --- What comes out -----------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1500, 1000), (700, 900), (200, 120), (1, 1), (2000, 40)])
def test_renditions_are_as_planned_and_as_described(size: tuple[int, int]) -> None:
    photo = render(pictures.jpeg(*size))
    assert (photo.width, photo.height) == size
    assert [rendition.name for rendition, _ in photo.renditions] == [
        planned.spec.name for planned in plan(*size)
    ]
    for (rendition, content), planned in zip(photo.renditions, plan(*size), strict=True):
        assert sniff(content) == rendition.content_type
        assert (rendition.width, rendition.height) == (planned.width, planned.height)
        with Image.open(BytesIO(content)) as image:
            assert image.size == (planned.width, planned.height)


@pytest.mark.parametrize("make", [pictures.jpeg, pictures.png, pictures.webp, pictures.heic])
def test_a_zoom_size_is_the_only_rendition_in_it_and_larger_than_all_others(
    make: Callable[[int, int], bytes],
) -> None:
    content = make(1300, 400)
    photo = PillowImageCodec(planner=plan_zoom).render(content, sniff(content) or JPEG)
    assert (photo.width, photo.height) == (1300, 400)
    ((rendition, _),) = photo.renditions
    assert (rendition.width, rendition.height) == (1300, 400)
    source = pictures.picture(1300, 400)
    assert difference(opened(photo, rendition.name), source) < 8


def test_a_zoom_size_is_upright() -> None:
    content = pictures.jpeg(3000, 1500, exif_orientation=6)
    photo = PillowImageCodec(planner=plan_zoom).render(content, JPEG)
    expected = pictures.picture(3000, 1500).resize((2048, 1024), Image.Resampling.LANCZOS)
    assert difference(opened(photo, "2048.webp"), expected) < 6


SCENE = pictures.picture(900, 600)
GREY_SCENE = SCENE.convert("L").convert("RGB")


@pytest.mark.parametrize(
    ("make", "mode"),
    [
        pytest.param(partial(pictures.jpeg, 900, 600), "RGB", id="jpeg"),
        pytest.param(
            partial(pictures.jpeg, 900, 600, progressive=True), "RGB", id="jpeg-progressive"
        ),
        pytest.param(partial(pictures.jpeg, 900, 600, mode="L"), "L", id="jpeg-grey"),
        pytest.param(partial(pictures.jpeg, 900, 600, mode="CMYK"), "RGB", id="jpeg-cmyk"),
        pytest.param(partial(pictures.png, 900, 600), "RGB", id="png"),
        pytest.param(partial(pictures.png, 900, 600, mode="P"), "P", id="png-palette"),
        pytest.param(partial(pictures.png, 900, 600, mode="L"), "L", id="png-grey"),
        pytest.param(partial(pictures.png, 900, 600, mode="I;16"), "L", id="png-grey-16-bit"),
        pytest.param(partial(pictures.webp, 900, 600), "RGB", id="webp"),
        pytest.param(partial(pictures.webp, 900, 600, lossless=True), "RGB", id="webp-lossless"),
        pytest.param(partial(pictures.heic, 900, 600), "RGB", id="heic"),
        pytest.param(partial(pictures.heic, 900, 600, tile_size=512), "RGB", id="heic-grid"),
        pytest.param(partial(pictures.avif, 900, 600), "RGB", id="avif"),
        pytest.param(partial(pictures.gif, 900, 600), "P", id="gif"),
    ],
)
def test_every_kind_of_file_keeps_its_picture(make: Make, mode: str) -> None:
    photo = render(make())
    scene = pictures.picture(900, 600, mode=mode).convert("RGB")
    expected = scene.resize((640, 427), Image.Resampling.LANCZOS)
    for name in ("640.jpg", "640.webp"):
        assert difference(opened(photo, name), expected) < 4


def test_sixteen_bits_a_channel_are_scaled_not_clipped() -> None:
    photo = render(pictures.png_rgb16(400, 300, (0x8000, 0x2000, 0xFFFF)))
    expected = Image.new("RGB", (320, 240), (0x80, 0x20, 0xFF))
    assert difference(opened(photo, "320.webp"), expected) < 3


def test_black_and_white_stays_so() -> None:
    source = Image.new("1", (400, 300), 1)
    source.paste(0, (0, 0, 200, 300))
    result = opened(render(pictures.encoded(source, "PNG")), "320.webp")
    assert result.getpixel((40, 120)) == (0, 0, 0)
    assert result.getpixel((280, 120)) == (255, 255, 255)


def with_transparent_colour() -> bytes:
    """A palette picture whose left half has a colour that is declared transparent."""
    image = Image.new("P", (900, 600), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 450, 600))
    return pictures.encoded(image, "PNG", transparency=0)


def transparent_gif() -> bytes:
    image = Image.new("P", (900, 600), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 450, 600))
    return pictures.encoded(image, "GIF", transparency=0)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(partial(pictures.png, 900, 600, mode="RGBA"), id="png-rgba"),
        pytest.param(partial(pictures.png, 900, 600, mode="LA"), id="png-grey-alpha"),
        pytest.param(with_transparent_colour, id="png-palette"),
        pytest.param(partial(pictures.webp, 900, 600, mode="RGBA"), id="webp"),
        pytest.param(partial(pictures.heic, 900, 600, mode="RGBA"), id="heic"),
        pytest.param(partial(pictures.avif, 900, 600, mode="RGBA"), id="avif"),
        pytest.param(transparent_gif, id="gif"),
    ],
)
def test_transparent_parts_become_white_in_every_format(make: Make) -> None:
    photo = render(make())
    for name in ("640.webp", "640.jpg", "320.webp"):
        image = opened(photo, name)
        left = image.crop((0, 0, image.width // 2 - 16, image.height))
        right = image.crop((image.width // 2 + 16, 0, image.width, image.height))
        assert difference(left, Image.new("RGB", left.size, "white")) < 2
        assert difference(right, Image.new("RGB", right.size, "white")) > 20


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(900, 600), (2600, 1200)])
def test_every_orientation_comes_out_upright(orientation: int, size: tuple[int, int]) -> None:
    photo = render(pictures.jpeg(*size, exif_orientation=orientation))
    assert (photo.width, photo.height) == size
    upright = pictures.picture(*size)
    expected = upright.resize((640, round(640 * size[1] / size[0])), Image.Resampling.LANCZOS)
    assert difference(opened(photo, "640.jpg"), expected) < 4


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["HEIC", "AVIF"])
def test_what_the_files_own_properties_turn_is_turned_once(kind: str, orientation: int) -> None:
    """Both encoders write an orientation as `irot` and `imir`, with EXIF that says the same."""
    make = {"HEIC": pictures.heic, "AVIF": pictures.avif}[kind]
    content = make(450, 300, exif=turned(orientation))
    assert (b"irot" in content or b"imir" in content) == (orientation > 1)
    photo = render(content)
    reference = render(pictures.jpeg(450, 300, exif=turned(orientation)))
    assert (photo.width, photo.height) == (reference.width, reference.height)
    assert difference(opened(photo, "320.webp"), opened(reference, "320.webp")) < 5


def with_memory_for_tiles_alone(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let 900x600 pixels be too many for a HEIC, but not the same in tiles of 256."""
    monkeypatch.setattr(photos, "WORKING_MEMORY", (22 << 20) + len(content) + (1 << 19))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_large_heic_is_decoded_by_its_tiles(
    monkeypatch: pytest.MonkeyPatch, orientation: int
) -> None:
    content = pictures.heic(900, 600, tile_size=256, exif=turned(orientation))
    crop = Crop(UNITS // 8, UNITS // 3, UNITS // 2, UNITS // 2)
    whole, part = render(content), PillowImageCodec().render(content, HEIC, crop)
    with_memory_for_tiles_alone(monkeypatch, content)
    assert render(content).renditions == whole.renditions
    by_tiles = PillowImageCodec().render(content, HEIC, crop)
    assert (by_tiles.width, by_tiles.height) == (part.width, part.height)
    assert by_tiles.renditions == part.renditions


@pytest.mark.parametrize("kind", ["one picture", "cut"])
def test_a_large_heic_that_is_more_than_tiles_is_refused(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == "one picture":
        content = pictures.heic(900, 600)
    else:
        content = pictures.heic(900, 600, tile_size=256, exif=turned(6)).replace(b"irot", b"clap")
    with_memory_for_tiles_alone(monkeypatch, content)
    assert refusal(content).code == "too_many_pixels"


def test_a_large_heic_whose_sizes_contradict_each_other_is_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = pictures.heic(900, 600, tile_size=256)
    size, other = (struct.pack(">4xII", *sides) for sides in ((900, 600), (600, 900)))
    content = content.replace(b"ispe" + size, b"ispe" + other)
    monkeypatch.setattr(heif_tiles, "too_large_a_grid", lambda content, *_: read_grid(content))
    assert refusal(content).code == "undecodable"


def test_orientation_in_exif_alone_does_not_turn_a_heic() -> None:
    """The format says so, and so it is shown everywhere."""
    content = pictures.heic(300, 200, exif=turned(6))
    (position,) = [content.index(b"irot")]
    still = content[:position] + b"free" + content[position + 4 :]
    photo = render(still)
    assert (photo.width, photo.height) == (300, 200)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_upright(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    photo = render(pictures.jpeg(300, 200, exif=exif.tobytes()))
    assert (photo.width, photo.height) == (300, 200)


def moved_behind_the_picture(content: bytes, kind: bytes) -> bytes:
    """A PNG with one of its chunks at the end."""
    where = content.index(kind) - 4
    length = int.from_bytes(content[where : where + 4], "big") + 12
    chunk, rest = content[where : where + length], content[:where] + content[where + length :]
    end = rest.index(b"IEND") - 4
    return rest[:end] + chunk + rest[end:]


def with_xmp(content: bytes) -> bytes:
    """A JPEG that says in XMP alone that it lies on its side."""
    body = b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="6"/>'
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + content[2:]


@pytest.mark.parametrize(
    ("make", "turns"),
    [
        pytest.param(lambda: pictures.png(300, 200, exif=turned(6)), True, id="png"),
        pytest.param(
            lambda: moved_behind_the_picture(pictures.png(300, 200, exif=turned(6)), b"eXIf"),
            False,
            id="png, behind the picture",
        ),
        pytest.param(lambda: pictures.webp(300, 200, exif=turned(6)), False, id="webp"),
        pytest.param(lambda: with_xmp(pictures.jpeg(300, 200)), False, id="jpeg, in XMP"),
        pytest.param(lambda: pictures.jpeg(300, 200, exif=turned(6)), True, id="jpeg"),
    ],
)
def test_orientation_counts_where_chromium_reads_it(make: Make, turns: bool) -> None:
    """Chromium 156 shows these files so."""
    photo = render(make())
    assert (photo.width, photo.height) == ((200, 300) if turns else (300, 200))


@pytest.mark.parametrize(
    "block", [b"no TIFF header", b"II*\x00", b"II*\x00\x08\x00\x00\x00\xff\xff\x12\x01\x03"]
)
def test_broken_exif_does_not_refuse_the_photo(block: bytes) -> None:
    exif = b"Exif\x00\x00" + block
    # Pillow looks into EXIF while it opens a JPEG without a resolution of its own.
    for content in (
        pictures.jpeg(300, 200, exif=exif),
        pictures.jpeg(300, 200, exif=exif, dpi=(72, 72)),
        pictures.webp(300, 200, exif=exif),
    ):
        photo = render(content)
        assert (photo.width, photo.height) == (300, 200)


def test_a_large_png_is_reduced_in_strips_without_a_seam() -> None:
    source = pictures.picture(5000, 3001)
    photo = render(pictures.encoded(source, "PNG", compress_level=1))
    expected = source.resize((1080, 648), Image.Resampling.LANCZOS)
    unlike = ImageChops.difference(opened(photo, "1080.webp"), expected)
    assert max(highest for _, highest in ImageStat.Stat(unlike).extrema) < 12


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ((800, 600), (800, 600)),
        ((350, 262), (400, 300)),
        ((320, 240), (300, 225)),
        ((201, 150), (300, 225)),
        ((200, 150), (200, 150)),
    ],
)
def test_a_jpeg_leaves_its_decoder_in_the_smallest_size_that_suffices(
    wanted: tuple[int, int], made: tuple[int, int]
) -> None:
    content = pictures.jpeg(800, 600)
    structure = read_structure(content)
    assert structure is not None
    photo = WatchedJpeg(content, structure)
    photo.draft(None, wanted)
    photo.load()
    assert photo.size == made
    whole = Image.open(BytesIO(content)).resize(made, Image.Resampling.LANCZOS)
    assert max(ImageStat.Stat(ImageChops.difference(photo, whole)).mean) < 1


def test_of_several_pictures_in_a_file_the_first_is_taken() -> None:
    first, second = pictures.picture(700, 500, 1), pictures.picture(700, 500, 2)
    expected = first.resize((640, 457), Image.Resampling.LANCZOS)
    several: dict[str, dict[str, Any]] = {
        "GIF": {"save_all": True, "append_images": [second], "duration": 100},
        "MPO": {"save_all": True, "append_images": [second]},
        "WEBP": {"save_all": True, "append_images": [second], "duration": 100},
        "PNG": {"save_all": True, "append_images": [second], "duration": 100},
    }
    for format_name, options in several.items():
        photo = render(pictures.encoded(first, format_name, **options))
        assert difference(opened(photo, "640.jpg"), expected) < 6, format_name


def several(count: int) -> bytes:
    """A HEIC with that many pictures, of which the second is the one to show if there is one."""
    new: Any = pillow_heif.HeifFile
    file = new()
    for seed in range(count):
        file.add_from_pillow(pictures.picture(64, 48, seed))
    target = BytesIO()
    file.save(target, primary_index=min(1, count - 1))
    return target.getvalue()


def test_of_a_burst_the_primary_picture_is_shown_and_the_others_are_told() -> None:
    burst = render(several(3))
    assert [note.code for note in burst.notes] == ["pictures_left_out"]
    assert "3 pictures" in burst.notes[0].message
    shown = opened(burst, "320.webp")
    assert difference(shown, pictures.picture(64, 48, 1)) < 8
    assert render(several(1)).notes == ()


def test_parts_of_one_picture_are_no_pictures() -> None:
    tiled = pictures.heic(200, 150, tile_size=64)
    with_thumbnail = pictures.heic(200, 150, thumbnails=[64])
    with_alpha = pictures.heic(200, 150, mode="RGBA")
    assert [render(it).notes for it in (tiled, with_thumbnail, with_alpha)] == [()] * 3


@pytest.mark.parametrize(("kind", "notes"), [("altr", 0), ("ster", 0), ("brst", 1)])
def test_pictures_that_show_the_same_are_not_missed(kind: str, notes: int) -> None:
    class Pictures(list[str]):
        primary_index = 0
        info: ClassVar = {"entity_groups": [{"type": kind, "images": [0, 1]}]}

    assert len(heif_decoding._left_out(b"", Pictures(["one", "other"]))) == notes


def test_a_heif_sequence_is_shown_by_its_picture_and_refused_without_one() -> None:
    movie = struct.pack(">I4s", 8, b"moov")
    still = pictures.heic(64, 48)
    sequence = render(still.replace(b"ftypheic", b"ftyphevc", 1) + movie)
    assert [note.code for note in sequence.notes] == ["animation_left_out"]
    refused = refusal(struct.pack(">I4s4sI4s", 20, b"ftyp", b"msf1", 0, b"hevc") + movie)
    assert refused.code == "unsupported_type"
    assert "sequence" in refused.message


# --- Colour -------------------------------------------------------------------------------


def swapped_profile() -> bytes:
    """sRGB with red and blue exchanged: under it, a red picture is blue."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    renamed = profile.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    assert renamed != profile
    return renamed.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_embedded_profile_is_applied(format_name: str) -> None:
    red = Image.new("RGB", (400, 300), (220, 20, 20))
    content = pictures.encoded(red, format_name, icc_profile=swapped_profile())
    result = opened(render(content), "320.webp")
    assert difference(result, Image.new("RGB", (320, 240), (20, 20, 220))) < 8


def test_a_heics_profile_is_applied() -> None:
    red = Image.new("RGB", (400, 300), (220, 20, 20))
    target = BytesIO()
    pillow_heif.from_pillow(red).save(target, icc_profile=swapped_profile())
    result = opened(render(target.getvalue()), "320.webp")
    assert difference(result, Image.new("RGB", (320, 240), (20, 20, 220))) < 8


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param(b"no profile at all", id="garbage"),
        pytest.param(swapped_profile()[:300], id="cut short"),
        pytest.param(
            ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), id="other pixels"
        ),
    ],
)
def test_a_profile_that_cannot_apply_is_left_out(profile: bytes) -> None:
    content = pictures.jpeg(900, 600, icc_profile=profile)
    expected = SCENE.resize((640, 427), Image.Resampling.LANCZOS)
    assert difference(opened(render(content), "640.jpg"), expected) < 4


def test_a_colour_profile_applies_to_a_grey_photo_too() -> None:
    srgb_gamma, linear = struct.pack(">I", 0x26666), struct.pack(">I", 0x10000)
    profile = swapped_profile().replace(srgb_gamma, linear)
    assert profile != swapped_profile()
    grey = render(pictures.jpeg(900, 600, mode="L", icc_profile=profile))
    colour = render(pictures.encoded(GREY_SCENE, "JPEG", icc_profile=profile))
    unchanged = GREY_SCENE.resize((640, 427), Image.Resampling.LANCZOS)
    assert difference(opened(colour, "640.jpg"), unchanged) > 20
    assert difference(opened(colour, "640.jpg"), opened(grey, "640.jpg")) < 3


# --- Placeholder --------------------------------------------------------------------------


def test_the_placeholder_is_a_thumbhash_of_the_picture() -> None:
    placeholder = base64.b64decode(render(pictures.jpeg(900, 600)).placeholder, validate=True)
    assert 15 <= len(placeholder) <= 30
    *colour, alpha = thumb_hash_to_average_rgba(list(placeholder))
    assert alpha == 1
    expected = [mean / 255 for mean in ImageStat.Stat(SCENE).mean]
    assert colour == pytest.approx(expected, abs=0.04)


def assert_same_blur(made: bytes, expected: bytes) -> None:
    """Both are the same. Only a strength halfway between two steps may be rounded to either."""
    assert (made[:5], len(made)) == (expected[:5], len(expected))
    for ours, theirs in zip(made[5:], expected[5:], strict=True):
        assert abs((ours & 15) - (theirs & 15)) <= 1
        assert abs((ours >> 4) - (theirs >> 4)) <= 1


def test_a_thumbhash_is_that_of_the_algorithms_reference() -> None:
    """Expected: the output of its author's JavaScript implementation for the same pixels."""
    pixels = bytes(
        value for y in range(6) for x in range(8) for value in (x * 30, y * 40, (x * y * 7) % 256)
    )
    expected = bytes.fromhex("56090e1d9870877790888887888887877a0a07f788")
    assert_same_blur(thumb_hash(8, 6, pixels), expected)


@pytest.mark.parametrize(
    "size", [(32, 24), (24, 32), (32, 32), (17, 32), (32, 3), (1, 32), (32, 1)], ids=str
)
def test_a_thumbhash_is_that_of_a_library_which_goes_through_all_pixels(
    size: tuple[int, int],
) -> None:
    chance = random.Random(0)
    for _ in range(3):
        colours = Image.frombytes("RGB", (5, 5), chance.randbytes(75))
        picture = colours.resize(size, Image.Resampling.BICUBIC)
        expected = rgba_to_thumb_hash(*size, list(picture.convert("RGBA").tobytes()))
        assert_same_blur(thumb_hash(*size, picture.tobytes()), bytes(expected))


@pytest.mark.parametrize("size", [(1, 1), (1, 32), (32, 1), (32, 32)], ids=str)
def test_a_thumbhash_of_one_colour_is_that_colour(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (200, 60, 20))
    *colour, _ = thumb_hash_to_average_rgba(list(thumb_hash(*size, picture.tobytes())))
    assert colour == pytest.approx([200 / 255, 60 / 255, 20 / 255], abs=0.02)


# --- Metadata -----------------------------------------------------------------------------


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><GPS>Leak</GPS></x:xmpmeta>'


@pytest.mark.parametrize("size", [(900, 600), (2200, 1400), (100, 80)])
def test_no_metadata_survives(size: tuple[int, int]) -> None:
    gps = Image.Exif()
    gps[0x010E] = "Leak"
    tagged = [
        pictures.jpeg(*size, gps=True, exif_orientation=6, comment=b"Leak", xmp=XMP),
        pictures.jpeg(*size, icc_profile=swapped_profile(), comment=b"Leak"),
        pictures.png(*size, exif=gps, icc_profile=swapped_profile(), dpi=(300, 300)),
        pictures.webp(*size, exif=gps, xmp=XMP, icc_profile=swapped_profile()),
        pictures.heic(*size, exif=gps.tobytes(), xmp=XMP),
        pictures.avif(*size, exif=gps, xmp=XMP),
        pictures.gif(*size, comment=b"Leak"),
    ]
    assert pictures.GPS_MARK in tagged[0]
    for content in tagged:
        assert_bare(render(content))


# --- What is refused ----------------------------------------------------------------------


def jpeg_of_size(width: int, height: int) -> bytes:
    """A JPEG that claims a size in its header."""
    content = bytearray(pictures.jpeg(16, 16))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def png_of_size(width: int, height: int) -> bytes:
    content = bytearray(pictures.png(16, 16))
    content[16:24] = struct.pack(">II", width, height)
    # The parser checks the header's sum.
    content[29:33] = struct.pack(">I", zlib.crc32(bytes(content[12:29])))
    return bytes(content)


def webp_of_size(width: int, height: int) -> bytes:
    content = bytearray(pictures.webp(16, 16, mode="RGBA"))
    assert content[12:16] == b"VP8X"
    content[24:27] = (width - 1).to_bytes(3, "little")
    content[27:30] = (height - 1).to_bytes(3, "little")
    return bytes(content)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(partial(jpeg_of_size, 30_001, 100), id="jpeg-side"),
        pytest.param(partial(jpeg_of_size, 65_000, 65_000), id="jpeg-area"),
        pytest.param(partial(png_of_size, 100, 30_001), id="png-side"),
        pytest.param(partial(png_of_size, 2_000_000_000, 2_000_000_000), id="png-area"),
        pytest.param(partial(webp_of_size, 16_000_000, 16_000), id="webp-area"),
    ],
)
def test_too_large_pictures_are_refused_by_their_header(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make()

    def never(*_: object) -> None:
        raise AssertionError("decoded before its size was checked")

    for decoder in photo_decoding._DECODERS.values():
        monkeypatch.setattr(decoder, "load", never)
    refused = refusal(content)
    assert refused.code == "too_many_pixels"
    assert "30,000 on a side and 200 megapixels" in refused.message


def test_memory_that_runs_out_means_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(photo_decoding._DECODERS[JPEG], "load", exhausted)
    assert refusal(pictures.jpeg(16, 16)).code == "too_many_pixels"


@pytest.mark.parametrize("error", [MemoryError(), ValueError("encoding error 1")])
def test_memory_that_runs_out_while_renditions_are_made_does_so_too(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object) -> None:
        raise error

    monkeypatch.setattr(imaging, "_encode", exhausted)
    assert refusal(pictures.jpeg(16, 16)).code == "too_many_pixels"


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(partial(pictures.jpeg, 400, 300), id="jpeg"),
        pytest.param(partial(pictures.jpeg, 400, 300, progressive=True), id="jpeg-progressive"),
        pytest.param(partial(pictures.jpeg, 400, 300, gps=True), id="jpeg-exif"),
        pytest.param(partial(pictures.png, 400, 300), id="png"),
        pytest.param(partial(pictures.webp, 400, 300), id="webp"),
        pytest.param(partial(pictures.webp, 400, 300, mode="RGBA", lossless=True), id="webp-alpha"),
        pytest.param(partial(pictures.heic, 400, 300), id="heic"),
        pytest.param(partial(pictures.avif, 400, 300), id="avif"),
    ],
)
def test_truncated_files_are_refused_as_such(make: Make) -> None:
    content = make()
    for part in (0.3, 0.5, 0.8, 0.95):
        assert refusal(content[: int(len(content) * part)]).code == "truncated"


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"<svg/>", b"\x00" * 4096])
@pytest.mark.parametrize("content_type", [JPEG, PNG, WEBP, HEIC, AVIF, "image/gif"])
def test_what_is_no_photo_is_refused(content: bytes, content_type: str) -> None:
    assert refusal(content, content_type).code in {"undecodable", "truncated"}


def test_only_the_declared_decoder_opens() -> None:
    assert refusal(pictures.png(16, 16), JPEG).code == "undecodable"
    assert refusal(pictures.jpeg(16, 16), WEBP).code == "undecodable"
    assert refusal(pictures.encoded(SCENE, "TIFF"), PNG).code == "undecodable"


def test_a_png_with_damaged_pixels_is_refused() -> None:
    content = bytearray(pictures.png(400, 300))
    middle = content.index(b"IDAT") + 4 + len(content) // 2
    content[middle : middle + 40] = b"\xff" * 40
    assert refusal(bytes(content)).code == "undecodable"


def test_other_types_are_refused() -> None:
    tiff = pictures.encoded(pictures.picture(16, 16), "TIFF")
    assert refusal(tiff, "image/tiff").code == "unsupported_type"


def with_scans(repeats: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    content = pictures.jpeg(64, 64, progressive=True)
    last = content.rindex(b"\xff\xda")
    scan = content[last:-2]
    return content[:last] + scan * repeats + content[-2:]


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    assert render(with_scans(20)).width == 64
    refused = refusal(with_scans(200))
    assert refused.code == "undecodable"
    assert "100 passes" in refused.message


def test_what_follows_the_picture_does_not_count_as_scans() -> None:
    followed = with_scans(20) + b"\x00\x00" + b"\xff\xda\x00\x00" * 90
    assert render(followed).width == 64


def test_a_source_that_cannot_be_read_is_not_the_photos_fault() -> None:
    class Unreachable(BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError("connection lost")

    with pytest.raises(OSError, match="connection lost"):
        PillowImageCodec().render(Unreachable(), JPEG)


def test_a_stream_renders_like_bytes() -> None:
    content = pictures.jpeg(400, 300)
    assert PillowImageCodec().render(BytesIO(content), JPEG) == render(content)


def mutated(content: bytes, source: random.Random) -> bytes:
    """Some bytes changed, taken out or put in; half of the time near the beginning."""
    result = bytearray(content)
    for _ in range(source.choice((1, 2, 4, 8))):
        end = len(result) if source.random() < 0.5 else min(len(result), 500)
        at = source.randrange(end)
        length = source.randrange(4)
        result[at : at + length] = source.randbytes(source.randrange(1, 4))
    return bytes(result)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(partial(pictures.jpeg, 48, 32, gps=True, exif_orientation=6), id="jpeg"),
        pytest.param(partial(pictures.jpeg, 48, 32, mode="CMYK", progressive=True), id="jpeg-cmyk"),
        pytest.param(
            partial(pictures.jpeg, 48, 32, icc_profile=swapped_profile()), id="jpeg-profile"
        ),
        pytest.param(
            partial(pictures.png, 48, 32, mode="RGBA", icc_profile=swapped_profile()), id="png"
        ),
        pytest.param(
            partial(pictures.png, 48, 32, mode="P", transparency=b"\x00\x80"), id="png-palette"
        ),
        pytest.param(partial(pictures.webp, 48, 32, mode="RGBA"), id="webp"),
        pytest.param(partial(pictures.webp, 48, 32, lossless=True), id="webp-lossless"),
        pytest.param(partial(pictures.gif, 48, 32), id="gif"),
    ],
)
def test_damaged_files_render_or_are_refused_and_nothing_else(make: Make) -> None:
    content = make()
    content_type = sniff(content)
    assert content_type is not None
    source = random.Random(2)
    outcomes: set[str] = set()
    for _ in range(60):
        try:
            outcomes.add(render(mutated(content, source), content_type).renditions[0][0].name)
        except PhotoRefused as refused:
            outcomes.add(refused.code)
    assert "undecodable" in outcomes or "truncated" in outcomes


def buffers(content: bytes) -> int:
    structure = read_structure(content)
    assert structure is not None
    return structure.buffered


def test_a_jpegs_buffers_are_known_from_its_headers() -> None:
    size = (640, 480)
    pixels = size[0] * size[1]
    assert buffers(pictures.jpeg(*size)) == 0
    assert buffers(pictures.jpeg(*size, progressive=True, subsampling=0)) == 6 * pixels
    assert buffers(pictures.jpeg(*size, progressive=True, subsampling=2)) == 3 * pixels
    assert buffers(pictures.jpeg(*size, progressive=True, mode="L")) == 2 * pixels
    assert buffers(pictures.jpeg(*size, progressive=True, mode="CMYK")) == 8 * pixels


def test_a_progressive_jpeg_that_would_take_too_much_memory_is_refused() -> None:
    content = bytearray(pictures.jpeg(64, 64, progressive=True, subsampling=0))
    frame = content.index(b"\xff\xc2")
    content[frame + 5 : frame + 9] = struct.pack(">HH", 9000, 9000)
    refused = refusal(bytes(content))
    assert refused.code == "too_many_pixels"
    assert "ordinary JPEG" in refused.message


# --- Capture details ----------------------------------------------------------------------


def taken(**tags: str) -> bytes:
    exif = Image.Exif()
    places = {"make": (exif, 0x010F), "model": (exif, 0x0110)}
    details = exif.get_ifd(0x8769)
    for name, value in tags.items():
        if name in places:
            places[name][0][places[name][1]] = value
        else:
            details[{"at": 0x9003, "offset": 0x9011}[name]] = value
    return exif.tobytes()


@pytest.mark.parametrize(
    ("exif", "capture"),
    [
        (taken(), None),
        (taken(at="2024:05:31 18:04:59"), Capture("2024-05-31T18:04:59", None)),
        (
            taken(at="2024:05:31 18:04:59", offset="+02:00", make="Apple", model="iPhone 13"),
            Capture("2024-05-31T18:04:59+02:00", "Apple iPhone 13"),
        ),
        (taken(make="Canon", model="Canon EOS R5"), Capture(None, "Canon EOS R5")),
        (taken(at="0000:00:00 00:00:00", make="  Jolla\x01 "), Capture(None, "Jolla")),
        (taken(at="2024:05:31 18:04:59", offset="soon"), Capture("2024-05-31T18:04:59", None)),
        (taken(model="x" * 500), Capture(None, "x" * 100)),
        (b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff\x12\x01\x03", None),
    ],
)
def test_time_and_camera_are_read_and_nothing_else(exif: bytes, capture: Capture | None) -> None:
    assert render(pictures.jpeg(64, 48, exif=exif)).capture == capture


@pytest.mark.parametrize("make", [pictures.heic, pictures.avif, pictures.webp, pictures.png])
def test_time_and_camera_are_read_from_every_format(make: Callable[..., bytes]) -> None:
    content = make(64, 48, exif=taken(at="2024:05:31 18:04:59", make="Apple", model="iPhone 13"))
    assert render(content).capture == Capture("2024-05-31T18:04:59", "Apple iPhone 13")


# --- Real files ---------------------------------------------------------------------------


def shared(pattern: str) -> list[Path]:
    return sorted(path for path in SHARED_DATA.glob(pattern) if path.is_file())


@needs_shared_data
@pytest.mark.parametrize(("name", "size"), [("landscape", (600, 450)), ("portrait", (450, 600))])
def test_the_orientation_samples_come_out_alike(name: str, size: tuple[int, int]) -> None:
    first = render((SHARED_DATA / f"photos/orientation/{name}_1.jpg").read_bytes())
    for number in range(1, 9):
        photo = render((SHARED_DATA / f"photos/orientation/{name}_{number}.jpg").read_bytes())
        assert (photo.width, photo.height) == size
        # A number is painted into each, hence not zero.
        assert difference(opened(photo, "320.webp"), opened(first, "320.webp")) < 8, number


@needs_shared_data
@pytest.mark.parametrize(
    ("name", "size", "capture"),
    [
        (
            "IMG_5195.HEIC",
            (2566, 3313),
            Capture("2021-04-11T15:47:53-05:00", "Apple iPhone 11 Pro Max"),
        ),
        (
            "iphone_13_pro_max.HEIC",
            (3024, 4032),
            Capture("2022-02-16T12:55:41+01:00", "Apple iPhone 13 Pro Max"),
        ),
        ("samplefilehub.heif", (640, 426), None),
    ],
)
def test_phones_heic_comes_out_upright(
    name: str, size: tuple[int, int], capture: Capture | None
) -> None:
    photo = render((SHARED_DATA / "photos/heic" / name).read_bytes())
    assert (photo.width, photo.height) == size
    assert photo.capture == capture


@needs_shared_data
def test_hostile_files_render_or_are_refused() -> None:
    files = shared("hostile/*")
    assert len(files) > 20
    refused = {}
    for path in files:
        content = path.read_bytes()
        for content_type in {sniff(content) or JPEG, JPEG, PNG, WEBP}:
            try:
                render(content, content_type)
            except PhotoRefused as error:
                refused[path.name, content_type] = error.code
    assert refused["pillow-broken.png", PNG] == "undecodable"
    assert refused["pillow-broken_data_stream.png", PNG] == "undecodable"
    assert refused["pillow-decompression_bomb.gif", JPEG] == "undecodable"
