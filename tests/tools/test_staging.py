from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import interpreters, paths, staging
from tools.errors import ToolError
from tools.layers import Target

HOST = str(Target.host())
TAG = sys.implementation.cache_tag


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with our own layer and a function, and with byte code that this machine's
    Pythons left there."""
    root = tmp_path / "repository"
    for file, text in (
        ("layers/shared/python/ours/answers.py", "ANSWER = 41\n"),
        ("layers/shared/python/ours/__pycache__/answers.cpython-39.pyc", "stray"),
        ("layers/runtime/requirements.txt", "boto3\n"),
        ("functions/api/handler.py", "from ours.answers import ANSWER\nprint(ANSWER)\n"),
        ("functions/api/openapi.json", "{}"),
        ("functions/api/__pycache__/handler.cpython-39.pyc", "stray"),
    ):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")
    return root


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def printed_by(staged: Path) -> str:
    """What the function prints in a fresh interpreter that sees nothing but what is staged."""
    path = os.pathsep.join(map(str, (staged / "functions", staged / "layers/shared/python")))
    return subprocess.run(
        [sys.executable, "-S", "-c", "import api.handler"],
        env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_it_has_our_sources_and_their_byte_code(sources: Path, tmp_path: Path) -> None:
    staged = staging.stage(HOST, tmp_path / "code")

    assert content(staged).keys() == {
        "layers/shared/python/ours/answers.py",
        f"layers/shared/python/ours/__pycache__/answers.{TAG}.pyc",
        "functions/api/handler.py",
        "functions/api/openapi.json",
        f"functions/api/__pycache__/handler.{TAG}.pyc",
    }
    assert printed_by(staged) == "41"


def test_the_python_of_the_target_compiles(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ensure(version: str) -> Path:
        asked.append(version)
        return Path(sys.executable)

    monkeypatch.setattr(interpreters, "ensure", ensure)

    folders = {
        staging.stage(target, tmp_path / "code")
        for target in ("cp399-aarch64", "cp398-aarch64", "cp398-x86_64", "cp399-aarch64")
    }

    assert asked == ["3.99", "3.98"]
    assert len(folders) == 2


def test_the_same_sources_give_the_same_bytes_whatever_their_times(
    sources: Path, tmp_path: Path
) -> None:
    first = staging.stage(HOST, tmp_path / "code")
    for file in content(sources):
        os.utime(sources / file, (1, 1))
    second = staging.stage(HOST, tmp_path / "elsewhere")

    assert first.name == second.name
    assert content(first) == content(second)


def test_byte_code_is_never_older_than_its_source(sources: Path, tmp_path: Path) -> None:
    first = staging.stage(HOST, tmp_path / "code")
    answers = sources / "layers/shared/python/ours/answers.py"
    before = answers.stat()
    answers.write_text("ANSWER = 42\n")
    os.utime(answers, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert printed_by(staging.stage(HOST, tmp_path / "code")) == "42"
    assert printed_by(first) == "41", "a synthesis may still read it"


def test_a_module_that_the_functions_python_does_not_understand_stops_it(
    sources: Path, tmp_path: Path
) -> None:
    (sources / "functions/api/handler.py").write_text("print 'api'\n")

    with pytest.raises(ToolError, match="SyntaxError"):
        staging.stage(HOST, tmp_path / "code")
    assert [path.name for path in (tmp_path / "code").iterdir()] == ["staging.lock"]


def test_what_no_source_gives_any_more_is_removed(sources: Path, tmp_path: Path) -> None:
    staged = []
    for number in range(6):
        (sources / "functions/api/handler.py").write_text(f"print({number})\n")
        staged.append(staging.stage(HOST, tmp_path / "code"))
        os.utime(staged[-1], (number, number))

    assert [folder.exists() for folder in staged] == [False, False, True, True, True, True]


def test_what_is_no_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="looks like cp313-aarch64"):
        staging.stage("python3.13", tmp_path)
