from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tools import environments, paths, uv
from tools.commands import CommandError
from tools.errors import ToolError
from tools.progress import Step


class FakeUv:
    """Stands for running uv; remembers the commands, prints and fails on demand."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.printed: list[str] = []
        self.details: list[str] = []
        self.failures: dict[str, str] = {}

    def run(
        self,
        arguments: Sequence[str | Path],
        *,
        progress: Step,
        on_line: Callable[[str], None] | None = None,
        **_: object,
    ) -> None:
        parts = [str(part) for part in arguments]
        self.commands.append(parts)
        for line in self.printed if on_line else []:
            assert on_line
            on_line(line)
            self.details.append(progress.detail)
        if parts[0] in self.failures:
            raise CommandError(2, self.failures[parts[0]])
        if parts[0] == "venv":
            (Path(parts[-1]) / "bin").mkdir(parents=True, exist_ok=True)
            (Path(parts[-1]) / "bin" / "python").touch()

    def what(self) -> list[str]:
        return [command[0] for command in self.commands]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeUv:
    fake = FakeUv()
    monkeypatch.setattr(uv, "run", fake.run)
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    monkeypatch.setattr(paths, "LOGS", tmp_path / "build" / "logs")
    return fake


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# a comment\n"
        "six==1.17.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via boto3\n\n"
        "PyYAML==6.0.3 ; sys_platform == 'linux' \\\n    --hash=sha256:cc\n"
    )
    return file


def test_nothing_is_installed_twice(fake: FakeUv, requirements: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    environments.ensure(venv, requirements, "packages")
    assert fake.what() == ["venv", "pip"]

    environments.ensure(venv, requirements, "packages")

    assert len(fake.commands) == 2


def test_a_file_with_another_hash_is_not_installed(
    fake: FakeUv, requirements: Path, tmp_path: Path
) -> None:
    environments.ensure(tmp_path / "venv", requirements, "packages")

    install = fake.commands[-1]
    assert install[install.index("--require-hashes") :] == [
        "--require-hashes",
        "--requirement",
        str(requirements),
    ]


def test_another_lock_is_installed(fake: FakeUv, requirements: Path, tmp_path: Path) -> None:
    environments.ensure(tmp_path / "venv", requirements, "packages")
    requirements.write_text("six==1.16.0\n")

    environments.ensure(tmp_path / "venv", requirements, "packages")

    assert len(fake.commands) == 4


def test_packages_of_our_own_run_from_where_they_are(
    fake: FakeUv, requirements: Path, tmp_path: Path
) -> None:
    described = tmp_path / "tool" / "pyproject.toml"
    described.parent.mkdir()
    described.write_text("[project]")
    for _ in range(2):
        environments.ensure(tmp_path / "venv", requirements, "it", in_place=[described.parent])
    assert fake.what() == ["venv", "pip", "pip"]
    assert fake.commands[-1][-2:] == ["--editable", str(described.parent)]

    described.write_text("[project] # changed")
    environments.ensure(tmp_path / "venv", requirements, "it", in_place=[described.parent])

    assert len(fake.commands) == 6


def test_an_interrupted_installation_is_done_again(
    fake: FakeUv, requirements: Path, tmp_path: Path
) -> None:
    fake.failures = {"pip": "Connection refused"}
    with pytest.raises(ToolError):
        environments.ensure(tmp_path / "venv", requirements, "packages")
    fake.failures = {}

    environments.ensure(tmp_path / "venv", requirements, "packages")

    assert fake.what() == ["venv", "pip", "venv", "pip"]
    assert "--clear" in fake.commands[2]


def test_an_environment_that_cannot_be_made_is_one_sentence(
    fake: FakeUv, requirements: Path, tmp_path: Path
) -> None:
    fake.failures = {"venv": "error: Permission denied"}

    with pytest.raises(ToolError, match=r"^Could not create venv: see \S+, then run .* again\.$"):
        environments.ensure(tmp_path / "venv", requirements, "packages")


def test_a_failed_installation_is_one_sentence(
    fake: FakeUv, requirements: Path, tmp_path: Path
) -> None:
    fake.failures = {"pip": "error: Failed to fetch: `https://index/six/`"}

    with pytest.raises(ToolError, match=r"^Packages could not be downloaded: .*again .*\.$"):
        environments.ensure(tmp_path / "venv", requirements, "packages")


def test_a_person_reads_what_is_waited_for(
    fake: FakeUv, requirements: Path, tmp_path: Path
) -> None:
    fake.printed = [
        "Resolved 92 packages in 1.62s",
        "Downloading aws-cdk-lib (57.1MiB)",
        " Downloaded aws-cdk-lib",
        "Prepared 92 packages in 20.1s",
    ]

    environments.ensure(tmp_path / "venv", requirements, "packages")

    assert fake.details == ["", *2 * ["downloading aws-cdk-lib"], "unpacking 92 packages"]


def test_pins_are_read_by_normalised_name(requirements: Path) -> None:
    assert environments.pinned(requirements) == {"six": "1.17.0", "pyyaml": "6.0.3"}


def test_a_loose_requirement_is_refused(requirements: Path) -> None:
    requirements.write_text("six>=1.16\n")

    with pytest.raises(ToolError, match=r"exact version: six>=1\.16"):
        environments.pinned(requirements)
