"""The commands about likes, saved posts, collections and followed hashtags."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from urllib.parse import quote

from shutterfeed_cli import addresses
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode, UsageError
from shutterfeed_cli.output import table
from shutterfeed_cli.showing import moment, posts_table, show_list, users_table

if TYPE_CHECKING:
    from rich.table import Table


def like(asked: argparse.Namespace, context: Context) -> ExitCode:
    liked = context.api.like(addresses.post_id(asked.post))
    context.output.result(liked, [f"You like this post, which has {_likes(liked)}."])
    return ExitCode.OK


def unlike(asked: argparse.Namespace, context: Context) -> ExitCode:
    liked = context.api.unlike(addresses.post_id(asked.post))
    context.output.result(liked, [f"Your like is gone. The post has {_likes(liked)}."])
    return ExitCode.OK


def likers(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show who likes a post, as far as the caller may see them."""
    path = f"/posts/{quote(addresses.post_id(asked.post))}/likes"
    return show_list(asked, context, path, users_table, "Nobody likes this post yet.")


def liked(asked: argparse.Namespace, context: Context) -> ExitCode:
    return show_list(asked, context, "/me/likes", posts_table, "You like no post yet.")


def save(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Save a post, and add it to a collection if one is named."""
    post_id = addresses.post_id(asked.post)
    if asked.collection is None:
        context.output.result(context.api.save(post_id), ["The post is saved."])
        return ExitCode.OK
    name = _collection_name(asked.collection)
    collection = _collection(context.api, name) or context.api.create_collection(name)
    saved = context.api.add_to_collection(collection["id"], post_id)
    context.output.result(saved, [f"The post is saved in {collection['name']}."])
    return ExitCode.OK


def unsave(asked: argparse.Namespace, context: Context) -> ExitCode:
    unsaved = context.api.unsave(addresses.post_id(asked.post))
    context.output.result(unsaved, ["The post is not saved any more."])
    return ExitCode.OK


def saved(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show the saved posts, or those of one collection. Raises `UsageError` if there is no such
    collection."""
    if asked.collection is None:
        return show_list(asked, context, "/me/saved", posts_table, "You have saved nothing yet.")
    name = _collection_name(asked.collection)
    collection = _collection(context.api, name)
    if collection is None:
        raise UsageError(f"You have no collection {name}: `shutterfeed collections` shows yours.")
    path = f"/me/collections/{quote(collection['id'])}"
    return show_list(asked, context, path, posts_table, "Nothing is in this collection.")


def collections(asked: argparse.Namespace, context: Context) -> ExitCode:
    nothing = "You have no collections yet."
    return show_list(asked, context, "/me/collections", _collections, nothing)


def hashtags(asked: argparse.Namespace, context: Context) -> ExitCode:
    nothing = "You follow no hashtag yet."
    return show_list(asked, context, "/me/hashtags", _hashtags, nothing)


def follow_hashtag(asked: argparse.Namespace, context: Context) -> ExitCode:
    tag = addresses.hashtag(asked.hashtag)
    followed = context.api.follow_hashtag(tag)
    context.output.result(followed, [f"You follow #{tag}: its posts come into your feed."])
    return ExitCode.OK


def unfollow_hashtag(asked: argparse.Namespace, context: Context) -> ExitCode:
    tag = addresses.hashtag(asked.hashtag)
    context.api.unfollow_hashtag(tag)
    said = f"You do not follow #{tag} any more."
    context.output.result({"hashtag": tag, "followed": False}, [said])
    return ExitCode.OK


def _likes(liked: Json) -> str:
    count: int = liked["counts"]["likes"]
    return f"{count:,} like" + "s" * (count != 1)


def _collection_name(typed: str) -> str:
    name = typed.strip()
    if not name:
        raise UsageError("Say which collection: its name.")
    return name


def _collection(api: Api, name: str) -> Json | None:
    """The caller's collection of this name, in any case of its letters; None if there is none."""
    wanted = name.casefold()
    return next(
        (one for one in api.items("/me/collections") if one["name"].casefold() == wanted), None
    )


def _collections(items: list[Json]) -> Table:
    rows = [(one["name"], f"{one['count']:,}", moment(one["created_at"])) for one in items]
    return table(("collection", "posts", "made"), rows)


def _hashtags(items: list[Json]) -> Table:
    return table(("hashtag",), [(f"#{one['hashtag']}",) for one in items])
