"""The commands that change what is there already: a post, and the caller's settings."""

from __future__ import annotations

import argparse

from shutterfeed_cli import addresses
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode, UsageError


def edit(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Change a post of one's own: what is not named stays as it is."""
    from shutterfeed_cli.uploading import parse_caption, parse_place

    changes: Json = {}
    if asked.caption is not None:
        changes["caption"] = parse_caption(asked.caption)
    if asked.place is not None:
        changes["place"] = parse_place(asked.place) if asked.place else None
    if asked.sensitive is not None:
        changes["sensitive"] = asked.sensitive
    if not changes:
        raise UsageError("Say what to change: --caption, --place, --sensitive or --not-sensitive.")
    post = context.api.edit_post(addresses.post_id(asked.post), changes)
    context.output.result(post, ["The post is changed."])
    return ExitCode.OK


def privacy(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show who may see the caller's posts and how they see those of others, or change it."""
    changes = {
        "private": None if asked.account is None else asked.account == "private",
        "public_page": None if asked.page is None else asked.page == "shown",
        "sensitive": asked.sensitive_posts,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    me = context.api.edit_me(**given) if given else context.api.me()
    settings = {name: me[name] for name in changes}
    context.output.result(settings, _described(settings))
    return ExitCode.OK


def _described(settings: Json) -> list[str]:
    if settings["private"]:
        who = "Your account is private: only people whom you accept see your posts."
    elif settings["public_page"]:
        who = "Your account is public: everybody sees your posts, also without an account."
    else:
        who = "Your account is public for those who are signed in, and nobody else."
    is_blurred = settings["sensitive"] == "blur"
    how = "blurred until you choose to look" if is_blurred else "shown"
    return [who, f"Sensitive posts of others are {how}."]
