"""What sets functions off, and what happens to what fails; the local cloud ignores the latter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shutterfeed import keys, schema, topology
from shutterfeed.domain.activity import NoticeKind
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.scheduling import LOOK_AHEAD, LOOK_EVERY
from tests.infra.templates import Template

CONSUMERS = {lane.queue: lane.worker.function for lane in topology.LANES}
USUAL = {lane.queue: lane.concurrency for lane in topology.LANES}


def test_each_worker_has_the_sources_of_the_table_and_the_api_none(every: Template) -> None:
    mappings = every.all("AWS::Lambda::EventSourceMapping").values()
    targets = sorted(mapping["FunctionName"]["Ref"] for mapping in mappings)
    expected = (*CONSUMERS.values(), "route_changes")
    assert targets == sorted(every.function_id(name) for name in expected)


@pytest.mark.parametrize(("queue", "function"), CONSUMERS.items())
def test_a_worker_takes_its_queue_and_reports_single_failures(
    every: Template, queue: str, function: str
) -> None:
    mapping = every.mapping_of(queue)
    assert mapping["FunctionName"] == {"Ref": every.function_id(function)}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def _started(template: Template) -> dict[str, int]:
    return {
        queue: template.mapping_of(queue)["ScalingConfig"]["MaximumConcurrency"]
        for queue in CONSUMERS
    }


def test_every_queue_has_a_maximum_of_executions(every: Template) -> None:
    assert all(2 <= number <= 1000 for number in _started(every).values())


def test_queues_start_what_the_table_says(dev: Template) -> None:
    assert _started(dev) == USUAL


def test_messages_come_in_the_batches_of_the_table(every: Template) -> None:
    for lane in topology.LANES:
        assert every.mapping_of(lane.queue)["BatchSize"] == lane.worker.batch


def test_the_stream_is_routed_in_ten_batches_of_a_hundred_changes_a_shard(dev: Template) -> None:
    mapping = dev.mapping("route_changes")
    assert (mapping["BatchSize"], mapping["ParallelizationFactor"]) == (100, 10)


def test_the_router_leaves_a_small_account_to_others(small: Template) -> None:
    mapping = small.mapping("route_changes")
    assert mapping["ParallelizationFactor"] == 2


def test_a_queue_starts_a_fifth_of_what_the_account_has_and_all_that_is_reserved(
    prod: Template,
) -> None:
    # 20 executions, of which the thumbnails' are reserved beside them.
    reserved = {"render": 7, "render-bulk": 2}
    assert _started(prod) == dict.fromkeys(CONSUMERS, 4) | reserved | {"transcode": 2}


def test_in_a_new_account_no_backlog_takes_all_executions(small: Template) -> None:
    assert set(_started(small).values()) == {2}


def test_pollers_never_outrun_a_reservation(every: Template) -> None:
    started = _started(every)
    for worker in topology.WORKERS:
        most = sum(started[lane.queue] for lane in worker.lanes)
        assert most <= every.functions()[worker.function].get("ReservedConcurrentExecutions", most)


def test_one_bad_record_does_not_block_the_stream(every: Template) -> None:
    mapping = every.mapping("route_changes")
    assert every.named(mapping["EventSourceArn"]) == "TablesMetadata.StreamArn"
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["MaximumRetryAttempts"] == 10
    assert mapping["MaximumRecordAgeInSeconds"] == 6 * 3600
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert every.named(destination) == "stream-dlq"


def _told_of_notices(template: Template) -> bool:
    """Whether devices are told of new notices."""
    return "PushKey" in template.content["Parameters"]


def test_a_worker_that_a_deployment_does_without_costs_nothing(
    every: Template, dev: Template, prod: Template
) -> None:
    assert (_told_of_notices(dev), _told_of_notices(prod)) == (False, True)
    optional = {lane.queue for lane in topology.LANES if lane.worker.is_optional}
    off = {queue for queue in CONSUMERS if every.mapping_of(queue).get("Enabled") is False}
    # The context of production has both.
    assert off == (set() if _told_of_notices(every) else optional)


def test_only_changes_that_drive_work_are_delivered(every: Template) -> None:
    filters = every.mapping("route_changes")["FilterCriteria"]["Filters"]
    patterns = [json.loads(item["Pattern"]) for item in filters]
    prefixes = [{"prefix": prefix} for prefix in schema.STREAM_SORT_KEY_PREFIXES]
    gone = [{"prefix": prefix} for prefix in schema.STREAM_REMOVED_SORT_KEY_PREFIXES]
    removed = {"Keys": {schema.SK: {"S": gone}}}
    new = {"Keys": {schema.SK: {"S": [{"prefix": schema.STREAM_PUSHED_SORT_KEY_PREFIX}]}}}
    pushed = [{"eventName": ["INSERT"], "dynamodb": new}] if _told_of_notices(every) else []
    assert patterns == [
        *pushed,
        {"dynamodb": {"Keys": {schema.SK: {"S": prefixes}}}},
        {"eventName": ["REMOVE"], "dynamodb": removed},
    ]


@pytest.mark.parametrize(
    ("sort_key", "event", "passes"),
    [
        (keys.profile("ada").sk, "MODIFY", True),  # how search learns of their popularity
        (keys.follow("ada", "bob").sk, "INSERT", True),  # how it comes to be looked at
        (keys.follow("ada", "bob").sk, "REMOVE", True),
        (keys.follower_count("ada", 7).sk, "MODIFY", False),
        (keys.pull_marker("ada", "bob").sk, "INSERT", False),
        (keys.unfollowed_marker("ada", "bob").sk, "INSERT", False),
        (keys.recent_posts("ada").sk, "MODIFY", False),
        (keys.request("ada", "bob").sk, "INSERT", True),  # how it comes to be told
        (keys.like("ada", PostId("bob", "one")).sk, "INSERT", True),
        (keys.liker(PostId("bob", "one"), 0, "then", "ada").sk, "INSERT", False),
        (keys.counts(PostId("ada", "one")).sk, "MODIFY", True),  # how the shards come together
        (keys.notice("ada", NoticeKind.FOLLOW, "ada", 1).sk, "MODIFY", False),
        (keys.notice("ada", NoticeKind.FOLLOW, "ada", 1).sk, "REMOVE", False),
        (keys.device("ada", "one").sk, "INSERT", False),
    ],
)
def test_the_router_hears_of_what_others_act_on_and_of_nothing_else(
    every: Template, sort_key: str, event: str, passes: bool
) -> None:
    filters = every.mapping("route_changes")["FilterCriteria"]["Filters"]
    patterns = [json.loads(item["Pattern"]) for item in filters]
    assert any(_matches(pattern, sort_key, event) for pattern in patterns) is passes


def _matches(pattern: dict[str, Any], sort_key: str, event: str) -> bool:
    """Whether the pattern matches, as Lambda reads the two kinds that we use."""
    alternatives = pattern["dynamodb"]["Keys"][schema.SK]["S"]
    return event in pattern.get("eventName", [event]) and any(
        sort_key.startswith(a["prefix"]) if isinstance(a, dict) else sort_key == a
        for a in alternatives
    )


def test_the_reconciler_runs_every_five_minutes_and_looks_for_what_is_due_each_minute(
    every: Template,
) -> None:
    reconcile = every.function_id("reconcile")
    inputs = {}
    for rule in every.all("AWS::Events::Rule").values():
        assert rule["State"] == "ENABLED"
        (target,) = rule["Targets"]
        assert target["Arn"] == {"Fn::GetAtt": [reconcile, "Arn"]}
        inputs[rule["ScheduleExpression"]] = target.get("Input")
    assert inputs == {"rate(5 minutes)": None, "rate(1 minute)": '{"only":"due"}'}
    # It looks further ahead than a run may be late.
    assert LOOK_EVERY < LOOK_AHEAD
    allowed = [
        permission
        for permission in every.all("AWS::Lambda::Permission").values()
        if permission["FunctionName"] == {"Fn::GetAtt": [reconcile, "Arn"]}
    ]
    assert [permission["Principal"] for permission in allowed] == ["events.amazonaws.com"] * 2
