"""Virtual environments with the packages of a lock file. Standard library only: this runs before
any exists."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import paths, stamps, uv
from tools.commands import CommandError
from tools.errors import ToolError
from tools.progress import Step, step

_STAMP = "requirements.sha256"


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
    name = venv.name.lstrip(".")
    with stamps.exclusive(paths.BUILD / f"{name}.lock", on_wait=_tell):
        if not stamps.is_current(stamp, wanted):
            with step(f"Installing {purpose}") as progress:
                _create(venv, progress)
                log = paths.LOGS / f"uv-{name}.log"
                install(python, locked(requirements), log=log, progress=progress)
                for folder in in_place:
                    install(
                        python,
                        ["--no-build-isolation", "--editable", folder],
                        log=paths.LOGS / f"uv-{folder.name}.log",
                        progress=progress,
                    )
            stamps.write(stamp, wanted)
    return python


def locked(requirements: Path) -> list[str | Path]:
    """Arguments of `install` for a lock file: a file with another hash is not installed."""
    return ["--require-hashes", "--requirement", requirements]


def install(python: Path, arguments: Sequence[str | Path], *, log: Path, progress: Step) -> None:
    """Run `uv pip install` without resolving anything: the arguments name every package."""

    def follow(line: str) -> None:
        # Such lines as `Downloading aws-cdk-lib (57.1MiB)` and `Prepared 92 packages in 1.6s`.
        match line.split():
            case ["Downloading", name, *_]:
                progress.detail = f"downloading {name}"
            case ["Prepared", count, unit, *_]:
                progress.detail = f"unpacking {count} {unit}"

    command = ["pip", "install", "--no-deps", "--python", python, *arguments]
    try:
        uv.run(command, log=log, progress=progress, on_line=follow)
    except CommandError as error:
        raise ToolError(uv.explain(error.tail, log)) from error
    progress.detail = ""


def pinned(requirements: Path) -> dict[str, str]:
    """The pinned versions by normalised package name. Raises `ToolError` for a line without an
    exact version."""
    versions: dict[str, str] = {}
    for line in requirements.read_text().splitlines():
        text = line.partition("#")[0].strip()
        if not text or text.startswith("--hash="):
            continue
        name, equals, version = text.removesuffix("\\").partition("==")
        if not equals:
            raise ToolError(f"{paths.relative(requirements)} must pin an exact version: {text}")
        versions[normalised(name)] = version.partition(";")[0].strip()
    return versions


def normalised(name: str) -> str:
    """A package's name, normalised as package indexes compare names."""
    return name.strip().lower().replace("_", "-").replace(".", "-")


def _tell() -> None:
    print("Another command is installing this already: waiting for it.", file=sys.stderr)


def _create(venv: Path, progress: Step) -> None:
    log = paths.LOGS / f"venv-{venv.name.lstrip('.')}.log"
    try:
        uv.run(["venv", "--clear", "--python", uv.interpreter(), venv], log=log, progress=progress)
    except CommandError as error:
        raise ToolError(
            f"Could not create {venv.name}: see {paths.relative(log)}, then run the same "
            "command again."
        ) from error
