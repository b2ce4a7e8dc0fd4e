from __future__ import annotations

import importlib.util
import marshal
import sys
from pathlib import Path

import pytest

from tools import byte_code, paths
from tools.errors import ToolError

PYTHON = Path(sys.executable)
MODULE = "NAMES = frozenset({'a', 'b', 'c'})\n\n\ndef names(): return sorted(NAMES)\n"


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")


def made(folder: Path, modules: dict[str, str]) -> Path:
    for name, text in modules.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def compiled(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.pyc")}


def test_a_module_gets_byte_code_that_is_not_checked_against_its_source(tmp_path: Path) -> None:
    folder = made(tmp_path / "python", {"package/module.py": MODULE})

    byte_code.compile_folder(folder, PYTHON, "/opt/python")

    [(name, content)] = compiled(folder).items()
    assert name == f"package/__pycache__/module.{sys.implementation.cache_tag}.pyc"
    assert content[:4] == importlib.util.MAGIC_NUMBER
    assert content[4:8] == (0b01).to_bytes(4, "little")
    assert content[8:16] == importlib.util.source_hash(MODULE.encode())
    assert marshal.loads(content[16:]).co_filename == "/opt/python/package/module.py"


def test_the_bytes_depend_on_the_sources_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = {f"m{number}.py": MODULE + f"N = {number}\n" for number in range(9)}
    first, second = made(tmp_path / "first", modules), made(tmp_path / "a longer name", modules)

    byte_code.compile_folder(first, PYTHON, "/opt/python")
    monkeypatch.setenv("PYTHONHASHSEED", "77")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    byte_code.compile_folder(second, PYTHON, "/opt/python")

    assert len(compiled(first)) == 9
    assert compiled(first) == compiled(second)


def test_a_module_that_this_python_does_not_understand_is_told(tmp_path: Path) -> None:
    folder = made(tmp_path / "python", {"a.py": MODULE, "b.py": "print 'x'\n"})

    with pytest.raises(ToolError, match=r"could not compile .+: SyntaxError: .+ \(details: "):
        byte_code.compile_folder(folder, PYTHON, "/opt/python")
    assert "/opt/python/b.py" in (paths.LOGS / "compile-python.log").read_text()


def test_byte_code_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    folder = made(tmp_path / "python", {"m.py": MODULE, "__pycache__": "a file in its place"})

    with pytest.raises(ToolError, match="could not compile"):
        byte_code.compile_folder(folder, PYTHON, "/opt/python")
