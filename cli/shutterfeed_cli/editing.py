"""The commands that change what is there already: a post, and the caller's settings."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from shutterfeed_cli import addresses
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode, UsageError
from shutterfeed_cli.setting_arguments import ACTIVITY_KINDS
from shutterfeed_cli.tables import table

_COMMENTS_FROM: Final[Mapping[str, str]] = {
    "everyone": "Everybody who sees your posts may comment on them.",
    "followers": "Only your followers may comment on your posts.",
    "nobody": "Nobody else may comment on your posts.",
}
_MENTIONS_FROM: Final[Mapping[str, str]] = {
    "everyone": "Everybody may mention you and tag you in photos.",
    "followed": "Only people whom you follow may mention you and tag you in photos.",
    "nobody": "Nobody else may mention you or tag you in photos.",
}
_TOLD_OF: Final[Mapping[str, str]] = {
    "everyone": "everybody",
    "followed": "people whom you follow",
    "nobody": "nobody",
}


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
    if asked.comments_from is not None:
        by_account = asked.comments_from == "account"
        changes["comments_from"] = None if by_account else asked.comments_from
    if not changes:
        raise UsageError(
            "Say what to change: --caption, --place, --sensitive, --not-sensitive or"
            " --comments-from."
        )
    post = context.api.edit_post(addresses.post_id(asked.post), changes)
    context.output.result(post, ["The post is changed."])
    return ExitCode.OK


def privacy(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show who may see the caller's posts, comment and mention the caller, and how the caller sees
    the posts of others, or change it."""
    changes = {
        "private": None if asked.account is None else asked.account == "private",
        "public_page": None if asked.page is None else asked.page == "shown",
        "sensitive": asked.sensitive_posts,
        "comments_from": asked.comments_from,
        "mentions_from": asked.mentions_from,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    me = context.api.edit_me(**given) if given else context.api.me()
    settings = {name: me[name] for name in changes}
    context.output.result(settings, _described(settings))
    return ExitCode.OK


def held_words(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show the words that hold comments, or add or remove some. Raises `UsageError` if a word to
    remove is not among them."""
    if asked.change is not None and not asked.words:
        raise UsageError(f"Say which words to {asked.change}.")
    me = context.api.me()
    if asked.change == "add":
        me = context.api.edit_me(held_words=[*me["held_words"], *asked.words])
    elif asked.change == "remove":
        me = context.api.edit_me(held_words=_without(me["held_words"], asked.words))
    words: list[str] = me["held_words"]
    shown = words or ["No word holds a comment."]
    context.output.result({"held_words": words}, shown)
    return ExitCode.OK


def _without(words: list[str], removed: list[str]) -> list[str]:
    """The words that are left. Case does not matter, as when comments are compared."""
    unwanted = {word.strip().casefold(): word for word in removed}
    missing = unwanted.keys() - {word.casefold() for word in words}
    if missing:
        named = ", ".join(sorted(unwanted[word] for word in missing))
        said = f"You hold no comments for {named}: `shutterfeed held-words` shows your words."
        raise UsageError(said)
    return [word for word in words if word.casefold() not in unwanted]


def activity_settings(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show of whose acts the caller is told, or change it."""
    named = {kind: getattr(asked, kind) for kind in ACTIVITY_KINDS}
    changes = {kind: value for kind, value in named.items() if value is not None}
    me = context.api.edit_me(activity=changes) if changes else context.api.me()
    settings: Json = me["activity"]
    rows = [(kind, _TOLD_OF.get(value, value)) for kind, value in settings.items()]
    context.output.result(settings, [table(("what", "you are told of"), rows)])
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
    return [
        who,
        f"Sensitive posts of others are {how}.",
        _COMMENTS_FROM[settings["comments_from"]],
        _MENTIONS_FROM[settings["mentions_from"]],
    ]
