"""DynamoDB Local for the contract tests: what stops it is told in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import dynamodb_local, paths
from tools.errors import ToolError


def _program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; nothing was downloaded yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    _program(folder, "javac", "exit 0")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(dynamodb_local, "FOLDER", tmp_path / "dynamodb-local")
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")
    return folder


def _run() -> None:
    with dynamodb_local.running():
        pytest.fail("there is nothing that could run")


@pytest.mark.parametrize(
    "java",
    [
        None,
        "echo 'openjdk version \"11.0.2\"' >&2",
        "echo 'java version \"1.8.0_4\"' >&2",
        "exit 1",
    ],
)
def test_without_a_recent_java_one_is_told_to_install_it(
    bin_folder: Path, java: str | None
) -> None:
    if java is not None:
        _program(bin_folder, "java", java)
    with pytest.raises(ToolError, match="needs Java 17 or newer: install a JDK"):
        _run()


def test_a_java_without_its_compiler_is_not_enough(bin_folder: Path) -> None:
    _program(bin_folder, "java", "echo 'openjdk version \"21\"' >&2")
    (bin_folder / "javac").unlink()
    with pytest.raises(ToolError, match="install a JDK"):
        _run()


def test_without_maven_one_is_told_to_install_it(bin_folder: Path) -> None:
    _program(bin_folder, "java", "echo 'openjdk version \"21\"' >&2")
    with pytest.raises(ToolError, match="install `mvn`"):
        _run()


def test_a_failed_download_leaves_nothing_and_names_its_log(bin_folder: Path) -> None:
    _program(bin_folder, "java", "echo 'openjdk version \"21.0.1\"' >&2")
    _program(bin_folder, "mvn", "echo no network; exit 1")
    with pytest.raises(ToolError, match=r"see .*dynamodb-local-download\.log"):
        _run()
    assert not dynamodb_local.FOLDER.exists()
    log = paths.LOGS / "dynamodb-local-download.log"
    assert log.read_text() == "no network\n"


def test_a_server_that_ends_at_once_is_told_with_its_log(bin_folder: Path) -> None:
    version = "echo 'openjdk version \"21.0.1\"' >&2"
    _program(
        bin_folder, "java", f'case "$1" in -version) {version};; *) echo broken; exit 1;; esac'
    )
    _program(bin_folder, "mvn", "exit 0")
    with pytest.raises(ToolError, match=r"did not start: see .*dynamodb-local\.log"):
        _run()
    assert "broken" in (paths.LOGS / "dynamodb-local.log").read_text()
