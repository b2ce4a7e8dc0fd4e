"""Whatever is in a file, it is that file's line in the summary: the run goes on, no traceback.

Seeds are real photos where they are there, and photos made here with everything that the caption
reader looks at; they are broken in ways that are the same in every run.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from shutterfeed_cli import captions
from shutterfeed_cli.errors import CliError
from shutterfeed_cli.journal import Journal
from shutterfeed_cli.media import Medium, examine
from shutterfeed_cli.planning import Outcome, Wanted
from shutterfeed_cli.sources import FileSource
from shutterfeed_cli.stopping import Stop
from shutterfeed_cli.uploading import always, caption_of
from shutterfeed_cli.video import UnknownVideo, read_facts
from tests import hostile, videos
from tests.cli.instagram import posts_of, read
from tests.cli.service import Service, pictures, run

MUTATIONS = 60
"""The number of mutations of each seed."""
TITLE = "Midsummer in Dalarna"


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.sqlite")


def record(number: int, value: bytes) -> bytes:
    """A dataset of IPTC's second record."""
    return b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(value)) + value


def jpeg(iptc: bytes = b"", description: str = "", xmp: bytes = b"") -> bytes:
    """A photo with captions wherever programs write them."""
    exif = Image.Exif()
    exif[0x010E] = description
    exif[0x9C9B] = (TITLE + "\0").encode("utf-16-le")
    exif[0x9C9C] = (TITLE + "\0").encode("utf-16-le")
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "JPEG", exif=exif.tobytes(), xmp=xmp)
    content = target.getvalue()
    if not iptc:
        return content
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
    segment = b"Photoshop 3.0\0" + block
    return content[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


@cache
def made() -> dict[str, bytes]:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:title>' + TITLE.encode() + b"</dc:title>"
    full = jpeg(record(120, TITLE.encode()) + record(5, b"name"), TITLE, xmp)
    return {"full.jpg": full, **{f"seed.{name}": one for name, one in hostile.seeds().items()}}


def photos_of(folder: Path) -> dict[str, bytes]:
    """Real photos; of large ones the beginning, where the metadata is."""
    names = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.name: path.read_bytes()[: 256 * 1024] for path in names}


def caption(content: bytes) -> str:
    return captions.from_photo(io.BytesIO(content))


def broken(content: bytes, seed: str) -> list[bytes]:
    return [*hostile.mutations(content, seed, MUTATIONS), *hostile.truncations(content)]


@pytest.mark.parametrize("name", sorted(made()))
def test_no_photo_however_broken_stops_the_caption_reader(name: str) -> None:
    for content in broken(made()[name], name):
        assert isinstance(caption(content), str)


@pytest.mark.parametrize("folder", ["photos/cameras", "photos/gps", "photos/phones", "hostile"])
def test_no_real_photo_however_broken_does_either(shared_data: Path, folder: str) -> None:
    for name, content in photos_of(shared_data / folder).items():
        assert isinstance(caption(content), str)
        # The first pages: there the metadata is.
        for one in hostile.mutations(content, name, 10):
            assert isinstance(caption(one), str)


@example([(120, b"")], b"")
@given(
    st.lists(st.tuples(st.sampled_from([0, 5, 25, 90, 120, 255]), st.binary(max_size=40))),
    st.binary(max_size=12),
)
def test_any_iptc_is_read(records: list[tuple[int, bytes]], rest: bytes) -> None:
    iptc = b"".join(record(number, value) for number, value in records) + rest
    assert isinstance(caption(jpeg(iptc, "from the camera")), str)


@given(st.binary(max_size=200))
def test_any_exif_is_read(content: bytes) -> None:
    segment = b"Exif\0\0" + content
    marker = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    plain = io.BytesIO()
    Image.new("RGB", (8, 8)).save(plain, "JPEG")
    whole = plain.getvalue()
    assert isinstance(caption(whole[:2] + marker + whole[2:]), str)


def test_what_one_field_cannot_say_the_next_one_does() -> None:
    assert caption(jpeg(record(120, b""), "from the camera")) == "from the camera"
    assert caption(jpeg(record(120, b""))) == TITLE
    two = record(120, b"") + record(120, b"the second")
    assert caption(jpeg(two, "from the camera")) == "the second"


def test_a_photo_with_an_empty_caption_is_posted_without_one(
    service: Service, journal: Journal, tmp_path: Path, found: Callable[[str], bytes]
) -> None:
    paths = pictures(tmp_path, ["a.png", "z.png"])
    empty = tmp_path / "empty.jpg"
    empty.write_bytes(found("jpeg-empty-iptc-caption.jpg"))
    groups = [Wanted([FileSource(path)], caption_of("exif")) for path in [*paths, empty]]
    first = run(service, journal, groups)
    assert first.names(Outcome.UPLOADED) == ["a.png", "empty.jpg", "z.png"]
    assert {post["draft"]["caption"] for post in service.published} == {""}
    assert run(service, journal, groups).names(Outcome.SKIPPED) == first.names(Outcome.UPLOADED)


def _failing(message: str) -> Callable[[Sequence[Medium]], str]:
    def fail(media: Sequence[Medium]) -> str:
        raise AttributeError(f"{message} in {media[0].source.stem}")

    return fail


def test_what_nobody_expected_of_one_file_is_that_files_failure(
    service: Service, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = pictures(tmp_path, [f"{letter}.png" for letter in "abcdef"])
    usual = FileSource.opened

    def opened(source: FileSource) -> Any:
        if source.stem == "c":
            raise ZeroDivisionError("nobody thought of it")
        return usual(source)

    monkeypatch.setattr(FileSource, "opened", opened)
    groups = [
        Wanted([FileSource(path)], _failing("odd") if path.stem == "b" else always(""))
        for path in paths
    ]
    sent = iter(range(3))

    def answer(request: Any) -> None:
        if request.url.path == "/api/posts" and next(sent, None) == 1:
            raise RuntimeError("nor of this")

    service.before = answer
    seen = run(service, journal, groups, parallel=1)
    assert seen.names(Outcome.UPLOADED) == ["a.png", "e.png", "f.png"]
    assert seen.names(Outcome.FAILED) == ["b.png", "c.png", "d.png"]
    reasons = " ".join(sorted(seen.reasons()))
    for words in ("AttributeError: odd in b", "ZeroDivisionError", "RuntimeError: nor of this"):
        assert words in reasons


def test_a_journal_that_cannot_be_kept_ends_the_run_in_one_sentence(
    service: Service, journal: Journal, tmp_path: Path
) -> None:
    paths = pictures(tmp_path, [f"{letter}.png" for letter in "abc"])
    groups = [Wanted([FileSource(path)], always("")) for path in paths]
    run(service, journal, groups[:1])
    journal.close()
    with pytest.raises(CliError, match="journal"):
        run(service, journal, groups)


def numbers(content: bytes) -> list[bytes]:
    """The file with each of some numbers in the place of each of its numbers of 4 or 8 bytes."""
    nan, infinite = struct.pack(">d", float("nan")), struct.pack(">d", float("inf"))
    return [
        content[:at] + number + content[at + len(number) :]
        for at in range(min(len(content), 600))
        for number in (nan, infinite, nan[:4], b"\xff\xff\xff\xff")
    ]


@pytest.mark.parametrize(
    ("name", "content_type", "more"),
    [
        ("in.mp4", "video/mp4", ("-movflags", "+faststart")),
        ("in.webm", "video/webm", ("-c:v", "libvpx", "-cpu-used", "8")),
    ],
)
def test_no_video_however_broken_stops_its_reader(
    name: str, content_type: str, more: tuple[str, ...]
) -> None:
    content = videos.made(name, *videos.pattern("64x48"), *more)
    for one in [*broken(content, name), *numbers(content)]:
        try:
            assert read_facts(io.BytesIO(one), content_type).duration_ms > 0
        except UnknownVideo as error:
            assert str(error)  # noqa: PT017 - either will do


def test_a_broken_file_is_examined_or_told(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for name, content in made().items():
        for one in hostile.mutations(content, name, 20):
            path.write_bytes(one)
            examine(FileSource(path), Stop())


def test_a_zip_damaged_anywhere_is_read_or_told(tmp_path: Path) -> None:
    [photo] = pictures(tmp_path, ["0.png"])
    whole = io.BytesIO()
    posts = [{"media": [{"uri": "0.png", "creation_timestamp": 1_600_000_000}]}]
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("your_instagram_activity/media/posts_1.json", json.dumps(posts))
        packed.write(photo, "0.png")
    path = tmp_path / "export.zip"
    for content in broken(whole.getvalue(), "zip"):
        path.write_bytes(content)
        try:
            export, items = read(path)
            for item in items:
                for source in export.sources(item)[0]:
                    examine(source, Stop())
        except CliError as error:
            assert str(error)  # noqa: PT017 - either will do


ODD: Sequence[Any] = [None, True, -1, 10**400, 1e308, "\0", "a" * 5000, "\ud800", [], {}, [[]]]
KEYS = [
    *("uri", "title", "creation_timestamp", "media", "media_metadata", "photo_metadata"),
    *("exif_data", "latitude", "longitude", "timestamp", "label_values", "label", "value", "dict"),
]
things = st.recursive(
    st.sampled_from(ODD) | st.integers(0, 2_000_000_000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


@given(things, things)
def test_any_export_of_instagrams_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, posts: Any, places: Any
) -> None:
    folder = tmp_path_factory.mktemp("export")
    lists = folder / "your_instagram_activity/media"
    lists.mkdir(parents=True)
    for name, content in (("posts_1.json", posts), ("posts.json", places)):
        (lists / name).write_text(json.dumps(content))
    try:
        for one in posts_of(*read(folder, reels=True, stories=True), exif_places=True):
            assert isinstance(one.caption([]), str)
    except CliError as error:
        assert str(error)  # noqa: PT017 - either will do
