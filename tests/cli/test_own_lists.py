"""An export holds what somebody liked, saved, said and follows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import httpx
import pytest

from shutterfeed_cli import main
from shutterfeed_cli.client.content import Json
from tests.cli.service import signed_in

_BEN: Final = {"id": "BEN", "handle": "ben", "display_name": "Ben", "avatar": {"url": "secret"}}
_POST: Final = {
    "id": "P1",
    "caption": "Dusk",
    "created_at": "2026-05-04T11:59:00Z",
    "published_at": "2026-05-04T12:00:00Z",
    "author": _BEN,
    "media": [{"id": "M1", "renditions": [{"url": "secret"}]}],
}
_OUTLINED: Final = {
    "id": "P1",
    "caption": "Dusk",
    "created_at": "2026-05-04T11:59:00Z",
    "published_at": "2026-05-04T12:00:00Z",
    "author": {"id": "BEN", "handle": "ben", "display_name": "Ben"},
}
_COMMENT: Final = {"id": "P1.C1", "post_id": "P1", "text": "How lovely", "reply_to": None}
_LAKES: Final = {"id": "L", "name": "Lakes", "count": 1}
_ME: Final = {
    "id": "ME",
    "handle": "me",
    "comments_from": "followers",
    "mentions_from": "nobody",
    "held_words": ["spam"],
    "activity": {"likes": "followed"},
}
_LISTS: Final = {
    "/me/likes": [_POST],
    "/me/saved": [_POST, {**_POST, "id": "P2"}],
    "/me/collections": [_LAKES],
    "/me/collections/L": [_POST],
    "/me/comments": [_COMMENT],
    "/me/tagged": [_POST],
    "/me/hashtags": [{"hashtag": "sea"}],
}


def test_an_export_holds_answers_and_settings_without_links_to_the_media_of_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    service, out = signed_in(monkeypatch, tmp_path), tmp_path / "out"

    def lists(request: httpx.Request) -> httpx.Response | None:
        path = request.url.path.removeprefix("/api")
        if path == "/me":
            return httpx.Response(200, json=_ME)
        if path in ("/me/uploads", "/users/me/posts"):
            return None
        return httpx.Response(200, json={"items": _LISTS.get(path, []), "next_cursor": None})

    service.before = lists
    assert main.main(["export", str(out), "--json"]) == 0

    def saved(name: str) -> list[Json]:
        content: list[Json] = json.loads((out / f"{name}.json").read_text())
        return content

    assert json.loads((out / "profile.json").read_text()) == _ME
    assert saved("likes") == [_OUTLINED]
    assert saved("saved") == [_OUTLINED, {**_OUTLINED, "id": "P2"}]
    assert saved("collections") == [{**_LAKES, "posts": ["P1"]}]
    assert saved("comments") == [_COMMENT]
    assert saved("tagged") == [_OUTLINED]
    assert saved("hashtags") == [{"hashtag": "sea"}]
    assert not [file for file in out.iterdir() if "secret" in file.read_text()]
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["counts"]["saved"], manifest["counts"]["comments"]) == (2, 1)
    written = {file.name for file in out.iterdir()}
    assert written == {name for name in manifest["documentation"] if name != "originals/"}
