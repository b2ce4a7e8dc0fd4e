"""One dashboard, which follows a request, an upload, and a post on its way into feeds."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions import Functions
from infra.metrics import api_metric, feed_latency, iterator_age, oldest_message, oldest_open_case
from infra.queues import Queues
from infra.settings import Settings
from shutterfeed import topology

_WIDTH = 8
_TIMED = ("api", *(worker.function for worker in topology.WORKERS if worker.bulk is not None))
"""The functions whose durations are shown: the API's, and those whose time depends on what people
upload. What another worker does for too long, waits in its queue."""


class Dashboard(Construct):
    """The dashboard. It has at most 50 metrics, as AWS charges nothing for three such dashboards.

    A worker adds two: what waits in its first queue, and its errors. Bulk queues are left out, in
    which messages are meant to wait, and so are queues of dead letters, each of which has an
    alarm.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        api_id: str,
        functions: Functions,
        queues: Queues,
        alarms: list[cloudwatch.Alarm],
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = settings.global_name("overview")
        board = cloudwatch.Dashboard(
            self, "Board", dashboard_name=self.name, default_interval=Duration.hours(3)
        )
        board.add_widgets(
            cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=24, height=3)
        )
        board.add_widgets(
            _graph("API requests", (api_metric(m, api_id, "Sum") for m in ("Count", "4xx", "5xx"))),
            # Without the median, which is the feed page's.
            _graph("API latency, ms", [api_metric("Latency", api_id, "p99")]),
            _graph("Feed page, ms", (feed_latency(s) for s in ("p50", "p99"))),
        )
        board.add_widgets(
            _graph(
                "Oldest message, s",
                (oldest_message(queues[worker.step]) for worker in topology.WORKERS),
            ),
            _graph("Stream to router, ms", [iterator_age(functions)]),
            _graph(
                "Function duration p99, ms",
                (functions[name].metric_duration(statistic="p99") for name in _TIMED),
            ),
        )
        each = functions.all().values()
        board.add_widgets(
            _graph("Function errors", (function.metric_errors() for function in each)),
            # One metric for the whole account: a metric for each function would exceed the 50.
            _graph("Function throttles", [lambda_.Function.metric_all_throttles()]),
            _graph("Oldest case that waits, s", [oldest_open_case()]),
        )


def _graph(title: str, metrics: Iterable[cloudwatch.Metric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_WIDTH)
