from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools import environments, paths
from tools.commands import CommandError
from tools.errors import ToolError


class FakeRuns:
    """Stands for running programs; remembers them, fails on demand."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.failure: str | None = None

    def __call__(self, command: list[Any], **_: object) -> None:
        parts = [str(part) for part in command]
        self.commands.append(parts)
        if self.failure is not None and "install" in parts:
            raise CommandError(1, self.failure)
        if "venv" in parts:
            (Path(parts[-1]) / "bin").mkdir(parents=True, exist_ok=True)
            (Path(parts[-1]) / "bin" / "python").touch()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeRuns:
    fake = FakeRuns()
    monkeypatch.setattr(environments, "run_logged", fake)
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    monkeypatch.setattr(paths, "LOGS", tmp_path / "build" / "logs")
    return fake


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text("# a comment\nsix==1.17.0  # why\n\nPyYAML==6.0.3\n")
    return file


def test_nothing_is_installed_twice(runs: FakeRuns, requirements: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    environments.ensure(venv, requirements, "packages")
    assert [command[1:3] for command in runs.commands] == [["-m", "venv"], ["-m", "pip"]]

    environments.ensure(venv, requirements, "packages")

    assert len(runs.commands) == 2


def test_other_pins_are_installed(runs: FakeRuns, requirements: Path, tmp_path: Path) -> None:
    environments.ensure(tmp_path / "venv", requirements, "packages")
    requirements.write_text("six==1.16.0\n")

    environments.ensure(tmp_path / "venv", requirements, "packages")

    assert len(runs.commands) == 4


def test_packages_of_our_own_run_from_where_they_are(
    runs: FakeRuns, requirements: Path, tmp_path: Path
) -> None:
    described = tmp_path / "tool" / "pyproject.toml"
    described.parent.mkdir()
    described.write_text("[project]")
    for _ in range(2):
        environments.ensure(tmp_path / "venv", requirements, "it", in_place=[described.parent])
    assert [command[2] for command in runs.commands] == ["venv", "pip", "pip"]
    assert runs.commands[-1][-2:] == ["--editable", str(described.parent)]

    described.write_text("[project] # changed")
    environments.ensure(tmp_path / "venv", requirements, "it", in_place=[described.parent])

    assert len(runs.commands) == 6


def test_an_interrupted_installation_is_done_again(
    runs: FakeRuns, requirements: Path, tmp_path: Path
) -> None:
    runs.failure = "Connection refused"
    with pytest.raises(ToolError):
        environments.ensure(tmp_path / "venv", requirements, "packages")
    runs.failure = None

    environments.ensure(tmp_path / "venv", requirements, "packages")

    assert [command[2] for command in runs.commands] == ["venv", "pip", "venv", "pip"]
    assert "--clear" in runs.commands[2]


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("WARNING: Retrying ... Temporary failure in name resolution", "network connection"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        (
            "ERROR: No matching distribution found for pillow==13.0.0 (from -r x (line 3))",
            "no pillow==13.0.0 for Python",
        ),
        (
            "(from versions: none)\nERROR: No matching distribution found for pillow==13.0.0",
            "network connection",
        ),
    ],
)
def test_a_failed_installation_is_one_sentence(
    runs: FakeRuns, requirements: Path, tmp_path: Path, output: str, says: str
) -> None:
    runs.failure = output

    with pytest.raises(ToolError) as raised:
        environments.ensure(tmp_path / "venv", requirements, "packages")

    message = str(raised.value)
    assert says in message
    assert message.endswith(".")
    assert "\n" not in message
    assert "again" in message


def test_pins_are_read_by_normalised_name(requirements: Path) -> None:
    assert environments.pinned(requirements) == {"six": "1.17.0", "pyyaml": "6.0.3"}


def test_a_loose_requirement_is_refused(requirements: Path) -> None:
    requirements.write_text("six>=1.16\n")

    with pytest.raises(ToolError, match=r"exact version: six>=1\.16"):
        environments.pinned(requirements)
