"""Single posts, and profiles, from the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from shutterfeed_cli import main
from shutterfeed_cli.client.content import Json
from tests.cli.service import signed_in

_TIME: Final = "2026-05-04T12:00:00Z"
_BEN: Final[Json] = {
    "id": "BEN",
    "handle": "ben",
    "display_name": "Ben of the Lake",
    "bio": "Lakes",
    "private": True,
    "counts": {"posts": None, "followers": 1, "following": 2},
}
_RELATION: Final = {
    "followed_by_me": False,
    "follows_me": True,
    "requested_by_me": True,
    "blocked_by_me": False,
    "muted_by_me": False,
}
_POST: Final[Json] = {
    "id": "P1",
    "state": "published",
    "author": _BEN,
    "caption": "Dusk\nat the lake",
    "place": {"name": "Lindau", "latitude": 47.5, "longitude": 9.7},
    "media": [{"content_type": "image/jpeg"}, {"content_type": "video/mp4"}],
    "counts": {"likes": 1, "comments": 2},
    "sensitive": False,
    "published_at": _TIME,
    "created_at": _TIME,
}


@dataclass
class Asked:
    """What the stand-in was asked for: method, path and body."""

    requests: list[tuple[str, Json]] = field(default_factory=list)
    post: Json = field(default_factory=lambda: dict(_POST))

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api")
        body: Json = json.loads(request.content or b"{}")
        self.requests.append((f"{request.method} {path}", body))
        if "gone" in path:
            error = {"code": "post_not_found", "message": "There is no such post.", "field": None}
            return httpx.Response(404, json={"error": error})
        deleted = {"post": self.post, "deleted_at": _TIME, "restorable_until": _TIME}
        lists = {"/me/deleted": deleted, "/me/scheduled": self.post}
        if path in lists:
            return httpx.Response(200, json={"items": [lists[path]], "next_cursor": None})
        if path == "/me":
            return httpx.Response(200, json={**_BEN, "handle": "me", **body})
        if path.startswith(("/users/", "/me/following/")):
            followed = {"followed_by_me": request.method == "PUT" and not path.endswith("private")}
            return httpx.Response(200, json={"user": _BEN, **_RELATION, **followed})
        if request.method == "DELETE":
            return httpx.Response(204)
        return httpx.Response(200, json={**self.post, **body})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asked:
    asked = Asked()
    signed_in(monkeypatch, tmp_path).before = asked.answer
    return asked


@pytest.mark.parametrize(
    ("typed", "request_", "said"),
    [
        (["post", "delete", "https://site/p/P1"], ("DELETE /posts/P1", {}), "The post is deleted."),
        (["post", "restore", "P1"], ("POST /posts/P1/restore", {}), "The post is there again"),
        (["post", "erase", "P1", "--yes"], ("POST /posts/P1/erasure", {}), "The post is erased"),
        (
            ["post", "edit", "P1", "--caption", "Dawn"],
            ("PATCH /posts/P1", {"caption": "Dawn"}),
            "The post is changed.",
        ),
        (["follow", "@ben"], ("PUT /me/following/ben", {}), "You follow @ben."),
        (
            ["follow", "private"],
            ("PUT /me/following/private", {}),
            "You have asked to follow @private, whose account is private.",
        ),
        (["unfollow", "ben"], ("DELETE /me/following/ben", {}), "You do not follow @ben."),
        (
            ["profile", "edit", "--name", "Me", "--bio", ""],
            ("PATCH /me", {"display_name": "Me", "bio": ""}),
            "@me (Me)",
        ),
        (["profile", "edit", "--handle", "@maya"], ("PATCH /me", {"handle": "maya"}), "@maya ("),
    ],
)
def test_each_command_is_one_request_and_says_what_was_done(
    asked: Asked,
    typed: list[str],
    request_: tuple[str, Json],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(typed) == 0
    assert capsys.readouterr().out.startswith(said)
    assert asked.requests == [request_]


@pytest.mark.parametrize(
    ("typed", "document"),
    [
        (["post", "show", "P1"], _POST),
        (["post", "restore", "P1"], _POST),
        (["post", "delete", "P1"], {"id": "P1", "deleted": True}),
        (["post", "erase", "P1", "--yes"], {"id": "P1", "erased": True}),
        (["follow", "ben"], {"user": _BEN, **_RELATION, "followed_by_me": True}),
        (["unfollow", "ben"], {"user": _BEN, **_RELATION}),
        (["profile"], {**_BEN, "handle": "me"}),
        (["profile", "show"], {**_BEN, "handle": "me"}),
        (["profile", "show", "ben"], {"user": _BEN, **_RELATION}),
        (["profile", "edit", "--bio", "x"], {**_BEN, "handle": "me", "bio": "x"}),
    ],
)
def test_programs_get_the_services_answer(
    asked: Asked, typed: list[str], document: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["--json", *typed]) == 0
    assert json.loads(capsys.readouterr().out) == document
    assert len(asked.requests) == 1


def test_a_post_is_shown_with_its_facts(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["post", "show", "P1"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "@ben, 2026-05-04 12:00: 1 photo, 1 video",
        "Dusk",
        "at the lake",
        "in Lindau",
        "1 like, 2 comments",
        "id P1",
    ]
    asked.post |= {"state": "failed", "published_at": None, "caption": "", "place": None}
    asked.post |= {"sensitive": True, "media": _POST["media"][:1] * 2}
    assert main.main(["post", "show", "P1"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "@ben, 2026-05-04 12:00: 2 photos",
        "1 like, 2 comments",
        "It is marked as sensitive.",
        (
            "It could not be published: `shutterfeed post drop` publishes it without what failed,"
            " and `shutterfeed post replace` takes another file."
        ),
        "id P1",
    ]


def test_a_post_that_waits_for_its_time_says_when_it_comes(
    asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    asked.post |= {"state": "scheduled", "published_at": None, "publish_at": _TIME}
    assert main.main(["post", "show", "P1"]) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "to be published at 2026-05-04 12:00 UTC",
        "It waits for its time: nobody else sees it yet.",
        "id P1",
    ]
    assert main.main(["post", "schedule", "P1", "2026-05-04T12:00+02:00"]) == 0
    assert asked.requests[-1][0] == "PUT /posts/P1/schedule"
    at = datetime.fromisoformat(asked.requests[-1][1]["publish_at"])
    assert at == datetime(2026, 5, 4, 10, tzinfo=UTC)
    assert main.main(["post", "publish", "P1"]) == 0
    assert asked.requests[-1][0] == "POST /posts/P1/publish"
    assert main.main(["post", "scheduled"]) == 0
    titles, row = capsys.readouterr().out.splitlines()[-2:]
    assert titles.split() == ["published", "what", "caption", "state", "id"]
    assert row.split("  ")[-1] == "P1"


@pytest.mark.usefixtures("asked")
def test_deleted_posts_are_listed_with_the_ids_that_restore_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["post", "deleted"]) == 0
    titles, row = capsys.readouterr().out.splitlines()
    assert titles.split() == ["deleted", "what", "caption", "until", "id"]
    assert row.split("  ")[-1] == "P1"
    assert "Dusk at the lake" in row


@pytest.mark.usefixtures("asked")
def test_a_profile_says_what_may_be_seen_and_how_one_is_related(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["profile", "show", "@ben"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "@ben (Ben of the Lake)",
        "Lakes",
        "1 follower, 2 following",
        "The account is private.",
        "You have asked to follow them.",
        "They follow you.",
    ]


def test_nothing_is_erased_before_one_has_said_that_it_cannot_be_undone(
    asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["post", "erase", "P1"]) == 2
    assert capsys.readouterr().err == "Nothing brings an erased post back. Add --yes to erase it.\n"
    assert asked.requests == []


@pytest.mark.parametrize("action", ["show", "delete", "restore"])
def test_a_refusal_is_told_in_the_services_words(
    asked: Asked, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["post", action, "gone"]) == 1
    assert capsys.readouterr().err == "There is no such post.\n"
    assert len(asked.requests) == 1


@pytest.mark.parametrize(
    "typed",
    [
        ["post"],
        ["post", "show"],
        ["post", "show", "/"],
        ["post", "edit", "P1"],
        ["post", "dance", "P1"],
        ["profile", "edit"],
        ["profile", "edit", "--handle", "@"],
        ["profile", "ben"],
        ["follow"],
        ["follow", "@"],
    ],
)
def test_what_cannot_be_understood_changes_nothing(asked: Asked, typed: list[Any]) -> None:
    try:
        code = main.main(typed)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert asked.requests == []
