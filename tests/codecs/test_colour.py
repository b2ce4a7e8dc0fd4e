"""Colours come out as Chromium shows them: all expected numbers are what Chromium 156 draws onto a
canvas of the same file, read pixel by pixel."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO

import pillow_heif
import pytest
from PIL import Image

from shutterfeed.adapters import boxes, chunks
from shutterfeed.adapters.colour import described, spaces
from shutterfeed.adapters.colour.conversion import ToSrgb
from shutterfeed.adapters.colour.tone_mapping import Hdr, table
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import sniff
from tests import pictures
from tests.pictures import SHARED_DATA, needs_shared_data
from tests.ssim import ssim

Chunk = tuple[bytes, bytes]
Colour = tuple[int, int, int]

STORED: list[Colour] = [
    (148, 148, 148),
    (192, 192, 192),
    (128, 100, 64),
    (64, 128, 100),
    (100, 64, 170),
]
"""The pixels of every file here."""

PQ_1000 = [(187, 187, 187), (255, 255, 255), (158, 66, 9), (0, 140, 68), (41, 0, 240)]
HLG_1000 = [(120, 120, 120), (189, 189, 189), (108, 73, 42), (0, 102, 74), (78, 39, 136)]
P3_SRGB = [(148, 148, 148), (192, 192, 192), (133, 99, 58), (32, 130, 98), (106, 62, 176)]
REC2020_SRGB = [(148, 148, 148), (192, 192, 192), (144, 96, 57), (0, 134, 97), (109, 55, 177)]
LINEAR = [(200, 200, 200), (225, 225, 225), (188, 168, 137), (137, 188, 168), (168, 137, 213)]


def cicp(primaries: int, transfer: int, *, matrix: int = 0, full: int = 1) -> Chunk:
    return b"cICP", bytes([primaries, transfer, matrix, full])


def clli(peak: int) -> Chunk:
    return b"cLLI", struct.pack(">II", peak * 10_000, 0)


def mdcv(peak: int) -> Chunk:
    return b"mDCV", struct.pack(">8HII", *[0] * 8, peak * 10_000, 50)


def gama(exponent: float) -> Chunk:
    return b"gAMA", struct.pack(">I", round(exponent * 100_000))


def chrm(*points: tuple[float, float]) -> Chunk:
    return b"cHRM", struct.pack(">8I", *(round(x * 100_000) for point in points for x in point))


D65 = (0.3127, 0.329)
P3_CHRM = chrm(D65, (0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
ADOBE_CHRM = chrm(D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
SRGB = (b"sRGB", b"\0")
ICC = spaces.profile(spaces.primaries(12), spaces.srgb)


def iccp(profile: bytes) -> Chunk:
    return b"iCCP", b"a name\0\0" + zlib.compress(profile)


def png(*extra: Chunk) -> bytes:
    row = b"\0" + b"".join(map(bytes, STORED))
    header = struct.pack(">IIBBBBB", len(STORED), 1, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(row)), (b"IEND", b"")]
    return chunks.SIGNATURE + b"".join(chunks.packed(kind, body) for kind, body in parts)


def shown(content: bytes) -> list[object]:
    """The pixels of a PNG as sRGB."""
    with Image.open(BytesIO(content)) as image:
        colours = described.of_png(content, image.info.get("icc_profile"))
        result = ToSrgb(colours).convert(image.convert("RGB"))
    return [result.getpixel((x, 0)) for x in range(len(STORED))]


def difference(one: object, other: object) -> int:
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    return int(max(abs(a - b) for a, b in zip(one, other, strict=True)))


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        pytest.param([cicp(12, 13)], P3_SRGB, id="P3"),
        pytest.param([cicp(9, 13)], REC2020_SRGB, id="BT.2020 with sRGB's curve"),
        pytest.param(
            [cicp(9, 14)],
            [(142, 142, 142), (189, 189, 189), (138, 87, 45), (0, 127, 88), (100, 44, 173)],
            id="BT.2020, 10 bit",
        ),
        pytest.param(
            [cicp(1, 1)],
            [(142, 142, 142), (189, 189, 189), (121, 91, 54), (54, 121, 91), (91, 54, 165)],
            id="BT.709",
        ),
        pytest.param([cicp(1, 8)], LINEAR, id="linear"),
        pytest.param(
            [cicp(1, 17)],
            [(141, 141, 141), (191, 191, 191), (118, 87, 48), (48, 118, 87), (87, 48, 166)],
            id="cinema",
        ),
        pytest.param([cicp(2, 2)], STORED, id="unspecified"),
        pytest.param([cicp(9, 16, full=0)], STORED, id="limited range is ignored"),
        pytest.param([gama(1.0)], LINEAR, id="gamma alone"),
        pytest.param([gama(1 / 2.2)], STORED, id="a gamma like sRGB's, alone"),
        pytest.param([P3_CHRM], STORED, id="primaries alone"),
        pytest.param(
            [gama(1.0), P3_CHRM],
            [(200, 200, 200), (225, 225, 225), (192, 167, 133), (122, 190, 167), (174, 136, 219)],
            id="linear P3",
        ),
        pytest.param(
            [gama(1 / 2.2), ADOBE_CHRM],
            [(149, 149, 149), (193, 193, 193), (138, 100, 59), (0, 129, 99), (111, 62, 174)],
            id="Adobe RGB",
        ),
        pytest.param([gama(1.0), chrm(*[(0.3, 0.3)] * 4)], STORED, id="primaries of no space"),
        pytest.param([gama(0.0), P3_CHRM], STORED, id="no gamma"),
        # What counts of several descriptions.
        pytest.param([SRGB, gama(1.0), P3_CHRM], STORED, id="sRGB before gamma"),
        pytest.param([iccp(ICC), gama(1.0), P3_CHRM], P3_SRGB, id="profile before gamma"),
        pytest.param([cicp(9, 13), iccp(ICC)], REC2020_SRGB, id="numbers before profile"),
        pytest.param([cicp(12, 13), SRGB], P3_SRGB, id="numbers before sRGB"),
    ],
)
def test_a_png_is_shown_by_what_it_says_of_its_colours(
    extra: list[Chunk], expected: list[Colour]
) -> None:
    for result, colour in zip(shown(png(*extra)), expected, strict=True):
        assert difference(result, colour) <= 1


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        pytest.param([cicp(9, 16), clli(1000)], PQ_1000, id="PQ"),
        pytest.param([cicp(9, 18), clli(1000)], HLG_1000, id="HLG"),
        pytest.param(
            [cicp(12, 16), clli(1000)],
            [(187, 187, 187), (255, 255, 255), (141, 73, 12), (0, 135, 70), (70, 20, 239)],
            id="PQ in P3",
        ),
        pytest.param(
            [cicp(9, 16), clli(400)],
            [(229, 229, 229), (255, 255, 255), (194, 82, 14), (0, 172, 85), (47, 0, 255)],
            id="PQ up to 400",
        ),
        pytest.param(
            [cicp(9, 16), mdcv(600), clli(0)],
            [(212, 212, 212), (255, 255, 255), (179, 75, 12), (0, 158, 78), (45, 0, 255)],
            id="PQ on a screen up to 600",
        ),
    ],
)
def test_hdr_is_mapped_as_in_chromium(extra: list[Chunk], expected: list[Colour]) -> None:
    for result, colour in zip(shown(png(*extra)), expected, strict=True):
        # The table is interpolated between its nodes.
        assert difference(result, colour) <= 9


def wide() -> Image.Image:
    """The stored pixels as columns that are wide enough for an encoder to keep their colours, and
    one of white, so that the brightest light of the picture is more than 1,000 cd/m2."""
    picture = Image.new("RGB", (320, 64), "white")
    for at, colour in enumerate(STORED):
        picture.paste(colour, (48 * at, 0, 48 * at + 48, 64))
    return picture


def avif(primaries: int, transfer: int) -> bytes:
    content = pictures.encoded(wide(), "AVIF", quality=100, subsampling="4:4:4")
    start = content.index(b"nclx")
    return content[: start + 4] + struct.pack(">HH", primaries, transfer) + content[start + 8 :]


def heic(primaries: int, transfer: int, bits: int = 8, **more: object) -> bytes:
    """A HEIC whose numbers say so, with that many bits a channel."""
    mode, pixels = "RGB", wide().tobytes()
    if bits > 8:
        mode, pixels = "RGB;16", b"".join(bytes((value, value)) for value in pixels)
    target = BytesIO()
    pillow_heif.from_bytes(mode, wide().size, pixels).save(
        target,
        quality=-1,
        chroma=444,
        bit_depth=bits,
        color_primaries=primaries,
        transfer_characteristics=transfer,
        matrix_coefficients=0,
        full_range_flag=1,
        **more,
    )
    return target.getvalue()


def columns(content: bytes) -> list[object]:
    photo = PillowImageCodec().render(content, sniff(content) or "")
    (rendition,) = (file for kind, file in photo.renditions if kind.name == "320.webp")
    with Image.open(BytesIO(rendition)) as image:
        return [image.getpixel((48 * at + 24, 32)) for at in range(len(STORED))]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(avif, id="avif"),
        pytest.param(heic, id="heic"),
        pytest.param(partial(heic, bits=10), id="heic, 10 bit"),
        pytest.param(partial(heic, bits=12), id="heic, 12 bit"),
    ],
)
@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        pytest.param((12, 13), P3_SRGB, id="P3"),
        pytest.param((9, 14), REC2020_SRGB, id="BT.2020"),
        pytest.param((1, 1), STORED, id="BT.709"),
        pytest.param((9, 16), PQ_1000, id="PQ"),
        pytest.param((9, 18), HLG_1000, id="HLG"),
        pytest.param((2, 2), STORED, id="unspecified"),
    ],
)
def test_heic_and_avif_are_shown_by_their_numbers(
    make: Callable[[int, int], bytes], numbers: tuple[int, int], expected: list[Colour]
) -> None:
    for result, colour in zip(columns(make(*numbers)), expected, strict=True):
        assert difference(result, colour) <= 9


def test_a_heic_may_state_its_brightest_light() -> None:
    light = {"max_content_light_level": 400, "max_pic_average_light_level": 0}
    bright = columns(heic(9, 16, content_light_level=light))
    assert difference(bright[0], (229, 229, 229)) <= 6


def test_the_profile_of_a_heic_counts_before_its_numbers() -> None:
    numbers = {"color_primaries": 9, "transfer_characteristics": 16}
    info = {"icc_profile": ICC, "nclx_profile": numbers}
    assert described.of_heif(info) == ICC
    assert described.of_avif(avif(9, 16), ICC) == ICC


def test_an_icc_profile_may_say_by_numbers_that_it_is_hdr() -> None:
    tag = b"cicp" + struct.pack(">II", 144, 12)
    profile = bytes(128) + struct.pack(">I", 1) + tag + b"cicp\0\0\0\0" + bytes([9, 16, 0, 1])
    assert described.of_icc(profile) == Hdr(9, 16)
    assert described.of_icc(ICC) == ICC


def test_what_an_avif_says_of_its_light_is_read() -> None:
    content = avif(9, 16)
    assert described.of_avif(content, None) == Hdr(9, 16)
    (spare,) = (box for box in boxes.primary_properties(content) if box.kind == b"pixi")
    # There is room for the four bytes of `clli` in the seven of another property.
    stated = bytearray(content)
    stated[spare.start - 4 : spare.start + 4] = b"clli" + struct.pack(">HH", 600, 0)
    assert described.of_avif(bytes(stated), None) == Hdr(9, 16, 600)


def test_an_avif_of_constant_luminance_is_shown_as_one_of_the_usual() -> None:
    content = bytearray(avif(9, 13))
    matrix = content.index(b"nclx") + 9
    usual, constant = bytes(content), bytearray(content)
    assert usual[matrix] == 6
    constant[matrix] = 10
    assert described.decodable(usual) == usual
    assert described.decodable(bytes(constant))[matrix] == 9
    assert len(columns(bytes(constant))) == len(STORED)


def test_a_dark_hdr_picture_without_a_stated_peak_stays_light_enough() -> None:
    """An ordinary picture that somebody stored as PQ, with white at the reference of 203 cd/m2."""
    grey = Image.new("RGB", (8, 8), (148, 148, 148))
    stated = grey.filter(table(Hdr(9, 16, 1000.0), grey)).getpixel((4, 4))
    believed = grey.filter(table(Hdr(9, 16), grey)).getpixel((4, 4))
    assert difference(stated, (187, 187, 187)) <= 3
    assert difference(believed, (229, 229, 229)) <= 6


def test_broken_files_say_nothing_of_their_colours() -> None:
    moving = pictures.encoded(wide(), "AVIF", save_all=True, append_images=[wide()])
    for content in (avif(12, 13), moving, png(cicp(12, 13), iccp(ICC))):
        for end in range(0, min(len(content), 1_200), 3):
            cut = content[:end]
            described.of_avif(cut, None)
            described.of_avif(cut, None, moving=True)
            described.of_png(cut, None)
            described.of_icc(cut)


@needs_shared_data
def test_the_hdr_photo_that_was_found_wrong_looks_like_its_reference() -> None:
    found = SHARED_DATA / "found"
    if not found.is_dir():
        pytest.skip(f"{found} does not exist")
    content = (found / "heic-10bit-bt2020-pq.heic").read_bytes()
    photo = PillowImageCodec().render(content, "image/heic")
    (rendition,) = (file for kind, file in photo.renditions if kind.name == "640.jpg")
    with (
        Image.open(BytesIO(rendition)) as result,
        Image.open(found / "heic-10bit-bt2020-pq.reference.jpg") as reference,
    ):
        assert ssim(result, reference) > 0.95
