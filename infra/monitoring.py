"""The alarms of every deployment, one of which is each queue of dead letters', and the topic that
they notify. The context `alarms=all` adds those of `more_alarms.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.functions import Functions
from infra.identity import Identity
from infra.metrics import api_metric, depth, feed_latency, iterator_age, oldest_open_post
from infra.more_alarms import more_alarms
from infra.queues import Queues
from infra.settings import Settings
from infra.watches import Watch
from shutterfeed import topology

FEED_P99_MS: Final = 200
FAILING_REQUESTS: Final = "api-5xx"


class Monitoring(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        api_id: str,
        functions: Functions,
        queues: Queues,
        identity: Identity,
    ) -> None:
        super().__init__(scope, construct_id)
        email = settings.watch.alarm_email
        topic = self._topic(settings, email) if email else None
        watches = [*_service(api_id, functions), *_dead_letters(queues.dead_letters())]
        if settings.watch.all_alarms:
            watches.extend(more_alarms(settings, queues, identity))
        by_name = {watch.name: self._alarm(watch, settings, topic) for watch in watches}
        self.alarms = list(by_name.values())
        self.failing_requests = by_name[FAILING_REQUESTS]

    def _alarm(self, watch: Watch, settings: Settings, topic: sns.Topic | None) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            "".join(part.capitalize() for part in watch.name.split("-")),
            alarm_name=f"{settings.prefix}-{watch.name}",
            alarm_description=watch.meaning,
            metric=watch.metric,
            threshold=watch.threshold,
            evaluation_periods=watch.periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            evaluate_low_sample_count_percentile="ignore" if watch.patient else None,
        )
        if topic:
            alarm.add_alarm_action(actions.SnsAction(topic))
            alarm.add_ok_action(actions.SnsAction(topic))
        return alarm

    def _topic(self, settings: Settings, email: str) -> sns.Topic:
        topic = sns.Topic(
            self, "Alarms", topic_name=f"{settings.prefix}-alarms", enforce_ssl=settings.tls_only
        )
        # This policy replaces the default one, which lets the whole account publish.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        topic.add_subscription(subscriptions.EmailSubscription(email))
        return topic


def _service(api_id: str, functions: Functions) -> Iterator[Watch]:
    yield Watch(
        FAILING_REQUESTS,
        api_metric("5xx", api_id, "Sum"),
        threshold=5,
        periods=1,
        meaning="Five requests failed within five minutes: read the API function's log.",
    )
    yield Watch(
        "feed-p99",
        feed_latency("p99"),
        threshold=FEED_P99_MS,
        periods=3,
        patient=True,
        meaning=f"For 15 minutes, one feed page in a hundred has taken over {FEED_P99_MS} ms: look"
        " for throttles and cold starts on the dashboard.",
    )
    yield Watch(
        "stream-iterator-age",
        iterator_age(functions),
        threshold=Duration.minutes(5).to_milliseconds(),
        periods=5,
        meaning="Changes have waited over five minutes to be routed: posts do not reach feeds. Read"
        " route_changes' log.",
    )
    yield Watch(
        "oldest-pending-upload",
        oldest_open_post(),
        threshold=Duration.hours(1).to_seconds(),
        periods=2,
        meaning="A post whose files arrived is not published after an hour, although its messages"
        " were sent again. Read reconcile's log and the output of `make waiting`.",
    )


def _dead_letters(queues: Mapping[str, sqs.Queue]) -> Iterator[Watch]:
    for name, queue in queues.items():
        yield Watch(
            name,
            depth(queue),
            threshold=1,
            periods=1,
            meaning=_DEAD_LETTER_MEANINGS.get(name, _FAILED_MESSAGES),
        )


_FAILED_MESSAGES: Final = (
    "Messages that failed at every attempt wait here. Read that worker's log, deploy a fix, then"
    " run `make redrive`."
)
_DEAD_LETTER_MEANINGS: Final = {
    "collect-dlq": "Messages that failed at every attempt wait here, or the collector has refused"
    " to remove more. Run `make collect` and see whether all this is meant to be removed.",
    topology.STREAM_DEAD_LETTERS: "A batch of the stream failed ten times. Deploy a fix and run"
    " `make redrive Q=stream` within 24 hours: a stream keeps its records no longer.",
}
