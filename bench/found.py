"""Every file that once went wrong, through a running stack: what is right for it, and what came.

Each file is uploaded by a `shutterfeed upload --caption-from exif` of its own. What became of it is
read from the command's own words, from the API, and from the renditions and clips themselves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.deployment import PASSWORD, Deployment, deployed
from bench.figures import Figure
from bench.found_checks import RIGHT, Seen, shown
from bench.progress import clear, show
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from tests.pictures import SHARED_DATA
from tools import paths
from tools.errors import Unavailable

FULL: Final = tuple(RIGHT)
"""The names of the files."""
TOY: Final = ("png-text-chunk-bad-crc.png",)
MINUTES: Final = 3.0
_NAME: Final = "found"
_FOLDER: Final = SHARED_DATA / "found"


def run(names: Sequence[str]) -> list[Figure]:
    there = [name for name in names if (_FOLDER / name).is_file()]
    if not there:
        raise Unavailable(f"There are none of these files in {_FOLDER}.")
    with tempfile.TemporaryDirectory(prefix="bench-found-") as folder, deployed() as deployment:
        uploader = _Uploader(deployment, Path(folder))
        seen = []
        for number, name in enumerate(there, start=1):
            show(f"file {number} of {len(there)}")
            seen.append(uploader.upload(_FOLDER / name))
        clear()
        right = sum(map(_told, seen))
    for name in sorted({*names} - {*there}):
        print(f"{name}: left out, it is not there")
    return [
        Figure("files", len(there), "files"),
        Figure("files with the right result", right, "files", f">= {len(there)}"),
    ]


def _told(seen: Seen) -> bool:
    """Print a file's line. Returns whether its result is the right one."""
    wanted, check = RIGHT[seen.file.name]
    problems = list(check(seen))
    verdict = f"NOT MET: {'; '.join(problems)}" if problems else "met"
    print(f"{seen.file.name}: {wanted} | {shown(seen)} | {verdict}")
    return not problems


class _Uploader:
    """Somebody who is signed in with the command line, and with the API."""

    def __init__(self, deployment: Deployment, folder: Path) -> None:
        site = deployment.outputs["SiteUrl"]
        self._api = Api.once(f"{site}/api").as_user(deployment.sign_up(_NAME).access)
        self._environment: Mapping[str, str] = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(paths.COMMAND_LINE),
            "SHUTTERFEED_CONFIG": str(folder / "config"),
            "SHUTTERFEED_STATE": str(folder / "journal"),
            "SHUTTERFEED_PASSWORD": PASSWORD,
        }
        self._command("login", "--site", site, "--email", f"{_NAME}@example.com")

    def upload(self, file: Path) -> Seen:
        """Upload a file, and wait until it is published or has failed."""
        events = self._command("upload", str(file), "--caption-from", "exif")
        own = [event for event in events if event["event"] != "summary"]
        post_id = next((event["post_id"] for event in own if "post_id" in event), None)
        return Seen(file, own[-1], self._api.post(post_id) if post_id else None)

    def _command(self, *arguments: str) -> Sequence[Json]:
        command = [sys.executable, "-m", "shutterfeed_cli", *arguments, "--json"]
        answer = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        if "Traceback" in answer.stderr or not answer.stdout:
            raise RuntimeError(f"{arguments[0]} ended with {answer.returncode}: {answer.stderr}")
        return [json.loads(line) for line in answer.stdout.splitlines()]
