"""Uploads go through every function, up to the followers' feeds."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from shutterfeed import keys
from tests import pictures
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish, upload_all
from tests.integration.world import MEDIA_BASE_URL, ORIGINALS, RENDITIONS, Person, World, aws

FULL_SET = {"1080.webp", "640.webp", "640.jpg", "320.webp", "150.jpg"}


def test_a_photo_travels_from_upload_to_a_followers_feed(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    photo = pictures.jpeg(1600, 1200, gps=True)
    client.put(f"/me/following/{client.handle(ada)}", ben)
    client.handle(ben)

    created = client.create_post(ada, draft([photo], caption="Dawn")).json
    assert created["post"]["state"] == "pending"
    upload_all(world, created, [photo])
    pipeline.run()

    (shown,) = client.get("/feed", ben).json["items"]
    assert (shown["id"], shown["state"]) == (created["post"]["id"], "published")
    assert shown["author"]["id"] == ada.user_id
    (medium,) = shown["media"]
    assert (medium["state"], medium["width"], medium["height"]) == ("ready", 1600, 1200)
    assert medium["placeholder"]
    assert {rendition["name"] for rendition in medium["renditions"]} == FULL_SET
    for rendition in medium["renditions"]:
        _assert_served(rendition)
    assert client.get("/feed", ada).json["items"] == [shown]
    assert client.get(f"/users/{client.handle(ada)}", ben).json["user"]["counts"]["posts"] == 1
    assert not pipeline.failures


def _assert_served(rendition: dict[str, Any]) -> None:
    """The object behind a rendition's URL is that picture, immutable and without metadata."""
    path, _, _ = rendition["url"].removeprefix(MEDIA_BASE_URL + "/").partition("?")
    key = keys.MEDIA_PREFIX + path
    stored = aws("s3").get_object(Bucket=RENDITIONS, Key=key)
    assert stored["ContentType"] == rendition["content_type"]
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    content = stored["Body"].read()
    assert pictures.GPS_MARK not in content
    image = Image.open(BytesIO(content))
    assert image.size == (rendition["width"], rendition["height"])
    assert not image.getexif()


def test_nothing_is_visible_to_others_before_publishing(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    photo = pictures.jpeg(64, 48)
    created = client.create_post(ada, draft([photo])).json
    path = f"/posts/{created['post']['id']}"
    upload_all(world, created, [photo])
    pipeline.pump_queue("ingest")

    assert client.get(path, ada).json["state"] == "processing"
    assert client.get(path, ben).status == 404
    assert client.get(f"/users/{client.handle(ada)}/posts", ben).json["items"] == []
    assert client.get("/feed", ada).json["items"] == []

    pipeline.run()
    assert client.get(path, ben).json["state"] == "published"


def test_every_accepted_type_is_published(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    photos = {
        "image/jpeg": pictures.jpeg(400, 300),
        "image/png": pictures.png(400, 300),
        "image/webp": pictures.webp(400, 300),
    }
    body = {"media": [declared(content, kind) for kind, content in photos.items()]}
    created = client.create_post(ada, body).json
    upload_all(world, created, list(photos.values()))
    pipeline.run()
    post = client.get(f"/posts/{created['post']['id']}", ada).json
    assert post["state"] == "published"
    assert [medium["content_type"] for medium in post["media"]] == list(photos)


def test_ten_photos_are_published_together_and_in_order(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    photos = [pictures.jpeg(40 + number, 40, seed=number) for number in range(10)]
    created = client.create_post(ada, draft(photos)).json
    upload_all(world, created, photos[:9], of=created["uploads"][:9])
    pipeline.run()
    path = f"/posts/{created['post']['id']}"
    waiting = client.get(path, ada).json
    assert waiting["state"] == "processing"
    assert [medium["state"] for medium in waiting["media"]] == ["ready"] * 9 + ["awaiting"]

    upload_all(world, created, photos[9:], of=created["uploads"][9:])
    pipeline.run()
    post = client.get(path, ada).json
    assert post["state"] == "published"
    assert [medium["width"] for medium in post["media"]] == list(range(40, 50))


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
def test_deliveries_may_repeat(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person, twice: bool
) -> None:
    pipeline.twice = twice
    client.put(f"/me/following/{client.handle(ada)}", ben)
    _come_often(client, pipeline, ben)
    post_id = publish(client, pipeline, ada, [pictures.jpeg(64, 48)])

    assert [item["id"] for item in client.get("/feed", ben).json["items"]] == [post_id]
    assert len(world.feed_of(ben)) == 1
    counts = client.get("/me", ada).json["counts"]
    assert counts == {"followers": 1, "following": 0, "posts": 1}
    assert len(world.objects(ORIGINALS)) == 1
    versions = aws("s3").list_object_versions(Bucket=ORIGINALS)["Versions"]
    assert len(versions) == 1, "a repeated delivery copies nothing again"
    assert not pipeline.failures


def test_order_is_that_of_publishing_not_of_creating(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    slow, quick = pictures.jpeg(64, 48, seed=1), pictures.jpeg(64, 48, seed=2)
    created = client.create_post(ada, draft([slow])).json
    second = publish(client, pipeline, ada, [quick], key="key-2")
    upload_all(world, created, [slow])
    pipeline.run()

    newest_first = [created["post"]["id"], second]
    for path in ("/feed", f"/users/{client.handle(ada)}/posts"):
        assert [item["id"] for item in client.get(path, ada).json["items"]] == newest_first


def test_following_brings_the_newest_posts_and_unfollowing_takes_them_out(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    post_ids = [
        publish(client, pipeline, ada, [pictures.jpeg(32, 32, seed=n)], key=f"key-{n}")
        for n in range(3)
    ]
    own = publish(client, pipeline, ben, [pictures.jpeg(32, 32, seed=9)])
    _come_often(client, pipeline, ben)

    client.put(f"/me/following/{client.handle(ada)}", ben)
    pipeline.run()
    feed = [item["id"] for item in client.get("/feed", ben).json["items"]]
    assert feed == [own, *reversed(post_ids)]
    assert len(world.feed_of(ben)) == 3

    client.delete(f"/me/following/{client.handle(ada)}", ben)
    assert [item["id"] for item in client.get("/feed", ben).json["items"]] == [own]


def test_a_late_message_of_a_follow_undone_brings_nothing(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    _come_often(client, pipeline, ben)
    publish(client, pipeline, ada, [pictures.jpeg(32, 32)])
    path = f"/me/following/{client.handle(ada)}"
    client.put(path, ben)
    pipeline.pump_stream()
    client.delete(path, ben)
    pipeline.run()
    assert world.feed_of(ben) == []


def test_a_deleted_post_is_gone_at_once_and_is_back_when_it_is_restored(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person
) -> None:
    handle = client.handle(ada)
    client.put(f"/me/following/{handle}", ben)
    _come_often(client, pipeline, ben)
    post_id = publish(client, pipeline, ada, [pictures.jpeg(64, 48)])
    assert len(world.feed_of(ben)) == 1

    assert client.delete(f"/posts/{post_id}", ada).status == 204

    for person in (ada, ben):
        assert client.get(f"/posts/{post_id}", person).status == 404
        assert client.get(f"/users/{handle}/posts", person).json["items"] == []
        assert client.get("/feed", person).json["items"] == []
    assert client.get("/me", ada).json["counts"]["posts"] == 0

    assert client.request("POST", f"/posts/{post_id}/restore", ada).status == 200
    for person in (ada, ben):
        assert [item["id"] for item in client.get("/feed", person).json["items"]] == [post_id]


def test_a_post_deleted_while_its_photo_is_processed_never_appears(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    photo = pictures.jpeg(64, 48)
    created = client.create_post(ada, draft([photo])).json
    upload_all(world, created, [photo])
    pipeline.pump_queue("ingest")
    assert client.delete(f"/posts/{created['post']['id']}", ada).status == 204
    pipeline.run()
    assert client.get(f"/posts/{created['post']['id']}", ada).status == 404
    assert world.feed_of(ada) == []
    assert client.get("/me", ada).json["counts"]["posts"] == 0


def test_many_followers_each_get_the_post_once(
    client: Client, pipeline: Pipeline, world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two followers a chunk and two chunks a step, so that checkpoints are crossed.
    monkeypatch.setattr("shutterfeed.services.fan_out.CHUNK", 2)
    monkeypatch.setattr("shutterfeed.services.fan_out.PAGES_PER_STEP", 2)
    followers = [Person.number(number) for number in range(1, 10)]
    for follower in followers:
        client.put(f"/me/following/{client.handle(ada)}", follower)
        client.get("/feed", follower)
    pipeline.run()
    publish(client, pipeline, ada, [pictures.jpeg(32, 32)])
    assert [len(world.feed_of(person)) for person in (ada, *followers)] == [0] + [1] * 9


def test_a_celebrity_is_pulled_and_one_who_ceases_to_be_is_pushed_again(
    client: Client, pipeline: Pipeline, world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELEBRITY_FOLLOWERS", "3")
    handle, readers = client.handle(ada), [Person.number(number) for number in range(1, 5)]
    path = f"/me/following/{handle}"
    _come_often(client, pipeline, *readers)
    post_ids: list[str] = []

    def publish_one() -> str:
        number = len(post_ids)
        photo = pictures.jpeg(32, 32, seed=number)
        post_ids.insert(0, publish(client, pipeline, ada, [photo], key=f"key-{number}"))
        return post_ids[0]

    for reader in readers[:2]:
        client.put(path, reader)
    pipeline.run()
    publish_one()
    for reader in readers[2:]:
        client.put(path, reader)
    pipeline.run()
    pushed = [len(world.feed_of(reader)) for reader in readers]
    edited = publish_one()
    client.patch(f"/posts/{edited}", ada, {"caption": "edited"})
    assert [len(world.feed_of(reader)) for reader in readers] == pushed, "nothing is pushed"
    for reader in readers:
        items = client.get("/feed", reader).json["items"]
        assert [item["id"] for item in items] == post_ids
        assert items[0]["caption"] == "edited"
    assert client.get(f"/users/{handle}", readers[0]).json["user"]["counts"]["followers"] == 4

    for reader in readers[2:]:
        client.delete(path, reader)
    pipeline.run()
    publish_one()
    assert [world.feed_of(reader)[0].post_id.ulid for reader in readers[:2]] == [
        post_ids[0].partition("-")[2]
    ] * 2
    for reader in readers[:2]:
        assert [item["id"] for item in client.get("/feed", reader).json["items"]] == post_ids
    for reader in readers[2:]:
        assert client.get("/feed", reader).json["items"] == []
    assert client.get(f"/users/{handle}", readers[0]).json["user"]["counts"]["followers"] == 2
    assert not pipeline.failures


def test_search_knows_how_popular_celebrities_have_become(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their followers are counted apart, and no count changes their profiles."""
    monkeypatch.setenv("CELEBRITY_FOLLOWERS", "3")
    people = [Person.number(number) for number in range(1, 18)]
    for person in (ada, ben):
        client.patch("/me", person, {"display_name": "Same Name"})
    handles = [client.handle(person) for person in (ada, ben)]

    def follow(handle: str, followers: list[Person]) -> None:
        for follower in followers:
            client.put(f"/me/following/{handle}", follower)
        pipeline.run()

    def found() -> list[str]:
        answer = client.get("/search", people[0], q="same name", type="users").json
        return [user["handle"] for user in answer["users"]]

    follow(handles[0], people[:4])
    follow(handles[1], people[:8])
    assert found() == handles[::-1]
    follow(handles[0], people[4:])
    assert found() == handles
    for follower in people[4:]:
        client.delete(f"/me/following/{handles[0]}", follower)
    pipeline.run()
    assert found() == handles[::-1]
    assert not pipeline.failures


def test_the_client_learns_cheaply_how_many_posts_are_new(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    client.put(f"/me/following/{client.handle(ada)}", ben)
    _come_often(client, pipeline, ben)
    latest = client.get("/feed", ben).json["latest"]
    query = {"since": latest}
    assert client.get("/feed", ben, **query).json["new"] == {"count": 0, "more": False}
    publish(client, pipeline, ada, [pictures.jpeg(32, 32)])
    answer = client.get("/feed", ben, **query).json
    assert answer["new"] == {"count": 1, "more": False}
    assert answer["items"] == []
    for wrong in (latest[:-1], client.get("/feed", ada).json["latest"]):
        assert client.get("/feed", ben, since=wrong).json["error"]["code"] == "invalid_cursor"


def _come_often(client: Client, pipeline: Pipeline, *readers: Person) -> None:
    """Here a reader is a regular one from the first visit on."""
    for reader in readers:
        client.get("/feed", reader)
    pipeline.run()
