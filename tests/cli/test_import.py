"""The command `import-instagram`: an export in several parts, and what is said of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from shutterfeed_cli import main
from shutterfeed_cli.client.content import Json
from tests.cli.instagram import ACTIVITY, as_zip, medium, taken_at, write
from tests.cli.service import Service, pictures, signed_in

MADE = 1_600_000_000


class Shell:
    """Runs the command with the stand-in for the service."""

    def __init__(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        self.service = service
        self._capsys = capsys

    def run(self, *arguments: object, code: int = 0) -> list[Json]:
        """The events of a run, which ends with this code."""
        command = ["import-instagram", *map(str, arguments), "--json", "--no-wait"]
        assert main.main(command) == code
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]

    @property
    def posts(self) -> list[tuple[str, int]]:
        """The captions of all posts, and the numbers of their files, in alphabetical order."""
        drafts = [post["draft"] for post in self.service.posts.values()]
        return sorted((draft["caption"], len(draft["media"])) for draft in drafts)


@pytest.fixture
def shell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Shell:
    return Shell(signed_in(monkeypatch, tmp_path), capsys)


def post(caption: str, *numbers: int, **more: Any) -> Json:
    media = [medium(number, **more) for number in numbers]
    return {"media": media, "title": caption, "creation_timestamp": MADE + numbers[0]}


@pytest.fixture
def parts(tmp_path: Path) -> Sequence[Path]:
    """Three zips of one export: the first has the list of posts, and their files are in all."""
    folders = [tmp_path / f"part-{number}" for number in (1, 2, 3)]
    for number in range(5):
        pictures(folders[number % 3] / "media/posts", [f"{number}.png"])
    posts = [post("a", 0), post("b", 1, 2), post("c", 3, 4)]
    write(folders[0], f"{ACTIVITY}/posts_1.json", posts)
    return [as_zip(folder) for folder in folders]


ALL = [("a", 1), ("b", 2), ("c", 2)]


def test_parts_that_are_given_together_are_one_export(shell: Shell, parts: list[Path]) -> None:
    shell.run(*reversed(parts))
    assert shell.posts == ALL
    [summary] = [event for event in shell.run(*parts) if event["event"] == "summary"]
    assert (summary["uploaded"], summary["skipped"]) == (0, 5)
    assert len(shell.service.posts) == 3


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_parts_that_are_given_one_by_one_in_any_order_are_one_export(
    shell: Shell, parts: list[Path], order: tuple[int, ...]
) -> None:
    for number in order[:-1]:
        shell.run(parts[number], code=1)
    shell.run(parts[order[-1]])
    assert shell.posts == ALL
    assert len(shell.service.posts) == 3


def test_what_is_missing_is_named_and_waits(shell: Shell, parts: list[Path]) -> None:
    events = shell.run(parts[0], code=1)
    assert shell.posts == [("a", 1)]
    told = [event["message"] for event in events if event["event"] == "remark"]
    assert told == [
        "The post of 2020-09-13 12:26 waits for media/posts/1.png, media/posts/2.png.",
        "The post of 2020-09-13 12:26 waits for media/posts/4.png.",
    ]
    # The first part is gone, and with it one file of the last post.
    parts[0].unlink()
    shell.run(parts[1], parts[2], code=1)
    assert shell.posts == [("a", 1), ("b", 2)]


def test_a_dry_run_notes_nothing(shell: Shell, parts: list[Path]) -> None:
    shell.run(parts[0], "--dry-run", code=1)
    shell.run(parts[1], "--dry-run", code=1)
    assert shell.posts == []
    assert "has no list of posts" in shell.run(parts[1], "--dry-run", code=1)[-1]["message"]


def test_without_waiting_a_post_is_made_of_the_files_that_are_there(
    shell: Shell, parts: list[Path]
) -> None:
    events = shell.run(parts[0], parts[1], "--incomplete")
    assert shell.posts == [("a", 1), ("b", 1), ("c", 2)]
    assert any("is made without media/posts/2.png" in str(event) for event in events)


def test_a_failed_run_leaves_its_posts_waiting(shell: Shell, parts: list[Path]) -> None:
    shell.run(parts[0], code=1)
    refusal = {"error": {"code": "forbidden", "message": "Not now.", "field": None}}
    shell.service.before = lambda request: (
        httpx.Response(403, json=refusal) if request.url.path.endswith("/posts") else None
    )
    shell.run(parts[1], code=1)
    shell.service.before = lambda _: None
    shell.run(parts[2])
    assert shell.posts == ALL


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({f"{ACTIVITY}/posts_1.json": []}, "There is nothing to import."),
        ({f"{ACTIVITY}/stories.json": {"ig_stories": [medium(1)]}}, "There is nothing to import."),
        ({f"{ACTIVITY}/posts_1.html": "<html>"}, "format JSON instead of HTML"),
        ({"notes.json": []}, "not an export of Instagram"),
        ({f"{ACTIVITY}/posts_1.json": "{"}, "is damaged"),
    ],
)
def test_nothing_found_is_an_error(
    shell: Shell, tmp_path: Path, lists: dict[str, Any], said: str
) -> None:
    for name, content in lists.items():
        write(tmp_path / "export", name, content)
    events = shell.run(tmp_path / "export", code=1)
    assert events[-1]["event"] == "error"
    assert any(said in event["message"] for event in events)


def test_a_damaged_list_does_not_keep_the_others_from_being_imported(
    shell: Shell, parts: list[Path], tmp_path: Path
) -> None:
    write(tmp_path / "more", f"{ACTIVITY}/stories.json", "[{]")
    events = shell.run(*parts, tmp_path / "more", code=1)
    assert shell.posts == ALL
    assert any("stories.json" in event.get("message", "") for event in events)


def test_an_archive_that_does_not_exist_is_wrong_usage(shell: Shell, tmp_path: Path) -> None:
    shell.run(tmp_path / "nowhere.zip", code=2)


def test_files_of_another_export_are_not_taken(
    shell: Shell, parts: list[Path], tmp_path: Path
) -> None:
    shell.run(*parts)
    write(tmp_path / "other", f"{ACTIVITY}/posts_1.json", [post("other", 4)])
    shell.run(tmp_path / "other", code=1)
    assert shell.posts == ALL
    # What is nowhere waits for ever, unless one says so.
    events = shell.run(tmp_path / "other", "--incomplete", code=1)
    assert "was left out: no archive has media/posts/4.png" in events[0]["message"]
    assert shell.run(*parts)[0]["event"] == "skipped"


def test_each_part_may_be_in_a_folder_of_its_own(
    shell: Shell, parts: list[Path], tmp_path: Path
) -> None:
    outer = []
    for number in (1, 2, 3):
        inside = tmp_path / f"unpacked-{number}" / f"instagram-ann-part-{number}"
        inside.parent.mkdir()
        (tmp_path / f"part-{number}").rename(inside)
        outer.append(as_zip(inside.parent))
    shell.run(*outer)
    assert shell.posts == ALL


def test_a_dry_run_lists_each_post_with_its_time_and_place(shell: Shell, tmp_path: Path) -> None:
    pictures(tmp_path / "export/media/posts", ["1.png"])
    home = post("Home", 1, media_metadata=taken_at(57.70894, 11.97461))
    write(tmp_path / "export", f"{ACTIVITY}/posts_1.json", [home])

    def reason(*options: str) -> str:
        events = shell.run(tmp_path / "export", "--dry-run", *options)
        return next(str(event["reason"]) for event in events if event["event"] == "uploaded")

    assert reason() == "would be uploaded, taken at 2020-09-13 12:26"
    rough = "would be uploaded, taken at 2020-09-13 12:26, in 57.71° N, 11.97° E (57.71, 11.97)"
    assert reason("--exif-places") == rough
    assert shell.posts == []


def test_the_summary_is_last_and_a_profile_photo_that_is_missing_is_told(
    shell: Shell, parts: list[Path]
) -> None:
    events = shell.run(*parts, "--profile-photo", code=1)
    assert events[-1]["event"] == "summary"
    assert "no profile photo" in events[0]["message"]
    assert shell.posts == ALL


def test_a_post_with_a_damaged_file_waits_for_a_better_copy(
    shell: Shell, parts: list[Path]
) -> None:
    whole = parts[1].read_bytes()
    content = bytearray(whole)
    at = content.index(b"media/posts/1.png") + len("media/posts/1.png")
    content[at : at + 20] = bytes(20)
    parts[1].write_bytes(content)
    events = shell.run(*parts, code=1)
    failed = {event["file"].rpartition("/")[2]: event for event in events if "file" in event}
    assert "It cannot be unpacked" in failed["1.png"]["reason"]
    assert failed["2.png"]["reason"] == "another file of its post cannot be read"
    assert shell.posts == [("a", 1), ("c", 2)]
    parts[1].write_bytes(whole)
    shell.run(*parts)
    assert shell.posts == ALL


def test_a_file_that_is_no_picture_is_named(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    pictures(folder / "media/posts", ["1.png"])
    write(folder, "media/posts/2.png", "subtitles")
    write(folder, f"{ACTIVITY}/posts_1.json", [post("a", 1, 2)])
    events = shell.run(folder, code=1)
    [failed] = [event for event in events if event["event"] == "failed"]
    assert failed["file"].endswith("2.png")
    assert shell.posts == [("a", 1)]


def test_posts_that_are_made_do_not_wait_again(shell: Shell, parts: list[Path]) -> None:
    shell.run(*parts)
    parts[1].unlink()
    parts[2].unlink()
    events = shell.run(parts[0])
    assert [event["event"] for event in events] == ["skipped", "summary"]
