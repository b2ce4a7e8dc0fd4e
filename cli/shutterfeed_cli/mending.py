"""The commands `post drop` and `post replace`: a post that failed because of a file is published
without that file, or with another one in its place."""

from __future__ import annotations

import argparse

from shutterfeed_cli import addresses
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.transfer import Transfer
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import CliError, ExitCode, Unusable, UsageError
from shutterfeed_cli.media import examine
from shutterfeed_cli.sources import FileSource
from shutterfeed_cli.wording import counted


def drop(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Take all files that failed out of a post."""
    post = context.api.post(addresses.post_id(asked.post))
    failed = _failed(post)
    if len(failed) == len(post["media"]):
        raise CliError("No file of the post is good: replace one, or delete the post.")
    for media_id in failed.values():
        post = context.api.remove_medium(post["id"], media_id)
    said = f"{counted(len(failed), 'file')} taken out. The post publishes itself without"
    context.output.result(post, [f"{said} {'it' if len(failed) == 1 else 'them'}."])
    return ExitCode.OK


def replace(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Put another file into the place of one that failed."""
    post = context.api.post(addresses.post_id(asked.post))
    media_id = _chosen(_failed(post), asked.number)
    try:
        file = examine(FileSource(asked.file), context.stop)
    except Unusable as error:
        raise CliError(f"{asked.file} cannot be sent. {error}") from error
    if file is None:
        raise UsageError(f"{asked.file} is neither a photo nor a video.")
    created = context.api.replace_medium(post["id"], media_id, file.declaration())
    transfer = Transfer(context.client, context.api, context.patience)
    for link in created["uploads"]:
        transfer.send(file, link)
    said = "The file is sent. The post publishes itself once it is processed."
    context.output.result(created["post"], [said])
    return ExitCode.OK


def _failed(post: Json) -> dict[int, str]:
    """The ids of the files that failed, by their numbers in the post, which begin with 1. Raises
    `CliError` if there are none."""
    numbered = enumerate(post["media"], start=1)
    failed = {number: one["id"] for number, one in numbered if one["state"] == "failed"}
    if not failed:
        raise CliError("No file of the post has failed.")
    return failed


def _chosen(failed: dict[int, str], number: int | None) -> str:
    """The id of the file with this number; of the only one that failed if there is no number.
    Raises `UsageError`."""
    if number is None and len(failed) > 1:
        numbers = ", ".join(map(str, failed))
        raise UsageError(f"Several files failed: say with --number which one ({numbers}).")
    chosen = next(iter(failed)) if number is None else number
    if chosen not in failed:
        raise UsageError(f"File {chosen} of the post has not failed.")
    return failed[chosen]
