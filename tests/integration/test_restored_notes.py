"""What the table notes of other stores, after these were lost: feeds, uploads, copies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations.restore import take_over
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.lost import forget_lost
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from tests import pictures
from tests.integration.client import Client, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import FEED, METADATA, ORIGINALS, UPLOADS, Person, World, aws
from tools.errors import ToolError


def _feed(client: Client, person: Person) -> list[str]:
    return [post["id"] for post in client.get("/feed", person).json["items"]]


def _post(client: Client, pipeline: Pipeline, person: Person, number: int) -> str:
    photo = pictures.jpeg(16, 16, seed=number)
    return publish(client, pipeline, person, [photo], key=f"post-{number}")


def _lose_feeds() -> None:
    client = aws("dynamodb")
    for item in client.scan(TableName=FEED)["Items"]:
        client.delete_item(TableName=FEED, Key={"pk": item["pk"], "sk": item["sk"]})


def _lose_uploads() -> None:
    for upload in aws("s3").list_multipart_uploads(Bucket=UPLOADS)["Uploads"]:
        aws("s3").abort_multipart_upload(
            Bucket=UPLOADS, Key=upload["Key"], UploadId=upload["UploadId"]
        )


def _forget(world: World, parts: int) -> list[keys.Key]:
    now = world.clock.now()
    return [key for part in range(parts) for key in forget_lost(world.metadata, now, part, parts)]


@pytest.fixture
def posts(client: Client, pipeline: Pipeline, ada: Person, ben: Person) -> list[str]:
    """Ada's, of which the last were pushed to Ben; newest first."""
    client.put(f"/me/following/{client.handle(ada)}", ben)
    made = [_post(client, pipeline, ada, 1)]
    _feed(client, ben)
    pipeline.run()
    made += [_post(client, pipeline, ada, number) for number in (2, 3)]
    pipeline.run()
    return made[::-1]


@pytest.mark.parametrize("parts", [1, 4])
def test_a_lost_feed_is_made_again(
    client: Client, pipeline: Pipeline, posts: list[str], ben: Person, ada: Person, parts: int
) -> None:
    assert _feed(client, ben) == posts
    world = pipeline.world
    assert len(world.feed_of(ben)) >= 2
    visit = DynamoReaders(world.metadata).get(ben.user_id).last_visit
    _lose_feeds()
    # It says that everything is pushed, and nothing is there.
    assert _feed(client, ben) == []

    forgotten = _forget(world, parts)

    assert keys.profile(ben.user_id) in forgotten
    reader = DynamoReaders(world.metadata).get(ben.user_id)
    assert (reader.pushed_until, reader.prepared, reader.last_visit) == (None, False, visit)
    assert _feed(client, ben) == posts
    pipeline.run()
    assert _feed(client, ben) == posts
    newest = _post(client, pipeline, ada, 4)
    assert _feed(client, ben) == [newest, *posts]


def test_forgetting_again_finds_nothing(pipeline: Pipeline, posts: list[str]) -> None:
    assert posts
    assert _forget(pipeline.world, 2) != []
    assert _forget(pipeline.world, 2) == []


def test_parts_of_a_lost_upload_are_sent_from_the_beginning(
    client: Client, world: World, ada: Person
) -> None:
    large = pictures.jpeg(16, 16) + bytes(17 << 20)
    (link,) = client.create_post(ada, draft([large])).json["uploads"]
    path = f"/me/uploads/{link['media_id']}"
    _lose_uploads()
    # Parts that storage does not know have become a file, it seems: nothing is left to send.
    assert client.get(path, ada).json["link"] is None

    assert _forget(world, 3) == [keys.upload(ada.user_id, link["media_id"])]

    again = client.get(path, ada).json
    assert again["arrived"] == []
    assert [part["number"] for part in again["link"]["multipart"]["parts"]] == [1, 2, 3]


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=23), timedelta(days=2)])
def test_a_lost_copy_of_an_original_is_made_again(
    client: Client, pipeline: Pipeline, ada: Person, age: timedelta
) -> None:
    publish(client, pipeline, ada, [pictures.jpeg(16, 16)])
    world = pipeline.world
    (entry,) = client.get("/me/uploads", ada).json["items"]
    path = f"/me/uploads/{entry['media_id']}/original"
    assert client.get(path, ada).status == 200
    copies = [key for key in world.objects(UPLOADS) if key.startswith("downloads/")]
    assert len(copies) == 1
    aws("s3").delete_object(Bucket=UPLOADS, Key=copies[0])
    world.clock.advance(age)

    forgotten = _forget(world, 1)

    # A copy that has expired anyway is not worth a write.
    noted = keys.upload(ada.user_id, entry["media_id"]) in forgotten
    assert noted is (age < timedelta(days=1))
    assert client.get(path, ada).status == 200
    assert copies[0] in world.objects(UPLOADS)


def test_a_table_in_use_is_not_taken_over(world: World, posts: list[str], ben: Person) -> None:
    assert posts
    with pytest.raises(ToolError, match="has a stream"):
        take_over(aws, "test", {}, METADATA, ORIGINALS)
    assert DynamoReaders(world.metadata).get(ben.user_id).pushed_until is not None
