"""A post that failed is published without the bad file, or with another, from the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from shutterfeed_cli import main
from shutterfeed_cli.client.content import Json
from tests.cli.service import STORAGE, Service, pictures, signed_in

FAILURE = {"code": "undecodable", "message": "The photo is damaged.", "field": None}
NOTE = {"code": "sound_left_out", "message": "The sound was left out."}


@dataclass
class Failed:
    """The service with one failed post, P1."""

    states: list[str]
    asked: list[str] = field(default_factory=list)
    declared: Json = field(default_factory=dict)

    @property
    def post(self) -> Json:
        media = [
            {
                "id": f"M{number}",
                "state": state,
                "content_type": "image/jpeg",
                "failure": FAILURE if state == "failed" else None,
                "notes": [NOTE] if state == "ready" else [],
            }
            for number, state in enumerate(self.states, start=1)
        ]
        return {
            "id": "P1",
            "state": "failed" if "failed" in self.states else "processing",
            "author": {"handle": "me"},
            "caption": "",
            "place": None,
            "media": media,
            "counts": {"likes": 0, "comments": 0},
            "sensitive": False,
            "created_at": "2026-03-01T12:00:00Z",
            "published_at": None,
        }

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        path = request.url.path.removeprefix("/api")
        if request.url.host == "storage.test":
            self.asked.append("sent")
            return httpx.Response(204)
        if path == "/posts/P1":
            return httpx.Response(200, json=self.post)
        assert path.startswith("/posts/P1/media/M"), path
        media_id = path.rpartition("/")[2]
        self.asked.append(f"{request.method} {media_id}")
        if request.method == "DELETE":
            self.states[int(media_id[1:]) - 1] = "removed"
            return httpx.Response(200, json=self.post)
        self.declared = json.loads(request.content)
        link = {"media_id": "M9", "url": f"{STORAGE}/form/M9", "fields": {"key": "M9"}}
        return httpx.Response(200, json={"post": self.post, "uploads": [link]})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    return signed_in(monkeypatch, tmp_path)


def _with(service: Service, *states: str) -> Failed:
    failed = Failed(list(states))
    service.before = failed.answer
    return failed


def test_a_failed_post_says_why_and_what_can_be_done(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    _with(service, "ready", "failed")
    assert main.main(["post", "show", "P1"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "file 1: The sound was left out." in said
    assert "file 2 failed: The photo is damaged." in said
    assert any("shutterfeed post drop" in line for line in said)


def test_all_that_failed_is_dropped(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    failed = _with(service, "failed", "ready", "failed")
    assert main.main(["post", "drop", "P1"]) == 0
    assert failed.asked == ["DELETE M1", "DELETE M3"]
    assert capsys.readouterr().out.startswith("2 files taken out.")


@pytest.mark.parametrize("states", [("failed", "failed"), ("ready",)])
def test_nothing_is_dropped_without_need_nor_everything(
    service: Service, states: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    failed = _with(service, *states)
    assert main.main(["post", "drop", "P1"]) == 1
    assert failed.asked == []
    assert capsys.readouterr().err


def test_a_file_is_replaced(service: Service, tmp_path: Path) -> None:
    (photo,) = pictures(tmp_path / "photos", ["better.png"])
    failed = _with(service, "ready", "failed")
    assert main.main(["post", "replace", "P1", str(photo)]) == 0
    assert failed.asked == ["PUT M2", "sent"]
    assert failed.declared["bytes"] == photo.stat().st_size
    assert failed.declared.keys() == {"content_type", "bytes", "sha256"}


def test_of_several_files_one_is_named(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photo,) = pictures(tmp_path / "photos", ["better.png"])
    failed = _with(service, "failed", "ready", "failed")
    for number, code in ((None, 2), ("2", 2), ("3", 0)):
        named = [] if number is None else ["--number", number]
        assert main.main(["post", "replace", "P1", str(photo), *named]) == code
    assert failed.asked == ["PUT M3", "sent"]
    text = tmp_path / "notes.txt"
    text.write_text("no picture")
    assert main.main(["post", "replace", "P1", str(text), "--number", "1"]) == 2
    assert "neither a photo nor a video" in capsys.readouterr().err
