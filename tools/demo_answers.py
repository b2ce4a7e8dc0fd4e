"""The answers of the demo's people: likes, saves, comments and followed hashtags.

Everything may be done again: a like or a save stays the same, and a comment that is there already
is not made twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import quote

from shutterfeed_cli.client.api import Api
from tools.demo_data import COLLECTION, COMMENTS, PEOPLE, POSTS, TAGS, Comment
from tools.parallel import each

Apis = Mapping[str, Api]
"""The API as each of the demo's people calls it, by their handles."""


def answer_posts(apis: Apis, post_ids: Mapping[str, str]) -> None:
    """Add the answers to the published posts, whose ids are given by their captions."""
    likes = [(who, post_ids[post.caption]) for post in POSTS for who in post.liked_by]
    saves = [(who, post_ids[post.caption]) for post in POSTS for who in post.saved_by]
    hashtags = [(person.handle, tag) for person in PEOPLE for tag in person.hashtags]
    each(lambda like: apis[like[0]].like(like[1]), likes)
    each(lambda save: apis[save[0]].save(save[1]), saves)
    each(lambda follow: apis[follow[0]].follow_hashtag(follow[1]), hashtags)
    _collect(apis, post_ids)
    authors = {post.caption: post.author for post in POSTS}
    for caption in TAGS:
        _tag(apis[authors[caption]], caption, post_ids[caption])
    each(
        lambda item: _comment(apis, apis[authors[item[0]]], post_ids[item[0]], item[1]),
        COMMENTS.items(),
    )


def _collect(apis: Apis, post_ids: Mapping[str, str]) -> None:
    owner, name, caption = COLLECTION
    api = apis[owner]
    there = (one for one in api.items("/me/collections") if one["name"] == name)
    collection = next(there, None) or api.create_collection(name)
    api.add_to_collection(collection["id"], post_ids[caption])


def _tag(author: Api, caption: str, post_id: str) -> None:
    [first, *_] = author.post(post_id)["media"]
    if not first["people"]:
        handle, x, y = TAGS[caption]
        author.edit_post(post_id, {"people": {first["id"]: [{"handle": handle, "x": x, "y": y}]}})


def _comment(apis: Apis, reader: Api, post_id: str, comments: tuple[Comment, ...]) -> None:
    """Make the comments on a post that `reader`, who sees all of them, does not find yet."""
    ids = _ids(reader, f"/posts/{quote(post_id)}/comments")
    for comment in comments:
        found = ids.get(comment.text)
        comment_id = found or _make(apis, post_id, comment)
        replies = _ids(reader, f"/comments/{quote(comment_id)}/replies") if found else {}
        for reply in comment.answers:
            if reply.text not in replies:
                _make(apis, post_id, reply, comment_id)


def _ids(reader: Api, path: str) -> dict[str, str]:
    """The ids of the comments in a list, by their texts."""
    return {one["text"]: one["id"] for one in reader.items(path)}


def _make(apis: Apis, post_id: str, comment: Comment, reply_to: str | None = None) -> str:
    """Make a comment, which its admirers then like. Returns its id."""
    key = hashlib.sha256(f"{post_id} {comment.text}".encode()).hexdigest()[:32]
    made = apis[comment.author].comment(post_id, comment.text, key, reply_to=reply_to)
    comment_id: str = made["id"]
    for handle in comment.liked_by:
        apis[handle].like_comment(comment_id)
    return comment_id
