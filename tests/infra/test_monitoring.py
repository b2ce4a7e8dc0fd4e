"""The alarms, whom they tell, and one dashboard."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shutterfeed import topology
from tests.infra.templates import Template, text

DEAD_LETTERS = topology.dead_letter_queues()


def _alarms(template: Template) -> dict[str, dict[str, Any]]:
    return {
        alarm["AlarmName"].split("-", 2)[2]: alarm
        for alarm in template.all("AWS::CloudWatch::Alarm").values()
    }


def test_there_are_four_alarms_and_one_for_each_queue_of_dead_letters(
    dev: Template, local: Template
) -> None:
    """README's idle month counts them so: `bench/bill_idle.py`."""
    for template in (dev, local):
        assert _alarms(template).keys() == {
            "api-5xx",
            "feed-p99",
            "stream-iterator-age",
            "oldest-pending-upload",
            *DEAD_LETTERS,
        }


def test_all_alarms_are_one_more_for_each_worker_and_seven(dev: Template, prod: Template) -> None:
    more = _alarms(prod).keys() - _alarms(dev).keys()
    assert more == {
        *(f"{worker.queue}-waiting" for worker in topology.WORKERS),
        "cases-waiting",
        "throttles",
        "concurrency",
        "throttled-sign-ins",
        "throttled-sign-ups",
        "throttled-token-refreshes",
        "throttled-password-checks",
    }


def test_each_queue_tells_when_a_message_waits_longer_than_a_worker_may_take(
    prod: Template,
) -> None:
    alarms = _alarms(prod)
    for worker in topology.WORKERS:
        alarm = alarms[f"{worker.queue}-waiting"]
        assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
        assert _dimension(prod, alarm) == {"QueueName": f"{worker.queue}.QueueName"}
        assert alarm["Threshold"] >= max(1800, 2 * worker.visibility_s)


def test_the_account_tells_of_throttles_and_before_them(prod: Template) -> None:
    throttles, concurrency = (_alarms(prod)[name] for name in ("throttles", "concurrency"))
    for alarm in (throttles, concurrency):
        assert alarm["Namespace"] == "AWS/Lambda"
        assert "Dimensions" not in alarm, "it is the account's"
    assert (throttles["MetricName"], throttles["Threshold"]) == ("Throttles", 1)
    # Of 20 executions that the context knows of.
    assert concurrency["MetricName"] == "UnreservedConcurrentExecutions"
    assert (concurrency["Statistic"], concurrency["Threshold"]) == ("Maximum", 16)


def test_a_sign_in_that_turns_people_away_is_told(prod: Template) -> None:
    (pool,) = prod.all("AWS::Cognito::UserPool")
    client = prod.id_of("AWS::Cognito::UserPoolClient", "IdentityUsersClient")
    names = {
        "throttled-sign-ins": "SignInThrottles",
        "throttled-sign-ups": "SignUpThrottles",
        "throttled-token-refreshes": "TokenRefreshThrottles",
    }
    for name, metric in names.items():
        alarm = _alarms(prod)[name]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Cognito", metric)
        assert {d["Name"]: d["Value"]["Ref"] for d in alarm["Dimensions"]} == {
            "UserPool": pool,
            "UserPoolClient": client,
        }


@pytest.mark.parametrize("name", sorted(DEAD_LETTERS))
def test_one_dead_letter_is_enough(every: Template, name: str) -> None:
    alarm = _alarms(every)[name]
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert _dimension(every, alarm) == {"QueueName": f"{name}.QueueName"}


def test_every_dead_letter_queue_has_its_alarm(every: Template) -> None:
    used = {
        every.named(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for queue in every.queues().values()
        if "RedrivePolicy" in queue
    }
    stream = every.mapping("route_changes")["DestinationConfig"]["OnFailure"]["Destination"]
    assert {*used, every.named(stream)} == {*DEAD_LETTERS}


def _documented(operations: str) -> dict[str, str]:
    """What the operator's page says each alarm means: the text up to the first semicolon. The
    alarms of all queues are one row, in which `<queue>` stands for a name."""
    section = operations.partition("\n## Alarms\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {
        name: means.replace("`", "").partition(";")[0]
        for names, means, _ in rows
        for name in re.findall(r"`([\w<>-]+)`", names)
    }


def _row_of(alarm: str, documented: dict[str, str]) -> str:
    """The name by which an alarm has a row: its own, or that of its kind."""
    return alarm if alarm in documented else re.sub(r"^.+(?=-\w+$)", "<queue>", alarm)


def test_alarms_mean_what_the_operators_page_says(every: Template, repo_root: Path) -> None:
    documented = _documented((repo_root / "docs/operations.md").read_text())
    alarms = _alarms(every)

    for name in alarms:
        means = documented[_row_of(name, documented)]
        assert alarms[name]["AlarmDescription"].lower().startswith(means.lower()), name


def test_the_operators_page_tells_of_alarms_that_there_are(prod: Template, repo_root: Path) -> None:
    documented = _documented((repo_root / "docs/operations.md").read_text())
    assert documented.keys() == {_row_of(name, documented) for name in _alarms(prod)}


def test_the_feed_is_watched_by_the_metric_that_the_function_writes(every: Template) -> None:
    alarm = _alarms(every)["feed-p99"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Shutterfeed", "FeedLatency")
    assert _dimension(every, alarm) == {"service": "api"}
    assert alarm["ExtendedStatistic"] == "p99"
    assert alarm["Threshold"] == 200
    assert alarm["EvaluateLowSampleCountPercentile"] == "ignore"


def test_failing_requests_old_changes_and_old_uploads_are_watched(every: Template) -> None:
    alarms = _alarms(every)
    (api,) = every.all("AWS::ApiGatewayV2::Api")
    failing = alarms["api-5xx"]
    assert (failing["Namespace"], failing["MetricName"]) == ("AWS/ApiGateway", "5xx")
    assert failing["Dimensions"] == [{"Name": "ApiId", "Value": {"Ref": api}}]
    routing = alarms["stream-iterator-age"]
    assert (routing["MetricName"], routing["Threshold"]) == ("IteratorAge", 300_000)
    assert routing["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": every.function_id("route_changes")}}
    ]
    pending = alarms["oldest-pending-upload"]
    assert (pending["Namespace"], pending["MetricName"]) == ("Shutterfeed", "OldestOpenPost")
    assert _dimension(every, pending) == {"service": "reconcile"}
    assert (pending["Threshold"], pending["Period"]) == (3600, 300)


def test_a_report_that_nobody_decides_is_told_after_a_day(prod: Template) -> None:
    waiting = _alarms(prod)["cases-waiting"]
    assert (waiting["Namespace"], waiting["MetricName"]) == ("Shutterfeed", "OldestOpenCase")
    assert _dimension(prod, waiting) == {"service": "reconcile"}
    assert waiting["Threshold"] == 24 * 3600


def test_silence_is_no_alarm_and_every_alarm_says_what_it_means(every: Template) -> None:
    for alarm in _alarms(every).values():
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmDescription"]
        # Metric maths would count as several alarms, and the local cloud refuses it.
        assert "Metrics" not in alarm


def test_alarms_are_sent_only_where_an_address_is_given(dev: Template, prod: Template) -> None:
    assert "AWS::SNS::Topic" not in dev.types()
    assert not [alarm for alarm in _alarms(dev).values() if "AlarmActions" in alarm]
    (topic,) = prod.all("AWS::SNS::Topic")
    for alarm in _alarms(prod).values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
    subscription = prod.only("AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == (
        "email",
        "operators@example.com",
    )


def test_cloudwatch_may_publish_alarms_of_this_account(prod: Template) -> None:
    statements = prod.only("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    (allowed,) = (statement for statement in statements if statement["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }
    assert [s for s in statements if s["Effect"] == "Deny" and "SecureTransport" in str(s)]


def test_the_dashboard_stays_within_what_is_free(every: Template) -> None:
    board = every.only("AWS::CloudWatch::Dashboard")
    widgets = json.loads(text(board["DashboardBody"]))["widgets"]
    metrics = [metric for w in widgets for metric in w["properties"].get("metrics", [])]
    assert 0 < len(metrics) <= 50
    assert len([w for w in widgets if w["type"] == "alarm"]) == 1


def test_a_worker_adds_two_metrics_to_the_dashboard(dev: Template) -> None:
    """So there is room for more of them: those that process uploads have a third."""
    widgets = json.loads(text(dev.only("AWS::CloudWatch::Dashboard")["DashboardBody"]))["widgets"]
    metrics = {
        w["properties"]["title"]: len(w["properties"]["metrics"])
        for w in widgets
        if w["type"] == "metric"
    }
    uploads = [worker for worker in topology.WORKERS if worker.bulk is not None]
    assert metrics["Oldest message, s"] == len(topology.WORKERS)
    assert metrics["Function errors"] == len(dev.functions())
    assert metrics["Function duration p99, ms"] == 1 + len(uploads)


def _dimension(template: Template, alarm: dict[str, Any]) -> dict[str, str]:
    return {item["Name"]: template.named(item["Value"]) for item in alarm["Dimensions"]}
