"""The scheduled reconciler over AWS: what it sends is what the workers take."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from operations import moderation
from operations.deployment import Deployment
from reconcile.handler import handler
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.dynamodb.table import Delete, Put
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.moderation import CaseId, Evidence, Report, ReportReason, SubjectKind
from shutterfeed.domain.moderation_log import Break, Entry, Event, LoggedKind, next_entry
from tests import pictures
from tests.integration import payloads
from tests.integration.client import Client, draft
from tests.integration.conftest import Logs
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import upload_all
from tests.integration.world import METADATA, Person, World, aws

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


def test_whoever_makes_the_log_of_moderation_anew_is_found_out(world: World) -> None:
    log = DynamoModerationLog(world.metadata)
    whole: list[Entry] = []

    def append(statement: str) -> None:
        at = world.clock.now()
        event = Event(at, "", "user-1", LoggedKind.ACTED, statement=statement)
        whole.append(next_entry(whole[-1] if whole else None, event))
        world.metadata.write(log.appending(whole[-1]))

    for statement in ("one", "two", "three"):
        append(statement)
        for _ in range(2):
            handler(EVENT, payloads.context())
    originals = "shutterfeed-test-originals"
    outputs = {"MetadataTableName": METADATA, "OriginalsBucketName": originals}
    stage = Deployment(aws, "test", outputs)
    assert moderation.verify(stage) == (3, whole[-1].hash, None)
    (noted,) = aws("s3").list_objects_v2(
        Bucket=originals, Prefix=f"moderation-log/3/{whole[-1].hash}"
    )["Contents"]
    # Hidden or not, it counts.
    aws("s3").delete_object(Bucket=originals, Key=noted["Key"])
    anew: Entry | None = None
    for each in whole[:2]:
        anew = next_entry(anew, replace(each.event, statement="something else"))
        item = dict(log.appending(anew).item)
        world.metadata.write(Put(item))
    world.metadata.write(Delete(keys.log_entry(3)))
    assert moderation.verify(stage)[2] == Break(1, "another one was noted")
    for each in whole[:2]:
        world.metadata.write(Put(dict(log.appending(each).item)))
    assert moderation.verify(stage)[2] == Break(3, "it was noted, and is missing now")


def test_it_measures_for_how_long_the_oldest_case_has_waited(
    world: World, ada: Person, ben: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    at = world.clock.now()
    case_id = CaseId(SubjectKind.USER, ada.user_id)
    evidence = Evidence(at, ada.user_id, "ada", "Ada", "", "")
    report = Report(case_id, ben.user_id, ReportReason.SPAM, "", at, ulid(at, 1))
    DynamoCases(world.metadata).report(report, ada.user_id, evidence)
    world.clock.advance(timedelta(hours=2))
    handler(EVENT, payloads.context())
    assert json.loads(capsys.readouterr().out)["OldestOpenCase"] == pytest.approx([7200], abs=2)
