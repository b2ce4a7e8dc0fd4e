"""Answering a photo on the deployed stack: likes, comments, replies, saves, and what its author is
told of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json, Photo
from tests import pictures
from tests.e2e.conftest import Person, eventually, published


def test_a_photo_is_liked_discussed_and_saved_and_its_author_is_told(
    person: Callable[[], Person],
) -> None:
    author, reader, other = person(), person(), person()
    reader.api.follow(author.handle)
    post_id = author.api.publish([Photo(pictures.jpeg(320, 240, seed=71))])
    published(author.api, post_id)

    for one in (reader, other):
        assert one.api.like(post_id)["liked_by_me"]
    comment = _comment(reader.api, post_id, f"Which lake is this, @{author.handle}?")
    reply = _comment(author.api, post_id, "The one near Abisko.", comment["id"])
    assert reply["reply_to"] == comment["id"]
    assert reader.api.save(post_id)["saved_by_me"]

    seen = eventually(
        lambda: reader.api.post(post_id), lambda post: post["counts"] == {"likes": 2, "comments": 2}
    )
    assert (seen["liked_by_me"], seen["saved_by_me"]) == (True, True)
    assert [one["id"] for one in seen["first_comments"]] == [comment["id"]]
    [in_feed] = eventually(lambda: reader.api.feed()["items"], lambda items: len(items) == 1)
    assert (in_feed["liked_by_me"], in_feed["counts"]["likes"]) == (True, 2)
    assert _handles(author.api, f"/posts/{post_id}/likes") == [other.handle, reader.handle]
    assert _ids(other.api, f"/posts/{post_id}/comments") == [comment["id"]]
    assert _ids(other.api, f"/comments/{comment['id']}/replies") == [reply["id"]]
    assert _ids(reader.api, "/me/likes") == [post_id]
    assert _ids(reader.api, "/me/saved") == [post_id]

    told = _told(author.api, {"like", "mention", "follow"})
    assert {user["handle"] for user in told["like"]["users"]} == {reader.handle, other.handle}
    assert told["like"]["post"]["id"] == post_id
    assert told["mention"]["comment"]["id"] == comment["id"]
    assert author.api.activity_count() == len(author.api.activity()["items"])
    author.api.activity_seen()
    assert author.api.activity_count() == 0
    assert _told(reader.api, {"reply"})["reply"]["comment"]["id"] == reply["id"]


def test_what_is_taken_back_is_gone_and_what_is_restored_is_there_again(
    person: Callable[[], Person],
) -> None:
    author, reader = person(), person()
    post_id = author.api.publish([Photo(pictures.jpeg(320, 240, seed=72))])
    published(author.api, post_id)
    comment = _comment(reader.api, post_id, "Lovely")
    reader.api.like(post_id)
    author.api.call("DELETE", f"/posts/{post_id}")
    assert reader.api.send("PUT", f"/posts/{post_id}/like").status_code == 404
    author.api.call("POST", f"/posts/{post_id}/restore")
    assert reader.api.post(post_id)["counts"] == {"likes": 1, "comments": 1}

    reader.api.unlike(post_id)
    author.api.delete_comment(comment["id"])
    eventually(
        lambda: reader.api.post(post_id)["counts"],
        lambda counts: counts == {"likes": 0, "comments": 0},
    )
    assert _ids(reader.api, f"/posts/{post_id}/comments") == []
    author.api.block(reader.handle)
    assert reader.api.send("PUT", f"/posts/{post_id}/like").status_code == 404


def _comment(api: Api, post_id: str, text: str, reply_to: str | None = None) -> Json:
    return api.comment(post_id, text, secrets.token_hex(16), reply_to=reply_to)


def _ids(api: Api, path: str) -> list[str]:
    return [item["id"] for item in api.items(path)]


def _handles(api: Api, path: str) -> list[str]:
    return [user["handle"] for user in api.items(path)]


def _told(api: Api, kinds: set[str]) -> dict[str, Json]:
    """The last group of each kind of somebody's activity, once all of these kinds are there."""

    def groups() -> dict[str, Json]:
        return {group["kind"]: group for group in reversed(api.activity()["items"])}

    return eventually(groups, lambda found: kinds <= found.keys())
