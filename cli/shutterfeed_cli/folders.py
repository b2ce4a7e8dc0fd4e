"""The folders for settings and state on this platform, and how files are read and replaced."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import IO, Final

from shutterfeed_cli.errors import UsageError

_NAME: Final = "shutterfeed"


def config_folder() -> Path:
    """The folder of the stored sign-in. `SHUTTERFEED_CONFIG` overrides it. Raises `UsageError`."""
    return _folder("SHUTTERFEED_CONFIG", "XDG_CONFIG_HOME", ".config")


def state_folder() -> Path:
    """The folder of the journals of uploads. `SHUTTERFEED_STATE` overrides it. Raises
    `UsageError`."""
    return _folder("SHUTTERFEED_STATE", "XDG_STATE_HOME", ".local/state")


def make_private(folder: Path) -> Path:
    """Make the folder if it is missing, so that only its owner can look inside. Returns it. Raises
    `OSError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def opened(path: Path) -> IO[bytes]:
    """Open a regular file to read it. Raises `OSError`, also for anything else: a pipe would let
    the command wait for ever, and a device might have no end."""
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - Path has no opener
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "It is not a regular file", str(path))


def replace_text(path: Path, text: str) -> None:
    """Write a file completely or not at all. Only its owner can read it. Raises `OSError`, which
    names the file."""
    try:
        _replace(path, text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _without_waiting(name: str, flags: int) -> int:
    """Open a file. A pipe that nobody writes to is opened at once, too."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _folder(override: str, xdg: str, usual: str) -> Path:
    try:
        return _chosen(override, xdg, usual)
    except RuntimeError as error:
        raise UsageError(f"Your home folder is not known: set {override}.") from error


def _chosen(override: str, xdg: str, usual: str) -> Path:
    if chosen := os.environ.get(override):
        return Path(chosen).expanduser()
    if base := os.environ.get(xdg):
        return Path(base) / _NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    if sys.platform == "win32" and (base := os.environ.get("LOCALAPPDATA")):
        return Path(base) / _NAME
    return Path.home() / usual / _NAME
