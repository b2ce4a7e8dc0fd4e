"""What a file is, by its content."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from shutterfeed_cli.client.limits import MAX_PHOTO_BYTES
from shutterfeed_cli.errors import Unusable
from shutterfeed_cli.media import examine, find, natural, sniff
from shutterfeed_cli.sources import FileSource
from shutterfeed_cli.stopping import Stop
from shutterfeed_cli.video import UnknownVideo, VideoFacts, read_facts
from tests import videos
from tests.cli.service import pictures
from tests.pictures import SHARED_DATA, needs_shared_data


@pytest.fixture(scope="module")
def mp4() -> bytes:
    return videos.made("in.mp4", *videos.pattern("64x48", "1.5"), *videos.sound("1.5"))


def facts(content: bytes, content_type: str = "video/mp4") -> VideoFacts:
    return read_facts(io.BytesIO(content), content_type)


def is_about(found: VideoFacts, width: int, height: int, milliseconds: int) -> bool:
    near = abs(found.duration_ms - milliseconds) <= 120
    return (found.width, found.height) == (width, height) and near


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("AVIF", "image/avif"),
    ],
)
def test_photos_are_known_by_their_first_bytes(kind: str, content_type: str) -> None:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, kind)
    assert sniff(target.getvalue()[:64]) == content_type


@pytest.mark.parametrize("magic", [b"", b"<html>", b"\x1a\x45\xdf\xa3" + bytes(60), b"\0" * 64])
def test_anything_else_is_nothing(magic: bytes) -> None:
    assert sniff(magic) is None


@needs_shared_data
def test_an_iphone_s_photo_is_heic() -> None:
    found = examine(FileSource(SHARED_DATA / "photos/heic/IMG_5195.HEIC"), Stop())
    assert found is not None
    assert found.content_type == "image/heic"


def test_a_video_says_how_large_and_how_long_it_is(mp4: bytes) -> None:
    assert sniff(mp4[:64]) == "video/mp4"
    assert is_about(facts(mp4), 64, 48, 1500)


@pytest.mark.parametrize(
    ("name", "content_type", "more"),
    [
        ("in.mov", "video/quicktime", ()),
        ("in.webm", "video/webm", ("-c:v", "libvpx")),
        ("live.webm", "video/webm", ("-c:v", "libvpx", "-live", "1")),
        ("index_first.mp4", "video/mp4", ("-movflags", "+faststart")),
        ("fragments.mp4", "video/mp4", ("-movflags", "+frag_keyframe+empty_moov+global_sidx")),
    ],
)
def test_other_containers_do_so_too(name: str, content_type: str, more: tuple[str, ...]) -> None:
    content = videos.made(name, *videos.pattern("80x60", "2"), *more)
    assert sniff(content[:64]) == content_type
    assert is_about(facts(content, content_type), 80, 60, 2000)


def test_a_streamed_recording_that_states_its_length_nowhere_is_counted(
    found: Callable[[str], bytes],
) -> None:
    assert is_about(facts(found("video-fragmented-no-duration.mp4")), 160, 120, 2000)
    movflags = ("-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-g", "5")
    content = videos.made("a.mp4", *videos.pattern("80x60", "2"), *videos.sound("1"), *movflags)
    assert is_about(facts(content), 80, 60, 2000)


def test_every_piece_of_a_video_is_a_reason_or_the_facts(mp4: bytes) -> None:
    for content, content_type in [
        (mp4, "video/mp4"),
        (videos.made("in.webm", *videos.pattern("64x48"), "-c:v", "libvpx"), "video/webm"),
    ]:
        for end in range(0, len(content), 7):
            with suppress(UnknownVideo):
                assert facts(content[:end], content_type).width == 64


def test_a_damaged_index_is_a_reason(mp4: bytes) -> None:
    at = mp4.index(b"moov")
    for place in range(at, min(at + 700, len(mp4)), 3):
        damaged = mp4[:place] + b"\xff\xff\xff\xff" + mp4[place + 4 :]
        with suppress(UnknownVideo):  # Nothing else may come of it.
            assert facts(damaged).duration_ms > 0


def test_a_video_that_cannot_be_declared_is_unusable(tmp_path: Path, mp4: bytes) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(mp4[:200])
    with pytest.raises(Unusable, match="cut off"):
        examine(FileSource(cut), Stop())


def test_a_photo_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    large = pictures(tmp_path, ["large.png"])[0]
    os.truncate(large, MAX_PHOTO_BYTES + 1)
    with pytest.raises(Unusable, match="at most 67,108,864"):
        examine(FileSource(large), Stop())


def test_folders_are_gone_through_in_the_order_of_names(tmp_path: Path) -> None:
    pictures(tmp_path / "b", ["IMG_10.png", "IMG_9.png", ".hidden.png"])
    pictures(tmp_path / "a" / "deep", ["x.png"])
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "empty").mkdir()
    found = [[Path(source.name).name for source in sources] for _, sources in find([tmp_path])]
    assert found == [["x.png"], ["IMG_9.png", "IMG_10.png"]]


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir()
    pictures(tmp_path, ["x.png"])
    usual = Path.iterdir

    def locked(path: Path) -> Iterator[Path]:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return usual(path)

    monkeypatch.setattr(Path, "iterdir", locked)
    [(_, readable), (_, [other])] = find([tmp_path])
    assert len(readable) == 1
    with pytest.raises(Unusable, match="Permission denied"):
        examine(other, Stop())


def test_named_files_are_one_group_in_the_order_given(tmp_path: Path) -> None:
    paths = pictures(tmp_path, ["b.png", "a.png"])
    [(_, sources)] = find(paths)
    assert [source.name for source in sources] == [str(path) for path in paths]


def test_numbers_in_names_count_as_numbers() -> None:
    assert sorted(["a10", "a9", "A1", "9", "b"], key=natural) == ["9", "A1", "a9", "a10", "b"]
