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

_SETTINGS = {
    "private": False,
    "public_page": True,
    "sensitive": "blur",
    "comments_from": "everyone",
    "mentions_from": "everyone",
}
_ALWAYS = {"media", "caption"}
_TOLD_OF = dict.fromkeys(("likes", "comments", "mentions", "tags", "follows"), "everyone")
_STRANGER = {"id": "BEN", "handle": "ben", "display_name": "Ben of the Lake", "follows_me": False}


@dataclass
class Owned:
    """What the stand-in holds of the caller, and what it was asked for: method, path and body."""

    settings: Json = field(default_factory=lambda: dict(_SETTINGS))
    held_words: list[str] = field(default_factory=lambda: ["Spam", "art"])
    told_of: Json = field(default_factory=lambda: dict(_TOLD_OF))
    suggested: list[Json] = field(default_factory=list)
    asked: list[tuple[str, Json]] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        path = request.url.path.removeprefix("/api")
        changes = json.loads(request.content or b"{}")
        self.asked.append((f"{request.method} {path}", dict(changes)))
        self.query = dict(request.url.params)
        if path == "/me":
            self.told_of |= changes.pop("activity", {})
            self.held_words = changes.pop("held_words", self.held_words)
            self.settings.update(changes)
            lists = {"held_words": self.held_words, "activity": self.told_of}
            return httpx.Response(200, json={"id": "ME", "handle": "me", **self.settings, **lists})
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


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], {}),
        (["--sensitive"], {"sensitive": True}),
        (["--comments-from", "followers"], {"comments_from": "followers"}),
        (["--publish-at", "2027-05-04T12:00Z"], {"publish_at": "2027-05-04T12:00:00+00:00"}),
    ],
)
def test_an_upload_says_of_its_posts_what_is_asked_for(
    service: Service, tmp_path: Path, flags: list[str], said: Json
) -> None:
    (photo,) = pictures(tmp_path / "photos", ["one.png"])
    assert main.main(["upload", str(photo), *flags, "--no-wait"]) == 0
    (post,) = service.posts.values()
    assert {name: post["draft"][name] for name in post["draft"].keys() - _ALWAYS} == said


@pytest.mark.parametrize(
    ("flags", "changes"),
    [
        (["--sensitive"], {"sensitive": True}),
        (["--not-sensitive"], {"sensitive": False}),
        (["--comments-from", "nobody"], {"comments_from": "nobody"}),
        (["--comments-from", "account"], {"comments_from": None}),
        (["--caption", " Dusk "], {"caption": "Dusk"}),
        (["--caption", ""], {"caption": ""}),
        (["--place", ""], {"place": None}),
        (["--place", " Old pier "], {"place": {"name": "Old pier"}}),
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
        ["edit", "P1", "--place", "nowhere@north"],
        ["edit", "P1", "--caption", "x" * 2_201],
        ["privacy", "--account", "secret"],
        ["privacy", "--page", "on"],
        ["privacy", "--sensitive-posts", "hide"],
        ["privacy", "--comments-from", "account"],
        ["privacy", "--mentions-from", "followers"],
        ["held-words", "add"],
        ["held-words", "remove"],
        ["held-words", "spam"],
        ["activity-settings", "--likes", "followers"],
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
        (["--comments-from", "followers"], {"comments_from": "followers"}),
        (["--mentions-from", "followed"], {"mentions_from": "followed"}),
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
        (
            {},
            [
                "also without an account.",
                "blurred until you choose to look.",
                "Everybody who sees your posts may comment",
                "Everybody may mention you",
            ],
        ),
        (
            {"public_page": False, "comments_from": "followers", "mentions_from": "followed"},
            [
                "for those who are signed in, and nobody else.",
                "blurred",
                "Only your followers may comment",
                "Only people whom you follow may mention you",
            ],
        ),
        (
            {
                "private": True,
                "sensitive": "show",
                "comments_from": "nobody",
                "mentions_from": "nobody",
            },
            [
                "only people whom you accept",
                "are shown.",
                "Nobody else may comment",
                "Nobody else may mention you",
            ],
        ),
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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["Spam", "art"]),
        (["add", "free followers", "wow"], ["Spam", "art", "free followers", "wow"]),
        (["remove", "spam "], ["art"]),
        (["remove", "ART", "spam"], []),
    ],
)
def test_words_that_hold_comments(
    owned: Owned, arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["held-words", *arguments]) == 0
    assert owned.held_words == words
    lines = capsys.readouterr().out.splitlines()
    assert lines == (words or ["No word holds a comment."])
    changes = [("PATCH /me", {"held_words": words})] if arguments else []
    assert owned.asked == [("GET /me", {}), *changes]
    assert main.main(["held-words", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"held_words": words}


def test_a_held_word_that_is_not_there_is_not_removed(
    owned: Owned, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["held-words", "remove", "spam", "smap"]) == 2
    assert "You hold no comments for smap" in capsys.readouterr().err
    assert owned.held_words == ["Spam", "art"]


@pytest.mark.parametrize(
    ("flags", "changes"),
    [
        ([], {}),
        (
            ["--likes", "followed", "--follows", "nobody"],
            {"likes": "followed", "follows": "nobody"},
        ),
    ],
)
def test_settings_of_activity_are_shown_and_changed(
    owned: Owned, flags: list[str], changes: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["activity-settings", *flags]) == 0
    asked = ("PATCH /me", {"activity": changes}) if changes else ("GET /me", {})
    assert owned.asked == [asked]
    said = {"everyone": "everybody", "followed": "people whom you follow", "nobody": "nobody"}
    rows = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    settings = {**_TOLD_OF, **changes}
    assert rows == [
        "what you are told of",
        *(f"{kind} {said[value]}" for kind, value in settings.items()),
    ]
    assert main.main(["activity-settings", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == settings


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
