"""Avatars over HTTP: from the declaration through the pipeline to wherever their owner is shown."""

from __future__ import annotations

from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.photos import MAX_PHOTO_BYTES
from tests.integration.client import Answer, Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import MEDIA_BASE_URL, RENDITIONS, Person, World
from tests.pictures import jpeg
from tests.videos import animated

PHOTO, OTHER = jpeg(400, 300, seed=1), jpeg(300, 400, seed=2)


def _ask(
    client: Client, person: Person, content: bytes, key: str = "avatar", **changes: Any
) -> Answer:
    body = declared(content) | changes
    headers = {"Idempotency-Key": key}
    return client.request("POST", "/me/avatar", person, body=body, headers=headers)


def _upload(world: World, asked: Answer, content: bytes) -> None:
    assert asked.status == 201
    fields = asked.json["upload"]["fields"]
    world.upload(fields["key"], content, fields["Content-Type"])


def _set(
    client: Client, pipeline: Pipeline, person: Person, content: bytes, key: str = "avatar"
) -> dict[str, Any]:
    """The avatar, once it is one."""
    _upload(pipeline.world, _ask(client, person, content, key), content)
    pipeline.run()
    shown: dict[str, Any] = client.get("/me", person).json["avatar"]
    return shown


def _media_id(avatar: dict[str, Any] | None) -> str | None:
    return None if avatar is None else parse_qs(urlsplit(avatar["url"]).query)["m"][0]


def _post_path(client: Client, person: Person, media_id: str) -> str:
    entry = client.get(f"/me/uploads/{media_id}", person).json["upload"]
    return f"/posts/{entry['post_id']}"


def test_a_photo_becomes_the_avatar_by_a_link_of_its_own(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    assert client.get("/me", ada).json["avatar"] is None
    asked = _ask(client, ada, PHOTO)
    media_id = asked.json["media_id"]
    assert asked.json["upload"]["media_id"] == media_id
    path = f"/me/uploads/{media_id}"
    awaited = client.get(path, ada).json["upload"]
    assert (awaited["state"], awaited["thumbnail"]) == ("awaiting", None)
    _upload(world, asked, PHOTO)
    pipeline.run()
    entry = client.get(path, ada).json["upload"]
    assert (entry["state"], entry["purpose"]) == ("ready", "avatar")
    avatar = client.get("/me", ada).json["avatar"]
    assert avatar["placeholder"]
    assert avatar["url"].startswith(MEDIA_BASE_URL)
    assert _media_id(avatar) == media_id
    # The ledger's link is for its owner alone, and good for a shorter time.
    assert urlsplit(entry["thumbnail"]).path == urlsplit(avatar["url"]).path
    assert _media_id({"url": entry["thumbnail"]}) == media_id
    blob_id, name = urlsplit(avatar["url"]).path.split("/")[-2:]
    assert name == "150.jpg"
    assert keys.rendition_object(blob_id, name) in world.objects(RENDITIONS)


def test_it_is_shown_wherever_its_owner_is(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    client.patch("/me", ada, {"handle": "ada.lens", "display_name": "Ada"})
    client.request("PUT", "/me/following/ada.lens", ben)
    client.request("PUT", f"/me/following/{client.handle(ben)}", ada)
    post_id = publish(client, pipeline, ada, [jpeg(32, 32)], caption="A heron #birds")
    avatar = _set(client, pipeline, ada, PHOTO)
    assert avatar is not None
    shown = [
        client.get("/users/ada.lens", ben).json["user"],
        client.get(f"/users/{client.handle(ben)}/followers", ben).json["items"][0],
        client.get(f"/users/{client.handle(ben)}/following", ada).json["items"][0],
        client.get(f"/posts/{post_id}", ben).json["author"],
        client.get("/feed", ben).json["items"][0]["author"],
        client.get("/feed", ada).json["items"][0]["author"],
        client.get("/users/ada.lens/posts", ben).json["items"][0]["author"],
        client.get("/hashtags/birds/posts", ben).json["items"][0]["author"],
        client.get("/search", ben, q="heron", type="posts").json["posts"][0]["author"],
        client.get("/search", ben, q="@ada", type="users").json["users"][0],
        client.get("/search/suggest", ben, q="@ada").json["items"][0]["user"],
    ]
    assert [(user["handle"], user["avatar"]) for user in shown] == [("ada.lens", avatar)] * 11
    assert client.get("/me", ben).json["avatar"] is None


def test_what_it_goes_by_is_seen_nowhere(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    client.request("PUT", f"/me/following/{client.handle(ada)}", ben)
    asked = _ask(client, ada, PHOTO)
    post_path = _post_path(client, ada, asked.json["media_id"])
    for step in ("asked for", "set", "replaced"):
        if step == "set":
            _upload(pipeline.world, asked, PHOTO)
            pipeline.run()
        if step == "replaced":
            _set(client, pipeline, ada, OTHER, "next")
        for person in (ada, ben):
            for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/restore")):
                answer = client.request(method, post_path + path, person)
                assert answer.error == ("post_not_found", None), (step, method)
            assert client.patch(post_path, person, {"caption": "x"}).status == 404
            assert client.get("/feed", person).json["items"] == []
            assert client.get("/me/deleted", person).json["items"] == []
        user = client.get(f"/users/{client.handle(ada)}", ben).json["user"]
        assert user["counts"]["posts"] == 0
        assert client.get(f"/users/{user['handle']}/posts", ben).json["items"] == []
        assert client.get("/search", ben, q=user["handle"], type="posts").json["posts"] == []


def test_the_next_one_takes_its_place_and_the_first_ones_content_is_given_back(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    first = _set(client, pipeline, ada, PHOTO)
    hidden = _post_path(client, ada, str(_media_id(first))).removeprefix("/posts/")
    second = _set(client, pipeline, ada, OTHER, "next")
    assert _media_id(second) != _media_id(first)
    post = world.item(keys.post(PostId.parse(hidden)))
    assert post is not None
    assert post["expires_at"] <= world.clock.now().timestamp()
    world.expire(keys.post(PostId.parse(hidden)))
    pipeline.run()
    (entry,) = client.get("/me/uploads", ada).json["items"]
    assert entry["media_id"] == _media_id(second)
    blob = world.item(keys.blob(declared(PHOTO)["sha256"]))
    assert blob is not None
    assert "expires_at" in blob, "it cools off"


@pytest.mark.parametrize("seed", range(4))
def test_of_two_on_their_way_the_later_one_stays_however_their_events_come(
    client: Client, pipeline: Pipeline, world: World, ada: Person, seed: int
) -> None:
    pipeline.chance = Random(seed)
    asked = [_ask(client, ada, PHOTO, "1"), _ask(client, ada, OTHER, "2")]
    for answer, content in zip(asked[::-1], (OTHER, PHOTO), strict=True):
        _upload(world, answer, content)
    pipeline.run_shuffled()
    assert _media_id(client.get("/me", ada).json["avatar"]) == asked[1].json["media_id"]


def test_taken_away_it_is_gone_and_what_was_on_its_way_does_not_come(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    _set(client, pipeline, ada, PHOTO)
    waiting = _ask(client, ada, OTHER, "next")
    for _ in range(2):
        answer = client.delete("/me/avatar", ada)
        assert (answer.status, answer.text) == (204, "")
        assert client.get("/me", ada).json["avatar"] is None
    _upload(world, waiting, OTHER)
    pipeline.run()
    assert client.get("/me", ada).json["avatar"] is None
    again = _ask(client, ada, PHOTO)
    assert (again.status, again.error) == (409, ("avatar_replaced", None))
    assert _set(client, pipeline, ada, PHOTO, "anew") is not None


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_of_a_picture_that_moves_the_first_frame_is_shown(
    client: Client, pipeline: Pipeline, world: World, ada: Person, kind: str
) -> None:
    content = animated(kind)
    asked = _ask(client, ada, content, content_type=f"image/{kind}")
    _upload(world, asked, content)
    pipeline.run()
    assert _media_id(client.get("/me", ada).json["avatar"]) == asked.json["media_id"]


def test_what_is_no_picture_is_told_and_leaves_the_avatar(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    before = _set(client, pipeline, ada, PHOTO)
    content = PHOTO[:2000]
    asked = _ask(client, ada, content, "broken")
    _upload(world, asked, content)
    pipeline.run()
    entry = client.get(f"/me/uploads/{asked.json['media_id']}", ada).json["upload"]
    assert entry["state"] == "failed"
    assert entry["failure"]["message"]
    assert client.get("/me", ada).json["avatar"] == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"content_type": "video/mp4"}, "content_type"),
        ({"content_type": "text/html"}, "content_type"),
        ({"bytes": 0}, "bytes"),
        ({"bytes": MAX_PHOTO_BYTES + 1}, "bytes"),
        ({"sha256": "x"}, "sha256"),
        ({"caption": "me"}, "caption"),
    ],
)
def test_a_wrong_declaration_is_refused_by_its_field(
    client: Client, ada: Person, change: dict[str, Any], field: str
) -> None:
    answer = _ask(client, ada, PHOTO, **change)
    assert answer.status == 400
    assert answer.error[1] == field


def test_a_request_repeated_names_the_same_photo_and_its_key_is_good_for_nothing_else(
    client: Client, ada: Person, world: World
) -> None:
    first, again = _ask(client, ada, PHOTO), _ask(client, ada, PHOTO)
    assert again.json["media_id"] == first.json["media_id"]
    assert again.json["upload"]["fields"]["key"] == first.json["upload"]["fields"]["key"]
    for answer in (_ask(client, ada, OTHER), client.create_post(ada, draft([PHOTO]), "avatar")):
        assert answer.status == 409
        assert answer.error == ("idempotency_key_reused", "Idempotency-Key")
    missing = client.request("POST", "/me/avatar", ada, body=declared(PHOTO))
    assert missing.error == ("invalid_idempotency_key", "Idempotency-Key")
