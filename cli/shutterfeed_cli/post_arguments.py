"""The arguments of the commands about one's own posts."""

from __future__ import annotations

import argparse
from typing import Final

from shutterfeed_cli.moments import parse_moment
from shutterfeed_cli.parsing import (
    NewCommand,
    add_comments_from,
    add_limit,
    new_commands,
    typed_path,
)

_EDITS: Final = (
    "Change the caption, the place or the sensitivity of a post of yours, or who may comment on it."
)


def add_posts(command: NewCommand) -> None:
    """Add the commands of this module to the command line."""
    post = command(
        "post",
        "Show a post, or edit, delete, restore, erase, mend or schedule one of yours.",
        "post show 3Z7T70D",
        "post delete 3Z7T70D",
        "post deleted",
    )
    action = new_commands(post, "action")
    _post(action("show", "Show a post.", "post show 3Z7T70D"))
    _edit(action("edit", _EDITS, "post edit 3Z7T70D --caption 'Dusk at the lake'"))
    _post(
        action(
            "delete",
            "Delete a post of yours. It can be restored for 30 days.",
            "post delete 3Z7T70D",
        )
    )
    _post(action("restore", "Restore a post that you have deleted.", "post restore 3Z7T70D"))
    _erase(
        action(
            "erase",
            "Erase a post of yours, deleted or not, at once. Nothing brings it back.",
            "post erase 3Z7T70D --yes",
        )
    )
    _post(
        action(
            "drop",
            "Publish a post of yours that failed without the files that failed.",
            "post drop 3Z7T70D",
        )
    )
    _replace(
        action(
            "replace",
            "Put another file into the place of one that failed, in a post of yours.",
            "post replace 3Z7T70D better.jpg",
            "post replace 3Z7T70D better.jpg --number 2",
        )
    )
    _schedule(
        action(
            "schedule",
            "Change when a post of yours is to be published.",
            "post schedule 3Z7T70D 2027-05-04T18:00",
        )
    )
    _post(
        action(
            "publish",
            "Publish a post of yours now that is to be published later.",
            "post publish 3Z7T70D",
        )
    )
    add_limit(action("scheduled", "Show your posts that wait for their time.", "post scheduled"))
    add_limit(action("deleted", "Show the deleted posts that can be restored.", "post deleted"))
    _edit(
        command(
            "edit",
            _EDITS,
            "edit 3Z7T70D --caption 'Dusk at the lake'",
            "edit 3Z7T70D --comments-from followers",
        )
    )


def _post(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("post", metavar="POST", help="the post's address, or its id")


def _schedule(parser: argparse.ArgumentParser) -> None:
    _post(parser)
    parser.add_argument(
        "at",
        metavar="MOMENT",
        type=parse_moment,
        help="up to 75 days ahead, for example 2027-05-04T18:00",
    )


def _erase(parser: argparse.ArgumentParser) -> None:
    _post(parser)
    parser.add_argument(
        "--yes",
        action="store_true",
        help="say that it cannot be undone; without it nothing is erased",
    )


def _replace(parser: argparse.ArgumentParser) -> None:
    _post(parser)
    parser.add_argument("file", metavar="FILE", type=typed_path, help="the photo or video to send")
    parser.add_argument(
        "--number",
        metavar="N",
        type=int,
        help="which file of the post to replace, counted from 1, if several failed",
    )


def _edit(parser: argparse.ArgumentParser) -> None:
    _post(parser)
    parser.add_argument("--caption", help="the new caption; an empty one removes it")
    parser.add_argument(
        "--place", metavar="NAME[@LAT,LON]", help="the new place; an empty one removes it"
    )
    parser.add_argument(
        "--sensitive",
        action="store_true",
        default=None,
        help="blur its pictures until someone chooses to look",
    )
    parser.add_argument(
        "--not-sensitive", action="store_false", dest="sensitive", help="show its pictures to all"
    )
    add_comments_from(
        parser,
        "who may comment on it; `account`: whoever may by the setting of your account",
        "account",
    )
