"""The command `profile`: shows a profile, and changes one's own."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from shutterfeed_cli import addresses
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode, UsageError
from shutterfeed_cli.wording import counted

_RELATIONS = {
    "followed_by_me": "You follow them.",
    "requested_by_me": "You have asked to follow them.",
    "follows_me": "They follow you.",
    "muted_by_me": "You have muted them.",
    "blocked_by_me": "You have blocked them.",
}


def profile(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show the caller's profile or somebody else's, or change the caller's."""
    if asked.action == "edit":
        return _edit(asked, context)
    if asked.action == "show" and asked.handle is not None:
        seen = context.api.user(addresses.handle(asked.handle))
        context.output.result(seen, [*_described(seen["user"]), *_related(seen)])
        return ExitCode.OK
    me = context.api.me()
    context.output.result(me, _described(me))
    return ExitCode.OK


def _edit(asked: argparse.Namespace, context: Context) -> ExitCode:
    changes = {"handle": asked.handle, "display_name": asked.name, "bio": asked.bio}
    given = {name: text for name, text in changes.items() if text is not None}
    if not given:
        raise UsageError("Say what to change: --handle, --name or --bio.")
    if "handle" in given:
        given["handle"] = addresses.handle(given["handle"])
    me = context.api.edit_me(**given)
    context.output.result(me, _described(me))
    return ExitCode.OK


def _described(user: Json) -> Iterator[str]:
    yield f"@{user['handle']} ({user['display_name'] or 'no name'})"
    if user["bio"]:
        yield user["bio"]
    yield counts_of(user)
    if user["private"]:
        yield "The account is private."


def counts_of(user: Json) -> str:
    """A user's numbers of posts, followers and followed, as far as they may be seen."""
    counts = user["counts"]
    posts = [] if counts["posts"] is None else [counted(counts["posts"], "post")]
    followers = counted(counts["followers"], "follower")
    return ", ".join([*posts, followers, f"{counts['following']:,} following"])


def _related(seen: Json) -> list[str]:
    return [said for name, said in _RELATIONS.items() if seen[name]]
