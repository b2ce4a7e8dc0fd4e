"""Likes, saved posts, comments, activity and hashtags from the command line."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import pytest

from shutterfeed_cli import main
from shutterfeed_cli.client.content import Json
from tests.cli.service import Service, signed_in

_BEN: Final = {"id": "BEN", "handle": "ben", "display_name": "Ben", "counts": {"followers": 1200}}
_POST: Final = {
    "published_at": "2026-05-04T12:00:00Z",
    "created_at": "2026-05-04T11:59:00Z",
    "author": _BEN,
    "media": [{"content_type": "image/jpeg"}],
    "caption": "Dusk\nat the lake",
    "place": None,
}
_COMMENT: Final = {
    "id": "P1.C1",
    "created_at": "2026-05-04T12:00:00Z",
    "author": _BEN,
    "text": "How\nlovely",
    "likes": 3,
    "replies": 1,
    "pinned": True,
    "hidden": False,
    "held": False,
}
_GROUP: Final = {
    "id": "G",
    "kind": "like",
    "at": "2026-05-04T12:00:00Z",
    "new": True,
    "users": [_BEN],
    "count": 1,
    "post": None,
    "comment": None,
    "upload": None,
}


@dataclass
class Answered:
    """What the stand-in lists, and what it was asked for: method, path and body."""

    lists: dict[str, list[Json]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    held: bool = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api")
        self.asked.append(f"{request.method} {path}")
        self.query = dict(request.url.params)
        if request.content:
            self.bodies.append(json.loads(request.content))
        if "gone" in path:
            error = {"code": "post_not_found", "message": "There is no such post.", "field": None}
            return httpx.Response(404, json={"error": error})
        if request.method == "GET":
            items = self.lists.get(path, [])[: int(self.query["limit"])]
            return httpx.Response(200, json={"items": items, "next_cursor": None})
        if path.endswith("/comments"):
            self.keys.append(request.headers["Idempotency-Key"])
            return httpx.Response(201, json={**_COMMENT, "held": self.held})
        if path.endswith("/seen") or (request.method == "DELETE" and _answered_with_nothing(path)):
            return httpx.Response(204)
        return httpx.Response(200, json=self._changed(path, request.method == "PUT"))

    def _changed(self, path: str, put: bool) -> Json:
        if path.startswith("/comments/") and not put:
            return {**_COMMENT, "held": self.held}
        if path.endswith("/like"):
            return {"liked_by_me": put, "counts": {"likes": 1201 if put else 1, "comments": 0}}
        if path in {"/me/collections", "/me/collections/LAKES"}:
            return {"id": "NEW", "name": self.bodies[-1]["name"], "count": 0}
        return {"saved_by_me": put}


def _answered_with_nothing(path: str) -> bool:
    """Whether a DELETE of this path is answered without a body."""
    return path.endswith(("/people/me", "/collections/LAKES")) or path.count("/") == 2


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    return signed_in(monkeypatch, tmp_path)


@pytest.fixture
def answered(service: Service) -> Answered:
    answered = Answered()
    service.before = answered.answer
    return answered


@pytest.mark.parametrize(
    ("arguments", "asked", "said"),
    [
        (
            ["like", "https://site/p/P1"],
            "PUT /posts/P1/like",
            "You like this post, which has 1,201",
        ),
        (["unlike", "P1"], "DELETE /posts/P1/like", "Your like is gone. The post has 1 like."),
        (["save", "P1"], "PUT /posts/P1/save", "The post is saved."),
        (["unsave", "P1"], "DELETE /posts/P1/save", "The post is not saved any more."),
        (["comment", "P1", " Hi "], "POST /posts/P1/comments", "The comment is posted. Its id is"),
        (["delete-comment", "P1.C1"], "DELETE /comments/P1.C1", "The comment is deleted."),
        (["like-comment", "C"], "PUT /comments/C/like", "You like this comment."),
        (["unlike-comment", "C"], "DELETE /comments/C/like", "Your like is gone."),
        (["edit-comment", "C", "Hm "], "PATCH /comments/C", "The comment is changed."),
        (["create-collection", "Seas"], "POST /me/collections", "The collection Seas is made."),
        (["untag", "P1"], "DELETE /posts/P1/people/me", "You are not tagged in this post"),
        (["moderate", "hide", "C"], "PUT /comments/C/hidden", "The comment is hidden: its author"),
        (["moderate", "show", "C"], "DELETE /comments/C/hidden", "The comment is shown again."),
        (["moderate", "pin", "C"], "PUT /comments/C/pinned", "The comment is pinned"),
        (["moderate", "unpin", "C"], "DELETE /comments/C/pinned", "The comment is not pinned"),
        (["moderate", "approve", "C"], "PUT /comments/C/approved", "The comment is approved"),
        (["follow-hashtag", "#sea"], "PUT /me/hashtags/sea", "You follow #sea"),
        (["unfollow-hashtag", "sea"], "DELETE /me/hashtags/sea", "You do not follow #sea any more"),
    ],
)
def test_each_is_one_request_and_a_sentence(
    answered: Answered,
    arguments: list[str],
    asked: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(arguments) == 0
    assert capsys.readouterr().out.startswith(said)
    assert answered.asked == [asked]


def test_a_comment_answers_another_and_has_a_key_of_its_own(
    answered: Answered, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main.main(["comment", "P1", "Hi", "--reply-to", "P1.C1", "--json"]) == 0
    assert answered.bodies == [{"text": "Hi", "reply_to": "P1.C1"}] * 2
    assert len(set(answered.keys)) == 2
    assert json.loads(capsys.readouterr().out.splitlines()[0]) == _COMMENT


def test_whoever_comments_is_told_that_it_is_held(
    answered: Answered, capsys: pytest.CaptureFixture[str]
) -> None:
    answered.held = True
    assert main.main(["comment", "P1", "Hi"]) == 0
    assert capsys.readouterr().out.startswith("The comment is held until the post's author")


def test_a_comment_that_is_edited_may_be_held(
    answered: Answered, capsys: pytest.CaptureFixture[str]
) -> None:
    answered.held = True
    assert main.main(["edit-comment", "C", " Buy this "]) == 0
    assert answered.bodies == [{"text": "Buy this"}]
    assert capsys.readouterr().out.startswith("The comment is held until the post's author")


@pytest.mark.parametrize(
    ("arguments", "asked", "said"),
    [
        (
            ["unsave", "P1", "--collection", "LAKES"],
            "DELETE /me/collections/LAKES/posts/P1",
            "The post is not in Lakes any more. It is still saved.",
        ),
        (
            ["rename-collection", "lakes", " Seas "],
            "PATCH /me/collections/LAKES",
            "The collection Lakes is called Seas now.",
        ),
        (
            ["delete-collection", "Lakes"],
            "DELETE /me/collections/LAKES",
            "The collection Lakes is deleted. Its posts are still saved.",
        ),
    ],
)
def test_a_collection_is_changed_by_its_name(
    answered: Answered,
    arguments: list[str],
    asked: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(arguments) == 2
    assert "You have no collection" in capsys.readouterr().err
    answered.lists["/me/collections"] = [{"id": "LAKES", "name": "Lakes", "count": 1}]
    assert main.main(arguments) == 0
    assert answered.asked == ["GET /me/collections"] * 2 + [asked]
    assert capsys.readouterr().out == f"{said}\n"


def test_a_collection_is_found_by_its_name_or_made(answered: Answered) -> None:
    answered.lists["/me/collections"] = [{"id": "LAKES", "name": "Lakes", "count": 1}]
    assert main.main(["save", "P1", "--collection", "lakes"]) == 0
    assert answered.asked[1:] == ["PUT /me/collections/LAKES/posts/P1"]
    assert main.main(["save", "P1", "--collection", "Seas"]) == 0
    assert answered.asked[3:] == ["POST /me/collections", "PUT /me/collections/NEW/posts/P1"]
    assert main.main(["saved", "--collection", "Lakes"]) == 0
    assert answered.asked[-1] == "GET /me/collections/LAKES"
    assert main.main(["saved", "--collection", "Seas"]) == 2


@pytest.mark.parametrize(
    ("arguments", "path", "item", "row"),
    [
        (["likers", "P1"], "/posts/P1/likes", _BEN, "@ben Ben 1,200"),
        (["liked"], "/me/likes", _POST, "2026-05-04 12:00 @ben 1 photo Dusk at the lake"),
        (["saved"], "/me/saved", _POST, "2026-05-04 12:00 @ben 1 photo Dusk at the lake"),
        (["tagged"], "/me/tagged", _POST, "2026-05-04 12:00 @ben 1 photo Dusk at the lake"),
        (["hashtags"], "/me/hashtags", {"hashtag": "sea"}, "#sea"),
        (
            ["collections"],
            "/me/collections",
            {"id": "L", "name": "Lakes", "count": 7, "created_at": "2026-05-04T12:00:00Z"},
            "Lakes 7 2026-05-04 12:00",
        ),
        (
            ["comments", "P1"],
            "/posts/P1/comments",
            _COMMENT,
            "2026-05-04 12:00 @ben How lovely 3 1 pinned P1.C1",
        ),
        (
            ["comments", "--replies-to", "P1.C1"],
            "/comments/P1.C1/replies",
            {**_COMMENT, "author": None, "text": None, "pinned": False},
            "2026-05-04 12:00 (deleted) 3 1 P1.C1",
        ),
        (
            ["held"],
            "/me/held-comments",
            {**_COMMENT, "pinned": False, "held": True},
            "2026-05-04 12:00 @ben How lovely 3 1 held P1.C1",
        ),
        (["activity"], "/me/activity", _GROUP, "2026-05-04 12:00 new @ben liked your post"),
    ],
)
def test_lists_are_tables_or_documents(
    answered: Answered,
    arguments: list[str],
    path: str,
    item: Json,
    row: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(arguments) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    answered.lists[path] = [item] * 3
    assert main.main(arguments) == 0
    shown = [re.sub(" +", " ", line.strip()) for line in capsys.readouterr().out.splitlines()]
    assert shown[1:] == [row] * 3
    assert main.main([*arguments, "--limit", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": [item] * 2}
    assert answered.asked == [f"GET {path}"] * 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": 2}, "@ben and 1 other liked your post"),
        ({"count": 1300}, "@ben and 1,299 others liked your post"),
        ({"users": [_BEN, {**_BEN, "handle": "ida"}], "count": 2}, "@ben and @ida liked your post"),
        (
            {"kind": "comment", "comment": {"text": "So\nblue"}},
            "@ben commented on your post: So blue",
        ),
        ({"kind": "comment", "comment": {"text": None}}, "@ben commented on your post"),
        ({"kind": "request_accepted"}, "@ben accepted your request to follow them"),
        ({"kind": "of_tomorrow"}, "@ben of_tomorrow"),
        (
            {"kind": "published_late", "users": [], "count": 0},
            "your scheduled post was published later than planned",
        ),
        (
            {
                "kind": "upload_failed",
                "users": [],
                "count": 1,
                "upload": {"failure": {"message": "It is broken."}},
            },
            "an upload failed: It is broken.",
        ),
    ],
)
def test_activity_says_who_did_what(
    answered: Answered, change: Json, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answered.lists["/me/activity"] = [{**_GROUP, **change}]
    assert main.main(["activity"]) == 0
    shown = re.sub(" +", " ", capsys.readouterr().out.splitlines()[1]).strip()
    assert shown == f"2026-05-04 12:00 new {said}"


def test_activity_is_seen_only_if_that_is_said(answered: Answered) -> None:
    assert main.main(["activity", "--seen"]) == 0
    assert answered.asked == ["GET /me/activity", "PUT /me/activity/seen"]


def test_the_order_of_comments_goes_along(answered: Answered) -> None:
    assert main.main(["comments", "P1", "--newest"]) == 0
    assert answered.query["order"] == "newest"
    assert main.main(["comments", "P1"]) == 0
    assert answered.query["order"] == "oldest"


@pytest.mark.parametrize(
    ("arguments", "document"),
    [
        (["delete-comment", "C"], {"id": "C", "deleted": True}),
        (["untag", "P1"], {"post_id": "P1", "tagged": False}),
        (["unfollow-hashtag", "#sea"], {"hashtag": "sea", "followed": False}),
        (["save", "P1"], {"saved_by_me": True}),
        (["like", "P1"], {"liked_by_me": True, "counts": {"likes": 1201, "comments": 0}}),
    ],
)
def test_programs_get_a_document(
    answered: Answered, arguments: list[str], document: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == document
    assert len(answered.asked) == 1


def test_a_refusal_is_told_in_the_services_words(
    answered: Answered, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["like", "gone"]) == 1
    assert "There is no such post." in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["like"],
        ["like", "/"],
        ["save", "P1", "--collection", " "],
        ["comment", "P1"],
        ["comment", "P1", " "],
        ["comment", "P1", "Hi", "--reply-to", ""],
        ["comments"],
        ["comments", "P1", "--replies-to", "C"],
        ["comments", "--replies-to", "C", "--newest"],
        ["delete-comment", ""],
        ["edit-comment", "C", " "],
        ["create-collection", " "],
        ["rename-collection", "Lakes", " "],
        ["delete-collection", " "],
        ["unsave", "P1", "--collection", " "],
        ["untag", "/"],
        ["moderate", "burn", "C"],
        ["follow-hashtag", "#"],
    ],
)
def test_what_cannot_be_understood_changes_nothing(
    answered: Answered, arguments: list[str]
) -> None:
    try:
        code = main.main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert answered.asked == []
