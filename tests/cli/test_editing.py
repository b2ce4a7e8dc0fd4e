"""Changing posts and settings from the command line, sensitive posts, and suggestions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from shutterfeed_cli import main
from shutterfeed_cli.client.content import Json
from tests.cli.service import Service, pictures, signed_in

_SETTINGS = {"private": False, "public_page": True, "sensitive": "blur"}
_STRANGER = {"id": "BEN", "handle": "ben", "display_name": "Ben of the Lake", "follows_me": False}


@dataclass
class Owned:
    """What the stand-in holds of the caller, and what it was asked for: method, path and body."""

    settings: Json = field(default_factory=lambda: dict(_SETTINGS))
    suggested: list[Json] = field(default_factory=list)
    asked: list[tuple[str, Json]] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        path = request.url.path.removeprefix("/api")
        changes = json.loads(request.content or b"{}")
        self.asked.append((f"{request.method} {path}", changes))
        self.query = dict(request.url.params)
        if path == "/me":
            self.settings.update(changes)
            return httpx.Response(200, json={"id": "ME", "handle": "me", **self.settings})
        if path == "/suggestions":
            return httpx.Response(200, json={"items": self.suggested})
        if path == "/posts/gone":
            error = {"code": "post_not_found", "message": "There is no such post.", "field": None}
            return httpx.Response(404, json={"error": error})
        return httpx.Response(200, json={"id": path.rpartition("/")[2], **changes})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    return signed_in(monkeypatch, tmp_path)


@pytest.fixture
def owned(service: Service) -> Owned:
    owned = Owned()
    service.before = owned.answer
    return owned


@pytest.mark.parametrize(("flags", "sensitive"), [([], None), (["--sensitive"], True)])
def test_an_upload_is_sensitive_if_asked(
    service: Service, tmp_path: Path, flags: list[str], sensitive: bool | None
) -> None:
    (photo,) = pictures(tmp_path / "photos", ["one.png"])
    assert main.main(["upload", str(photo), *flags, "--no-wait"]) == 0
    (post,) = service.posts.values()
    assert post["draft"].get("sensitive") is sensitive


@pytest.mark.parametrize(
    ("flags", "changes"),
    [
        (["--sensitive"], {"sensitive": True}),
        (["--not-sensitive"], {"sensitive": False}),
        (["--caption", " Dusk "], {"caption": "Dusk"}),
        (["--caption", ""], {"caption": ""}),
        (["--place", ""], {"place": None}),
        (
            ["--place", "Lindau@47.5,9.7", "--sensitive"],
            {"place": {"name": "Lindau", "latitude": 47.5, "longitude": 9.7}, "sensitive": True},
        ),
    ],
)
@pytest.mark.parametrize("post", ["P1", "https://site.test/p/P1", "https://site.test/p/P1/?from=a"])
def test_an_edit_changes_what_is_named_and_nothing_else(
    owned: Owned, post: str, flags: list[str], changes: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["edit", post, *flags]) == 0
    assert owned.asked == [("PATCH /posts/P1", changes)]
    assert capsys.readouterr().out == "The post is changed.\n"


def test_an_edit_for_programs_is_the_post(owned: Owned, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["edit", "P1", "--sensitive", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"id": "P1", "sensitive": True}


def test_an_edit_that_is_refused_is_told_in_the_services_words(
    owned: Owned, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["edit", "gone", "--sensitive"]) == 1
    assert "There is no such post." in capsys.readouterr().err
    assert len(owned.asked) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["edit"],
        ["edit", "P1"],
        ["edit", "P1", "--place", "nowhere"],
        ["edit", "P1", "--caption", "x" * 2_201],
        ["privacy", "--account", "secret"],
        ["privacy", "--page", "on"],
        ["privacy", "--sensitive-posts", "hide"],
        ["suggestions", "--limit", "0"],
    ],
)
def test_what_cannot_be_understood_changes_nothing(owned: Owned, arguments: list[str]) -> None:
    try:
        code = main.main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert owned.asked == []


@pytest.mark.parametrize(
    ("flags", "changes"),
    [
        (["--account", "private"], {"private": True}),
        (["--account", "public"], {"private": False}),
        (["--page", "hidden"], {"public_page": False}),
        (["--page", "shown"], {"public_page": True}),
        (["--sensitive-posts", "show"], {"sensitive": "show"}),
        (
            ["--account", "public", "--page", "hidden", "--sensitive-posts", "blur"],
            {"private": False, "public_page": False, "sensitive": "blur"},
        ),
    ],
)
def test_settings_are_changed_one_by_one_or_together(
    owned: Owned, flags: list[str], changes: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["privacy", *flags, "--json"]) == 0
    assert owned.asked == [("PATCH /me", changes)]
    assert json.loads(capsys.readouterr().out) == {**_SETTINGS, **changes}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, ["also without an account.", "blurred until you choose to look."]),
        ({"public_page": False}, ["for those who are signed in, and nobody else.", "blurred"]),
        ({"private": True, "sensitive": "show"}, ["only people whom you accept", "are shown."]),
    ],
)
def test_without_a_change_settings_are_shown(
    owned: Owned, settings: Json, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    owned.settings |= settings
    assert main.main(["privacy"]) == 0
    assert owned.asked == [("GET /me", {})]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(said)
    assert all(words in line for words, line in zip(said, lines, strict=True))


def test_suggestions_say_why(owned: Owned, capsys: pytest.CaptureFixture[str]) -> None:
    owned.suggested = [
        {**_STRANGER, "reason": "acquaintance"},
        {**_STRANGER, "handle": "cy", "reason": "popular"},
        {**_STRANGER, "handle": "dan", "reason": "popular", "follows_me": True},
    ]
    assert main.main(["suggestions"]) == 0
    title, *rows = capsys.readouterr().out.splitlines()
    assert title.split() == ["person", "name", "why"]
    assert [row.split()[0] for row in rows] == ["@ben", "@cy", "@dan"]
    whys = ["followed by people you follow", "popular or active in these days", "follows you"]
    assert all(row.rstrip().endswith(why) for row, why in zip(rows, whys, strict=True))
    assert owned.query == {"limit": "20"}


def test_suggestions_are_as_many_as_asked_for_and_no_more_than_there_may_be(
    owned: Owned, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["suggestions", "--limit", "3"]) == 0
    assert owned.query == {"limit": "3"}
    assert main.main(["suggestions", "--limit", "50", "--json"]) == 0
    assert owned.query == {"limit": "20"}
    said, document = capsys.readouterr().out.splitlines()
    assert said == "There is nobody to suggest yet. Try again in some minutes."
    assert json.loads(document) == {"items": []}
