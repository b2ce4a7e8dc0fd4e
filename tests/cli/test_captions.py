"""Captions from files and names."""

from __future__ import annotations

import io
import struct

import pillow_heif
import pytest
from PIL import Image

from shutterfeed_cli import captions


def photo(tags: dict[int, object], kind: str = "JPEG") -> io.BytesIO:
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, kind, exif=exif.tobytes())
    return target


def with_iptc(content: bytes, caption: bytes) -> io.BytesIO:
    """A JPEG with a caption where agencies and photo programs write it."""
    record = b"\x1c\x02\x78" + struct.pack(">H", len(caption)) + caption
    block = (
        b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record + b"\0" * (len(record) % 2)
    )
    segment = b"Photoshop 3.0\0" + block
    marker = b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment
    return io.BytesIO(content[:2] + marker + content[2:])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_description_is_the_caption(kind: str) -> None:
    assert captions.from_photo(photo({0x010E: "Midsummer"}, kind)) == "Midsummer"


def test_text_in_any_script_is_read() -> None:
    assert captions.from_photo(photo({0x010E: "Göteborg 🌷".encode()})) == "Göteborg 🌷"
    assert captions.from_photo(photo({0x9C9B: "夏祭り\0".encode("utf-16-le")})) == "夏祭り"


def test_iptc_comes_first() -> None:
    plain = photo({0x010E: "from the camera"}).getvalue()
    assert captions.from_photo(with_iptc(plain, "Höhe".encode())) == "Höhe"
    assert captions.from_photo(with_iptc(plain, "Höhe".encode("latin-1"))) == "Höhe"


def test_heic_is_read_where_its_decoder_is_installed() -> None:
    exif = Image.Exif()
    exif[0x010E] = "On the phone"
    image, target = Image.new("RGB", (64, 64)), io.BytesIO()
    pillow_heif.from_pillow(image).save(target, exif=exif.tobytes())
    assert captions.from_photo(target) == "On the phone"


@pytest.mark.parametrize("said", ["OLYMPUS DIGITAL CAMERA", "SONY DSC", "   ", "default"])
def test_what_cameras_always_say_is_no_caption(said: str) -> None:
    assert captions.from_photo(photo({0x010E: said})) == ""


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xd8\xff\xe1\x00\x08Exif\0\0"])
def test_a_broken_file_has_no_caption(content: bytes) -> None:
    assert captions.from_photo(io.BytesIO(content)) == ""


@pytest.mark.parametrize(
    ("stem", "caption"),
    [
        ("Midsummer_in_Dalarna", "Midsummer in Dalarna"),
        ("2021 Christmas", "2021 Christmas"),
        ("IMG_2041", ""),
        ("DSC01234", ""),
        ("PXL_20230704_101112345.MP", ""),
        ("20230704_101112", ""),
        ("WhatsApp Image 2023-07-04 at 10.11.12", ""),
        ("Screenshot 2023-07-04", ""),
        ("3e02b2be0d7abbdb7c2bae1fee544665", ""),
        ("Photo", "Photo"),
    ],
)
def test_names_that_people_gave_are_captions(stem: str, caption: str) -> None:
    assert captions.from_name(stem) == caption


def test_text_is_repaired_only_where_it_was_broken() -> None:
    broken = "Vår i Göteborg 🌷".encode().decode("latin-1")
    assert captions.repaired(broken) == "Vår i Göteborg 🌷"
    for text in ("Vår", "café", "plain", "夏", "🌷", "", "»MENÜ«", "naïveté", "João", "“Ü”"):
        assert captions.repaired(text) == text


@pytest.mark.parametrize("text", ["Sommar 🌷", "Malmö och Göteborg", "日本語 の", "x 👩‍🍳 ok"])
def test_a_broken_text_that_was_cut_in_a_character_ends_before_it(text: str) -> None:
    content = text.encode()
    for length in range(len(content)):
        cut = content[:length]
        if length and cut.decode(errors="ignore"):
            repaired = captions.repaired(cut.decode("latin-1"))
            assert repaired in {cut.decode(errors="ignore"), cut.decode(errors="ignore").rstrip()}
    assert captions.repaired(content[:-1].decode("latin-1") + "...").endswith("...")


def test_a_text_that_is_broken_only_in_parts_is_repaired_in_these() -> None:
    broken = "Göteborg 🌷".encode().decode("latin-1")
    assert captions.repaired(f"夏 {broken}") == "夏 Göteborg 🌷"


def test_a_long_caption_ends_with_an_ellipsis() -> None:
    assert captions.shortened("a" * 2200) == "a" * 2200
    cut = captions.shortened("word " * 500)
    assert len(cut) == 2200
    assert cut.endswith("word…")


def test_control_characters_go() -> None:
    assert captions.tidy(" a\x1b[31m\r\nb\0 ") == "a[31m\nb"


def test_no_field_with_coordinates_is_a_caption() -> None:
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (57.0, 42.0, 32.0), 3: "E", 4: (11.0, 58.0, 28.0), 27: b"HERE"})
    exif[0x8825] = gps
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "JPEG", exif=exif.tobytes())
    assert captions.from_photo(target) == ""
