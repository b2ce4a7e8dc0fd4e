"""Blocking, muting and answering requests from the command line."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from shutterfeed_cli import main
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.moments import parse_duration, parse_moment
from tests.cli.service import Service, signed_in

_MOMENT = "2026-05-04T12:00:00Z"
_BEN = {"id": "BEN", "handle": "ben", "display_name": "Ben of the Lake", "avatar": None}


@dataclass
class People:
    """Whom the stand-in knows, and what it was asked for: method and path below `/me`, and the
    query of the last request."""

    blocks: list[Json] = field(default_factory=list)
    mutes: list[Json] = field(default_factory=list)
    asking: list[Json] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/me/")
        self.asked.append(f"{request.method} {path}")
        self.query = dict(request.url.params)
        if request.method == "GET":
            items = {"blocks": self.blocks, "mutes": self.mutes, "requests": self.asking}[path]
            limit = int(self.query["limit"])
            return httpx.Response(200, json={"items": items[:limit], "next_cursor": None})
        if path.endswith("/nobody"):
            error = {"code": "user_not_found", "message": "There is no such user.", "field": None}
            return httpx.Response(404, json={"error": error})
        if path.startswith("requests/"):
            return httpx.Response(200, json={"user": _BEN, "follows_me": request.method == "PUT"})
        if request.method == "DELETE":
            return httpx.Response(204)
        if path.startswith("blocks/"):
            return httpx.Response(200, json=_blocked())
        return httpx.Response(200, json=_muted(self.query.get("until")))


def _blocked() -> Json:
    return {"handle": "ben", "user": _BEN, "blocked_at": _MOMENT}


def _muted(until: str | None) -> Json:
    return {"user": _BEN, "muted_at": _MOMENT, "until": until}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    return signed_in(monkeypatch, tmp_path)


@pytest.fixture
def people(service: Service) -> People:
    people = People()
    service.before = people.answer
    return people


@pytest.mark.parametrize(
    ("arguments", "asked", "said"),
    [
        (["block", "@ben"], "PUT blocks/ben", "@ben is blocked. What you followed of each other"),
        (["unblock", "ben"], "DELETE blocks/ben", "@ben is not blocked any more."),
        (["mute", "ben"], "PUT mutes/ben", "@ben is muted."),
        (["unmute", "@ben"], "DELETE mutes/ben", "@ben is not muted any more."),
        (["requests", "accept", "ben"], "PUT requests/ben", "@ben follows you now."),
        (["requests", "decline", "@ben"], "DELETE requests/ben", "The request of @ben is declined"),
    ],
)
def test_each_command_is_one_request_and_one_sentence(
    people: People,
    arguments: list[str],
    asked: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(arguments) == 0
    assert capsys.readouterr().out.startswith(said)
    assert people.asked == [asked]
    assert people.query == {}


@pytest.mark.parametrize(
    ("arguments", "document"),
    [
        (["block", "ben"], _blocked()),
        (["unblock", "ben"], {"handle": "ben", "blocked": False}),
        (["mute", "ben"], _muted(None)),
        (["unmute", "ben"], {"handle": "ben", "muted": False}),
        (["requests", "accept", "ben"], {"user": _BEN, "follows_me": True}),
    ],
)
def test_programs_get_the_services_answer(
    people: People, arguments: list[str], document: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == document
    assert len(people.asked) == 1


def test_a_mute_until_a_moment_ends_then(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["mute", "ben", "--until", "2027-05-04T12:00+02:00"]) == 0
    until = datetime.fromisoformat(people.query["until"])
    assert until == datetime(2027, 5, 4, 10, tzinfo=UTC)
    assert capsys.readouterr().out.startswith("@ben is muted until 2027-05-")


def test_a_mute_for_a_time_ends_so_much_later(people: People) -> None:
    before = datetime.now(UTC)
    assert main.main(["mute", "ben", "--for", "7d"]) == 0
    until = datetime.fromisoformat(people.query["until"])
    assert before <= until - timedelta(days=7) <= datetime.now(UTC)


def _shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of a table, with two spaces between its columns."""
    lines = capsys.readouterr().out.splitlines()
    return [re.sub("  +", "  ", line.strip()) for line in lines]


def test_lists_show_who_is_in_them(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    gone = {"handle": "carla", "user": None, "blocked_at": _MOMENT}
    people.blocks = [_blocked(), gone]
    people.mutes = [_muted(None), _muted("2027-05-04T12:00:00Z")]
    people.asking = [{**_BEN, "counts": {"followers": 1200}}]
    assert main.main(["block", "--list"]) == 0
    assert [line.split("  ") for line in _shown(capsys)] == [
        ["person", "name", "since"],
        ["@ben", "Ben of the Lake", "2026-05-04 12:00"],
        ["@carla", "(deleted account)", "2026-05-04 12:00"],
    ]
    assert main.main(["mute", "--list"]) == 0
    assert capsys.readouterr().out.count("2027-05-04 12:00") == 1
    assert main.main(["requests"]) == 0
    assert _shown(capsys)[1].split("  ") == ["@ben", "Ben of the Lake", "1,200"]
    assert people.asked == ["GET blocks", "GET mutes", "GET requests"]


def test_lists_are_documents_of_as_many_items_as_asked_for(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    people.blocks = [_blocked()] * 3
    assert main.main(["block", "--list", "--limit", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": [_blocked()] * 2}
    assert people.query["limit"] == "2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["block", "--list"], "You have blocked nobody."),
        (["mute", "--list"], "You have muted nobody."),
        (["requests"], "Nobody is waiting."),
    ],
)
def test_an_empty_list_says_so(
    people: People, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(arguments) == 0
    assert capsys.readouterr().out == f"{said}\n"
    assert len(people.asked) == 1


def test_a_refusal_is_told_in_the_services_words(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["block", "nobody"]) == 1
    assert "There is no such user." in capsys.readouterr().err
    assert people.asked == ["PUT blocks/nobody"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["block"],
        ["block", "@"],
        ["block", "ben", "--list"],
        ["unblock"],
        ["mute"],
        ["mute", "ben", "--for", "7"],
        ["mute", "ben", "--for", "0d"],
        ["mute", "ben", "--until", "tomorrow"],
        ["mute", "ben", "--until", "2027-05-04", "--for", "7d"],
        ["mute", "--list", "--for", "7d"],
        ["requests", "accept"],
        ["requests", "ben"],
    ],
)
def test_what_cannot_be_understood_changes_nothing(people: People, arguments: list[str]) -> None:
    try:
        code = main.main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert people.asked == []


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("7D", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


def test_a_moment_without_a_time_zone_is_in_local_time() -> None:
    assert parse_moment("2027-05-04T12:00Z") == datetime(2027, 5, 4, 12, tzinfo=UTC)
    assert parse_moment("2027-05-04") == datetime(2027, 5, 4).astimezone()
    with pytest.raises(argparse.ArgumentTypeError, match="2027-05-04"):
        parse_moment("4.5.2027")
