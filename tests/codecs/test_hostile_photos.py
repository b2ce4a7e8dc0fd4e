"""Real and made files that are broken or hostile: each is rendered bare or refused in words."""

from __future__ import annotations

import os
import traceback
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto, sniff
from tests import bare, hostile
from tests.pictures import SHARED_DATA, needs_shared_data

MUTATIONS = 4_000
SLICES = 2
REAL_CUTS = 3
"""A slice: `make bench B=hostile` tries 100,000 mutations, and 20 cuts of each real photo."""
SEEDS = hostile.seeds()
TRACES = (
    b"Exif\x00",
    b"http://ns.adobe.com/xap",
    b"x:xmpmeta",
    b"Photoshop 3.0",
    b"8BIM",
    b"ICC_PROFILE",
    b"GPSLatitude",
    b"MPF\x00",
    b"Ducky",
    b"Apple",
)
"""How EXIF, XMP, IPTC, colour profiles, GPS, further pictures and cameras' names begin. Words of
three letters would stand in some pictures by chance."""

CODEC = ConfinedCodec()


def assert_bare(photo: RenderedPhoto) -> None:
    """Assert that the bytes hold nothing but the picture."""
    for rendition, content in photo.renditions:
        for trace in TRACES:
            assert trace not in content, (rendition.name, trace)
        if rendition.content_type == "image/jpeg":
            # A second one within would be an embedded thumbnail.
            assert content.count(b"\xff\xd8\xff") == 1
        else:
            assert content[12:16] == b"VP8 "
            assert int.from_bytes(content[4:8], "little") + 8 == len(content)


def assert_settled(content: bytes, content_type: str) -> RenderedPhoto | PhotoRefused:
    result = hostile.outcome(CODEC, content, content_type)
    if isinstance(result, PhotoRefused):
        assert result.message[0].isupper()
        assert result.message.endswith(".")
        assert "Error" not in result.message
    else:
        assert_bare(result)
    return result


def shared(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in SHARED_DATA.glob(pattern))


PHOTOS = [path for path in shared("photos/*/*.*") if path.is_file()]


@needs_shared_data
def test_there_are_photos_of_many_cameras() -> None:
    assert len(PHOTOS) >= 50


@needs_shared_data
@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.name)
def test_no_real_photo_leaves_a_trace_and_none_is_refused(path: Path) -> None:
    content = path.read_bytes()
    photo = CODEC.render(content, hostile.kind_of(content))
    assert_bare(photo)
    bare.assert_bare(photo)
    (small,) = (part for rendition, part in photo.renditions if rendition.name == "320.webp")
    with Image.open(BytesIO(small)) as image:
        assert (image.mode, image.width) == ("RGB", 320)


@needs_shared_data
def test_the_gps_photos_had_something_to_lose() -> None:
    tagged = shared("photos/gps/*.jpg")
    assert len(tagged) == 9
    assert all(b"Exif\x00" in path.read_bytes() for path in tagged)


@needs_shared_data
@pytest.mark.parametrize("path", shared("hostile/*"), ids=lambda path: path.name)
def test_every_hostile_file_is_rendered_or_refused_in_words(path: Path) -> None:
    content = path.read_bytes()
    for content_type in {hostile.kind_of(content), "image/jpeg", "image/png", "image/gif"}:
        assert_settled(content, content_type)


@needs_shared_data
@pytest.mark.slow
@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.name)
def test_a_real_photo_cut_anywhere_is_settled(path: Path) -> None:
    content = path.read_bytes()
    for part in hostile.truncations(content, REAL_CUTS):
        assert_settled(part, hostile.kind_of(content))


@pytest.mark.parametrize("name", SEEDS)
def test_a_good_file_cut_anywhere_is_settled(name: str) -> None:
    content = SEEDS[name]
    for part in hostile.truncations(content):
        assert_settled(part, hostile.kind_of(content))


@pytest.mark.parametrize("name", hostile.no_photos())
def test_other_things_are_refused_by_content(name: str) -> None:
    content = hostile.no_photos()[name]
    assert sniff(content[:64]) is None
    for content_type in ("image/jpeg", "image/png", "image/heic", "image/avif", "image/gif"):
        assert isinstance(assert_settled(content, content_type), PhotoRefused)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SLICES))
@pytest.mark.parametrize("name", SEEDS)
def test_mutations_are_settled(name: str, number: int) -> None:
    """One child decodes as many as it survives: a child for each file would take most of the time.
    Should a decoder crash, the next child goes on behind that file; that a crash refuses the photo
    is `test_confinement`'s matter."""
    content, count = SEEDS[name], MUTATIONS // SLICES // len(SEEDS)
    files = list(hostile.mutations(content, f"{name} {number}", count))
    while files:
        tried, status = _tried_in_child(files, hostile.kind_of(content))
        assert os.WIFSIGNALED(status) or status == 0, "an error that is no refusal; see above"
        assert 0 < tried <= len(files), "the child ended before its first file"
        assert tried == len(files) or os.WIFSIGNALED(status)
        files = files[tried:]


def _tried_in_child(files: list[bytes], content_type: str) -> tuple[int, int]:
    """How many files a child began, which says so by a byte each, and how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            codec = PillowImageCodec()
            for each in files:
                os.write(writing, b".")
                hostile.outcome(codec, each, content_type)
        except Exception:  # noqa: BLE001 - nothing of the test run may go on in the child
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        tried = len(pipe.read())
    _, status = os.waitpid(child, 0)
    return tried, status
