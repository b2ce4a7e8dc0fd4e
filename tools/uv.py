"""uv, which installs packages and writes the lock files: the pinned one, in an environment of its
own. Standard library only: this runs before any other environment exists."""

from __future__ import annotations

import functools
import os
import platform
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tools import paths, pip_settings, stamps
from tools.commands import CommandError, run_logged
from tools.errors import ToolError
from tools.progress import Step

_LOCK: Final = paths.ROOT / "tools" / "requirements-uv.txt"
_NOTHING_FOR_US: Final = re.compile(
    r"there is no version of (\S+) and"
    r"|Because (\S+) has no (?:usable )?wheels"
    r"|No matching distribution found for ([^\s(]+)"
)
"""How uv and pip say that the index has nothing that can be installed here."""


def run(
    arguments: Sequence[str | Path],
    *,
    log: Path,
    progress: Step,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Run a uv command to its end, with the machine's settings of pip. Raises `CommandError` if it
    fails, `ToolError` if none can be installed or it has nowhere to keep its cache."""
    try:
        run_logged(
            [_executable(progress), *arguments],
            log=log,
            environment=_environment(paths.UV),
            directory=paths.ROOT,
            on_line=on_line,
        )
    except CommandError as error:
        if "Failed to initialize cache" in error.tail:
            raise ToolError(
                "uv's cache folder cannot be written: set UV_CACHE_DIR to one that can be written, "
                "then run the same command again."
            ) from error
        raise


def interpreter() -> str:
    """The Python to make environments with: if an environment runs this, which may be the one to
    clear, the Python that it was made with."""
    return str(getattr(sys, "_base_executable", sys.executable))


def explain(output: str, log: Path) -> str:
    """What a person can do about packages that could not be installed, in one sentence."""
    shown = paths.relative(log)
    if "No space left" in output:
        return "The disk is full: free some space and run the same command again."
    if "Hash mismatch" in output or "DO NOT MATCH THE HASHES" in output:
        return (
            "The package index gave another file than the one that is locked, so it was not "
            f"installed: check pip's settings, then run the same command again (details: {shown})."
        )
    missing = _NOTHING_FOR_US.search(output)
    if missing and "from versions: none" not in output:
        return (
            f"The package index has no {next(filter(None, missing.groups()))} for Python "
            f"{platform.python_version()} on {platform.machine()}: use another Python, as in `make "
            f"up PYTHON=python3.12`, or see {shown} and run the same command again."
        )
    return (
        "Packages could not be downloaded: check the network connection and pip's settings, "
        f"then run the same command again (details: {shown})."
    )


def _executable(progress: Step) -> Path:
    """The pinned uv, installed if it is not."""
    made_for = [sys.version, sys.base_prefix, platform.machine()]
    wanted, stamp = stamps.digest([_LOCK], also=made_for), paths.UV / "installed.sha256"
    if not stamps.is_current(stamp, wanted):
        with stamps.exclusive(paths.BUILD / "uv.lock"):
            if not stamps.is_current(stamp, wanted):
                progress.detail = "uv first"
                _create()
                _install()
                stamps.write(stamp, wanted)
                progress.detail = ""
    return paths.UV / "bin" / "uv"


def _create() -> None:
    log = paths.LOGS / "venv-uv.log"
    try:
        run_logged([interpreter(), "-m", "venv", "--clear", paths.UV], log=log)
    except CommandError as error:
        if "ensurepip" in error.tail:
            raise ToolError(
                "Python's venv module is incomplete: install it (on Debian and Ubuntu: "
                "apt-get install python3-venv) and run the same command again."
            ) from error
        raise ToolError(
            f"Could not create {paths.relative(paths.UV)}: see {paths.relative(log)}, then run the "
            "same command again."
        ) from error


def _install() -> None:
    log = paths.LOGS / "pip-uv.log"
    command: list[str | Path] = [paths.UV / "bin" / "python", "-m", "pip", "install"]
    command += ["--disable-pip-version-check", "--no-input", "--retries", "2"]
    command += ["--progress-bar", "off", "--no-deps", "--no-compile", "--only-binary=:all:"]
    try:
        run_logged([*command, "--require-hashes", "--requirement", _LOCK], log=log)
    except CommandError as error:
        raise ToolError(explain(error.tail, log)) from error


@functools.cache
def _environment(home: Path) -> dict[str, str]:
    """This process's environment, whose own settings of uv stay as they are, with pip's."""
    settings = pip_settings.read(home / "bin" / "python")
    return {"UV_PYTHON_DOWNLOADS": "manual", **settings, **os.environ}
