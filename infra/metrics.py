"""The metrics that alarms and dashboard show."""

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
    """Milliseconds, as the API function measures a feed page."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name="FeedLatency",
        dimensions_map={"service": "api"},
        statistic=statistic,
        period=_FIVE_MINUTES,
    )


def oldest_open_post() -> cloudwatch.Metric:
    """Seconds since the creation of the oldest post that the reconciler found standing still."""
    return cloudwatch.Metric(
        namespace=METRICS_NAMESPACE,
        metric_name="OldestOpenPost",
        dimensions_map={"service": "reconcile"},
        statistic="Maximum",
        period=_FIVE_MINUTES,
    )


def iterator_age(functions: Functions) -> cloudwatch.Metric:
    """Milliseconds between a change and its being routed."""
    return functions[topology.ROUTER].metric("IteratorAge", statistic="Maximum", period=_MINUTE)


def oldest_message(queue: sqs.Queue) -> cloudwatch.Metric:
    """Seconds."""
    return queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=_MINUTE)


def depth(queue: sqs.Queue) -> cloudwatch.Metric:
    return queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=_MINUTE)
