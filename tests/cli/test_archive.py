"""The files of an Instagram export, in the forms it has had, and what hostile ones may try."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shutterfeed_cli.archive import open_archive, plain_name
from shutterfeed_cli.errors import CliError
from shutterfeed_cli.sources import ZippedSource, reading
from tests.cli.instagram import (
    ACTIVITY,
    as_folder,
    as_zip,
    mangled,
    medium,
    placed,
    posts_of,
    read,
    taken_at,
    write,
)
from tests.cli.service import pictures

Packer = Callable[[Path], Path]


@pytest.fixture(params=[as_folder, as_zip])
def packed(request: pytest.FixtureRequest) -> Packer:
    packer: Packer = request.param
    return packer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "export"
    pictures(root / "media/posts", [f"{number}.png" for number in range(12)])
    return root


@pytest.mark.parametrize("name", [f"{ACTIVITY}/posts_1.json", "content/posts_1.json"])
@pytest.mark.parametrize("inside", ["", "instagram-ann-2024"])
def test_posts_are_read_oldest_first_with_repaired_text(
    folder: Path, packed: Packer, name: str, inside: str
) -> None:
    posts = [
        {"media": [medium(2, title=mangled("Sommar 🌷"))]},
        {"media": [medium(0), medium(1)], "title": "Two", "creation_timestamp": 1_500_000_000},
    ]
    write(folder, name, posts)
    if inside:
        outer = folder.with_name("outer")
        outer.mkdir()
        folder = folder.rename(outer / inside).parent
    export, items = read(packed(folder))
    assert [item.caption for item in items] == ["Two", "Sommar 🌷"]
    assert items[0].taken_at == "2017-07-14T02:40:00Z"
    assert [len(export.sources(item)[0]) for item in items] == [2, 1]
    with reading(export.sources(items[1])[0][0]) as file:
        assert file.read() == next(folder.rglob("2.png")).read_bytes()


def test_several_files_of_posts_are_one_list(folder: Path, packed: Packer) -> None:
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [medium(1)]}])
    write(folder, f"{ACTIVITY}/posts_2.json", [{"media": [medium(0)]}])
    write(folder, "connections/followers_1.json", [{"title": "not a post"}])
    assert [item.files for item in read(packed(folder))[1]] == [
        ("media/posts/0.png",),
        ("media/posts/1.png",),
    ]


def test_reels_and_stories_come_when_they_are_asked_for(folder: Path) -> None:
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [medium(0)]}])
    write(folder, f"{ACTIVITY}/reels.json", {"ig_reels_media": [{"media": [medium(1)]}]})
    write(folder, f"{ACTIVITY}/igtv_videos.json", {"ig_igtv_media": [{"media": [medium(2)]}]})
    write(folder, f"{ACTIVITY}/stories.json", {"ig_stories": [medium(3, title="Story")]})
    write(folder, f"{ACTIVITY}/profile_photos.json", {"ig_profile_picture": [medium(4)]})
    export, items = read(folder)
    assert [item.kind for item in items] == ["posts"]
    assert sorted(export.remarks.lines) == [
        "1 IGTV video was left out; --reels includes it.",
        "1 reel was left out; --reels includes it.",
        "1 story was left out; --stories includes it.",
    ]
    kinds = [item.kind for item in read(folder, reels=True, stories=True)[1]]
    assert kinds == ["posts", "reels", "igtv", "stories"]


def test_the_last_profile_photo_is_found(folder: Path, packed: Packer) -> None:
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [medium(0)]}])
    assert read(packed(folder))[0].profile_photo() is None
    chosen = {"ig_profile_picture": [medium(3), medium(5), {**medium(9), "uri": "../gone.png"}]}
    write(folder, f"{ACTIVITY}/profile_photos.json", chosen)
    source = read(packed(folder))[0].profile_photo()
    assert source is not None
    assert source.stem == "5"


def test_the_form_of_2018_is_read(folder: Path, packed: Packer) -> None:
    entry = {"taken_at": "2018-12-31T08:05:13", "location": mangled("Malmö"), "caption": "Both"}
    content = {
        "photos": [
            {**entry, "path": "media/posts/0.png"},
            {**entry, "path": "media/posts/1.png"},
            {"path": "media/posts/2.png", "taken_at": "2018-04-24T12:40:02+02:00", "caption": ""},
        ],
        "videos": [],
        "stories": [{"path": "media/posts/3.png", "taken_at": "2018-01-01T00:00:00"}],
        "direct": [{"path": "media/posts/4.png", "taken_at": "2018-01-01T00:00:00"}],
    }
    write(folder, "media.json", content)
    export, items = read(packed(folder))
    assert [(item.taken_at, len(item.files)) for item in items] == [
        ("2018-04-24T10:40:02Z", 1),
        ("2018-12-31T08:05:13Z", 2),
    ]
    posts = posts_of(export, items)
    assert [post.place for post in posts] == [None, {"name": "Malmö"}]


def test_places_of_newer_exports_are_found_by_their_moment(folder: Path, packed: Packer) -> None:
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [medium(0)]}, {"media": [medium(5)]}])
    places = [placed(1_600_000_001, "Malmö", "55.605", "13.0038"), placed(5, "Far", "1", "2")]
    write(folder, f"{ACTIVITY}/posts.json", places)
    posts = posts_of(*read(packed(folder)))
    assert posts[0].place == {"name": "Malmö", "latitude": 55.605, "longitude": 13.0038}
    assert posts[1].place is None


def test_where_a_photo_was_taken_is_not_published_unless_asked(folder: Path) -> None:
    home = medium(0, media_metadata=taken_at(57.70894, 11.97461))
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [home]}, {"media": [medium(5)]}])
    export, items = read(folder)
    assert [post.place for post in posts_of(export, items)] == [None, None]
    [told] = export.remarks.lines
    assert "1 post" in told
    assert "--exif-places" in told
    export, items = read(folder)
    posts = posts_of(export, items, exif_places=True)
    name = "57.71° N, 11.97° E"
    assert posts[0].place == {"name": name, "latitude": 57.71, "longitude": 11.97}
    assert posts[1].place is None
    assert export.remarks.lines == []


@pytest.mark.parametrize(
    ("name", "latitude"), [("Home", None), ("", "57.70894"), ("", None), ("Home", "57.70894")]
)
def test_a_named_place_does_not_lend_its_name_to_where_a_photo_was_taken(
    folder: Path, name: str, latitude: str | None
) -> None:
    photo = medium(0, media_metadata=taken_at(57.70123, 11.97456))
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [photo]}])
    write(folder, f"{ACTIVITY}/posts.json", [placed(1_600_000_000, name, latitude, "11.97461")])
    [post] = posts_of(*read(folder))
    named = {"name": "Home", "latitude": 57.70894, "longitude": 11.97461}
    # A name alone is a place, too.
    assert post.place == ((named if latitude else {"name": name}) if name else None)
    [post] = posts_of(*read(folder), exif_places=True)
    rough = {"name": name or "57.7° N, 11.97° E", "latitude": 57.7, "longitude": 11.97}
    # A point that the export does not name is no place of its own, but may be a photo's.
    near = {**rough, "name": "57.71° N, 11.97° E", "latitude": 57.71}
    assert post.place == (named if name and latitude else near if latitude else rough)


@pytest.mark.parametrize(
    ("exif", "place"),
    [
        ([{"latitude": 57.7, "longitude": 11.97}], "57.7° N, 11.97° E"),
        ([{"iso": 1}, {"latitude": -33.9, "longitude": -18.4}], "33.9° S, 18.4° W"),
        ([{"latitude": 0, "longitude": 0}], None),
        ([{"latitude": 91, "longitude": 0}], None),
        ([{"latitude": "NaN", "longitude": 0}], None),
        ([{"latitude": None, "longitude": 5}], None),
    ],
)
@pytest.mark.parametrize("kind", ["photo_metadata", "video_metadata"])
def test_a_point_without_a_name_names_itself(
    folder: Path, kind: str, exif: list[Any], place: str | None
) -> None:
    metadata = {kind: {"exif_data": exif}}
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [medium(0, media_metadata=metadata)]}])
    [post] = posts_of(*read(folder), exif_places=True)
    assert (post.place and post.place["name"]) == place


def test_what_does_not_fit_is_cut_and_told(folder: Path) -> None:
    media = [medium(number) for number in range(12)]
    posts = [{"media": media, "title": "x" * 2500, "creation_timestamp": 1_600_000_000}]
    write(folder, f"{ACTIVITY}/posts_1.json", posts)
    export, items = read(folder)
    made = posts_of(export, items)
    assert [len(post.sources) for post in made] == [10, 2]
    caption = made[0].caption([])
    assert len(caption) == 2200
    assert caption.endswith("…")
    assert len(export.remarks.lines) == 2


def test_the_html_form_says_what_to_ask_for(folder: Path, packed: Packer) -> None:
    write(folder, f"{ACTIVITY}/posts_1.html", "<html>")
    export, items = read(packed(folder))
    assert items == []
    assert "format JSON instead of HTML" in export.why_empty()


def test_something_else_is_no_export(folder: Path, packed: Packer) -> None:
    write(folder, "notes/list.json", [{"title": "Shopping"}])
    export, items = read(packed(folder))
    assert (items, export.has_lists) == ([], False)
    assert "has no list of posts" in export.why_empty()
    for file in folder.rglob("*.png"):
        file.unlink()
    assert "not an export of Instagram" in read(packed(folder))[0].why_empty()


@pytest.mark.parametrize(
    "content", ["", "{", "[1, 2]", "{}", "[[]]", '[{"media": 5}]', "[" * 100_000, "null"]
)
def test_damaged_lists_are_told_or_empty(folder: Path, packed: Packer, content: str) -> None:
    write(folder, f"{ACTIVITY}/posts_1.json", content)
    try:
        assert read(packed(folder))[1] == []
    except CliError as error:
        assert "posts_1.json" in str(error)  # noqa: PT017 - either will do


@pytest.mark.parametrize("uri", ["../../secret.png", "/etc/passwd", "media/../../secret.png", ""])
def test_no_name_leads_out_of_the_archive(folder: Path, packed: Packer, uri: str) -> None:
    pictures(folder.parent, ["secret.png"])
    post = {"media": [{**medium(0), "uri": uri}]}
    write(folder, f"{ACTIVITY}/posts_1.json", [post])
    export, items = read(packed(folder))
    assert [export.sources(item) for item in items] in ([], [([], [uri])])
    assert items or export.remarks.lines


def test_a_link_does_not_lead_out_either(folder: Path) -> None:
    pictures(folder.parent, ["secret.png"])
    (folder / "media/posts/link.png").symlink_to(folder.parent / "secret.png")
    post = {"media": [{**medium(0), "uri": "media/posts/link.png"}]}
    write(folder, f"{ACTIVITY}/posts_1.json", [post])
    export, [item] = read(folder)
    assert export.sources(item) == ([], ["media/posts/link.png"])


def test_a_bomb_is_not_unpacked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutterfeed_cli.sources.MAX_VIDEO_BYTES", 1_000_000)
    monkeypatch.setattr("shutterfeed_cli.archive._MAX_JSON_BYTES", 1_000_000)
    (folder / "media/posts/0.png").write_bytes(bytes(2_000_000))
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [medium(0)]}])
    export, [item] = read(as_zip(folder))
    [source], _ = export.sources(item)
    assert isinstance(source, ZippedSource)
    with pytest.raises(CliError, match="larger than the service allows"), reading(source):
        pytest.fail("it was unpacked")
    write(folder, f"{ACTIVITY}/posts_1.json", "[" + " " * 2_000_000 + "]")
    export, items = read(as_zip(folder))
    assert items == []
    assert "too large" in export.remarks.lines[0]


def test_a_zip_that_lies_about_its_members_is_told(folder: Path) -> None:
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [medium(0)]}])
    path = as_zip(folder)
    content = bytearray(path.read_bytes())
    at = content.index((folder / "media/posts/0.png").name.encode())
    content[at + 10 : at + 30] = bytes(20)
    path.write_bytes(content)
    export, [item] = read(path)
    with pytest.raises(CliError, match="cannot be unpacked"), reading(export.sources(item)[0][0]):
        pytest.fail("it was unpacked")


def test_what_is_no_zip_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(CliError, match="cannot be read as a zip"):
        open_archive(tmp_path / "x.zip")
    with pytest.raises(CliError, match="There is no"):
        open_archive(tmp_path / "nowhere.zip")
    with pytest.raises(CliError, match="neither a folder nor a zip"):
        open_archive(Path("/dev/null"))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("media\\posts\\0.png", "media/posts/0.png"),
        ("./media//0.png", "media/0.png"),
        ("/etc/passwd", None),
        ("\\etc\\passwd", None),
        ("media/../../x", None),
        ("media\\..\\x", None),
        ("C:\\x.png", None),
        ("a\0b", None),
        ("./", None),
    ],
)
def test_a_name_is_inside_the_archive_or_none(name: str, plain: str | None) -> None:
    assert plain_name(name) == plain


def test_a_zip_of_windows_and_one_with_names_that_lead_out(folder: Path, tmp_path: Path) -> None:
    picture = (folder / "media/posts/0.png").read_bytes()
    path = tmp_path / "windows.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("export\\media\\", b"")
        packed.writestr("export\\media\\posts\\0.png", picture)
        packed.writestr("export\\content\\posts_1.json", json.dumps([{"media": [medium(0)]}]))
        packed.writestr("..\\..\\escaped.png", picture)
        packed.writestr("/etc/escaped.png", picture)
    export, [item] = read(path)
    [source], missing = export.sources(item)
    assert missing == []
    with reading(source) as file:
        assert file.read() == picture
    assert [line.split(" ")[0] for line in export.remarks.lines] == [
        "..\\..\\escaped.png",
        "/etc/escaped.png",
    ]


def test_a_zip_of_windows_that_was_unpacked_into_names_with_backslashes(folder: Path) -> None:
    write(folder, "content\\posts_1.json", [{"media": [medium(0), medium(20)]}])
    (folder / "media\\posts\\20.png").write_bytes(b"x")
    export, [item] = read(folder)
    assert [source.stem for source in export.sources(item)[0]] == ["0", "media\\posts\\20"]


def test_an_encrypted_zip_and_zips_in_a_zip_are_told(folder: Path, tmp_path: Path) -> None:
    write(folder, f"{ACTIVITY}/posts_1.json", [{"media": [medium(0)]}])
    path = as_zip(folder)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + at] |= 1
    path.write_bytes(content)
    with pytest.raises(CliError, match="is encrypted: unpack it with its password"):
        open_archive(path)
    outer = tmp_path / "outer"
    write(outer, "part-1.zip", "PK")
    assert "has zips in it: part-1.zip" in read(outer)[0].why_empty()
