"""The arguments of the commands that show or change the caller's settings."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from shutterfeed_cli.parsing import NewCommand, add_comments_from

ACTIVITY_KINDS: Final[Mapping[str, str]] = {
    "likes": "likes of your posts and comments",
    "comments": "comments on your posts, and replies to your comments",
    "mentions": "mentions of you in captions and comments",
    "tags": "tags of you in photos",
    "follows": "new followers",
}
"""What one can be told of, with its meaning: the names of the API's settings of activity."""


def add_settings(command: NewCommand) -> None:
    """Add the commands of this module to the command line."""
    _privacy(
        command(
            "privacy",
            "Show or change who sees your posts, who may comment and mention you, and how you see"
            " the posts of others.",
            "privacy",
            "privacy --account private --comments-from followers --mentions-from followed",
        )
    )
    _held_words(
        command(
            "held-words",
            "Show the words that hold a comment on your posts until you approve it, or add or"
            " remove some.",
            "held-words",
            "held-words add spam 'free followers'",
            "held-words remove spam",
        )
    )
    _activity_settings(
        command(
            "activity-settings",
            "Show or change of whose acts you are told in your activity.",
            "activity-settings",
            "activity-settings --likes followed --follows nobody",
        )
    )


def _privacy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--account",
        choices=["private", "public"],
        help="who sees your posts: people whom you accept, or everybody",
    )
    parser.add_argument(
        "--page",
        choices=["shown", "hidden"],
        help="whether people who are not signed in see the page of a public account",
    )
    parser.add_argument(
        "--sensitive-posts",
        choices=["blur", "show"],
        help="how you see posts that are marked as sensitive",
    )
    add_comments_from(parser, "who may comment on your posts, unless a post says otherwise")
    parser.add_argument(
        "--mentions-from",
        choices=["everyone", "followed", "nobody"],
        help="who may mention you and tag you in photos; `followed`: people whom you follow",
    )


def _held_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("change", nargs="?", choices=["add", "remove"], metavar="add|remove")
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="a word, or several in quotes that follow each other",
    )


def _activity_settings(parser: argparse.ArgumentParser) -> None:
    for kind, meaning in ACTIVITY_KINDS.items():
        parser.add_argument(
            f"--{kind}",
            choices=["everyone", "followed", "nobody"],
            help=f"{meaning}; `followed`: only of people whom you follow",
        )
