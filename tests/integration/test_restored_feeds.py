"""Feeds after their table was lost: made again, with the same posts in the same order."""

from __future__ import annotations

import pytest

from operations.restore import take_over
from shutterfeed.adapters.dynamodb.readers import DynamoReaders, forget_pushing
from tests import pictures
from tests.integration.client import Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import FEED, METADATA, ORIGINALS, Person, World, aws
from tools.errors import ToolError


def _feed(client: Client, person: Person) -> list[str]:
    return [post["id"] for post in client.get("/feed", person).json["items"]]


def _lose_feeds() -> None:
    client = aws("dynamodb")
    for item in client.scan(TableName=FEED)["Items"]:
        client.delete_item(TableName=FEED, Key={"pk": item["pk"], "sk": item["sk"]})


@pytest.fixture
def posts(client: Client, pipeline: Pipeline, ada: Person, ben: Person) -> list[str]:
    """Ada's, of which the last were pushed to Ben; newest first."""
    client.put(f"/me/following/{client.handle(ada)}", ben)
    made = [publish(client, pipeline, ada, [pictures.jpeg(16, 16, seed=1)])]
    _feed(client, ben)
    pipeline.run()
    made += [publish(client, pipeline, ada, [pictures.jpeg(16, 16, seed=seed)]) for seed in (2, 3)]
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

    forgotten = [
        reader for part in range(parts) for reader in forget_pushing(world.metadata, part, parts)
    ]

    assert ben.user_id in forgotten
    reader = DynamoReaders(world.metadata).get(ben.user_id)
    assert (reader.pushed_until, reader.prepared, reader.last_visit) == (None, False, visit)
    assert _feed(client, ben) == posts
    pipeline.run()
    assert _feed(client, ben) == posts
    newest = publish(client, pipeline, ada, [pictures.jpeg(16, 16, seed=4)])
    assert _feed(client, ben) == [newest, *posts]
    assert list(forget_pushing(world.metadata, 0, 1)) != []


def test_a_table_in_use_is_not_taken_over(world: World, posts: list[str], ben: Person) -> None:
    assert posts
    with pytest.raises(ToolError, match="has a stream"):
        take_over(aws, "test", {}, METADATA, ORIGINALS)
    assert DynamoReaders(world.metadata).get(ben.user_id).pushed_until is not None
