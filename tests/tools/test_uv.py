from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from tools import paths, pip_settings, uv
from tools.commands import CommandError
from tools.errors import ToolError
from tools.progress import Step


class FakeRuns:
    """Stands for running programs; remembers them, fails on demand."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.environments: list[dict[str, str] | None] = []
        self.failures: dict[str, str] = {}

    def __call__(
        self, command: list[Any], *, environment: dict[str, str] | None = None, **_: object
    ) -> None:
        parts = [str(part) for part in command]
        self.commands.append(parts)
        self.environments.append(environment)
        for word, output in self.failures.items():
            if word in parts:
                raise CommandError(1, output)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeRuns:
    fake = FakeRuns()
    monkeypatch.setattr(uv, "run_logged", fake)
    monkeypatch.setattr(pip_settings, "read", lambda _: {"UV_INDEX": "pips", "UV_OFFLINE": "pips"})
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    monkeypatch.setattr(paths, "UV", tmp_path / "build" / "uv")
    monkeypatch.setattr(paths, "LOGS", tmp_path / "build" / "logs")
    return fake


def run(tmp_path: Path) -> None:
    progress = Step("Something", io.StringIO())
    try:
        uv.run(["pip", "check"], log=tmp_path / "uv.log", progress=progress)
    finally:
        progress.finish(succeeded=True)


def test_uv_is_installed_once_by_its_hash(runs: FakeRuns, tmp_path: Path) -> None:
    run(tmp_path)
    run(tmp_path)

    made, installed, first, second = runs.commands
    assert made[1:3] == ["-m", "venv"]
    assert "--require-hashes" in installed
    assert "--only-binary=:all:" in installed
    assert first == second == [str(tmp_path / "build" / "uv" / "bin" / "uv"), "pip", "check"]


def test_an_interrupted_installation_of_uv_is_done_again(runs: FakeRuns, tmp_path: Path) -> None:
    runs.failures = {"install": "Connection refused"}
    with pytest.raises(ToolError, match="network connection"):
        run(tmp_path)
    runs.failures = {}

    run(tmp_path)

    assert [command[2] for command in runs.commands] == ["venv", "pip", "venv", "pip", "check"]
    assert "--clear" in runs.commands[2]


def test_a_python_without_ensurepip_is_told_what_to_install(runs: FakeRuns, tmp_path: Path) -> None:
    runs.failures = {"venv": "The virtual environment was not created: ensurepip is not available"}

    with pytest.raises(ToolError, match="apt-get install python3-venv"):
        run(tmp_path)


def test_uv_gets_the_settings_of_pip_unless_it_has_its_own(
    runs: FakeRuns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX", "its own")
    monkeypatch.delenv("UV_OFFLINE", raising=False)

    run(tmp_path)

    environment = runs.environments[-1]
    assert environment is not None
    assert environment["UV_INDEX"] == "its own"
    assert environment["UV_OFFLINE"] == "pips"
    assert environment["UV_PYTHON_DOWNLOADS"] == "manual"


def test_a_cache_that_cannot_be_written_is_told(runs: FakeRuns, tmp_path: Path) -> None:
    runs.failures = {"check": "error: Failed to initialize cache at `/root/.cache/uv`"}

    with pytest.raises(ToolError, match=r"UV_CACHE_DIR to one that can be written.*again\.$"):
        run(tmp_path)


def test_any_other_failure_is_the_callers_to_explain(runs: FakeRuns, tmp_path: Path) -> None:
    runs.failures = {"check": "error: something else"}

    with pytest.raises(CommandError):
        run(tmp_path)


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("error: Failed to fetch: `…`\n  cause: Connection refused (os error 111)", "network"),
        ("WARNING: Retrying ... Temporary failure in name resolution", "network"),
        ("  cause: failed to write to file: No space left on device (os error 28)", "disk is full"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("  cause: Hash mismatch for `six==1.17.0`", "another file"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE.", "another file"),
        (
            "  cause: Because there is no version of six==9.17.0 and you require six==9.17.0, we",
            "no six==9.17.0 for Python",
        ),
        (
            "  cause: Because numpy==1.21.0 has no usable wheels and you require numpy==1.21.0, we",
            "no numpy==1.21.0 for Python",
        ),
        (
            "  cause: Because pillow==13.0.0 has no wheels with a matching platform tag (e.g., x)",
            "no pillow==13.0.0 for Python",
        ),
        (
            "ERROR: No matching distribution found for uv==0.13.9 (from -r x (line 3))",
            "no uv==0.13.9 for Python",
        ),
        (
            "(from versions: none)\nERROR: No matching distribution found for uv==0.13.9",
            "network",
        ),
    ],
)
def test_what_cannot_be_installed_is_one_sentence(output: str, says: str) -> None:
    message = uv.explain(output, paths.LOGS / "uv.log")

    assert says in message
    assert message.endswith(".")
    assert "\n" not in message
    assert "again" in message
    assert "build/logs/uv.log" in message or "disk" in message
