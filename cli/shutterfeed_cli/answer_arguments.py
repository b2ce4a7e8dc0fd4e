"""The arguments of the commands that answer posts: likes, saves, comments, activity, hashtags."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

from shutterfeed_cli.parsing import add_limit

NewCommand = Callable[[str, str], argparse.ArgumentParser]
"""Adds a command by its name and the sentence that describes it."""

_POST: Final = "the post's address, or its id"
_COMMENT: Final = "the comment's id, as `comments` shows it"


def add_answers(command: NewCommand) -> None:
    """Add the commands of this module to the command line."""
    _likes(command)
    _saves(command)
    _comments(command)
    activity = command("activity", "Show what others did that concerns you, newest first.")
    activity.add_argument("--seen", action="store_true", help="note that you have seen all of it")
    add_limit(activity)
    add_limit(command("hashtags", "Show the hashtags that you follow."))
    for name, help_text in (
        ("follow-hashtag", "Follow a hashtag: its posts come into your feed."),
        ("unfollow-hashtag", "Follow a hashtag no longer."),
    ):
        command(name, help_text).add_argument("hashtag", metavar="HASHTAG")


def _likes(command: NewCommand) -> None:
    command("like", "Like a post.").add_argument("post", metavar="POST", help=_POST)
    command("unlike", "Take a like back.").add_argument("post", metavar="POST", help=_POST)
    likers = command("likers", "Show who likes a post, newest first.")
    likers.add_argument("post", metavar="POST", help=_POST)
    add_limit(likers)
    add_limit(command("liked", "Show the posts that you like."))


def _saves(command: NewCommand) -> None:
    save = command("save", "Save a post, which only you can see.")
    save.add_argument("post", metavar="POST", help=_POST)
    save.add_argument(
        "--collection", metavar="NAME", help="add it to this collection, which is made if need be"
    )
    command("unsave", "Save a post no longer.").add_argument("post", metavar="POST", help=_POST)
    saved = command("saved", "Show the posts that you have saved, the last saved first.")
    saved.add_argument("--collection", metavar="NAME", help="only those in this collection")
    add_limit(saved)
    add_limit(command("collections", "Show your collections of saved posts."))


def _comments(command: NewCommand) -> None:
    comment = command("comment", "Comment on a post, or answer a comment.")
    comment.add_argument("post", metavar="POST", help=_POST)
    comment.add_argument("text", metavar="TEXT")
    comment.add_argument("--reply-to", metavar="COMMENT", help="answer this comment of the post")
    comments = command("comments", "Show the comments on a post, or the answers to one of them.")
    comments.add_argument("post", nargs="?", metavar="POST", help=_POST)
    comments.add_argument("--newest", action="store_true", help="show the newest first")
    comments.add_argument("--replies-to", metavar="COMMENT", help="show the answers to this one")
    add_limit(comments)
    for name, help_text in (
        ("delete-comment", "Delete a comment of yours, or one on a post of yours."),
        ("like-comment", "Like a comment."),
        ("unlike-comment", "Take the like of a comment back."),
    ):
        command(name, help_text).add_argument("comment", metavar="COMMENT", help=_COMMENT)
    moderate = command("moderate", "Hide, pin or approve a comment on a post of yours.")
    moderate.add_argument("action", choices=["hide", "show", "pin", "unpin", "approve"])
    moderate.add_argument("comment", metavar="COMMENT", help=_COMMENT)
    add_limit(command("held", "Show comments on your posts that wait for your approval."))
