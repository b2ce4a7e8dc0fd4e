"""The queues and their dead letters."""

from __future__ import annotations

import pytest

from shutterfeed import topology
from tests.infra.templates import Template, listed, text

WORKERS = {lane.queue: lane.worker for lane in topology.LANES}
DEAD_LETTERS_OF = {queue: worker.dead_letters for queue, worker in WORKERS.items()}
CONSUMERS = {queue: worker.function for queue, worker in WORKERS.items()}


def test_every_queue_is_known_here(every: Template) -> None:
    dead_letters = {*DEAD_LETTERS_OF.values(), "stream-dlq"}
    assert every.queues().keys() == DEAD_LETTERS_OF.keys() | dead_letters


@pytest.mark.parametrize(("queue", "dead_letters"), DEAD_LETTERS_OF.items())
def test_a_message_that_keeps_failing_goes_to_the_dead_letters(
    every: Template, queue: str, dead_letters: str
) -> None:
    redrive = every.queues()[queue]["RedrivePolicy"]
    assert every.named(redrive["deadLetterTargetArn"]) == dead_letters
    assert redrive["maxReceiveCount"] == WORKERS[queue].receives


@pytest.mark.parametrize("queue", DEAD_LETTERS_OF)
def test_an_account_may_be_too_busy_for_a_message_for_an_hour(every: Template, queue: str) -> None:
    properties = every.queues()[queue]
    receives = properties["RedrivePolicy"]["maxReceiveCount"]
    # A throttled message is held until it becomes visible, and has been received once more then.
    assert receives * properties["VisibilityTimeout"] >= 3600


@pytest.mark.parametrize("name", sorted({*DEAD_LETTERS_OF.values(), "stream-dlq"}))
def test_dead_letters_are_kept_for_fourteen_days(every: Template, name: str) -> None:
    assert every.queues()[name]["MessageRetentionPeriod"] == 14 * 24 * 3600


@pytest.mark.parametrize(("queue", "consumer"), CONSUMERS.items())
def test_a_message_stays_invisible_six_times_as_long_as_its_consumer_may_run(
    every: Template, queue: str, consumer: str
) -> None:
    timeout = every.functions()[consumer]["Timeout"]
    assert every.queues()[queue]["VisibilityTimeout"] >= 6 * timeout


@pytest.mark.parametrize("queue", WORKERS)
def test_only_what_may_be_undone_at_once_or_appears_soon_waits_in_its_queue(
    every: Template, queue: str
) -> None:
    delays = {"notify": 5, "push": 3}
    assert every.queues()[queue].get("DelaySeconds") == delays.get(queue)


def test_every_queue_is_encrypted(every: Template) -> None:
    assert all(queue["SqsManagedSseEnabled"] is True for queue in every.queues().values())


def test_every_queue_refuses_plain_http_except_on_the_local_cloud(
    dev: Template, prod: Template, local: Template
) -> None:
    for template in (dev, prod):
        assert _refusing_plain_http(template) == set(template.queues())
    assert _refusing_plain_http(local) == set()


def _refusing_plain_http(template: Template) -> set[str]:
    return {
        template.named(queue)
        for policy in template.all("AWS::SQS::QueuePolicy").values()
        for queue in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Principal"] == {"AWS": "*"}
        and listed(statement["Action"]) == ["sqs:*"]
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }


def test_only_our_own_uploads_bucket_may_send_to_its_queue(every: Template) -> None:
    (statement,) = (
        statement
        for policy in every.all("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    )
    bucket = text(every.buckets()["uploads"]["BucketName"])
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert every.named(statement["Resource"]) == "ingest"
    source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert text(source) == f"arn:${{AWS::Partition}}:s3:::{bucket}"
    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": {"Ref": "AWS::AccountId"}
    }
