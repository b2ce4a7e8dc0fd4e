"""The arguments of the commands that answer posts: likes, saves, comments, activity, hashtags."""

from __future__ import annotations

from typing import Final

from shutterfeed_cli.parsing import NewCommand, add_limit

_POST: Final = "the post's address, or its id"
_COMMENT: Final = "the comment's id, as `comments` shows it"


def add_answers(command: NewCommand) -> None:
    """Add the commands of this module to the command line."""
    _likes(command)
    _saves(command)
    _collections(command)
    _comments(command)
    _moderation(command)
    _hashtags(command)
    activity = command(
        "activity",
        "Show what others did that concerns you, newest first.",
        "activity --limit 50",
        "activity --seen",
    )
    activity.add_argument("--seen", action="store_true", help="note that you have seen all of it")
    add_limit(activity)
    add_limit(
        command(
            "tagged", "Show the posts in whose photos others have tagged you.", "tagged --limit 50"
        )
    )
    untag = command(
        "untag",
        "Remove your tags from the photos of a post, for good. Its author is not told.",
        "untag 3Z7T70D",
    )
    untag.add_argument("post", metavar="POST", help=_POST)


def _likes(command: NewCommand) -> None:
    for name, help_text in (("like", "Like a post."), ("unlike", "Take a like back.")):
        example = f"{name} https://photos.example.com/p/3Z7T70D"
        command(name, help_text, example).add_argument("post", metavar="POST", help=_POST)
    likers = command("likers", "Show who likes a post, newest first.", "likers 3Z7T70D")
    likers.add_argument("post", metavar="POST", help=_POST)
    add_limit(likers)
    add_limit(command("liked", "Show the posts that you like.", "liked --limit 50"))


def _saves(command: NewCommand) -> None:
    save = command(
        "save",
        "Save a post, which only you can see.",
        "save 3Z7T70D",
        "save 3Z7T70D --collection 'Lakes of the north'",
    )
    save.add_argument("post", metavar="POST", help=_POST)
    save.add_argument(
        "--collection", metavar="NAME", help="add it to this collection, which is made if need be"
    )
    unsave = command(
        "unsave",
        "Save a post no longer, or take it out of a collection.",
        "unsave 3Z7T70D",
        "unsave 3Z7T70D --collection Lakes",
    )
    unsave.add_argument("post", metavar="POST", help=_POST)
    unsave.add_argument(
        "--collection", metavar="NAME", help="only take it out of this collection: it stays saved"
    )
    saved = command(
        "saved",
        "Show the posts that you have saved, the last saved first.",
        "saved",
        "saved --collection Lakes",
    )
    saved.add_argument("--collection", metavar="NAME", help="only those in this collection")
    add_limit(saved)


def _collections(command: NewCommand) -> None:
    add_limit(command("collections", "Show your collections of saved posts.", "collections"))
    create = command(
        "create-collection", "Make a collection of saved posts.", "create-collection Lakes"
    )
    create.add_argument("name", metavar="NAME")
    rename = command(
        "rename-collection",
        "Give a collection another name.",
        "rename-collection Lakes 'Lakes of the north'",
    )
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("new_name", metavar="NEW-NAME")
    delete = command(
        "delete-collection",
        "Delete a collection. The posts in it stay saved.",
        "delete-collection Lakes",
    )
    delete.add_argument("name", metavar="NAME")


def _comments(command: NewCommand) -> None:
    comment = command(
        "comment",
        "Comment on a post, or answer a comment.",
        "comment 3Z7T70D 'Which lake is this?'",
        "comment 3Z7T70D 'The one near Abisko.' --reply-to 3Z7T70D-3Z8K2AF",
    )
    comment.add_argument("post", metavar="POST", help=_POST)
    comment.add_argument("text", metavar="TEXT")
    comment.add_argument("--reply-to", metavar="COMMENT", help="answer this comment of the post")
    comments = command(
        "comments",
        "Show the comments on a post, or the answers to one of them.",
        "comments 3Z7T70D --newest",
        "comments --replies-to 3Z7T70D-3Z8K2AF",
    )
    comments.add_argument("post", nargs="?", metavar="POST", help=_POST)
    comments.add_argument("--newest", action="store_true", help="show the newest first")
    comments.add_argument("--replies-to", metavar="COMMENT", help="show the answers to this one")
    add_limit(comments)
    edit = command(
        "edit-comment",
        "Change the text of a comment of yours.",
        "edit-comment 3Z7T70D-3Z8K2AF 'Which lake was that?'",
    )
    edit.add_argument("comment", metavar="COMMENT", help=_COMMENT)
    edit.add_argument("text", metavar="TEXT")
    for name, help_text in (
        ("delete-comment", "Delete a comment of yours, or one on a post of yours."),
        ("like-comment", "Like a comment."),
        ("unlike-comment", "Take the like of a comment back."),
    ):
        example = f"{name} 3Z7T70D-3Z8K2AF"
        command(name, help_text, example).add_argument("comment", metavar="COMMENT", help=_COMMENT)


def _moderation(command: NewCommand) -> None:
    moderate = command(
        "moderate",
        "Hide, pin or approve a comment on a post of yours. `delete-comment` removes one.",
        "moderate hide 3Z7T70D-3Z8K2AF",
        "moderate approve 3Z7T70D-3Z8K2AF",
    )
    moderate.add_argument("action", choices=["hide", "show", "pin", "unpin", "approve"])
    moderate.add_argument("comment", metavar="COMMENT", help=_COMMENT)
    add_limit(command("held", "Show comments on your posts that wait for your approval.", "held"))


def _hashtags(command: NewCommand) -> None:
    add_limit(command("hashtags", "Show the hashtags that you follow.", "hashtags"))
    for name, help_text in (
        ("follow-hashtag", "Follow a hashtag: its posts come into your feed."),
        ("unfollow-hashtag", "Follow a hashtag no longer."),
    ):
        command(name, help_text, f"{name} sea").add_argument("hashtag", metavar="HASHTAG")
