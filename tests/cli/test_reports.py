"""Reporting something from the command line, and what came of it."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from shutterfeed.domain.moderation import Outcome, ReportReason
from shutterfeed_cli import main
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.people_arguments import REASONS
from tests.cli.service import Service, signed_in


def _report(kind: str = "post", outcome: str = "open") -> Json:
    return {
        "id": f"{kind}-P1",
        "kind": kind,
        "subject_id": "P1",
        "reason": "self_harm",
        "note": "",
        "at": "2026-05-04T12:00:00Z",
        "outcome": outcome,
        "decided_at": None,
    }


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Json]:
    """The bodies of all reports that the stand-in was sent."""
    service: Service = signed_in(monkeypatch, tmp_path)
    bodies: list[Json] = []

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api")
        if path == "/users/ben":
            return httpx.Response(200, json={"user": {"id": "BEN", "handle": "ben"}})
        if path == "/reports":
            bodies.append(json.loads(request.content))
            return httpx.Response(200, json=_report(bodies[-1]["kind"]))
        assert path == "/me/reports"
        items = [_report(outcome=outcome) for outcome in Outcome]
        return httpx.Response(200, json={"items": items, "next_cursor": None})

    service.before = answer
    return bodies


@pytest.mark.parametrize(
    ("arguments", "kind", "subject", "note"),
    [
        (["post", "https://site/p/P1/"], "post", "P1", ""),
        (["comment", "P1-C1", "--note", "Look."], "comment", "P1-C1", "Look."),
        (["user", "@ben"], "user", "BEN", ""),
    ],
)
def test_a_report_names_its_subject_by_its_id(
    asked: list[Json],
    arguments: list[str],
    kind: str,
    subject: str,
    note: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["report", *arguments, "--reason", "hate"]) == 0
    assert asked == [{"kind": kind, "id": subject, "reason": "hate", "note": note}]
    assert "A moderator will look at it" in capsys.readouterr().out


def test_what_came_of_reports_is_told_in_words(
    asked: list[Json], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["reports"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(Outcome)
    assert "waits for a moderator" in lines[1]
    assert "self harm" in lines[1]
    assert asked == []


def test_the_reasons_are_those_of_the_service() -> None:
    assert list(REASONS) == list(ReportReason)


@pytest.mark.parametrize("wrong", [["post", "P1"], ["post", "P1", "--reason", "boredom"], ["P1"]])
def test_a_report_needs_a_reason_and_says_what_it_is_about(
    asked: list[Json], wrong: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["report", *wrong])
    assert ended.value.code == 2
    assert asked == []
