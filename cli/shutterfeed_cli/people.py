"""The commands about other people: following, blocking, muting, and answering requests."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from shutterfeed_cli import addresses
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.limits import MAX_SUGGESTIONS
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode, UsageError
from shutterfeed_cli.showing import moment, show_list, users_table
from shutterfeed_cli.tables import Table, table

_REASONS: Final = {
    "acquaintance": "followed by people you follow",
    "popular": "popular or active in these days",
}


def follow(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Follow somebody, or ask to if the account is private."""
    handle = addresses.handle(asked.handle)
    seen = context.api.follow(handle)
    if seen["followed_by_me"]:
        said = f"You follow @{handle}."
    else:
        said = f"You have asked to follow @{handle}, whose account is private."
    context.output.result(seen, [said])
    return ExitCode.OK


def unfollow(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Follow somebody no longer, or take the request back."""
    handle = addresses.handle(asked.handle)
    seen = context.api.unfollow(handle)
    context.output.result(seen, [f"You do not follow @{handle}."])
    return ExitCode.OK


def block(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Block somebody, or with `--list` show who is blocked."""
    if asked.list:
        return _show(asked, context, "/me/blocks", _blocks, "You have blocked nobody.")
    handle = addresses.handle(asked.handle)
    blocked = context.api.block(handle)
    said = f"@{handle} is blocked. What you followed of each other has ended."
    context.output.result(blocked, [said])
    return ExitCode.OK


def unblock(asked: argparse.Namespace, context: Context) -> ExitCode:
    handle = addresses.handle(asked.handle)
    context.api.unblock(handle)
    said = f"@{handle} is not blocked any more. You do not follow each other."
    context.output.result({"handle": handle, "blocked": False}, [said])
    return ExitCode.OK


def mute(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Mute somebody, for ever or for a time, or with `--list` show who is muted."""
    if asked.list:
        if asked.until or asked.duration:
            raise UsageError("--until and --for say how long to mute somebody: leave out --list.")
        return _show(asked, context, "/me/mutes", _mutes, "You have muted nobody.")
    handle = addresses.handle(asked.handle)
    until = asked.until
    if asked.duration is not None:
        until = datetime.now(UTC) + asked.duration
    muted = context.api.mute(handle, until.isoformat() if until else None)
    end = f" until {moment(muted['until'])}" if muted["until"] else ""
    context.output.result(muted, [f"@{handle} is muted{end}."])
    return ExitCode.OK


def unmute(asked: argparse.Namespace, context: Context) -> ExitCode:
    handle = addresses.handle(asked.handle)
    context.api.unmute(handle)
    said = f"@{handle} is not muted any more."
    context.output.result({"handle": handle, "muted": False}, [said])
    return ExitCode.OK


def requests(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show who asks to follow the caller, or accept or decline a request."""
    if asked.answer is None:
        return _show(asked, context, "/me/requests", users_table, "Nobody is waiting.")
    handle = addresses.handle(asked.handle)
    if asked.answer == "accept":
        user, said = context.api.accept_request(handle), f"@{handle} follows you now."
    else:
        user, said = context.api.decline_request(handle), f"The request of @{handle} is declined."
    context.output.result(user, [said])
    return ExitCode.OK


def suggestions(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show whom the caller may like to follow, and why."""
    suggested = context.api.suggestions(min(asked.limit, MAX_SUGGESTIONS))
    users = suggested["items"]
    nothing = "There is nobody to suggest yet. Try again in some minutes."
    context.output.result(suggested, [_suggested(users) if users else nothing])
    return ExitCode.OK


def _show(
    asked: argparse.Namespace,
    context: Context,
    path: str,
    rows: Callable[[list[Json]], Table],
    nothing: str,
) -> ExitCode:
    if asked.handle:
        raise UsageError("A list is shown as a whole: leave out the handle.")
    return show_list(asked, context, path, rows, nothing)


def _blocks(items: list[Json]) -> Table:
    rows = [
        (
            f"@{item['handle']}",
            item["user"]["display_name"] if item["user"] else "(deleted account)",
            moment(item["blocked_at"]),
        )
        for item in items
    ]
    return table(("person", "name", "since"), rows)


def _mutes(items: list[Json]) -> Table:
    rows = [
        (
            f"@{item['user']['handle']}",
            item["user"]["display_name"],
            moment(item["muted_at"]),
            moment(item["until"]) if item["until"] else "",
        )
        for item in items
    ]
    return table(("person", "name", "since", "until"), rows)


def _suggested(items: list[Json]) -> Table:
    rows = [(f"@{user['handle']}", user["display_name"], _why(user)) for user in items]
    return table(("person", "name", "why"), rows)


def _why(user: Json) -> str:
    if user["follows_me"]:
        return "follows you"
    return _REASONS.get(user["reason"], "")
