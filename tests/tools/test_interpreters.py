from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import interpreters, paths, uv
from tools.commands import CommandError
from tools.errors import ToolError

NAME = "python3.99"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python 3.99, and without a network."""

    def run(*_: object, **__: object) -> None:
        raise CommandError(1, "dns error")

    monkeypatch.setenv("PATH", f"{tmp_path / 'first'}:{tmp_path / 'second'}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(paths, "PYTHONS", tmp_path / "pythons")
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(uv, "run", run)
    return tmp_path


def put(path: Path, says: str, status: int = 0) -> Path:
    """A program that answers so, whatever it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_the_python_that_runs_this_is_the_first_choice(machine: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"

    assert interpreters.ensure(version) == Path(uv.interpreter())


def test_one_on_the_search_path_is_found_behind_one_that_does_not_run(machine: Path) -> None:
    put(machine / "first" / NAME, "pyenv: command not found", 127)
    second = put(machine / "second" / NAME, "cpython-399 final")

    assert interpreters.ensure("3.99") == second


def test_one_of_pyenv_is_found(machine: Path) -> None:
    versions = machine / "pyenv" / "versions"
    put(versions / "3.9.20" / "bin" / "python3.9", "cpython-39 final")
    put(versions / "3.99.0rc1" / "bin" / NAME, "cpython-399 candidate")
    released = put(versions / "3.99.10" / "bin" / NAME, "cpython-399 final")

    assert interpreters.ensure("3.99") == released


@pytest.mark.parametrize("answer", ["cpython-399 candidate", "cpython-398 final", "pypy399 final"])
def test_what_makes_other_byte_code_is_not_taken(machine: Path, answer: str) -> None:
    put(machine / "first" / NAME, answer)

    with pytest.raises(ToolError):
        interpreters.ensure("3.99")


def test_uv_installs_one_if_the_machine_has_none_and_once_is_enough(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def install(arguments: Sequence[str | Path], **_: object) -> None:
        asked.append([str(argument) for argument in arguments])
        put(paths.PYTHONS / "cpython-3.99.1-linux" / "bin" / NAME, "cpython-399 final")

    monkeypatch.setattr(uv, "run", install)

    first, second = interpreters.ensure("3.99"), interpreters.ensure("3.99")

    assert first == second
    assert first.is_relative_to(paths.PYTHONS)
    assert asked == [
        ["python", "install", "--no-bin", "--install-dir", str(paths.PYTHONS), "cpython@3.99"]
    ]


def test_without_a_network_the_error_says_what_to_install(machine: Path) -> None:
    with pytest.raises(ToolError, match=r"this machine has none .+ pyenv install 3\.99\)"):
        interpreters.ensure("3.99")


def test_an_installed_python_that_does_not_run_is_told(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uv, "run", lambda *_, **__: None)

    with pytest.raises(ToolError, match=r"Python 3\.99 has to compile"):
        interpreters.ensure("3.99")
