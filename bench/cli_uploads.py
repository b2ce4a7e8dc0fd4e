"""Uploads per second of `shutterfeed upload` beside a bare loop of presigned uploads.

Both send the same number of new photos with the same parallelism to the same local cloud, in turns,
and neither begins before what the other sent is published. Each goes first equally often, and has a
user of its own: the command reads in the upload ledger what it sent itself, and nothing of the
loop's. The bare loop has a token, a list of files and httpx, and does what has to be done: hash,
declare, send. The command is timed as a process, its start, its sign-in and its reading of the
ledger included.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from typing import Final

import httpx
from PIL import Image

from bench.deployment import PASSWORD, Deployment, deployed
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed_cli.client.api import Api
from tools import paths

PARALLEL: Final = 4
_TYPING, _LOOPING = "command-line", "bare-loop"
_PATIENCE_SECONDS: Final = 300.0
_numbers = count()


@dataclass(frozen=True, slots=True)
class Size:
    """How many photos each side uploads at once, how often, and how many before that."""

    files: int
    pairs: int
    warm_up: int


FULL: Final = Size(files=150, pairs=10, warm_up=20)
TOY: Final = Size(files=2, pairs=1, warm_up=1)
MINUTES: Final = 7.0


@dataclass(slots=True)
class Side:
    """One way to upload a folder, and its user."""

    upload: Callable[[Path], None]
    api: Api
    published: int = 0
    """How many posts of the user have been waited for."""
    rates: list[float] = field(default_factory=list)
    """Uploads per second, pair by pair."""
    cpu: list[float] = field(default_factory=list)
    """Seconds of its own CPU time for an upload, pair by pair."""


def run(size: Size) -> list[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-uploads-") as name,
        deployed() as deployment,
    ):
        command, bare = _sides(deployment, Path(name))
        for side in (command, bare):
            _measure(side, Path(name), size.warm_up)
            side.rates.clear()
            side.cpu.clear()
        for pair in range(size.pairs):
            show(f"pair {pair + 1} of {size.pairs}")
            for side in (command, bare) if pair % 2 == 0 else (bare, command):
                _measure(side, Path(name), size.files)
        clear()
        return _figures(command, bare)


def _sides(deployment: Deployment, folder: Path) -> tuple[Side, Side]:
    """The command and the bare loop."""
    base_url = f"{deployment.outputs['SiteUrl']}/api"
    api = Api.once(base_url)
    environment = _environment(folder)
    typing, looping = (deployment.sign_up(name).access for name in (_TYPING, _LOOPING))
    _shutterfeed(
        environment,
        *("login", "--site", deployment.outputs["SiteUrl"], "--email", f"{_TYPING}@example.com"),
    )

    def command(files: Path) -> None:
        _shutterfeed(environment, "upload", str(files), "--no-wait", "--parallel", str(PARALLEL))

    def bare(files: Path) -> None:
        _bare_loop(base_url, looping, sorted(files.iterdir()))

    return Side(command, api.as_user(typing)), Side(bare, api.as_user(looping))


def _measure(side: Side, folder: Path, number: int) -> None:
    """Upload `number` new photos, note what that took, and wait until they are published."""
    files = folder / f"photos-{next(_numbers)}"
    files.mkdir()
    for _ in range(number):
        at = next(_numbers)
        image = Image.new("RGB", (64, 48), (at % 256, at // 256 % 256, 120))
        image.save(files / f"{at}.png")
    start, cpu = time.perf_counter(), _cpu_seconds()
    side.upload(files)
    side.rates.append(number / (time.perf_counter() - start))
    side.cpu.append((_cpu_seconds() - cpu) / number)
    side.published += number
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while side.api.me()["counts"]["posts"] < side.published:
        if time.monotonic() > deadline:
            raise TimeoutError("the uploads have not been published in time")
        time.sleep(0.5)


def _cpu_seconds() -> float:
    """The CPU time up to now of this process and of all children that have ended."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _bare_loop(base_url: str, token: str, files: Sequence[Path]) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    # As everything that is called .localhost, the site is on this machine.
    site = httpx.URL(base_url)
    address, host = site.copy_with(host="127.0.0.1"), {"Host": site.netloc.decode()}
    with httpx.Client(headers=host, timeout=60) as client:

        def send(file: Path) -> None:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            medium = {"content_type": "image/png", "bytes": len(content), "sha256": digest}
            key = {"Idempotency-Key": secrets.token_hex(16)}
            created = client.post(
                f"{address}/posts", json={"media": [medium]}, headers={**headers, **key}
            )
            created.raise_for_status()
            [link] = created.json()["uploads"]
            url = httpx.URL(link["url"])
            form = client.build_request(
                "POST", url, data=link["fields"], files={"file": ("file", io.BytesIO(content))}
            )
            form.headers["Host"] = url.netloc.decode()
            form.url = url.copy_with(host="127.0.0.1")
            client.send(form).raise_for_status()

        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(send, files))


def _environment(folder: Path) -> Mapping[str, str]:
    """The environment in which the command runs."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(paths.COMMAND_LINE),
        "SHUTTERFEED_CONFIG": str(folder / "config"),
        "SHUTTERFEED_STATE": str(folder / "journal"),
        "SHUTTERFEED_PASSWORD": PASSWORD,
    }


def _shutterfeed(environment: Mapping[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "shutterfeed_cli", *arguments, "--json"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    last = json.loads(answer.stdout.splitlines()[-1])
    if answer.returncode != 0 or last.get("failed"):
        raise RuntimeError(f"{arguments[0]} ended with {answer.returncode}: {last}")


def _figures(command: Side, bare: Side) -> list[Figure]:
    ratios = [ours / theirs for ours, theirs in zip(command.rates, bare.rates, strict=True)]
    return [
        Figure("uploads, shutterfeed upload", median(command.rates), "/s"),
        Figure("uploads, bare loop", median(bare.rates), "/s"),
        Figure("shutterfeed over bare loop, median of pairs", median(ratios), "x", ">= 0.9"),
        Figure("shutterfeed over bare loop, worst pair", min(ratios), "x"),
        Figure("CPU time of an upload, shutterfeed upload", median(command.cpu) * 1000, "ms"),
        Figure("CPU time of an upload, bare loop", median(bare.cpu) * 1000, "ms"),
    ]
