"""The Python that compiles for a version of Python: one that the machine has, or one from uv."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools import paths, uv
from tools.commands import CommandError
from tools.errors import ToolError
from tools.progress import step

_ANSWER_SECONDS: Final = 30.0
# Alphas, betas and candidates may write byte code that the released version does not read.
_QUESTION: Final = "import sys; print(sys.implementation.cache_tag, sys.version_info.releaselevel)"


def ensure(version: str) -> Path:
    """A CPython of this version, such as `3.13`: the one that runs this, one of the search path or
    of pyenv, or one that uv installs into `build`. Raises `ToolError` if none can be had."""
    return _find(version) or _install(version)


def _find(version: str) -> Path | None:
    return next((path for path in _candidates(version) if _is_released(path, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    name = f"python{version}"
    yield Path(uv.interpreter())
    for folder in os.get_exec_path():
        yield Path(folder) / name
    # A version that is not chosen in this folder is not on the search path either.
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"))
    yield from sorted(paths.PYTHONS.glob(f"*/bin/{name}"))


def _is_released(path: Path, version: str) -> bool:
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _QUESTION],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=_ANSWER_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False  # no program, none for this machine, or one that hangs: another may do
    return answer.stdout.split() == [f"cpython-{version.replace('.', '')}", "final"]


def _install(version: str) -> Path:
    log = paths.LOGS / f"uv-python-{version}.log"
    lacking = ToolError(
        f"Python {version} has to compile what the functions run, but this machine has none and uv "
        f"could not download one: install it (apt-get install python{version}, or pyenv install "
        f"{version}), or set UV_PYTHON_INSTALL_MIRROR to a mirror that can be reached, and run the "
        f"same command again (details: {paths.relative(log)})."
    )
    arguments: list[str | Path] = ["python", "install", "--no-bin"]
    arguments += ["--install-dir", paths.PYTHONS, f"cpython@{version}"]
    with step(f"Installing Python {version}, which compiles what the functions run") as progress:
        try:
            uv.run(arguments, log=log, progress=progress)
        except CommandError as error:
            raise lacking from error
    installed = _find(version)
    if installed is None:
        raise lacking
    return installed
