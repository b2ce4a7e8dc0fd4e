"""Virtual environments with pinned packages. Standard library only: this runs before any exists."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import paths, stamps
from tools.commands import CommandError, run_logged
from tools.errors import ToolError
from tools.progress import Step, step

_STAMP = "requirements.sha256"
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


def ensure(venv: Path, requirements: Path, purpose: str, *, in_place: Sequence[Path] = ()) -> Path:
    """Make `venv` hold exactly the packages of `requirements`; quick when it already does.

    `purpose` is what a person reads while they install. `in_place` are folders of packages of our
    own: they run from there, so that a change needs no installation. Returns the environment's
    interpreter.
    """
    python = venv / "bin" / "python"
    stamp = venv / _STAMP
    described = [requirements, *(folder / "pyproject.toml" for folder in in_place)]
    wanted = stamps.digest(described, also=[sys.version, sys.base_prefix, platform.machine()])
    if stamps.is_current(stamp, wanted) and python.exists():
        return python
    with stamps.exclusive(paths.BUILD / f"{venv.name.lstrip('.')}.lock"):
        if not stamps.is_current(stamp, wanted):
            with step(f"Installing {purpose}") as progress:
                _create(venv)
                install(
                    python,
                    ["--requirement", requirements],
                    count=len(pinned(requirements)),
                    log=paths.LOGS / f"pip-{venv.name.lstrip('.')}.log",
                    progress=progress,
                )
                for folder in in_place:
                    install(
                        python,
                        ["--no-build-isolation", "--editable", folder],
                        count=1,
                        log=paths.LOGS / f"pip-{folder.name}.log",
                        progress=progress,
                    )
            stamps.write(stamp, wanted)
    return python


def install(
    python: Path, arguments: Sequence[str | Path], *, count: int, log: Path, progress: Step
) -> None:
    """Run `pip install` without resolving anything: the arguments name every package."""
    seen = 0

    def follow(line: str) -> None:
        nonlocal seen
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            seen += 1
            progress.detail = f"{min(seen, count)} of {count} packages"
        elif line.startswith("Installing collected"):
            progress.detail = f"unpacking {count} packages"

    command: list[str | Path] = [
        python,
        *PIP,
        "install",
        "--no-deps",
        "--no-compile",
        "--retries",
        "2",
    ]
    try:
        run_logged([*command, "--progress-bar", "off", *arguments], log=log, on_line=follow)
    except CommandError as error:
        raise ToolError(_explain(error.tail, log)) from error


def pinned(requirements: Path) -> dict[str, str]:
    """The pinned versions by normalised package name. Raises `ToolError` for a line without an
    exact version."""
    versions: dict[str, str] = {}
    for line in requirements.read_text().splitlines():
        text = line.split("#")[0].strip()
        if not text:
            continue
        name, equals, version = text.partition("==")
        if not equals:
            raise ToolError(f"{paths.relative(requirements)} must pin an exact version: {text}")
        versions[normalised(name)] = version.strip()
    return versions


def normalised(name: str) -> str:
    """A package's name, normalised as package indexes compare names."""
    return name.strip().lower().replace("_", "-").replace(".", "-")


def _create(venv: Path) -> None:
    log = paths.LOGS / f"venv-{venv.name.lstrip('.')}.log"
    # Of the environment that runs this, which may be the one to clear, the one it was made with.
    interpreter = getattr(sys, "_base_executable", sys.executable)
    try:
        run_logged([interpreter, "-m", "venv", "--clear", venv], log=log)
    except CommandError as error:
        if "ensurepip" in error.tail:
            raise ToolError(
                "Python's venv module is incomplete: install it (on Debian and Ubuntu: "
                "apt-get install python3-venv) and run the same command again."
            ) from error
        raise ToolError(
            f"Could not create {venv.name}: see {paths.relative(log)}, then run the same "
            "command again."
        ) from error


def _explain(output: str, log: Path) -> str:
    shown = paths.relative(log)
    if "No space left" in output:
        return "The disk is full: free some space and run the same command again."
    if "No matching distribution" in output and "from versions: none" not in output:
        lines = [line for line in output.splitlines() if "No matching distribution" in line]
        wanted = lines[-1].partition("for ")[2].split(" (")[0].strip()
        return (
            f"The package index has no {wanted} for Python {platform.python_version()} on "
            f"{platform.machine()}: use another Python, as in `make up PYTHON=python3.12`, or see "
            f"{shown} and run the same command again."
        )
    return (
        "Packages could not be downloaded: check the network connection and pip's settings, "
        f"then run the same command again (details: {shown})."
    )
