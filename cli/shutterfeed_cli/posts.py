"""The command `post`: shows a post, and edits, deletes, restores, erases, mends and schedules one's
own."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from shutterfeed_cli import addresses, editing, mending
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode, UsageError
from shutterfeed_cli.showing import media_kinds, moment, show_list
from shutterfeed_cli.tables import Table, table
from shutterfeed_cli.wording import counted, one_line

_STATES: Final[Mapping[str, str]] = {
    "pending": "Its files have not all arrived yet: nobody else sees it.",
    "processing": "Its files are being processed: nobody else sees it yet.",
    "draft": "It is a draft: nobody else sees it before it is posted.",
    "scheduled": "It waits for its time: nobody else sees it yet.",
    "failed": "It could not be published: `shutterfeed post drop` publishes it without what failed,"
    " and `shutterfeed post replace` takes another file.",
}


def post(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Do with a post what `asked.action` names."""
    return _ACTIONS[asked.action](asked, context)


def _show(asked: argparse.Namespace, context: Context) -> ExitCode:
    found = context.api.post(addresses.post_id(asked.post))
    context.output.result(found, _described(found))
    return ExitCode.OK


def _delete(asked: argparse.Namespace, context: Context) -> ExitCode:
    post_id = addresses.post_id(asked.post)
    context.api.delete_post(post_id)
    said = (
        f"The post is deleted. For 30 days `shutterfeed post restore {post_id}` brings it back, as"
        " it was."
    )
    context.output.result({"id": post_id, "deleted": True}, [said])
    return ExitCode.OK


def _restore(asked: argparse.Namespace, context: Context) -> ExitCode:
    restored = context.api.restore_post(addresses.post_id(asked.post))
    context.output.result(restored, ["The post is there again, as it was."])
    return ExitCode.OK


def _erase(asked: argparse.Namespace, context: Context) -> ExitCode:
    post_id = addresses.post_id(asked.post)
    if not asked.yes:
        raise UsageError("Nothing brings an erased post back. Add --yes to erase it.")
    context.api.erase_post(post_id)
    said = "The post is erased, with its likes and comments. Nothing brings it back."
    context.output.result({"id": post_id, "erased": True}, [said])
    return ExitCode.OK


def _deleted(asked: argparse.Namespace, context: Context) -> ExitCode:
    nothing = "There is no deleted post that can be restored."
    return show_list(asked, context, "/me/deleted", _deleted_table, nothing)


def _schedule(asked: argparse.Namespace, context: Context) -> ExitCode:
    at = asked.at.isoformat(timespec="seconds")
    moved = context.api.schedule_post(addresses.post_id(asked.post), at)
    said = f"It is to be published at {moment(moved['publish_at'])} UTC."
    context.output.result(moved, [said])
    return ExitCode.OK


def _publish(asked: argparse.Namespace, context: Context) -> ExitCode:
    published = context.api.publish_post(addresses.post_id(asked.post))
    context.output.result(published, ["It is published as soon as it is ready."])
    return ExitCode.OK


def _scheduled(asked: argparse.Namespace, context: Context) -> ExitCode:
    nothing = "No post waits for its time."
    return show_list(asked, context, "/me/scheduled", _scheduled_table, nothing)


_ACTIONS: Final[Mapping[str, Callable[[argparse.Namespace, Context], ExitCode]]] = {
    "show": _show,
    "edit": editing.edit,
    "delete": _delete,
    "restore": _restore,
    "erase": _erase,
    "drop": mending.drop,
    "replace": mending.replace,
    "deleted": _deleted,
    "schedule": _schedule,
    "publish": _publish,
    "scheduled": _scheduled,
}


def _described(found: Json) -> Iterator[str]:
    """A post for people, a line for each of its facts."""
    when = moment(found["published_at"] or found["created_at"])
    yield f"@{found['author']['handle']}, {when}: {media_kinds(found['media'])}"
    if found["caption"]:
        yield found["caption"]
    if found["place"]:
        yield f"in {one_line(found['place']['name'])}"
    counts = found["counts"]
    yield f"{counted(counts['likes'], 'like')}, {counted(counts['comments'], 'comment')}"
    if found["sensitive"]:
        yield "It is marked as sensitive."
    for number, medium in enumerate(found["media"], start=1):
        if medium.get("failure"):
            yield f"file {number} failed: {medium['failure']['message']}"
        for note in medium.get("notes", ()):
            yield f"file {number}: {note['message']}"
    if found["state"] != "published" and found.get("publish_at"):
        yield f"to be published at {moment(found['publish_at'])} UTC"
    if said := _STATES.get(found["state"]):
        yield said
    yield f"id {found['id']}"


def _deleted_table(items: list[Json]) -> Table:
    rows = [
        (
            moment(item["deleted_at"] or ""),
            media_kinds(item["post"]["media"]),
            item["post"]["caption"],
            moment(item["restorable_until"] or ""),
            item["post"]["id"],
        )
        for item in items
    ]
    return table(("deleted", "what", "caption", "until", "id"), rows)


def _scheduled_table(items: list[Json]) -> Table:
    rows = [
        (
            moment(item["publish_at"] or ""),
            media_kinds(item["media"]),
            item["caption"],
            item["state"],
            item["id"],
        )
        for item in items
    ]
    return table(("published", "what", "caption", "state", "id"), rows)
