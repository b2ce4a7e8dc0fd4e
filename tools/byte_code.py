"""Byte code for folders that functions import from.

Lambda mounts layers and code read-only, so a module without byte code is compiled again at every
cold start. Byte code depends on the version of Python, but not on the CPU.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tools import paths
from tools.commands import CommandError, run_logged
from tools.errors import ToolError

LAYERS_PATH: Final = "/opt/python"
"""The folder in which Lambda puts the modules of layers."""
FUNCTION_PATH: Final = "/var/task"
"""The folder in which Lambda puts a function's own modules."""
_OPTIONS: Final = (
    # Neither this machine's variables nor its packages have a say.
    *("-I", "-S", "-m", "compileall", "-q"),
    # Times of files differ from machine to machine, and nobody changes a deployed source.
    *("--invalidation-mode", "unchecked-hash"),
)


def compile_folder(folder: Path, python: Path, destination: str) -> None:
    """Add byte code to all modules below the folder, whose content Lambda finds at `destination`.

    `python` is the interpreter that compiles. The same sources and the same interpreter give the
    same bytes. Raises `ToolError` if a module cannot be compiled.
    """
    log = paths.LOGS / f"compile-{folder.name}.log"
    try:
        run_logged([python, *_OPTIONS, "-s", folder, "-p", destination, folder], log=log)
    except CommandError as error:
        last = error.tail.strip().splitlines()[-1:] or ["no message"]
        raise ToolError(
            f"{python} could not compile what the functions run: {last[0].strip()} "
            f"(details: {paths.relative(log)})."
        ) from error
