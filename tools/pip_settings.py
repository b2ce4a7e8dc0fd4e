"""What a machine's pip is told, in uv's words. uv does not read pip's settings, in which a machine
names its package index, its proxy and its certificates. Standard library only."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools.errors import ToolError

_SECTIONS: Final = (":env:", "install", "global")
"""Where pip looks for a setting; the first that has it counts."""
_VARIABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "extra-index-url": ("UV_INDEX",),
    "no-index": ("UV_OFFLINE",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "timeout": ("UV_HTTP_TIMEOUT",),
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTP_PROXY", "HTTPS_PROXY"),
}
_ALWAYS: Final[Mapping[str, str]] = {
    # As pip does: it takes a package from whichever index has it. Hashes say which file is right.
    "UV_INDEX_STRATEGY": "unsafe-best-match",
    # As newer versions of pip do: trust whom the machine trusts.
    "UV_SYSTEM_CERTS": "true",
}


def read(python: Path) -> dict[str, str]:
    """uv's environment variables for the settings of an interpreter's pip. Raises `ToolError` if
    they can't be read."""
    done = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise ToolError(f"pip's settings can't be read ({last[0]}): correct them and try again.")
    return translated(done.stdout)


def translated(listed: str) -> dict[str, str]:
    """uv's environment variables for what `pip config list` prints."""
    lines = [line.partition("=") for line in listed.splitlines()]
    found = {name: str(ast.literal_eval(value)) for name, equals, value in lines if equals}
    variables = dict(_ALWAYS)
    for name, ours in _VARIABLES.items():
        text = _setting(found, name)
        variables |= dict.fromkeys(ours, text) if text else {}
    places = [place for place in _setting(found, "find-links").split() if _is_there(place)]
    if places:
        variables["UV_FIND_LINKS"] = ",".join(places)
    return variables


def _setting(found: Mapping[str, str], name: str) -> str:
    """A setting on one line, empty if there is none."""
    keys = (f"{section}.{name}" for section in _SECTIONS)
    return " ".join(next((found[key] for key in keys if key in found), "").split())


def _is_there(place: str) -> bool:
    """Whether uv can look there: it stops at a folder that does not exist, pip does not."""
    return "://" in place or Path(place).expanduser().exists()
