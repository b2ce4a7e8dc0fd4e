"""The event plumbing between the functions: stream and queues read, real handlers called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from importlib import import_module
from itertools import pairwise
from random import Random
from typing import Any, Final

from route_changes.handler import handler as route_changes
from shutterfeed import topology
from shutterfeed.adapters.dynamodb.table import item_key, unmarshal
from shutterfeed.schema import (
    STREAM_PUSHED_SORT_KEY_PREFIX,
    STREAM_REMOVED_SORT_KEY_PREFIXES,
    STREAM_SORT_KEY_PREFIXES,
)
from tests.conftest import REGION
from tests.integration.payloads import Event, context
from tests.integration.rights import held_against
from tests.integration.world import METADATA, World, aws, changes

Handler = Callable[[Any, Any], Mapping[str, Any]]

WORKERS: Final[Mapping[str, Handler]] = {
    lane.queue: import_module(f"{lane.worker.function}.handler").handler for lane in topology.LANES
}
"""The workers' handlers, by queue."""
NAMES: Final = {lane.queue: lane.worker.function for lane in topology.LANES}
_MANY_ROUNDS: Final = 100
_REPEATED: Final = 0.3


def invoke(queue: str, event: Event) -> Mapping[str, Any]:
    """The answer of a queue's worker to one event; of the router for `stream`."""
    if queue == "stream":
        name, handler = "route_changes", route_changes
    else:
        name, handler = NAMES[queue], WORKERS[queue]
    with held_against(name):
        return handler(event, context())


@dataclass(slots=True)
class Pipeline:
    """Carries events as Lambda would. `twice` delivers every one of them two times; `chance`
    decides what is left to it."""

    world: World
    twice: bool = False
    chance: Random = field(default_factory=lambda: Random(0))
    failures: list[str] = field(default_factory=list)
    """Ids of records that a worker reported as failed, in order."""
    _read: int = 0
    """How many of the stream's records were read."""

    def run(self) -> None:
        """Run until nothing moves any more. A record that keeps failing stays where it is."""
        for _ in range(_MANY_ROUNDS):
            moved = self.pump_stream()
            for queue in WORKERS:
                moved += self.pump_queue(queue)
            if not moved:
                return
        raise AssertionError("the pipeline does not come to rest")

    def run_shuffled(self) -> None:
        """Run one record at a time from any queue, and some of them twice.

        The stream keeps its order: it does so for one item, and the router keeps no state.
        """
        for _ in range(_MANY_ROUNDS):
            moved = self.pump_stream()
            for queue in self.chance.sample(list(WORKERS), len(WORKERS)):
                self.twice = self.chance.random() < _REPEATED
                moved += self.pump_queue(queue, most=1)
            if not moved:
                return
        raise AssertionError("the pipeline does not come to rest")

    def pump_stream(self) -> int:
        """Hand the metadata table's new changes to `route_changes`; how many there were."""
        records = self._new_records()
        if not records:
            return 0
        failed = self._deliver("stream", {"Records": records})
        assert not failed, "no test makes the router fail through the pipeline"
        return len(records)

    def pump_queue(self, queue: str, most: int = 10) -> int:
        """Hand the messages of a queue to its worker; how many it dealt with."""
        if self.world.is_empty(queue):
            return 0
        url = self.world.queue_url(queue)
        answer = aws("sqs").receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if not messages:
            return 0
        if len(messages) > most:
            messages = self.chance.sample(messages, most)
        arn = self.world.queue_arn(queue)
        event = {"Records": [_sqs_record(message, arn) for message in messages]}
        failed = self._deliver(queue, event)
        done = [message for message in messages if message["MessageId"] not in failed]
        for message in done:
            aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(done)

    def _deliver(self, queue: str, event: Event) -> set[str]:
        if self.twice:
            invoke(queue, event)
        answer = invoke(queue, event)
        failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        self.failures += failed
        return set(failed)

    def _new_records(self) -> list[dict[str, Any]]:
        """Those that the stack's event filter lets through."""
        found = changes(METADATA, self._read)
        self._read += len(found)
        return [self._record(record) for record in _as_dynamodb_has_them(found)]

    def _record(self, record: dict[str, Any]) -> dict[str, Any]:
        """One of moto's records as Lambda hands it over; what TTL removed is marked so."""
        change = dict(record["dynamodb"])
        made_at = change["ApproximateCreationDateTime"].replace(tzinfo=UTC)
        change["ApproximateCreationDateTime"] = made_at.timestamp()
        made = {**record, "dynamodb": change, "eventSourceARN": self.world.stream_arn}
        if record["eventName"] == "REMOVE" and item_key(unmarshal(change["Keys"])) in (
            self.world.expired
        ):
            made["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        return made


def _as_dynamodb_has_them(records: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those of moto's records that DynamoDB writes too, and that the stack's filter passes.

    DynamoDB writes none where nothing changed. An update that makes an item is one record there;
    moto's first is of the bare key.
    """
    for record, after in pairwise([*records, None]):
        assert record is not None
        change = record["dynamodb"]
        made_bare = (
            after is not None
            and record["eventName"] == after["eventName"] == "INSERT"
            and change["Keys"] == after["dynamodb"]["Keys"]
        )
        unchanged = change.get("OldImage") == change.get("NewImage")
        sort_key = change["Keys"]["sk"]["S"]
        event = record["eventName"]
        passes = (
            sort_key.startswith(STREAM_SORT_KEY_PREFIXES)
            or (event == "REMOVE" and sort_key.startswith(STREAM_REMOVED_SORT_KEY_PREFIXES))
            or (event == "INSERT" and sort_key.startswith(STREAM_PUSHED_SORT_KEY_PREFIX))
        )
        if passes and not made_bare and not unchanged:
            yield record


def _sqs_record(message: Mapping[str, Any], queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }
