"""The numbers by which the exploration of fault schedules lets time pass are the stack's own."""

from __future__ import annotations

import pytest

from tests.exploration import stack
from tests.infra.templates import Template

_DAY = 24 * 3600


@pytest.mark.parametrize("source", stack.SOURCES, ids=lambda source: source.queue)
def test_queues(dev: Template, source: stack.Source) -> None:
    queue, mapping = dev.queues()[source.queue], dev.mapping_of(source.queue)
    assert queue["VisibilityTimeout"] == source.visibility.total_seconds()
    assert queue["MessageRetentionPeriod"] == stack.RETENTION.total_seconds()
    assert queue["RedrivePolicy"]["maxReceiveCount"] == source.receives
    assert mapping["BatchSize"] == source.batch
    assert mapping["FunctionName"] == {"Ref": dev.function_id(source.function)}


def test_all_queues_and_functions_are_there(dev: Template) -> None:
    working = {name for name in dev.queues() if not name.endswith("-dlq")}
    assert {source.queue for source in stack.SOURCES} == working
    timeouts = {name: f["Timeout"] for name, f in dev.functions().items()}
    assert timeouts == {n: t.total_seconds() for n, t in stack.TIMEOUTS.items()}


def test_dead_letters_live_longer_than_they_wait_there(dev: Template) -> None:
    for name, queue in dev.queues().items():
        if name.endswith("-dlq"):
            kept = queue["MessageRetentionPeriod"]
            assert kept == stack.DEAD_LETTER_RETENTION.total_seconds()
            assert kept > stack.REDRIVEN_AFTER.total_seconds()


def test_the_stream(dev: Template) -> None:
    mapping = dev.mapping("route_changes")
    assert mapping["BatchSize"] == stack.STREAM_BATCH
    assert mapping["MaximumRetryAttempts"] == stack.STREAM_RETRIES


def test_the_lifecycle_of_the_uploads_bucket(dev: Template) -> None:
    rules = dev.buckets()["uploads"]["LifecycleConfiguration"]["Rules"]
    tags, prefixes, aborted = {}, {}, []
    for rule in rules:
        if "TagFilters" in rule:
            [tag] = rule["TagFilters"]
            tags[tag["Key"]] = rule["ExpirationInDays"] * _DAY
        elif "Prefix" in rule:
            prefixes[rule["Prefix"]] = rule["ExpirationInDays"] * _DAY
        else:
            aborted.append(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] * _DAY)
    assert tags == {n: d.total_seconds() for n, d in stack.EXPIRING_TAGS.items()}
    assert prefixes == {n: d.total_seconds() for n, d in stack.EXPIRING_PREFIXES.items()}
    assert aborted == [stack.MULTIPART_KEPT.total_seconds()]


def test_the_lifecycle_of_the_originals_bucket(dev: Template) -> None:
    rules = dev.buckets()["originals"]["LifecycleConfiguration"]["Rules"]
    removing = [rule for rule in rules if any("Expir" in name for name in rule)]
    assert removing == list(stack.ORIGINALS_RULES)


def test_uploads_are_told_and_the_reconciler_is_called(dev: Template) -> None:
    notified = dev.buckets()["uploads"]["NotificationConfiguration"]["QueueConfigurations"]
    [rule] = notified[0]["Filter"]["S3Key"]["Rules"]
    assert rule == {"Name": "prefix", "Value": stack.NOTIFYING_PREFIX}
    minutes = int(stack.RECONCILE_EVERY.total_seconds() // 60)
    rules = {one["ScheduleExpression"] for one in dev.all("AWS::Events::Rule").values()}
    assert rules == {f"rate({minutes} minutes)", "rate(1 minute)"}
