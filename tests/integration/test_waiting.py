"""What `make waiting` and `make collect` read of a deployed stage."""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations.collect import candidates
from operations.deployment import Deployment
from operations.waiting import Waiting, waiting
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.domain.media import BLOB_COOLING_OFF
from tests import pictures
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import Person, World, aws
from tools.errors import ToolError

PHOTO = pictures.jpeg(64, 48)


@pytest.fixture
def deployment(world: World) -> Deployment:
    return Deployment(aws, "test", {"MetadataTableName": world.metadata.name})


def _queue(name: str, depth: int) -> None:
    url = aws("sqs").create_queue(QueueName=f"shutterfeed-test-{name}")["QueueUrl"]
    for _ in range(depth):
        aws("sqs").send_message(QueueUrl=url, MessageBody="{}")


def test_queues_come_first_then_dead_letters_then_the_posts_on_their_way(
    client: Client, world: World, ada: Person, deployment: Deployment
) -> None:
    for name, depth in (("waits-dlq", 0), ("waits", 2)):
        _queue(name, depth)
    for number in range(3):
        client.create_post(ada, draft([PHOTO]), key=f"post-{number}")
    world.clock.advance(timedelta(minutes=2))

    rows = {row.name: row for row in waiting(deployment, world.clock)}

    names = list(rows)
    assert names[-1] == "open posts"
    dead = [name.endswith("-dlq") for name in names[:-1]]
    assert dead == sorted(dead)
    assert rows["waits"] == Waiting("waits", 2)
    assert rows["waits-dlq"].waiting == 0
    assert rows["open posts"].waiting == 3
    assert rows["open posts"].age_seconds == pytest.approx(120, abs=1)


def test_without_open_posts_none_is_the_oldest(
    client: Client, pipeline: Pipeline, world: World, ada: Person, deployment: Deployment
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    _queue("waits", 0)

    assert waiting(deployment, world.clock)[-1] == Waiting("open posts", 0)


def test_a_stage_without_queues_is_not_deployed(world: World) -> None:
    with pytest.raises(ToolError, match="The stage other has no queues here"):
        waiting(Deployment(aws, "other", {}), world.clock)


def test_only_contents_that_nothing_refers_to_are_going_to_be_removed(
    client: Client, pipeline: Pipeline, world: World, ada: Person, deployment: Deployment
) -> None:
    publish(client, pipeline, ada, [PHOTO])
    assert candidates(deployment) == []
    sha256 = declared(PHOTO)["sha256"]
    blobs = DynamoBlobs(world.metadata)
    blob = blobs.get(sha256)
    assert blob is not None
    due = world.clock.now().replace(microsecond=0) + BLOB_COOLING_OFF
    blobs.expire(sha256, due)

    assert candidates(deployment) == [(due, blob.blob_id)]
