"""The command `export --server`: lets the service make ZIP files of everything of the user's own,
waits until they are made, and saves them to a folder.

The same command continues an interrupted one: what is being made is waited for, what is made is not
made again, and a file that is whole is not fetched again.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from rich.filesize import decimal

from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import ATTEMPTS
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import CliError, ExitCode, Stopped
from shutterfeed_cli.fetching import Fetcher
from shutterfeed_cli.stopping import on_interrupt
from shutterfeed_cli.wording import counted

_PAUSE_SECONDS: Final = 5.0


def server_export(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Save the service's export to a folder. Raises `CliError`."""
    context.attempts = ATTEMPTS
    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    with on_interrupt(context.stop, second=lambda: None):
        try:
            export = _made(context)
            paths = [_saved(context, folder, export, part) for part in export["parts"]]
        except Stopped:
            context.output.note("Interrupted. Run the same command again to continue.")
            return ExitCode.INTERRUPTED
    summary = {
        "event": "summary",
        "folder": str(folder),
        "parts": [path.name for path in paths],
        "posts": export["posts_done"],
        "bytes": export["bytes"],
    }
    said = (
        f"Saved {counted(len(paths), 'ZIP file')} with {counted(export['posts_done'], 'post')} "
        f"({decimal(export['bytes'])}) to {folder}."
    )
    context.output.result(summary, [said])
    return ExitCode.OK


def _made(context: Context) -> Json:
    """The export, once it is ready: one that is made already, or a new one."""
    told = None
    while True:
        export = _last(context)
        if export is None or export["state"] not in {"building", "ready"}:
            export = context.api.call("POST", "/me/exports")
        if export["state"] == "ready":
            return export
        progress = export["posts_done"], export["posts_total"]
        if progress != told:
            told = progress
            posts = counted(export["posts_total"], "post")
            context.output.note(f"The service makes the export: {progress[0]:,} of {posts}.")
        context.stop.sleep(_PAUSE_SECONDS)


def _last(context: Context) -> Json | None:
    items: list[Json] = context.api.call("GET", "/me/exports")["items"]
    return items[0] if items else None


def _saved(context: Context, folder: Path, export: Json, part: Json) -> Path:
    """Save a part, unless it is there already."""
    number = int(part["number"])
    path = folder / f"shutterfeed-{export['begun_at'][:10]}-part-{number}.zip"
    if path.exists():
        if path.stat().st_size == part["bytes"]:
            return path
        raise CliError(f"{path} exists with another content: move it away, or name another folder.")

    def link() -> str:
        now = _last(context)
        if now is None or now["id"] != export["id"] or now["state"] != "ready":
            raise CliError("The export is not there any more. Run the same command again.")
        url: str = now["parts"][number - 1]["url"]
        return url

    fetcher = Fetcher(
        client=context.client,
        api=context.api,
        patience=context.patience,
        stop=context.stop,
        folder=folder,
        on_bytes=lambda _: None,
    )
    fetcher.save(path, part["bytes"], link)
    context.output.event({"event": "saved", "path": path.name, "bytes": part["bytes"]})
    return path
