"""The commands that report something to the moderators, and show what came of it."""

from __future__ import annotations

import argparse
from typing import Final

from shutterfeed_cli import addresses
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode
from shutterfeed_cli.showing import moment, show_list
from shutterfeed_cli.tables import Table, table

_OUTCOMES: Final = {
    "open": "waits for a moderator",
    "acted": "something was done about it",
    "dismissed": "nothing was done about it",
}


def report(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Report a post, a comment or a user."""
    match asked.kind:
        case "post":
            subject = addresses.post_id(asked.subject)
        case "comment":
            subject = addresses.comment_id(asked.subject)
        case _:
            seen = context.api.user(addresses.handle(asked.subject))
            subject = seen["user"]["id"]
    made = context.api.report(asked.kind, subject, asked.reason, asked.note)
    said = "A moderator will look at it, and you see it no more unless you go there."
    context.output.result(made, [said, "`shutterfeed reports` shows what came of it."])
    return ExitCode.OK


def reports(asked: argparse.Namespace, context: Context) -> ExitCode:
    return show_list(asked, context, "/me/reports", _reports, "You have reported nothing.")


def _reports(items: list[Json]) -> Table:
    rows = [
        (
            moment(one["at"]),
            one["kind"],
            one["reason"].replace("_", " "),
            _OUTCOMES[one["outcome"]],
            one["subject_id"],
        )
        for one in items
    ]
    return table(("when", "what", "why", "outcome", "id"), rows)
