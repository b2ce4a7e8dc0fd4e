"""Photos whose files are cut, overwritten or odd: what is missing is told, and nothing else is held
against them."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from functools import cache, partial
from io import BytesIO
from itertools import pairwise
from typing import Any

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageStat
from PIL.PngImagePlugin import PngInfo

from shutterfeed.adapters import heif_items, jpeg_structure, scaling
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto, sniff
from tests import pictures
from tests.pictures import SHARED_DATA, needs_shared_data

END = b"\xff\xd9"
PARTS = (0.1, 0.3, 0.5, 0.7, 0.9)
Make = Callable[[], bytes]


@cache
def scene() -> Image.Image:
    """A picture with many details: its data are long enough to be damaged anywhere."""
    grain = random.Random(1).randbytes(64 * 48 * 3)
    return Image.frombytes("RGB", (64, 48), grain).resize((192, 144), Image.Resampling.BICUBIC)


@cache
def jpeg(mode: str = "RGB", **save: Any) -> bytes:
    return pictures.encoded(scene().convert(mode), "JPEG", **save)


@cache
def heic(**save: Any) -> bytes:
    target = BytesIO()
    pillow_heif.from_pillow(scene()).save(target, quality=80, **save)
    return target.getvalue()


@cache
def other(format_name: str, **save: Any) -> bytes:
    return pictures.encoded(scene(), format_name, **save)


JPEGS = {
    "jpeg": partial(jpeg, quality=90),
    "jpeg-4:4:4": partial(jpeg, quality=95, subsampling=0),
    "jpeg-optimised": partial(jpeg, quality=80, optimize=True),
    "jpeg-restarts": partial(jpeg, quality=90, restart_marker_rows=1),
    "jpeg-grey": partial(jpeg, "L", quality=90),
    "jpeg-cmyk": partial(jpeg, "CMYK", quality=90),
    "jpeg-progressive": partial(jpeg, quality=95, progressive=True),
}
KINDS: dict[str, Make] = {
    **JPEGS,
    "heic": heic,
    "heic-grid": partial(heic, tile_size=96),
    "heic-in-pieces": lambda: pictures.in_pieces(heic(), 150),
    "avif-in-pieces": lambda: pictures.in_pieces(other("AVIF", quality=80, speed=10), 150),
    "avif": partial(other, "AVIF", quality=80, speed=10),
    "png": partial(other, "PNG"),
    "webp": partial(other, "WEBP", quality=90),
    "webp-fast": partial(other, "WEBP", quality=60, method=0),
    "webp-lossless": partial(other, "WEBP", lossless=True, method=1),
}


def render(content: bytes) -> RenderedPhoto:
    return PillowImageCodec().render(content, sniff(content) or "image/jpeg")


def told(content: bytes) -> str | None:
    """What its owner learns of a file that is not all there; None if nothing."""
    try:
        photo = render(content)
    except PhotoRefused as refused:
        return refused.code
    return next((note.code for note in photo.notes), None)


def emptied(content: bytes, start: int, end: int) -> bytes:
    return content[:start] + bytes(end - start) + content[end:]


def data_of(content: bytes) -> tuple[int, int]:
    """The offsets between which the picture's data stand, of which PARTS are parts."""
    structure = jpeg_structure.read_structure(content)
    if structure is not None:
        return structure.scans[0].start, structure.end
    picture = heif_items.read_picture(content)
    if picture is not None:
        extents = [extent for each in picture.data for extent in each]
        return min(start for start, _ in extents), max(end for _, end in extents)
    return 100, len(content) - 12


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_is_all_there_is_published_without_a_word(name: str) -> None:
    assert told(KINDS[name]()) is None


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_is_cut_is_refused(name: str) -> None:
    content = KINDS[name]()
    start, end = data_of(content)
    for part in PARTS:
        assert told(content[: start + int((end - start) * part)]) == "truncated"


@pytest.mark.parametrize("name", KINDS)
def test_an_emptied_end_is_told(name: str) -> None:
    content = KINDS[name]()
    start, end = data_of(content)
    for part in PARTS[:-1]:
        assert told(emptied(content, start + int((end - start) * part), end)) is not None
        assert told(emptied(content, start + int((end - start) * part), len(content))) is not None


@pytest.mark.parametrize("name", JPEGS)
def test_an_end_marker_in_the_middle_is_told(name: str) -> None:
    content = KINDS[name]()
    start, end = data_of(content)
    for part in PARTS:
        at = start + int((end - start) * part)
        assert told(content[:at] + END + content[at:]) == "truncated"
        if name != "jpeg-progressive":
            assert told(content[:at] + END) == "truncated"


def test_how_much_is_missing_is_said() -> None:
    content = jpeg(quality=90)
    start, end = data_of(content)
    with pytest.raises(PhotoRefused, match=r"incomplete: about (5[0-9]|4[5-9]) % of it is missing"):
        render(content[: (start + end) // 2] + END)


def test_a_jpeg_that_lacks_a_few_rows_is_published_with_a_note() -> None:
    content = pictures.encoded(scene().resize((32, 1600)), "JPEG", quality=90)
    assert told(content[:-150]) == "incomplete"
    assert told(content[: len(content) * 19 // 20]) == "truncated"


def test_a_progressive_jpeg_without_its_last_passes_is_incomplete() -> None:
    content = jpeg(quality=95, progressive=True)
    structure = jpeg_structure.read_structure(content)
    assert structure is not None
    assert structure.is_whole
    for scan, following in pairwise(structure.scans):
        assert told(content[: scan.end] + END) == "truncated"
        if following.highest or scan.highest:
            assert told(content[: scan.end] + content[following.end :]) == "truncated"


@pytest.mark.parametrize("name", JPEGS)
def test_a_jpeg_with_all_its_pixels_needs_no_end_marker(name: str) -> None:
    content = KINDS[name]()
    assert content.endswith(END)
    whole, bare = render(content), render(content[:-2])
    assert bare == whole


@pytest.mark.parametrize(
    "behind",
    [
        pytest.param(partial(bytes, 4096), id="zeros"),
        pytest.param(partial(jpeg, quality=50), id="second-picture"),
        pytest.param(lambda: random.Random(2).randbytes(50_000), id="film"),
        pytest.param(lambda: b"\xff" * 5_000, id="fill-bytes"),
    ],
)
@pytest.mark.parametrize("name", ["jpeg", "jpeg-progressive"])
def test_what_cameras_append_is_no_damage(name: str, behind: Make) -> None:
    assert told(KINDS[name]() + behind()) is None


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda scene: pictures.encoded(scene, "JPEG", optimize=True), id="jpeg"),
        pytest.param(lambda scene: pictures.encoded(scene, "JPEG", progressive=True), id="passes"),
        pytest.param(lambda scene: pictures.encoded(scene, "WEBP"), id="webp"),
        pytest.param(lambda scene: pictures.encoded(scene, "WEBP", method=0), id="fast-webp"),
        pytest.param(
            lambda scene: pictures.encoded(scene, "WEBP", method=0, lossless=True),
            id="lossless-webp",
        ),
    ],
)
def test_large_areas_of_one_colour_are_no_damage(
    make: Callable[[Image.Image], bytes], colour: str
) -> None:
    """Their data have long runs of zeros."""
    flat = Image.new("RGB", (1600, 1200), colour)
    flat.paste(scene(), (0, 0))
    assert told(make(flat)) is None


def test_a_pattern_that_is_everywhere_the_same_is_no_damage() -> None:
    row = bytes([255, 0] * 800)
    stripes = Image.frombytes("L", (1600, 1), row).resize((1600, 800))
    assert told(pictures.encoded(stripes, "WEBP", quality=100, method=1)) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (15, 4000), (17, 17)], ids=str)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_the_smallest_and_narrowest_are_no_damage(size: tuple[int, int], mode: str) -> None:
    assert told(pictures.jpeg(*size, mode=mode, quality=100)) is None


# --- Chunks that are none of our business ---------------------------------------------------------


def with_chunk(content: bytes, kind: bytes, body: bytes, checksum: int | None = None) -> bytes:
    right = zlib.crc32(kind + body)
    chunk = struct.pack(">I", len(body)) + kind + body
    chunk += struct.pack(">I", right if checksum is None else checksum)
    return content[:33] + chunk + content[33:]


def with_texts() -> bytes:
    text = PngInfo()
    text.add_text("comment", "a" * 3_000_000, zip=True)
    text.add_itxt("XML:com.adobe.xmp", "b" * 3_000_000, zip=True)
    return pictures.png(40, 30, pnginfo=text)


def packed_profile(length: int) -> bytes:
    return b"p\0\0" + zlib.compress(bytes(length))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(with_texts, id="large-texts"),
        pytest.param(lambda: with_chunk(pictures.png(40, 30), b"tEXt", b"a\0b", 7), id="text-crc"),
        pytest.param(lambda: with_chunk(pictures.png(40, 30), b"gAMA", b"1234", 7), id="gamma-crc"),
        pytest.param(lambda: with_chunk(pictures.png(40, 30), b"gAMA", b"1"), id="short-gamma"),
        pytest.param(lambda: with_chunk(pictures.png(40, 30), b"eXIf", b"MM"), id="short-exif"),
        pytest.param(
            lambda: with_chunk(pictures.png(40, 30), b"iCCP", packed_profile(2_000_000)),
            id="large-profile",
        ),
        pytest.param(
            lambda: with_chunk(pictures.png(40, 30), b"iCCP", packed_profile(20_000_000)),
            id="huge-profile",
        ),
        pytest.param(
            lambda: with_chunk(pictures.png(40, 30), b"iCCP", b"p\0\0no zlib"), id="bad-profile"
        ),
        pytest.param(lambda: with_chunk(pictures.png(40, 30), b"quRk", b"?" * 999), id="unknown"),
    ],
)
def test_optional_chunks_of_a_png_do_not_refuse_it(make: Make) -> None:
    content = make()
    plain = pictures.png(40, 30)
    assert content != plain
    assert render(content) == render(plain)


def test_a_header_with_a_bad_checksum_refuses_a_png() -> None:
    content = bytearray(pictures.png(40, 30))
    content[30] ^= 1
    assert told(bytes(content)) == "undecodable"


# --- What cannot be decoded is named ------------------------------------------------------------


def of_another_kind(marker: int, bits: int = 8) -> bytes:
    content = bytearray(jpeg(quality=90))
    frame = content.index(b"\xff\xc0")
    content[frame + 1], content[frame + 4] = marker, bits
    return bytes(content)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (partial(of_another_kind, 0xC3), "a lossless JPEG"),
        (partial(of_another_kind, 0xC6), "a hierarchical JPEG"),
        (partial(of_another_kind, 0xF7), "a JPEG-LS"),
        (partial(of_another_kind, 0xC1, 12), "a JPEG of 12 bits a colour"),
        (lambda: jpeg().replace(struct.pack(">HH", 144, 192), bytes(4)), "its height only at its"),
        (lambda: heic().replace(b"hvc1", b"avc1"), "a HEIF file coded as H.264"),
        (lambda: heic().replace(b"hvc1", b"j2k1"), "a HEIF file coded as JPEG 2000"),
        (lambda: heic(tile_size=96).replace(b"hvc1", b"vvc1"), "a HEIF file coded as VVC"),
        (lambda: heic().replace(b"hvc1", b"abcd"), "a HEIF file coded as abcd"),
        (lambda: KINDS["avif"]().replace(b"av01", b"jpeg"), "an AVIF file coded as JPEG"),
    ],
)
def test_a_coding_that_cannot_be_read_is_named(make: Make, named: str) -> None:
    with pytest.raises(PhotoRefused, match=named) as refused:
        render(make())
    assert refused.value.code == "unsupported_codec"


def of_size(content: bytes, width: int, height: int) -> bytes:
    """A HEIC or AVIF that claims a size in its properties."""
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", width, height) + content[at + 8 :]


@pytest.mark.parametrize("name", ["heic", "avif"])
@pytest.mark.parametrize(
    ("size", "named"),
    [
        ((30_001, 10), "30,000 on a side and 200 megapixels"),
        ((20_000, 20_000), "30,000 on a side and 200 megapixels"),
        ((12_000, 9_000), r"has 108 megapixels; saved like this, at most about \d+ can"),
    ],
)
def test_a_heif_that_is_too_large_is_told_so_before_it_is_decoded(
    name: str, size: tuple[int, int], named: str
) -> None:
    with pytest.raises(PhotoRefused, match=named) as refused:
        render(of_size(KINDS[name](), *size))
    assert refused.value.code == "too_many_pixels"


def test_a_decoder_that_has_no_memory_left_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise RuntimeError("Memory allocation error: Security limit exceeded")

    monkeypatch.setattr(pillow_heif, "HeifFile", exhausted)
    with pytest.raises(PhotoRefused, match="200 megapixels") as refused:
        render(heic())
    assert refused.value.code == "too_many_pixels"


# --- Long pictures --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(90, 4_000), (300, 2_000), (50, 18_000)], ids=str)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_long_picture_is_scaled_in_strips_without_a_seam(
    size: tuple[int, int], mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pictures.png(*size, mode=mode)
    whole = render(content)
    monkeypatch.setattr(scaling, "_WHOLE_PIXELS", 1)
    monkeypatch.setattr(scaling, "_STRIP_PIXELS", 20_000)
    for (rendition, expected), (_, made) in zip(
        whole.renditions, render(content).renditions, strict=True
    ):
        with Image.open(BytesIO(expected)) as one, Image.open(BytesIO(made)) as two:
            assert one.size == two.size == (rendition.width, rendition.height)
            unlike = ImageChops.difference(one.convert("RGB"), two.convert("RGB"))
            assert max(ImageStat.Stat(unlike).mean) < 0.5


# --- Files that went wrong once -------------------------------------------------------------------


@needs_shared_data
@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("jpeg-complete-without-eoi.jpg", None),
        ("jpeg-eoi-in-the-middle.jpg", "truncated"),
        ("jpeg-arithmetic.jpg", None),
        ("png-1.6mb-compressed-text.png", None),
        ("png-text-chunk-bad-crc.png", None),
        ("webp-64-megapixels.webp", "too_many_pixels"),
    ],
)
def test_files_that_went_wrong_once(name: str, result: str | None) -> None:
    assert told((SHARED_DATA / "found" / name).read_bytes()) == result
