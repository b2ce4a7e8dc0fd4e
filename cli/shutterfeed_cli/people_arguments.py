"""The arguments of the commands about other people, and about one's own profile."""

from __future__ import annotations

import argparse
from typing import Final

from shutterfeed_cli.moments import parse_duration, parse_moment
from shutterfeed_cli.parsing import NewCommand, add_limit, new_commands

_HANDLE: Final = "somebody's handle, with or without its @"
REASONS: Final = (
    *("illegal", "self_harm", "violence", "hate", "harassment", "nudity"),
    *("impersonation", "spam", "other"),
)
"""Why something may be reported, the gravest reason first."""


def add_people(command: NewCommand) -> None:
    """Add the commands of this module to the command line."""
    _following(command)
    _block(
        command(
            "block", "Block somebody, or show whom you have blocked.", "block ben", "block --list"
        )
    )
    _handle(command("unblock", "Take a block back.", "unblock ben"))
    _mute(
        command(
            "mute",
            "Mute somebody, for ever or for a time, or show whom you have muted.",
            "mute ben --for 7d",
            "mute --list",
        )
    )
    _handle(command("unmute", "Take a mute back.", "unmute ben"))
    _report(
        command(
            "report",
            "Report a post, a comment or somebody to the moderators.",
            "report post 3Z7T70D --reason spam",
            "report user ben --reason impersonation --note 'This is not Ben.'",
        )
    )
    add_limit(command("reports", "Show what you have reported, and what came of it.", "reports"))
    suggestions = command(
        "suggestions", "Show whom you may like to follow, and why.", "suggestions --limit 5"
    )
    add_limit(suggestions)
    _profile(
        command(
            "profile",
            "Show your profile or somebody else's, or change yours.",
            "profile show",
            "profile show ben",
            "profile edit --name 'Maya Lindqvist' --bio 'Lakes and long walks'",
        )
    )


def _following(command: NewCommand) -> None:
    follow = command(
        "follow", "Follow somebody, or ask to if the account is private.", "follow ben"
    )
    _handle(follow)
    _handle(
        command("unfollow", "Follow somebody no longer, or take the request back.", "unfollow ben")
    )
    requests = command(
        "requests",
        "Show who asks to follow you, or accept or decline a request.",
        "requests",
        "requests accept ben",
    )
    requests.add_argument(
        "answer", nargs="?", choices=["accept", "decline"], metavar="accept|decline"
    )
    requests.add_argument("handle", nargs="?", metavar="HANDLE", help=_HANDLE)
    add_limit(requests)


def _handle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("handle", metavar="HANDLE", help=_HANDLE)


def _block(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("handle", nargs="?", metavar="HANDLE", help=_HANDLE)
    parser.add_argument("--list", action="store_true", help="show whom you have blocked")
    add_limit(parser)


def _mute(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("handle", nargs="?", metavar="HANDLE", help=_HANDLE)
    parser.add_argument("--list", action="store_true", help="show whom you have muted")
    end = parser.add_mutually_exclusive_group()
    end.add_argument(
        "--until",
        type=parse_moment,
        metavar="MOMENT",
        help="when the mute ends, for example 2027-05-04 or 2027-05-04T12:00Z",
    )
    end.add_argument(
        "--for",
        type=parse_duration,
        dest="duration",
        metavar="TIME",
        help="how long the mute lasts: 30m, 12h, 7d or 2w",
    )
    add_limit(parser)


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=("post", "comment", "user"), help="what it is")
    parser.add_argument(
        "subject", metavar="WHICH", help="a post's address or id, a comment's id, or a handle"
    )
    parser.add_argument("--reason", choices=REASONS, required=True, help="what is wrong with it")
    parser.add_argument("--note", default="", help="what a moderator should know besides")


def _profile(parser: argparse.ArgumentParser) -> None:
    action = new_commands(parser, "action", required=False)
    show = action(
        "show",
        "Show your profile, or somebody else's.",
        "profile show",
        "profile show ben",
    )
    show.add_argument("handle", nargs="?", metavar="HANDLE", help=f"{_HANDLE}; yours if left out")
    edit = action(
        "edit",
        "Change your handle, name or bio.",
        "profile edit --handle maya",
        "profile edit --bio ''",
    )
    edit.add_argument("--handle", help="your new handle")
    edit.add_argument("--name", help="your new name; an empty one removes it")
    edit.add_argument("--bio", help="what you say of yourself; an empty one removes it")
