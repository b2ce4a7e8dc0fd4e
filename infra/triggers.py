"""The triggers of the workers: a queue each, and the metadata table's stream for the router."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import grants
from infra.functions import Functions
from infra.queues import Queues
from infra.settings import Settings
from infra.tables import Tables
from shutterfeed import schema, topology

# A stream keeps its records for 24 hours. A record that has failed for six hours goes to the dead
# letters, which leaves the shard time to catch up before later records are lost.
STREAM_MAX_AGE: Final = Duration.hours(6)

RECONCILE_EVERY: Final = Duration.minutes(5)
DUE_EVERY: Final = Duration.minutes(1)
"""How often messages of scheduled posts are sent, for the next one and a half minutes."""


class Triggers(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        functions: Functions,
        queues: Queues,
        tables: Tables,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._functions = functions
        for lane in topology.LANES:
            self._queue(lane, queues[lane.name])
        self._schedule(functions["reconcile"])
        self._stream(functions[topology.ROUTER], tables, queues.stream_dlq)

    def _schedule(self, function: lambda_.Function) -> None:
        """Run the reconciler regularly: all of it, and what must not be late each minute. Rules
        cost nothing, and 52,000 short invocations a month about 0.03 USD."""
        events.Rule(
            self,
            "Reconcile",
            rule_name=f"{self._settings.prefix}-reconcile",
            description="Looks for posts that stand still",
            schedule=events.Schedule.rate(RECONCILE_EVERY),
            targets=[targets.LambdaFunction(function, retry_attempts=0)],
        )
        events.Rule(
            self,
            "Due",
            rule_name=f"{self._settings.prefix}-due",
            description="Publishes scheduled posts whose time comes",
            schedule=events.Schedule.rate(DUE_EVERY),
            targets=[
                targets.LambdaFunction(
                    function,
                    retry_attempts=0,
                    event=events.RuleTargetInput.from_object({"only": "due"}),
                )
            ],
        )

    def _queue(self, lane: topology.Lane, queue: sqs.Queue) -> None:
        worker = lane.worker
        function = self._functions[worker.function]
        grants.receiving(function, queue)
        lambda_.EventSourceMapping(
            self,
            f"{queue.node.id}Mapping",
            target=function,
            event_source_arn=queue.queue_arn,
            # Pollers of a queue that nobody sends to would be paid for.
            enabled=False if self._settings.does_without(worker) else None,
            batch_size=worker.batch,
            report_batch_item_failures=True,
            # Without it, pollers start up to 1,000 executions. A small account throttles most of
            # them, and each of those counts as a failed attempt of its message.
            max_concurrency=self._settings.started_by_queue(lane),
        )

    def _stream(self, function: lambda_.Function, tables: Tables, dead_letters: sqs.Queue) -> None:
        """Let the function read the table's stream, with limits on retries: with Lambda's defaults
        one bad record blocks its shard for a day and is then lost."""
        grants.stream(function, tables.metadata)
        lambda_.EventSourceMapping(
            self,
            "StreamMapping",
            target=function,
            event_source_arn=tables.metadata.table_stream_arn,
            # `LATEST` would skip records that are written while the stack is being deployed.
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=topology.STREAM_BATCH,
            # Changes of one item have one key, and stay in their order.
            parallelization_factor=self._settings.started_by_shard,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=topology.STREAM_RETRIES,
            max_record_age=STREAM_MAX_AGE,
            on_failure=sources.SqsDlq(dead_letters),
            # Each filter has alternatives, since a mapping may have only five filters.
            filters=[
                *self._pushed(),
                lambda_.FilterCriteria.filter(
                    _sort_keys(_prefixes(*schema.STREAM_SORT_KEY_PREFIXES))
                ),
                lambda_.FilterCriteria.filter(
                    {
                        "eventName": ["REMOVE"],
                        **_sort_keys(_prefixes(*schema.STREAM_REMOVED_SORT_KEY_PREFIXES)),
                    }
                ),
            ],
        )

    def _pushed(self) -> Sequence[Mapping[str, object]]:
        """The filter for new notices, if devices are told of them."""
        if not self._settings.push.is_on:
            return ()
        new = {"eventName": ["INSERT"]}
        prefix = {"prefix": schema.STREAM_PUSHED_SORT_KEY_PREFIX}
        return (lambda_.FilterCriteria.filter({**new, **_sort_keys([prefix])}),)


def _prefixes(*prefixes: str) -> Sequence[object]:
    return [{"prefix": prefix} for prefix in prefixes]


def _sort_keys(alternatives: Sequence[object]) -> dict[str, object]:
    """The filter for stream records whose item has one of these sort keys."""
    return {"dynamodb": {"Keys": {schema.SK: {"S": alternatives}}}}
