"""The folders for settings and state on this platform."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

_NAME: Final = "shutterfeed"


def config_folder() -> Path:
    """The folder of the stored sign-in. `SHUTTERFEED_CONFIG` overrides it."""
    return _folder("SHUTTERFEED_CONFIG", "XDG_CONFIG_HOME", ".config")


def state_folder() -> Path:
    """The folder of the journals of uploads. `SHUTTERFEED_STATE` overrides it."""
    return _folder("SHUTTERFEED_STATE", "XDG_STATE_HOME", ".local/state")


def make_private(folder: Path) -> Path:
    """Make the folder if it is missing, so that only its owner can look inside. Returns it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def replace_text(path: Path, text: str) -> None:
    """Write a file completely or not at all. Only its owner can read it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _folder(override: str, xdg: str, usual: str) -> Path:
    if chosen := os.environ.get(override):
        return Path(chosen).expanduser()
    if base := os.environ.get(xdg):
        return Path(base) / _NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    if sys.platform == "win32" and (base := os.environ.get("LOCALAPPDATA")):
        return Path(base) / _NAME
    return Path.home() / usual / _NAME
