"""The scheduled reconciler over AWS: what it sends is what the workers take."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from reconcile.handler import handler
from tests import pictures
from tests.integration import payloads
from tests.integration.client import Client, draft
from tests.integration.conftest import Logs
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import upload_all
from tests.integration.world import Person, World, aws

PHOTO = pictures.jpeg(64, 48)
EVENT = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


@pytest.fixture
def post_id(client: Client, pipeline: Pipeline, world: World, ada: Person) -> str:
    """A post whose photo has landed."""
    created = client.create_post(ada, draft([PHOTO])).json
    upload_all(world, created, [PHOTO])
    post_id: str = created["post"]["id"]
    return post_id


def _lose(world: World, name: str) -> None:
    assert world.waiting(name)
    aws("sqs").purge_queue(QueueUrl=world.queue_url(name))


@pytest.mark.parametrize(("queue", "finding"), [("ingest", "landed"), ("render", "render")])
def test_a_lost_message_is_sent_again_and_the_post_publishes(
    client: Client,
    pipeline: Pipeline,
    world: World,
    ada: Person,
    post_id: str,
    queue: str,
    finding: str,
    logs: Logs,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if queue == "render":
        pipeline.pump_queue("ingest")
    _lose(world, queue)
    pipeline.run()
    assert client.get(f"/posts/{post_id}", ada).json["state"] != "published"
    world.clock.advance(timedelta(minutes=11))
    answer = handler(EVENT, payloads.context())
    assert answer == {"looked_at": 1, "findings": {finding: 1}, "failures": 0}
    assert logs.entries[-1]["findings"] == {finding: 1}
    measured = json.loads(capsys.readouterr().out)
    assert measured[f"Reconciled{finding.capitalize()}"] == [1]
    assert measured["OldestOpenPost"][0] == pytest.approx(660, abs=2)
    pipeline.run()
    assert client.get(f"/posts/{post_id}", ada).json["state"] == "published"
    assert handler(EVENT, payloads.context())["looked_at"] == 0
    assert capsys.readouterr().out == "", "an idle deployment has no metric to pay for"


def test_whoever_calls_it_by_hand_may_be_less_patient(
    client: Client, pipeline: Pipeline, world: World, ada: Person, post_id: str
) -> None:
    _lose(world, "ingest")
    assert handler(EVENT, payloads.context())["looked_at"] == 0
    answer = handler({"after_minutes": 0}, payloads.context())
    assert answer["findings"] == {"landed": 1}
    pipeline.run()
    assert client.get(f"/posts/{post_id}", ada).json["state"] == "published"
