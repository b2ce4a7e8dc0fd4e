"""The command `export`: saves everything of the user's own to a folder, originals byte for byte.

Files that exist and are right are kept: the same command continues an interrupted export, and a
repeated export only adds what is new. Files that exist and are wrong are never overwritten.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

from rich.filesize import decimal

from shutterfeed_cli import VERSION, own_lists
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import ATTEMPTS
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import CliError, ExitCode, Stopped
from shutterfeed_cli.export_progress import ExportProgress
from shutterfeed_cli.exported import FORMAT
from shutterfeed_cli.fetching import Absent, Fetcher, Original, Result
from shutterfeed_cli.folders import replace_text
from shutterfeed_cli.server_export import server_export
from shutterfeed_cli.stopping import Stop, on_interrupt
from shutterfeed_cli.wording import counted

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


def export(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Save everything of the user's own to a folder. Raises `CliError`."""
    if asked.server:
        return server_export(asked, context)
    context.connections, context.attempts = 2 * asked.parallel, ATTEMPTS
    folder: Path = asked.folder
    _claim(folder, context.session.site.url, context.api.me())
    bar = ExportProgress(context.output)
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
        "bytes": bar.arrived,
    }
    counts = manifest["counts"]
    lines = [
        (
            f"Exported {counted(counts['posts'], 'post')} and"
            f" {counted(counts['originals'], 'original')} "
            f"({counts['fetched']:,} of them new, {decimal(bar.arrived)}) to {folder}."
        ),
        *(f"  {one['path']}: {one['reason']}" for one in manifest["failures"]),
    ]
    if manifest["without_original"]:
        absent = len(manifest["without_original"])
        lines.append(counted(absent, "medium has no original.", "media have no original."))
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


def _exported(asked: argparse.Namespace, context: Context, bar: ExportProgress) -> Json:
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
    bar.begin(list(originals.values()))
    fetched = 0
    for original, result in _all(fetcher, list(originals.values()), asked.parallel, context.stop):
        bar.file_done(original, arrived=isinstance(result, tuple) and result[0])
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
    sizes = {entry["media_id"]: entry["bytes"] for entry in lists["uploads"]}
    for media_id, (post, medium) in in_posts.items():
        original = _original(media_id, post["id"], post["created_at"], medium)
        yield replace(original, size=sizes.get(media_id, 0))
    for entry in lists["uploads"]:
        if entry["media_id"] not in in_posts:
            original = _original(entry["media_id"], entry["post_id"], entry["created_at"], entry)
            yield replace(original, size=entry["bytes"])


def _original(media_id: str, post_id: str, created_at: str, medium: Json) -> Original:
    # Both become part of a file's name: a server's answer must not lead out of the folder.
    if not (_SAFE.fullmatch(media_id) and _SAFE.fullmatch(created_at[:10])):
        raise CliError("The service's answer has an invalid id or date in it.")
    ready = medium["state"] == "ready"
    return Original(media_id, post_id, created_at, medium["content_type"], ready)


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


def _write(folder: Path, name: str, content: Json | list[Json]) -> None:
    replace_text(folder / name, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
