"""Our own code as functions get it: its sources, and byte code of the Python that runs them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Final

from tools import byte_code, interpreters, paths, stamps
from tools.errors import ToolError

FUNCTIONS: Final = Path("functions")
SHARED: Final = Path("layers/shared")
_FORMAT: Final = "1"
"""Part of every digest: raise it when what this module makes of the same sources changes."""
_TARGET: Final = re.compile(r"cp3(\d+)-.+")


def stage(target: str, root: Path = paths.CODE) -> Path:
    """The folder with the functions and our own layer, laid out as in the repository. `target` is
    what the layers are built for, such as `cp313-aarch64`.

    The folder is named after a digest of its sources and never changes, so that a synthesis which
    reads it while sources change still deploys one state of them.

    Raises `ToolError` if no such Python can be had, or if it does not understand a module.
    """
    match = _TARGET.fullmatch(target)
    if match is None:
        raise ToolError(f"A layer target looks like cp313-aarch64, not {target}.")
    version = f"3.{match[1]}"
    sources = [paths.ROOT / FUNCTIONS, paths.ROOT / SHARED]
    folder = root / stamps.digest(sources, also=[_FORMAT, version])[:20]
    if not folder.exists():
        with stamps.exclusive(root / "staging.lock"):
            stamps.remove_leftovers(root)
            if not folder.exists():
                _make(folder, version)
    os.utime(folder)
    return folder


def _make(folder: Path, version: str) -> None:
    python = interpreters.ensure(version)
    with stamps.fresh_directory(folder) as temporary:
        for name in (FUNCTIONS, SHARED):
            ignored = ignore_patterns("__pycache__", "*.pyc")
            copytree(paths.ROOT / name, temporary / name, ignore=ignored)
        byte_code.compile_folder(temporary / FUNCTIONS, python, byte_code.FUNCTION_PATH)
        byte_code.compile_folder(temporary / SHARED / "python", python, byte_code.LAYERS_PATH)
    stamps.prune(folder.parent)
