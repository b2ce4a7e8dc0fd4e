"""The lists of everything of the user's own, which `export` saves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.errors import Refused

Lists = Mapping[str, Sequence[Json]]

DOCUMENTATION: Final[Mapping[str, str]] = {
    "posts": "Your posts, newest first: caption, place, date taken, alt texts, counts, and the"
    " media in their order. Those that are not published have another `state`.",
    "deleted": "Your deleted posts that can still be restored, and until when.",
    "uploads": "Your upload ledger: every file that you declared, its state, and as `notes` what of"
    " it could not be kept.",
    "followers": "The users who follow you.",
    "following": "The users whom you follow.",
    "likes": "The posts that you like and may see: their ids, authors, captions and times.",
    "saved": "The posts that you have saved and may see, the last saved first.",
    "collections": "Your collections of saved posts, each with the ids of its `posts`.",
    "comments": "All your comments, newest first, except those that were deleted: also those that"
    " are hidden or held, or on posts that you may not see any more.",
    "tagged": "The posts in which others have tagged you, and that you may see.",
    "hashtags": "The hashtags that you follow.",
}
"""The meaning of each list, by its name."""


def read_lists(api: Api, me: Json) -> dict[str, list[Json]]:
    """Read all lists of `DOCUMENTATION` from the service."""
    handle = quote(me["handle"])
    lists = {
        "uploads": list(api.items("/me/uploads")),
        "posts": list(api.items(f"/users/{handle}/posts")),
        "deleted": list(api.items("/me/deleted")),
        "followers": list(api.items(f"/users/{handle}/followers")),
        "following": list(api.items(f"/users/{handle}/following")),
        "likes": [_outlined(post) for post in api.items("/me/likes")],
        "saved": [_outlined(post) for post in api.items("/me/saved")],
        "collections": [_with_posts(api, one) for one in api.items("/me/collections")],
        "comments": list(api.items("/me/comments")),
        "tagged": [_outlined(post) for post in api.items("/me/tagged")],
        "hashtags": list(api.items("/me/hashtags")),
    }
    lists["posts"] += unpublished(api, lists)
    return lists


def unpublished(api: Api, lists: Lists) -> Iterator[Json]:
    """The posts that are not published yet or have failed: only the ledger lists them."""
    seen = {post["id"] for post in lists["posts"]} | {
        deleted["post"]["id"] for deleted in lists["deleted"]
    }
    of_posts = (entry for entry in lists["uploads"] if entry["purpose"] == "post")
    for post_id in dict.fromkeys(entry["post_id"] for entry in of_posts):
        if post_id not in seen:
            try:
                yield api.call("GET", f"/posts/{quote(post_id)}")
            except Refused as error:
                if error.code != "post_not_found":
                    raise


def _outlined(post: Json) -> Json:
    """What an export says of a post, which may be another user's: not the links to its media,
    with which whoever gets the export could see it."""
    author = {name: post["author"][name] for name in ("id", "handle", "display_name")}
    kept = {name: post[name] for name in ("id", "caption", "created_at", "published_at")}
    return {**kept, "author": author}


def _with_posts(api: Api, collection: Json) -> Json:
    path = f"/me/collections/{quote(collection['id'])}"
    return {**collection, "posts": [post["id"] for post in api.items(path)]}
