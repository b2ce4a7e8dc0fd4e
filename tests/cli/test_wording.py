"""What reaches a terminal: harmless, in one line, with the right plurals, and only through
`output`."""

from __future__ import annotations

import ast
import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from shutterfeed_cli import main, streams
from shutterfeed_cli.output import Output
from shutterfeed_cli.tables import table, width_of
from shutterfeed_cli.wording import clean, counted, one_line
from tests.cli.service import Service, signed_in

PACKAGE: Final = Path(main.__file__).parent
HOSTILE: Final = (
    *("\x1b[31m", "\x07", "\x85", "\u009b2J", "\r", "\x0b", "\ud800", "\u2028", "\u2029"),
    *("\u202e", "\u2066", "\u2069", "\u200e", "\u061c", "\u200b", "\u200d", "\u2060", "\ufeff"),
    *("\u00ad", "\u180e", "\u3164", "\u115f", "\u034f", "\ufe0f", "\U000e0041", "\U000e0100"),
)
"""What a terminal would obey, break a line at, turn around, or not show."""


def is_harmless(text: str) -> bool:
    return all(
        character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        for character in text
    ) and not any(each in text for each in HOSTILE)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_terminal_obeys_nothing_that_others_wrote(hostile: str) -> None:
    assert is_harmless(clean(f"a{hostile}b"))
    assert is_harmless(one_line(f"a{hostile}b\nc"))
    [_, row] = table(["caption"], [[f"[red]a{hostile}b"]]).lines()
    assert is_harmless(row)
    assert row.startswith("[red]a")


def test_what_stood_there_is_seen_and_text_stays_as_it_is() -> None:
    assert clean("a\x1b[2Jb\x07\u009bc\nd\te") == "a\ufffd[2Jb\ufffd\ufffdc\nd\te"
    assert clean("pay\u200bpal \u202egnp.exe") == "paypal gnp.exe"
    for text in ("Göteborg 🌷", "夏祭り", "שלום", "مرحبا", "नमस्ते", "e\u0301", "1 < 2 [b]"):
        assert clean(text) == text


def test_one_line_is_one_line() -> None:
    assert one_line("Dusk\nat\r\nthe\tlake") == "Dusk at the lake"
    assert len(one_line("a\u2028b\x85c\x0bd\x1ee").splitlines()) == 1


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 photos"), (1, "1 photo"), (2, "2 photos"), (1204, "1,204 photos")]
)
def test_one_is_no_plural(number: int, said: str) -> None:
    assert counted(number, "photo") == said


def test_a_plural_may_be_another_word() -> None:
    assert [counted(number, "person", "people") for number in (1, 2)] == ["1 person", "2 people"]


def test_a_table_is_as_wide_as_its_terminal_and_ids_are_whole() -> None:
    shown = table(
        ["when", "caption", "id"],
        [
            ["2026-05-04 12:00", "A long way home " * 8, "3Z7T70D-3Z8K2AF"],
            ["2026-05-04 12:00", "夏祭り" * 20, "3Z7T70D"],
            ["2026-05-04 12:00", "short\nand more", ""],
        ],
    )
    whole, narrow = shown.lines(), shown.lines(60)
    assert all(len(lines) == 4 for lines in (whole, narrow))
    assert ("A long way home " * 8).strip() in whole[1]
    assert max(map(width_of, narrow)) <= 60
    assert narrow[1].endswith("…  3Z7T70D-3Z8K2AF") or narrow[1].endswith("3Z7T70D-3Z8K2AF")
    assert "…" in narrow[1]
    assert "…" in narrow[2]
    assert "short and more" in narrow[3]
    # Ids and moments are not cut, however narrow it is.
    assert narrow[1].split()[0] in shown.lines(10)[1]
    assert "3Z7T70D-3Z8K2AF" in shown.lines(10)[1]


def _modules() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text())


def test_everything_that_is_printed_goes_through_output() -> None:
    """The list has each place where text could reach a terminal by another way."""
    allowed = {
        ("output.py", "stderr"),  # Asked whether it is a terminal.
        ("output.py", "Console"),
        ("reporting.py", "Console"),  # The type of `Output.errors`.
    }
    found = set[tuple[str, str]]()
    for name, tree in _modules():
        if name == "streams.py":
            continue
        for node in ast.walk(tree):
            match node:
                case ast.Name("print" | "input" as used) if isinstance(node.ctx, ast.Load):
                    found.add((name, used))
                case ast.Attribute(ast.Name("sys"), "stdout" | "stderr" as used):
                    found.add((name, used))
                case ast.Attribute(ast.Name("os"), "write" as used):
                    found.add((name, used))
                case ast.ImportFrom(module, names) if module and module.startswith("rich"):
                    found |= {(name, each.name) for each in names if each.name == "Console"}
                case ast.ImportFrom("getpass") | ast.Import([ast.alias("getpass")]):
                    found.add((name, "getpass"))
    assert found <= allowed


def test_the_parsers_messages_are_harmless_too(capsys: pytest.CaptureFixture[str]) -> None:
    for hostile in HOSTILE:
        with pytest.raises(SystemExit):
            main.main(["feed", f"--x{hostile}"])
    assert is_harmless(capsys.readouterr().err)


# --- Every command, with a service that is hostile

_TIME: Final = "2026-05-04T12:00:00Z"
_USER: Final[dict[str, Any]] = {
    "id": "BEN",
    "handle": "ben",
    "display_name": "Ben",
    "bio": "Lakes",
    "private": True,
    "counts": {"posts": 1, "followers": 1, "following": 2},
    "follows_me": False,
    "reason": "popular",
}
_POST: Final[dict[str, Any]] = {
    "id": "P1",
    "state": "published",
    "author": _USER,
    "caption": "Dusk\nat the lake",
    "place": {"name": "Lindau"},
    "media": [{"content_type": "image/jpeg"}],
    "counts": {"likes": 1, "comments": 2},
    "sensitive": True,
    "published_at": _TIME,
    "created_at": _TIME,
}
_ANY: Final[dict[str, Any]] = {
    **_USER,
    **_POST,
    "counts": _USER["counts"] | _POST["counts"],
    "user": _USER,
    "post": _POST,
    "media_id": "M1",
    "content_type": "image/jpeg",
    "bytes": 1,
    "failure": {"code": "undecodable", "message": "It is broken."},
    "notes": [],
    "zoomable": False,
    "blocked_at": _TIME,
    "muted_at": _TIME,
    "until": _TIME,
    "deleted_at": _TIME,
    "restorable_until": _TIME,
    "name": "Lakes",
    "count": 1,
    "hashtag": "sea",
    "text": "How lovely",
    "likes": 1,
    "replies": 1,
    "pinned": True,
    "hidden": True,
    "held": True,
    "kind": "new kind",
    "at": _TIME,
    "new": True,
    "users": [_USER],
    "comment": {"text": "How lovely"},
    "upload": None,
    "held_words": ["spam"],
    "activity": {"likes": "everyone"},
    "public_page": True,
    "comments_from": "everyone",
    "mentions_from": "everyone",
    "followed_by_me": True,
    "requested_by_me": True,
    "muted_by_me": True,
    "blocked_by_me": True,
}
"""An answer that is a user, a post, a comment, or whatever else is read from it."""
_KEPT: Final = frozenset({"id", "comments_from", "mentions_from", "state"})
"""What the service does not take from anybody."""


def poisoned(value: Any) -> Any:
    """The same with hostile characters in every text."""
    match value:
        case str():
            return f"{value}{''.join(HOSTILE)}"
        case list():
            return [poisoned(one) for one in value]
        case dict():
            return {name: one if name in _KEPT else poisoned(one) for name, one in value.items()}
    return value


def _hostile(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path.endswith("/gone"):
        error = {"code": "post_not_found", "message": "There is none.", "field": "id"}
        return httpx.Response(404, content=json.dumps({"error": poisoned(error)}))
    item = poisoned(_ANY)
    lists = {"items": [item, item], "next_cursor": None, "users": [item], "hashtags": ["a"]}
    if path.endswith("/search"):
        lists |= {"posts": [item, item], "hashtags": [poisoned("sea")], "users": [item]}
    if path == "/api/users/ben":
        lists = {}
    return httpx.Response(200, content=json.dumps({**item, **lists, "users": [item]}))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    service = signed_in(monkeypatch, tmp_path)
    service.before = _hostile
    return service


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("command", "lines"),
    [
        *(("whoami", 3), ("feed", 3), ("search sea", 6), ("status", 3), ("requests", 3)),
        *(("block --list", 3), ("mute --list", 3), ("suggestions", 3), ("likers P1", 3)),
        *(("liked", 3), ("saved", 3), ("collections", 3), ("comments P1", 3), ("held", 3)),
        *(("activity", 3), ("tagged", 3), ("hashtags", 3), ("post deleted", 3), ("privacy", 4)),
        *(("held-words", 1), ("activity-settings", 2), ("post show P1", 7), ("profile", 4)),
        *(("profile show ben", 8), ("profile edit --bio x", 4), ("follow ben", 1)),
        *(("unfollow ben", 1), ("mute ben", 1), ("like P1", 1), ("create-collection Lakes", 1)),
    ],
)
def test_no_answer_of_the_service_harms_a_terminal(
    command: str, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(command.split()) == 0
    said, noted = capsys.readouterr()
    assert is_harmless(said)
    assert noted == ""
    # Captions and what people say of themselves may have lines.
    assert len(said.splitlines()) == lines


@pytest.mark.usefixtures("service")
def test_no_refusal_of_the_service_harms_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["post", "show", "gone"]) == 1
    said, noted = capsys.readouterr()
    assert said == ""
    assert noted.startswith("There is none.")
    assert is_harmless(noted)
    assert noted.count("\n") == 1


def test_a_terminal_is_as_wide_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(streams, "width", lambda: 40)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = table(["when", "caption"], [["2026-05-04 12:00", "A long way home " * 8]])
    Output(as_json=False).result({}, [shown])
    titles, row = capsys.readouterr().out.splitlines()
    assert titles == "\x1b[1mwhen              caption\x1b[22m"
    assert width_of(row) == 40
    monkeypatch.setenv("NO_COLOR", "1")
    Output(as_json=False).result({}, [shown])
    assert "\x1b" not in capsys.readouterr().out


def test_what_an_encoding_does_not_have_is_a_question_mark(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as file:
        monkeypatch.setattr(sys, "stdout", file)
        streams.prepare()
        Output(as_json=False).result({}, ["Göteborg 🌷"])
    assert (tmp_path / "out").read_text() == "G?teborg ?\n"
