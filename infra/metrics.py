"""The metrics for the alarms and the dashboard."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs

from infra.functions import METRICS_NAMESPACE, Functions
from shutterfeed import topology

_MINUTE: Final = Duration.minutes(1)
_FIVE_MINUTES: Final = Duration.minutes(5)


def api_metric(name: str, api_id: str, statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name=name,
        dimensions_map={"ApiId": api_id},
        statistic=statistic,
        period=_FIVE_MINUTES,
    )


def feed_latency(statistic: str) -> cloudwatch.Metric:
    """The time of a feed page in milliseconds, as the API function measures it."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name="FeedLatency",
        dimensions_map={"service": "api"},
        statistic=statistic,
        period=_FIVE_MINUTES,
    )


def oldest_open_post() -> cloudwatch.Metric:
    """The age in seconds of the oldest post that the reconciler found unpublished for too long."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name="OldestOpenPost",
        dimensions_map={"service": "reconcile"},
        statistic="Maximum",
        period=_FIVE_MINUTES,
    )


def oldest_open_case() -> cloudwatch.Metric:
    """The age in seconds of the oldest case that waits for a moderator, as the reconciler found
    it."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name="OldestOpenCase",
        dimensions_map={"service": "reconcile"},
        statistic="Maximum",
        period=_FIVE_MINUTES,
    )


def iterator_age(functions: Functions) -> cloudwatch.Metric:
    """The milliseconds between a change of the table and the router's reading of it."""
    return functions[topology.ROUTER].metric("IteratorAge", statistic="Maximum", period=_MINUTE)


def oldest_message(queue: sqs.Queue) -> cloudwatch.Metric:
    """The age in seconds of the oldest message in a queue."""
    return queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=_MINUTE)


def depth(queue: sqs.Queue) -> cloudwatch.Metric:
    return queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=_MINUTE)
