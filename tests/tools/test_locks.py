from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import locks, paths, uv
from tools.commands import CommandError
from tools.errors import ToolError


class FakeUv:
    """Stands for running uv: writes what it is asked to lock, in the versions it is told."""

    def __init__(self, root: Path) -> None:
        self.commands: dict[str, list[str]] = {}
        self.version = "1.0"
        self.failure: str | None = None
        self._root = root

    def run(self, arguments: Sequence[str | Path], **_: object) -> None:
        parts = [str(part) for part in arguments]
        group = parts[parts.index("--group") + 1]
        self.commands[group] = parts
        if self.failure is not None:
            raise CommandError(1, self.failure)
        output = self._root / parts[parts.index("--output-file") + 1]
        output.write_text(f"package=={self.version}\n")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeUv:
    project, layers = tmp_path / "pyproject.toml", tmp_path / "layers"
    project.write_text(
        '[dependency-groups]\ndev = []\nlayer-runtime = ["boto3==1.44.5"]\nchecks = []\ncloud = []'
    )
    (layers / "runtime").mkdir(parents=True)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LAYER_SOURCES", layers)
    monkeypatch.setattr(paths, "PROJECT", project)
    monkeypatch.setattr(locks, "DEVELOPMENT", tmp_path / "requirements.txt")
    monkeypatch.setattr(locks, "_BESIDES", {"cloud": tmp_path / "cloud.txt"})
    fake = FakeUv(tmp_path)
    monkeypatch.setattr(uv, "run", fake.run)
    return fake


def test_each_environment_and_layer_is_locked(fake: FakeUv, tmp_path: Path) -> None:
    expected = ["requirements.txt", "layers/runtime/requirements.txt", "cloud.txt"]

    assert locks.write() == [tmp_path / name for name in expected]
    assert all("--generate-hashes" in command for command in fake.commands.values())


def test_layers_agree_with_the_development_environment(fake: FakeUv) -> None:
    locks.write()

    constrained = [group for group, command in fake.commands.items() if "--constraints" in command]
    assert constrained == ["pyproject.toml:layer-runtime"]


def test_what_has_changed_is_told(fake: FakeUv) -> None:
    locks.write()
    assert locks.write() == []

    fake.version = "1.1"

    assert len(locks.write()) == 3


@pytest.mark.parametrize(
    ("upgrade", "option"),
    [([], []), (["all"], ["--upgrade"]), (["six"], ["--upgrade-package", "six"])],
)
def test_locked_versions_stay_unless_they_are_to_be_upgraded(
    fake: FakeUv, upgrade: list[str], option: list[str]
) -> None:
    locks.write(upgrade)

    command = fake.commands["pyproject.toml:dev"]
    assert [part for part in command if part.startswith("--upgrade") or part == "six"] == option


def test_a_lock_that_cannot_be_written_is_told_with_its_reason(fake: FakeUv) -> None:
    fake.failure = "error: no version of six==9"

    with pytest.raises(ToolError, match=r"requirements\.txt was not written:\nerror: no version"):
        locks.write()
