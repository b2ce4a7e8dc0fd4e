"""The web client: built with npm, and its files as they are served.

In AWS the stack stores the files in their bucket. The local cloud cannot run the custom resource
that does it, so `tools/deploy.py` stores them there, with the same headers: both read
`infra/site.toml`.
"""

from __future__ import annotations

import fnmatch
import gzip
import json
import mimetypes
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools import node, paths, stamps
from tools.commands import CommandError, run_logged
from tools.errors import ToolError
from tools.progress import step

_GROUPS: Final = paths.ROOT / "infra" / "site.toml"
_CONFIG_FILE: Final = "config.json"
_LICENSES_FILE: Final = "licenses.txt"
_LICENSE: Final = re.compile(r"licen[cs]e(\.(md|txt))?", re.IGNORECASE)
_PACKAGES: Final = paths.WEB / "node_modules"
_INSTALLED: Final = _PACKAGES / ".shutterfeed.sha256"
_BUILT: Final = paths.BUILD / "site.sha256"
# Those of the README, which browsers show before they install the app.
_SCREENSHOTS: Final = [paths.ROOT / "docs" / "images" / f"{name}.jpg" for name in ("feed", "phone")]
# Made by npm and by the build, from the rest.
_MADE: Final = frozenset({"node_modules", "dist", "build"})
_COMPRESSED: Final = (
    "text/",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
)
_TYPES: Final = mimetypes.MimeTypes(filenames=())
"""Python's own list of file types, whatever this machine's has."""


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is stored in the site's bucket."""

    key: str
    content: bytes
    content_type: str
    cache_control: str
    encoding: str | None
    """`gzip` where the content is compressed. CloudFront does that itself in AWS, the local
    cloud's does not."""


def build() -> Path:
    """The folder of the built client, made again if its sources changed. Raises `ToolError`."""
    wanted = _digest()
    if not (stamps.is_current(_BUILT, wanted) and (paths.SITE / "index.html").exists()):
        with stamps.exclusive(paths.BUILD / "site.lock"):
            install()
            _npm(["run", "build"], "Building the web client")
            (paths.SITE / _LICENSES_FILE).write_text(licenses())
            stamps.write(_BUILT, wanted)
    return paths.SITE


def check() -> None:
    """Check the client's style, types and unit tests. Raises `ToolError` with the output of those
    that failed."""
    with stamps.exclusive(paths.BUILD / "site.lock"):
        install()
        log = paths.LOGS / "web-check.log"
        try:
            _run_npm(["run", "check"], log)
        except CommandError as error:
            raise ToolError(log.read_text()) from error


def format_sources() -> None:
    """Format the client's sources. Raises `ToolError` after printing faults that need a person."""
    with stamps.exclusive(paths.BUILD / "site.lock"):
        install()
        _npm(["run", "format"], "Formatting the web client", shown=True)


def licenses() -> str:
    """The packages of others in the built client, with the texts of their licences, which must be
    passed on with every copy. Raises `ToolError` if a package has no text."""
    carried = json.loads((paths.WEB / "package-lock.json").read_text())["packages"]
    parts = [
        f"{path.removeprefix('node_modules/')} {package['version']} ({package['license']})\n\n"
        f"{_license_text(paths.WEB / path)}"
        for path, package in carried.items()
        if path and not package.get("dev")
    ]
    rule = f"\n\n{'-' * 80}\n\n"
    return rule.join(["Shutterfeed's web client contains these packages.", *parts]) + "\n"


def _license_text(package: Path) -> str:
    """The package's own text, or ours if the package comes without one."""
    own = [file for file in sorted(package.iterdir()) if _LICENSE.fullmatch(file.name)]
    for file in (*own, paths.LICENSE_TEXTS / f"{package.name}.txt"):
        if file.exists():
            return file.read_text().strip()
    raise ToolError(
        f"{package.name} comes without the text of its licence: put it into "
        f"{paths.relative(paths.LICENSE_TEXTS)}/{package.name}.txt."
    )


def files(folder: Path, config: str) -> Iterator[File]:
    """The files of a build to be served, in the order in which they have to be stored. `config`
    describes the deployment to the client. Raises `ToolError` if there is no build."""
    if not (folder / "index.html").exists():
        raise ToolError("The web client is not built: run `make site` first.")
    sources = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    contents = {key: path.read_bytes() for key, path in sources.items() if path.is_file()}
    contents[_CONFIG_FILE] = config.encode()
    for group in tomllib.loads(_GROUPS.read_text())["groups"]:
        for key in sorted(contents):
            if _fits(key, group["include"]) or not _fits(key, group["exclude"]):
                yield _file(key, contents[key], group["cache_control"])


def _file(key: str, content: bytes, cache_control: str) -> File:
    content_type = _TYPES.guess_type(key)[0] or "application/octet-stream"
    if content_type.startswith(_COMPRESSED):
        # Without the moment of compression: the same content stays the same.
        return File(key, gzip.compress(content, mtime=0), content_type, cache_control, "gzip")
    return File(key, content, content_type, cache_control, None)


def _fits(key: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(key, pattern) for pattern in patterns)


def _digest() -> str:
    sources = sorted(path for path in paths.WEB.iterdir() if path.name not in _MADE)
    return stamps.digest([*sources, paths.OPENAPI, paths.LICENSE_TEXTS, *_SCREENSHOTS])


def install() -> None:
    """Make sure that the client's packages are there, and with them the tests' axe-core."""
    wanted = stamps.digest([paths.WEB / "package.json", paths.WEB / "package-lock.json"])
    if not stamps.is_current(_INSTALLED, wanted):
        _npm(["ci"], "Installing the web client's packages")
        stamps.write(_INSTALLED, wanted)


def _npm(arguments: Sequence[str], label: str, *, shown: bool = False) -> None:
    log = paths.LOGS / f"web-{arguments[-1]}.log"
    try:
        with step(label):
            _run_npm(arguments, log)
    except CommandError as error:
        if shown:
            print(log.read_text(), flush=True)
        raise ToolError(
            f"`npm {' '.join(arguments)}` failed in web/: {paths.relative(log)} says why."
        ) from error


def _run_npm(arguments: Sequence[str], log: Path) -> None:
    run_logged(
        [*node.npm(), *arguments], log=log, environment=node.environment(), directory=paths.WEB
    )
