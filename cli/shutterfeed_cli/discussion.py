"""The commands about comments, and the one that shows the caller's activity."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from shutterfeed_cli import addresses
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode, UsageError
from shutterfeed_cli.showing import first_items, moment, show_list
from shutterfeed_cli.tables import Table, table
from shutterfeed_cli.wording import counted

_DELETED: Final = "(deleted)"
_HELD: Final = "The comment is held until the post's author approves it."
_MODERATION: Final[Mapping[str, tuple[Callable[[Api, str], Json], str]]] = {
    "hide": (Api.hide_comment, "The comment is hidden: its author still sees it."),
    "show": (Api.show_comment, "The comment is shown again."),
    "pin": (Api.pin_comment, "The comment is pinned above the others."),
    "unpin": (Api.unpin_comment, "The comment is not pinned any more."),
    "approve": (Api.approve_comment, "The comment is approved: everybody sees it."),
}
_SAID: Final[Mapping[str, str]] = {
    "like": "liked your post",
    "comment": "commented on your post",
    "reply": "answered your comment",
    "mention": "mentioned you",
    "tag": "tagged you in a post",
    "comment_like": "liked your comment",
    "follow": "followed you",
    "follow_request": "asked to follow you",
    "request_accepted": "accepted your request to follow them",
    "published_late": "your scheduled post was published later than planned",
}


def comment(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Comment on a post. A request that is repeated after an error makes no second comment."""
    text = _text(asked.text)
    reply_to = None if asked.reply_to is None else addresses.comment_id(asked.reply_to)
    post_id, key = addresses.post_id(asked.post), secrets.token_hex(16)
    made = context.api.comment(post_id, text, key, reply_to=reply_to)
    said = _HELD if made["held"] else "The comment is posted."
    context.output.result(made, [f"{said} Its id is {made['id']}."])
    return ExitCode.OK


def comments(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show the comments on a post, or with `--replies-to` the answers to one of them."""
    if (asked.post is None) == (asked.replies_to is None):
        raise UsageError("Name a post, or a comment with --replies-to.")
    if asked.replies_to is not None:
        if asked.newest:
            raise UsageError("Answers are shown oldest first: leave out --newest.")
        path = f"/comments/{quote(addresses.comment_id(asked.replies_to))}/replies"
        return show_list(asked, context, path, _comments, "Nobody has answered yet.")
    path = f"/posts/{quote(addresses.post_id(asked.post))}/comments"
    order = "newest" if asked.newest else "oldest"
    nothing = "There are no comments yet."
    return show_list(asked, context, path, _comments, nothing, order=order)


def edit_comment(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Change the text of a comment of the caller's. Its words may hold it then."""
    text = _text(asked.text)
    changed = context.api.edit_comment(addresses.comment_id(asked.comment), text)
    context.output.result(changed, [_HELD if changed["held"] else "The comment is changed."])
    return ExitCode.OK


def delete_comment(asked: argparse.Namespace, context: Context) -> ExitCode:
    comment_id = addresses.comment_id(asked.comment)
    context.api.delete_comment(comment_id)
    context.output.result({"id": comment_id, "deleted": True}, ["The comment is deleted."])
    return ExitCode.OK


def like_comment(asked: argparse.Namespace, context: Context) -> ExitCode:
    liked = context.api.like_comment(addresses.comment_id(asked.comment))
    context.output.result(liked, ["You like this comment."])
    return ExitCode.OK


def unlike_comment(asked: argparse.Namespace, context: Context) -> ExitCode:
    liked = context.api.unlike_comment(addresses.comment_id(asked.comment))
    context.output.result(liked, ["Your like is gone."])
    return ExitCode.OK


def moderate(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Do what `_MODERATION` names to a comment on a post of one's own."""
    change, said = _MODERATION[asked.action]
    changed = change(context.api, addresses.comment_id(asked.comment))
    context.output.result(changed, [said])
    return ExitCode.OK


def held(asked: argparse.Namespace, context: Context) -> ExitCode:
    nothing = "No comment waits for your approval."
    return show_list(asked, context, "/me/held-comments", _comments, nothing)


def activity(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show the groups of the caller's activity, and with `--seen` note that they are seen."""
    groups = first_items(context.api, "/me/activity", asked.limit)
    if asked.seen:
        context.api.activity_seen()
    nothing = "Nothing has happened yet."
    context.output.result({"items": groups}, [_activity(groups) if groups else nothing])
    return ExitCode.OK


def _text(typed: str) -> str:
    text = typed.strip()
    if not text:
        raise UsageError("Say something: the comment is empty.")
    return text


def _comments(items: list[Json]) -> Table:
    rows = [
        (
            moment(item["created_at"]),
            "" if item["author"] is None else f"@{item['author']['handle']}",
            _DELETED if item["text"] is None else item["text"],
            f"{item['likes']:,}",
            f"{item['replies']:,}",
            _marks(item),
            item["id"],
        )
        for item in items
    ]
    return table(("when", "who", "comment", "likes", "replies", "", "id"), rows)


def _marks(item: Json) -> str:
    return ", ".join(name for name in ("pinned", "hidden", "held") if item[name])


def _activity(groups: list[Json]) -> Table:
    rows = [
        (moment(group["at"]), "new" if group["new"] else "", _who(group), _what(group))
        for group in groups
    ]
    return table(("when", "", "who", "what"), rows)


def _who(group: Json) -> str:
    """The users of a group: up to two by their handles, and how many others."""
    names = [f"@{user['handle']}" for user in group["users"]]
    others = group["count"] - len(names)
    if names and others > 0:
        names.append(counted(others, "other"))
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _what(group: Json) -> str:
    if group["kind"] == "upload_failed":
        failure = (group["upload"] or {}).get("failure") or {}
        return f"an upload failed: {failure.get('message', '')}"
    # A service that is newer than this command may have other kinds.
    said = _SAID.get(group["kind"], group["kind"])
    text = (group["comment"] or {}).get("text")
    return f"{said}: {text}" if text else said
