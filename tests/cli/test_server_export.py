"""The command `export --server`, against the service's answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from shutterfeed_cli.main import main
from shutterfeed_cli.stopping import Stop
from tests.cli.service import Service, signed_in

CONTENT = b"PK a zip" * 100


class _Exports:
    """An export that is ready when it was asked for three times; its first link has expired."""

    def __init__(self) -> None:
        self.begun = self.looked = self.fetched = 0

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/api/me/exports":
            if request.method == "POST":
                self.begun += 1
                return httpx.Response(202, json=self._export("building"))
            self.looked += 1
            if not self.begun:
                return httpx.Response(200, json={"items": []})
            state = "ready" if self.looked > 3 else "building"
            return httpx.Response(200, json={"items": [self._export(state)]})
        if request.url.host == "storage.test":
            self.fetched += 1
            if self.fetched == 1:
                return httpx.Response(403, text="<Code>AccessDenied</Code>")
            return httpx.Response(200, stream=httpx.ByteStream(CONTENT))
        return None

    def _export(self, state: str) -> dict[str, Any]:
        url = "https://storage.test/part" if state == "ready" else None
        part = {"number": 1, "bytes": len(CONTENT), "files": 1, "url": url}
        return {
            "id": "E",
            "state": state,
            "begun_at": "2026-03-04T18:20:00Z",
            "posts_done": 3,
            "posts_total": 3,
            "bytes": len(CONTENT),
            "parts": [part] if state == "ready" else [],
        }


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Exports:
    service: Service = signed_in(monkeypatch, tmp_path)
    monkeypatch.setattr(Stop, "sleep", lambda self, _: self.check_new())
    exports = _Exports()
    service.before = exports.answer
    return exports


def test_it_is_waited_for_and_saved_and_the_same_command_fetches_nothing_again(
    exports: _Exports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "saved"
    assert main(["export", "--server", str(folder), "--json"]) == 0
    (path,) = folder.iterdir()
    assert (path.name, path.read_bytes()) == ("shutterfeed-2026-03-04-part-1.zip", CONTENT)
    *_, summary = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (summary["parts"], summary["posts"]) == ([path.name], 3)
    assert (exports.begun, exports.fetched) == (1, 2)
    assert main(["export", "--server", str(folder)]) == 0
    assert (exports.begun, exports.fetched) == (1, 2)


def test_another_file_with_the_name_of_a_part_is_left_alone(
    exports: _Exports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shutterfeed-2026-03-04-part-1.zip"
    path.write_bytes(b"mine")
    assert main(["export", "--server", str(tmp_path)]) == 1
    assert "exists with another content" in capsys.readouterr().err
    assert path.read_bytes() == b"mine"
    assert exports.fetched == 0
