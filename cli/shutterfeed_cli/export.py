"""The command `export`: saves everything of the user's own to a folder, originals byte for byte.

Files that exist and are right are kept: the same command continues an interrupted export, and a
repeated export only adds what is new. Files that exist and are wrong are never overwritten.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TextColumn, TransferSpeedColumn

from shutterfeed_cli import VERSION, own_lists
from shutterfeed_cli.client import storage
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import ATTEMPTS, Patience
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import (
    CliError,
    ExitCode,
    NetworkGone,
    NotSignedIn,
    Refused,
    Stopped,
    Unexpected,
)
from shutterfeed_cli.folders import replace_text
from shutterfeed_cli.media import EXTENSIONS
from shutterfeed_cli.stopping import Stop, on_interrupt

FORMAT: Final = "shutterfeed-export"
_CHUNK_BYTES: Final = 256 * 1024
_SAFE: Final = re.compile(r"[0-9A-Za-z-]{1,100}")

_DOCUMENTATION: Final[Mapping[str, str]] = {
    "manifest.json": "This file. `files` lists every original: its path here, its size in bytes,"
    " its SHA-256, its media type, and the ids of its medium and post. `without_original` lists the"
    " media of which the service has no original, and why. `complete` is false if a file failed.",
    "profile.json": "Your profile and settings, as GET /me of the service returns them: also who"
    " may comment and mention you, the words that hold comments, and of whose acts you are told.",
    **{f"{name}.json": said for name, said in own_lists.DOCUMENTATION.items()},
    "originals/": "Your photos and videos exactly as you uploaded them, by the year of their post."
    " A file's name is the day on which its post was made, and the id of its medium. The files"
    " still have all their metadata, such as where they were taken.",
}


@dataclass(frozen=True, slots=True)
class Original:
    """An original to download."""

    media_id: str
    post_id: str
    created_at: str
    content_type: str
    ready: bool
    """Whether it was processed, so that the service certainly has its bytes."""

    @property
    def path(self) -> str:
        """The file's path below the export's folder; it is the same in every export."""
        day = self.created_at[:10]
        extension = EXTENSIONS.get(self.content_type, "bin")
        return f"originals/{day[:4]}/{day}_{self.media_id}.{extension}"


class Absent(Exception):
    """The service has no original of this medium."""


def export(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Save everything of the user's own to a folder. Raises `CliError`."""
    context.connections, context.attempts = 2 * asked.parallel, ATTEMPTS
    folder: Path = asked.folder
    _claim(folder, context.session.site.url, context.api.me())
    bar = _Bar(context)
    with on_interrupt(context.stop, second=bar.stop), bar:
        try:
            manifest = _exported(asked, context, bar)
        except Stopped:
            bar.stop()
            context.output.note("Interrupted. Run the same command again to continue.")
            return ExitCode.INTERRUPTED
    bar.stop()
    summary = {
        "event": "summary",
        "folder": str(folder),
        **{name: manifest[name] for name in ("complete", "counts", "failures", "without_original")},
    }
    counts = manifest["counts"]
    lines = [
        (
            f"Exported {counts['posts']:,} posts and {counts['originals']:,} originals "
            f"({counts['fetched']:,} of them new) to {folder}."
        ),
        *(f"  {one['path']}: {one['reason']}" for one in manifest["failures"]),
    ]
    if manifest["without_original"]:
        lines.append(f"{len(manifest['without_original']):,} media have no original.")
    context.output.result(summary, lines)
    return ExitCode.OK if manifest["complete"] else ExitCode.SOME_FAILED


def _claim(folder: Path, site: str, me: Json) -> None:
    """Make the folder, or continue in it. Raises `CliError` if something else is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "manifest.json"
    if file.exists():
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            same = kept["format"] == FORMAT and kept["user"]["id"] == me["id"]
        except (ValueError, KeyError, TypeError):
            same = False
        if not same:
            raise CliError(f"{file} does not belong to this export: choose another folder.")
    elif any(folder.iterdir()):
        raise CliError(f"{folder} has other files in it: choose a new or empty folder.")
    else:
        _write(folder, "manifest.json", _manifest(site, me))


def _manifest(site: str, me: Json) -> Json:
    return {
        "format": FORMAT,
        "version": 1,
        "made_by": f"shutterfeed-cli {VERSION}",
        "documentation": dict(_DOCUMENTATION),
        "site": site,
        "user": {"id": me["id"], "handle": me["handle"]},
        "begun_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "complete": False,
        "counts": {},
        "files": [],
        "without_original": [],
        "failures": [],
    }


def _exported(asked: argparse.Namespace, context: Context, bar: _Bar) -> Json:
    folder: Path = asked.folder
    api, site = context.api, context.session.site.url
    me = api.me()
    manifest = _manifest(site, me)
    _write(folder, "profile.json", me)
    lists = own_lists.read_lists(api, me)
    for name, items in lists.items():
        _write(folder, f"{name}.json", items)
    originals = {one.media_id: one for one in _originals(lists)}
    fetcher = Fetcher(
        client=context.client,
        api=api,
        patience=context.patience,
        stop=context.stop,
        folder=folder,
        on_bytes=bar.advance,
    )
    bar.begin(len(originals))
    fetched = 0
    for original, result in _all(fetcher, list(originals.values()), asked.parallel, context.stop):
        bar.file_done()
        named = {"media_id": original.media_id, "post_id": original.post_id}
        match result:
            case Absent():
                manifest["without_original"].append({**named, "reason": str(result)})
            case CliError():
                failure = {**named, "path": original.path, "reason": str(result)}
                manifest["failures"].append(failure)
                context.output.event({"event": "failed", **failure})
            case (new, facts):
                fetched += new
                file = {"path": original.path, **facts, **named}
                manifest["files"].append(file)
                context.output.event({"event": "fetched" if new else "kept", **file})
    context.stop.check_new()
    manifest["files"].sort(key=lambda file: str(file["path"]))
    manifest["complete"] = not manifest["failures"]
    manifest["ended_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    manifest["counts"] = {
        **{name: len(items) for name, items in lists.items()},
        "originals": len(manifest["files"]),
        "fetched": fetched,
    }
    _write(folder, "manifest.json", manifest)
    return manifest


def _originals(lists: Mapping[str, list[Json]]) -> Iterator[Original]:
    """The originals of every post, and of all other media in the ledger: failed ones and
    avatars."""
    posts = chain(lists["posts"], (deleted["post"] for deleted in lists["deleted"]))
    in_posts = {medium["id"]: (post, medium) for post in posts for medium in post["media"]}
    for media_id, (post, medium) in in_posts.items():
        yield _original(media_id, post["id"], post["created_at"], medium)
    for entry in lists["uploads"]:
        if entry["media_id"] not in in_posts:
            yield _original(entry["media_id"], entry["post_id"], entry["created_at"], entry)


def _original(media_id: str, post_id: str, created_at: str, medium: Json) -> Original:
    # Both become part of a file's name: a server's answer must not lead out of the folder.
    if not (_SAFE.fullmatch(media_id) and _SAFE.fullmatch(created_at[:10])):
        raise CliError("The service's answer has an invalid id or date in it.")
    ready = medium["state"] == "ready"
    return Original(media_id, post_id, created_at, medium["content_type"], ready)


Result = tuple[bool, Json] | Absent | CliError


def _all(
    fetcher: Fetcher, originals: list[Original], parallel: int, stop: Stop
) -> Iterator[tuple[Original, Result]]:
    """Fetch all originals and yield each with its result. Raises `NetworkGone`, `NotSignedIn` and
    `Stopped`."""
    with ThreadPoolExecutor(parallel, "fetch") as pool:
        underway: dict[Future[Result], Original] = {}
        for original in originals:
            if stop.asked:
                break
            if len(underway) >= 2 * parallel:
                yield from _finished(underway)
            underway[pool.submit(fetcher.fetch, original)] = original
        while underway:
            yield from _finished(underway)


def _finished(
    underway: dict[Future[Result], Original],
) -> Iterator[tuple[Original, Result]]:
    finished, _ = wait(underway, return_when=FIRST_COMPLETED)
    for future in finished:
        yield underway.pop(future), future.result()


class Fetcher:
    """Fetches originals into the export's folder."""

    def __init__(
        self,
        *,
        client: httpx.Client,
        api: Api,
        patience: Patience,
        stop: Stop,
        folder: Path,
        on_bytes: Callable[[int], None],
    ) -> None:
        self._client = client
        self._api = api
        self._patience = patience
        self._stop = stop
        self._folder = folder
        self._on_bytes = on_bytes

    def fetch(self, original: Original) -> Result:
        """Fetch an original. Returns its facts and whether it is new, or the reason why it could
        not be fetched.

        Raises `NetworkGone`, `NotSignedIn` or `Stopped` if no other can be fetched either.
        """
        try:
            self._stop.check_new()
            return self._fetch(original)
        except (NetworkGone, NotSignedIn, Stopped):
            raise
        except (Absent, CliError) as error:
            return error
        except OSError as error:
            return CliError(f"It cannot be written: {error.strerror or error}.")
        except Exception as error:  # noqa: BLE001 - one file's error must not end the export
            return Unexpected(error)

    def _link(self, original: Original) -> Json:
        try:
            return self._api.call("GET", f"/me/uploads/{quote(original.media_id)}/original")
        except Refused as error:
            if error.status == HTTPStatus.CONFLICT and not original.ready:
                raise Absent(str(error)) from error
            raise

    def _fetch(self, original: Original) -> Result:
        link = self._link(original)
        facts = {name: link[name] for name in ("bytes", "sha256", "content_type")}
        path = self._folder / original.path
        if path.exists():
            if _digest(path) != facts["sha256"]:
                raise CliError(
                    "Another file with this name already exists and was not changed. Move it away"
                    " and run the same command again."
                )
            return False, facts
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        try:
            self._download(link["url"], part, facts["bytes"])
        except storage.LinkRefused:
            self._stop.check_new()
            self._download_again(self._link(original)["url"], part, facts["bytes"])
        if _digest(part) != facts["sha256"]:
            part.unlink()
            raise CliError("It arrived damaged. Run the same command again.")
        part.rename(path)
        return True, facts

    def _download_again(self, url: str, part: Path, size: int) -> None:
        try:
            self._download(url, part, size)
        except storage.LinkRefused as refusal:
            raise refusal.final() from None

    def _download(self, url: str, part: Path, size: int) -> None:
        """Fetch the rest of the file. Raises `CliError` and `LinkRefused`."""

        def attempt() -> httpx.Response:
            have = part.stat().st_size if part.exists() else 0
            if have >= size > 0:
                if have == size:
                    return httpx.Response(HTTPStatus.OK)
                part.unlink()
                have = 0
            headers = {"Accept-Encoding": "identity"}
            if have:
                headers["Range"] = f"bytes={have}-"
            with self._client.stream("GET", url, headers=headers) as answer:
                if not answer.is_success:
                    answer.read()
                    return answer
                go_on = answer.status_code == HTTPStatus.PARTIAL_CONTENT
                with part.open("ab" if go_on else "wb") as file:
                    for chunk in answer.iter_raw(_CHUNK_BYTES):
                        self._stop.check_underway()
                        file.write(chunk)
                        self._on_bytes(len(chunk))
                return answer

        storage.check(self._patience.send(attempt))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(folder: Path, name: str, content: Json | list[Json]) -> None:
    replace_text(folder / name, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


class _Bar:
    """A progress bar with files and bytes, if standard error is a terminal."""

    def __init__(self, context: Context) -> None:
        self._lock = threading.Lock()
        self._files = self._bytes = self._total = 0
        self._bar: Progress | None = None
        if context.output.draws:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=None),
                TextColumn("{task.fields[bytes]}"),
                TransferSpeedColumn(),
                console=context.output.errors,
                transient=True,
            )
            self._task = self._bar.add_task("reading lists", total=None, bytes="")

    def __enter__(self) -> _Bar:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, total: int) -> None:
        self._total = total
        self._draw()

    def advance(self, number: int) -> None:
        with self._lock:
            self._bytes += number
        self._draw()

    def file_done(self) -> None:
        with self._lock:
            self._files += 1
        self._draw()

    def _draw(self) -> None:
        if self._bar is not None:
            self._bar.update(
                self._task,
                total=self._total,
                completed=self._files,
                description=f"{self._files:,} of {self._total:,} originals",
                bytes=decimal(self._bytes),
            )
