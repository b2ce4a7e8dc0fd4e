"""Storage given back: in steps, each when the table's TTL removes an item."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from tests import pictures
from tests.integration import payloads
from tests.integration.client import Client, declared
from tests.integration.pipeline import Pipeline, invoke
from tests.integration.publishing import publish
from tests.integration.world import ORIGINALS, RENDITIONS, Person, World, aws

PHOTO = pictures.jpeg(64, 48)
SHA256 = declared(PHOTO)["sha256"]


@pytest.fixture
def post_id(client: Client, pipeline: Pipeline, ada: Person) -> str:
    return publish(client, pipeline, ada, [PHOTO])


def _delete_and_expire(client: Client, pipeline: Pipeline, person: Person, post_id: str) -> None:
    """30 days pass: TTL removes the deleted post's item."""
    assert client.delete(f"/posts/{post_id}", person).status == 204
    pipeline.run()
    post = pipeline.world.item(keys.post(PostId.parse(post_id)))
    assert post is not None
    retention = post["expires_at"] - pipeline.world.clock.now().timestamp()
    assert retention == pytest.approx(timedelta(days=30).total_seconds(), abs=2)
    pipeline.world.expire(keys.post(PostId.parse(post_id)))
    pipeline.run()


def _references(world: World) -> list[str]:
    rows = aws("dynamodb").query(
        TableName="metadata",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :ref)",
        ExpressionAttributeValues={":pk": {"S": f"BLOB#{SHA256}"}, ":ref": {"S": "REF#"}},
    )
    return [item["sk"]["S"] for item in rows["Items"]]


def _blob(world: World) -> dict[str, Any]:
    item = world.item(keys.blob(SHA256))
    assert item is not None
    return item


def test_a_deleted_post_keeps_everything_until_it_expires(
    client: Client, pipeline: Pipeline, world: World, ada: Person, post_id: str
) -> None:
    stored = world.objects(RENDITIONS)
    client.delete(f"/posts/{post_id}", ada)
    pipeline.run()
    assert world.objects(RENDITIONS) == stored
    assert len(_references(world)) == 1
    assert "expires_at" not in _blob(world)


def test_an_expired_post_gives_up_its_reference_and_the_blob_cools_off(
    client: Client, pipeline: Pipeline, world: World, ada: Person, post_id: str
) -> None:
    _delete_and_expire(client, pipeline, ada, post_id)
    assert _references(world) == []
    cooling_off = _blob(world)["expires_at"] - world.clock.now().timestamp()
    assert cooling_off == pytest.approx(timedelta(days=7).total_seconds(), abs=2)
    assert world.objects(RENDITIONS)
    assert world.objects(ORIGINALS)


def test_an_expired_blob_loses_its_renditions_and_hides_its_original_but_keeps_every_version(
    client: Client, pipeline: Pipeline, world: World, ada: Person, post_id: str
) -> None:
    (original,) = world.objects(ORIGINALS)
    bystander = "01KJMMA2G4000000000000ZZZZ"
    aws("s3").put_object(Bucket=RENDITIONS, Key=f"{bystander}/320.webp", Body=b"another's")
    _delete_and_expire(client, pipeline, ada, post_id)
    world.expire(keys.blob(SHA256))
    pipeline.run()

    assert world.objects(RENDITIONS) == [f"{bystander}/320.webp"]
    assert world.objects(ORIGINALS) == []
    listed = aws("s3").list_object_versions(Bucket=ORIGINALS)
    (version,) = listed["Versions"]
    assert [marker["Key"] for marker in listed["DeleteMarkers"]] == [original]
    kept = aws("s3").get_object(Bucket=ORIGINALS, Key=original, VersionId=version["VersionId"])
    assert kept["Body"].read() == PHOTO
    assert world.item(keys.blob(SHA256)) is None
    assert not pipeline.failures


def test_content_that_another_post_refers_to_stays(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person, post_id: str
) -> None:
    bens = publish(client, pipeline, ben, [PHOTO])
    _delete_and_expire(client, pipeline, ada, post_id)
    assert len(_references(world)) == 1
    assert "expires_at" not in _blob(world)
    shown = client.get(f"/posts/{bens}", ada).json
    keys_shown = [_key(rendition) for rendition in shown["media"][0]["renditions"]]
    assert sorted(keys_shown) == sorted(world.objects(RENDITIONS))


def _key(rendition: dict[str, Any]) -> str:
    """The object behind a rendition's URL."""
    return str(urlsplit(rendition["url"]).path).removeprefix("/")


def test_a_new_post_of_cooling_content_keeps_it(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person, post_id: str
) -> None:
    blob_id = _blob(world)["blob_id"]
    _delete_and_expire(client, pipeline, ada, post_id)
    publish(client, pipeline, ben, [PHOTO])
    blob = _blob(world)
    assert (blob["blob_id"], "expires_at" in blob) == (blob_id, False)


def test_a_blob_that_expired_while_it_was_referred_to_is_put_back(
    client: Client, pipeline: Pipeline, world: World, ada: Person, post_id: str
) -> None:
    before = client.get(f"/posts/{post_id}", ada).json
    blob = _blob(world)
    world.expire(keys.blob(SHA256))
    pipeline.run()
    assert _blob(world) == blob
    assert world.objects(ORIGINALS) == [keys.original_object(SHA256, blob["blob_id"])]
    assert client.get(f"/posts/{post_id}", ada).json == before


def test_content_that_comes_back_after_removal_is_stored_anew(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person, post_id: str
) -> None:
    first = _blob(world)["blob_id"]
    _delete_and_expire(client, pipeline, ada, post_id)
    world.expire(keys.blob(SHA256))
    pipeline.run()
    publish(client, pipeline, ben, [PHOTO])
    second = _blob(world)["blob_id"]
    assert second != first
    assert world.objects(ORIGINALS) == [keys.original_object(SHA256, second)]
    assert {keys.parse_rendition_object(key)[0] for key in world.objects(RENDITIONS)} == {second}


def test_a_removal_that_comes_late_spares_what_was_stored_since(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person, post_id: str
) -> None:
    _delete_and_expire(client, pipeline, ada, post_id)
    world.expire(keys.blob(SHA256))
    pipeline.pump_stream()
    (removal,) = world.waiting("collect")
    bens = publish(client, pipeline, ben, [PHOTO])
    answer = invoke("collect", payloads.sqs_event([_as_text(removal)] * 2))
    assert answer == {"batchItemFailures": []}
    blob_id = _blob(world)["blob_id"]
    assert keys.original_object(SHA256, blob_id) in world.objects(ORIGINALS)
    for rendition in client.get(f"/posts/{bens}", ben).json["media"][0]["renditions"]:
        assert _key(rendition) in world.objects(RENDITIONS)


def test_an_unfinished_post_that_expires_gives_up_what_had_arrived(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    body = {"media": [declared(PHOTO), declared(b"wrong")]}
    created = client.create_post(ada, body).json
    good, bad = (link["fields"]["key"] for link in created["uploads"])
    world.upload(good, PHOTO)
    world.upload(bad, b"other")
    pipeline.run()
    assert client.get(f"/posts/{created['post']['id']}", ada).json["state"] == "failed"
    assert len(_references(world)) == 1
    world.expire(keys.post(PostId.parse(created["post"]["id"])))
    pipeline.run()
    assert _references(world) == []
    assert "expires_at" in _blob(world)


def test_releases_repeat_harmlessly(
    client: Client, pipeline: Pipeline, world: World, ada: Person, post_id: str
) -> None:
    pipeline.twice = True
    _delete_and_expire(client, pipeline, ada, post_id)
    world.expire(keys.blob(SHA256))
    pipeline.run()
    markers = aws("s3").list_object_versions(Bucket=ORIGINALS)["DeleteMarkers"]
    assert len({marker["Key"] for marker in markers}) == 1
    assert world.objects(RENDITIONS) == []
    assert not pipeline.failures


def test_the_collector_stops_when_more_is_to_go_than_is_plausible(
    client: Client,
    pipeline: Pipeline,
    world: World,
    ada: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REMOVALS_PER_HOUR", "2")
    photos = [pictures.jpeg(64, 48, seed=number) for number in range(3)]
    posts = [
        publish(client, pipeline, ada, [photo], key=f"key-{number}")
        for number, photo in enumerate(photos)
    ]
    for post_id in posts:
        _delete_and_expire(client, pipeline, ada, post_id)
    for photo in photos:
        world.expire(keys.blob(declared(photo)["sha256"]))
    pipeline.run()
    assert len(set(pipeline.failures)) == 1
    assert len(world.objects(ORIGINALS)) == 1
    assert len(world.waiting("collect")) == 1
    world.clock.advance(timedelta(hours=1))
    pipeline.run()
    assert world.objects(ORIGINALS) == []
    assert len(aws("s3").list_object_versions(Bucket=ORIGINALS)["Versions"]) == 3


def _as_text(message: dict[str, Any]) -> str:
    return payloads.message(message["kind"], **message["message"])
