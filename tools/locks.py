"""The lock files: what each dependency group of `pyproject.toml` comes to, with hashes."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools import paths, uv
from tools.commands import CommandError
from tools.errors import ToolError
from tools.progress import step

DEVELOPMENT: Final = paths.ROOT / "requirements.txt"
_LAYER: Final = "layer-"
_BESIDES: Final = {
    "cloud": paths.ROOT / "tools" / "requirements-cloud.txt",
    "clients": paths.ROOT / "tools" / "requirements-clients.txt",
    "node": paths.ROOT / "tools" / "requirements-node.txt",
    "uv": paths.ROOT / "tools" / "requirements-uv.txt",
    "bench-bm25": paths.ROOT / "bench" / "bm25" / "requirements.txt",
}
_AGREEING: Final = {"clients"}
"""Besides the layers: what runs with the code of the development environment."""
_EVERYTHING: Final = "all"


def files() -> dict[str, Path]:
    """The lock file of each group that has one, in the order in which they are written."""
    groups = tomllib.loads(paths.PROJECT.read_text())["dependency-groups"]
    layers = [group for group in groups if group.startswith(_LAYER)]
    return {
        "dev": DEVELOPMENT,
        **{group: _layer_lock(group.removeprefix(_LAYER)) for group in layers},
        **_BESIDES,
    }


def write(upgrade: Sequence[str] = ()) -> list[Path]:
    """Write all of them; returns those that changed. Versions that are locked already stay, except
    those of the packages to upgrade (`all`: of every package). Raises `ToolError`."""
    changed = []
    for group, lock in files().items():
        before = lock.read_bytes() if lock.exists() else b""
        _compile(group, lock, upgrade)
        if lock.read_bytes() != before:
            changed.append(lock)
    return changed


def _compile(group: str, lock: Path, upgrade: Sequence[str]) -> None:
    # Paths are written into the file, so they are the repository's.
    arguments = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    arguments += ["--generate-hashes", "--custom-compile-command", "make lock"]
    arguments += ["--group", f"{paths.PROJECT.name}:{group}", "--output-file", paths.relative(lock)]
    if group.startswith(_LAYER) or group in _AGREEING:
        arguments += ["--constraints", paths.relative(DEVELOPMENT)]
    for name in upgrade:
        arguments += ["--upgrade"] if name == _EVERYTHING else ["--upgrade-package", name]
    log = paths.LOGS / f"lock-{group}.log"
    with step(f"Locking {paths.relative(lock)}") as progress:
        try:
            uv.run(arguments, log=log, progress=progress)
        except CommandError as error:
            raise ToolError(f"{paths.relative(lock)} was not written:\n{error.tail}") from error


def _layer_lock(name: str) -> Path:
    return paths.LAYER_SOURCES / name / "requirements.txt"
