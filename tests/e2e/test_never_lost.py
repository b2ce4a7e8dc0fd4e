"""What is lost on its way is found again; the operator's commands on the deployed stack."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from operations.deployment import Deployment as Operated
from operations.reconcile import reconcile
from operations.redrive import redrive
from operations.waiting import Waiting, table, waiting
from shutterfeed_cli.client.content import Photo
from tests import pictures
from tests.e2e.conftest import Deployment, Person, eventually, published
from tools.deploy import LocalAws


@pytest.fixture
def operated(stack: Deployment) -> Operated:
    client = LocalAws(stack.endpoint).client
    return Operated(client, "local", stack.outputs)


def _url(operated: Operated, queue: str) -> str:
    sqs = operated.client_for("sqs")
    return str(sqs.get_queue_url(QueueName=f"shutterfeed-local-{queue}")["QueueUrl"])


def _row(operated: Operated, name: str) -> Waiting:
    (row,) = (row for row in waiting(operated) if row.name == name)
    return row


@contextmanager
def _asleep(operated: Operated, function: str) -> Iterator[None]:
    """The worker takes nothing from its queues meanwhile."""
    client = operated.client_for("lambda")
    name = f"shutterfeed-local-{function}"
    mappings = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    assert mappings
    for mapping in mappings:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        for mapping in mappings:
            client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def _photo() -> Photo:
    return Photo(pictures.jpeg(320, 240, seed=secrets.randbelow(10**6)))


@pytest.mark.parametrize(
    ("function", "queue", "finding"),
    [("dedup-hash", "ingest", "landed"), ("thumbnail", "render", "render")],
)
def test_a_lost_message_is_found_missing_and_the_post_publishes(
    operated: Operated,
    person: Callable[[], Person],
    function: str,
    queue: str,
    finding: str,
) -> None:
    author = person()
    with _asleep(operated, function):
        post_id = author.api.publish([_photo()])
        eventually(lambda: _row(operated, queue).waiting, lambda depth: depth > 0)
        assert _row(operated, "open posts").waiting >= 1
        operated.client_for("sqs").purge_queue(QueueUrl=_url(operated, queue))
    assert author.api.post(post_id)["state"] != "published"

    assert reconcile(operated)["findings"][finding] >= 1

    published(author.api, post_id)
    assert not reconcile(operated)["findings"].get(finding)


def test_dead_letters_go_back_to_the_queue_they_came_from(
    operated: Operated, person: Callable[[], Person]
) -> None:
    author, follower = person(), person()
    follower.api.follow(author.handle)
    sqs = operated.client_for("sqs")
    with _asleep(operated, "dedup-hash"):
        post_id = author.api.publish([_photo()])
        eventually(lambda: _row(operated, "ingest").waiting, lambda depth: depth > 0)
        (message,) = sqs.receive_message(QueueUrl=_url(operated, "ingest"))["Messages"]
        dead = _url(operated, "ingest-dlq")
        sqs.send_message(QueueUrl=dead, MessageBody=message["Body"])
        sqs.delete_message(
            QueueUrl=_url(operated, "ingest"), ReceiptHandle=message["ReceiptHandle"]
        )
    assert _row(operated, "ingest-dlq").waiting == 1
    assert "ingest-dlq" in table(waiting(operated))

    assert redrive(operated, "ingest") == {"ingest-dlq": 1}

    published(author.api, post_id)
    assert _row(operated, "ingest-dlq").waiting == 0
    assert set(redrive(operated).values()) == {0}


def test_two_queues_that_share_their_dead_letters_get_each_their_own(
    operated: Operated,
) -> None:
    sqs = operated.client_for("sqs")
    dead = _url(operated, "feed-delivery-dlq")
    with _asleep(operated, "fan-out"), _asleep(operated, "deliver"):
        for kind in ("FanOut", "Followed", "MigrateReaders"):
            body = json.dumps({"kind": kind, "message": {}})
            sqs.send_message(QueueUrl=dead, MessageBody=body)
        assert redrive(operated, "feed-delivery") == {"feed-delivery-dlq": 3}
        assert _row(operated, "fan-out").waiting == 2
        assert _row(operated, "deliver").waiting == 1
        for queue in ("fan-out", "deliver"):
            sqs.purge_queue(QueueUrl=_url(operated, queue))
