"""The commands about likes, saved posts, collections and followed hashtags."""

from __future__ import annotations

import argparse
from urllib.parse import quote

from shutterfeed_cli import addresses
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode, UsageError
from shutterfeed_cli.showing import moment, posts_table, show_list, users_table
from shutterfeed_cli.tables import Table, table
from shutterfeed_cli.wording import counted


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
    """Take a save back, or with `--collection` only take the post out of that collection. Raises
    `UsageError` if there is no such collection."""
    post_id = addresses.post_id(asked.post)
    if asked.collection is not None:
        collection = _own_collection(context.api, asked.collection)
        kept = context.api.remove_from_collection(collection["id"], post_id)
        said = f"The post is not in {collection['name']} any more. It is still saved."
        context.output.result(kept, [said])
        return ExitCode.OK
    unsaved = context.api.unsave(post_id)
    context.output.result(unsaved, ["The post is not saved any more."])
    return ExitCode.OK


def saved(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show the saved posts, or those of one collection. Raises `UsageError` if there is no such
    collection."""
    if asked.collection is None:
        return show_list(asked, context, "/me/saved", posts_table, "You have saved nothing yet.")
    collection = _own_collection(context.api, asked.collection)
    path = f"/me/collections/{quote(collection['id'])}"
    return show_list(asked, context, path, posts_table, "Nothing is in this collection.")


def collections(asked: argparse.Namespace, context: Context) -> ExitCode:
    nothing = "You have no collections yet."
    return show_list(asked, context, "/me/collections", _collections, nothing)


def create_collection(asked: argparse.Namespace, context: Context) -> ExitCode:
    collection = context.api.create_collection(_collection_name(asked.name))
    context.output.result(collection, [f"The collection {collection['name']} is made."])
    return ExitCode.OK


def rename_collection(asked: argparse.Namespace, context: Context) -> ExitCode:
    name = _collection_name(asked.new_name)
    collection = _own_collection(context.api, asked.name)
    renamed = context.api.rename_collection(collection["id"], name)
    said = f"The collection {collection['name']} is called {renamed['name']} now."
    context.output.result(renamed, [said])
    return ExitCode.OK


def delete_collection(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Remove a collection of the caller's. What is in it stays saved."""
    collection = _own_collection(context.api, asked.name)
    context.api.delete_collection(collection["id"])
    said = f"The collection {collection['name']} is deleted. Its posts are still saved."
    context.output.result({"id": collection["id"], "deleted": True}, [said])
    return ExitCode.OK


def tagged(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show the posts in which others have tagged the caller."""
    return show_list(asked, context, "/me/tagged", posts_table, "Nobody has tagged you yet.")


def untag(asked: argparse.Namespace, context: Context) -> ExitCode:
    post_id = addresses.post_id(asked.post)
    context.api.untag_me(post_id)
    said = "You are not tagged in this post, and its author cannot tag you in it again."
    context.output.result({"post_id": post_id, "tagged": False}, [said])
    return ExitCode.OK


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
    return counted(liked["counts"]["likes"], "like")


def _collection_name(typed: str) -> str:
    name = typed.strip()
    if not name:
        raise UsageError("Say which collection: its name.")
    return name


def _own_collection(api: Api, typed: str) -> Json:
    """The caller's collection of the name that was typed. Raises `UsageError` if there is none."""
    name = _collection_name(typed)
    collection = _collection(api, name)
    if collection is None:
        raise UsageError(f"You have no collection {name}: `shutterfeed collections` shows yours.")
    return collection


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
