"""Routing a batch of the stream's changes in tens, beside one call a message: CPU time, and pace.

The changes are those of published photos and of follows, as the stream hands them over. SQS's
answers come at once, so that CPU time is the router's own and the client's alone. The model then
takes 6 ms for a call to SQS, as within a region, and what the stack's event source mapping says: a
shard's changes in batches of a hundred, ten batches at a time, which before were one.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed import topology
from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.dynamodb.changes import change_of
from shutterfeed.adapters.dynamodb.records import AWAITS_RENDERING
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.queues import SqsQueue
from shutterfeed.services.routing import STEPS, ChangeRouter
from tests.wire import answer

FULL: Final = 100
"""How many batches are routed each way."""
TOY: Final = 2
MINUTES: Final = 0.3
_CALL_SECONDS: Final = 0.006
_SAMPLES: Final = Path(__file__).parents[1] / "events" / "stream"

Record = dict[str, Any]


@dataclass(slots=True)
class Sqs:
    """An SQS that accepts every message at once and counts the calls. It keeps its answers, as
    making them is not the router's work."""

    calls: int = 0
    client: Any = field(init=False)
    _answers: dict[bytes, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = connect(
            "sqs",
            region_name="us-east-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",  # noqa: S106 - nothing is sent
        )
        self.client.meta.events.register("before-send.sqs", self._take)

    def _take(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self.calls += 1
        body: Any = request.body
        if body not in self._answers:
            self._answers[body] = _taken(json.loads(body)["Entries"])
        headers = {"content-type": "application/x-amz-json-1.0"}
        return answer(request, 200, headers, self._answers[body])

    def router(self) -> ChangeRouter:
        return ChangeRouter(
            queues={
                step: SqsQueue(self.client, f"https://sqs.example.com/1/{step}", Codec[Any](step))
                for step in STEPS
            }
        )


def _taken(entries: Sequence[Record]) -> bytes:
    taken = [
        {"Id": entry["Id"], "MessageId": str(UUID(int=number)), "MD5OfMessageBody": "0" * 32}
        for number, entry in enumerate(entries)
    ]
    return json.dumps({"Successful": taken}).encode()


@dataclass(frozen=True, slots=True)
class Way:
    """The results of one way of routing, for each change."""

    cpu_seconds: float
    calls: float

    def pace(self, batches_at_a_time: int) -> float:
        """How many changes a shard can have in a second."""
        return batches_at_a_time / (self.cpu_seconds + self.calls * _CALL_SECONDS)


def run(batches: int) -> list[Figure]:
    sqs, records = Sqs(), batch()
    router = sqs.router()

    def one_by_one() -> None:
        for record in records:
            _route(router, [record])

    singly, in_tens = _measured(sqs, batches, one_by_one, lambda: _route(router, records))
    ratio = in_tens.cpu_seconds / singly.cpu_seconds
    before, after = singly.pace(1), in_tens.pace(topology.STREAM_PARALLELIZATION)
    return [
        Figure("CPU per change, one call a message", singly.cpu_seconds * 1e6, "us"),
        Figure("CPU per change, in tens", in_tens.cpu_seconds * 1e6, "us"),
        Figure("in tens / one call a message", ratio, "ratio", "<= 0.25"),
        Figure("calls per change, one call a message", singly.calls, ""),
        Figure("calls per change, in tens", in_tens.calls, ""),
        Figure("modelled pace of a shard, one call a message", before, "/s"),
        Figure("modelled pace of a shard, in tens, ten batches at a time", after, "/s"),
    ]


def batch() -> list[Record]:
    """A hundred changes in the order of a stream: photos published, and people followed.

    A photo's are six. Its post is new, then being processed; its reference does not count yet, then
    it does; the post is published, and its author has one post more. Two of them lead to messages.
    """
    created, published = _sample("post_created"), _sample("post_published")
    processing = copy.deepcopy(created)
    processing["dynamodb"]["OldImage"] = created["dynamodb"]["NewImage"]
    processing["dynamodb"]["NewImage"] = published["dynamodb"]["OldImage"]
    counts = _sample("reference_added")
    waits = copy.deepcopy(counts)
    waits["dynamodb"]["NewImage"][AWAITS_RENDERING] = {"S": "01KJMMA4EG4HMASR0KAYDXY0J6"}
    counts["dynamodb"]["OldImage"] = waits["dynamodb"]["NewImage"]
    author = _sample("profile_changed")
    author["dynamodb"]["OldImage"] = copy.deepcopy(author["dynamodb"]["NewImage"])
    author["dynamodb"]["OldImage"]["posts"] = {"N": "0"}
    one = [created, processing, waits, counts, published, author, _sample("follow_added")]
    return [one[number % len(one)] for number in range(topology.STREAM_BATCH)]


def _sample(name: str) -> Record:
    event = json.loads((_SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    record: Record = event["Records"][0]
    return record


def _route(router: ChangeRouter, records: Sequence[Record]) -> None:
    """Route the batch like the function."""
    changes = {index: change_of(record) for index, record in enumerate(records)}
    failures = router.route({index: change for index, change in changes.items() if change})
    assert not failures, failures


def _measured(sqs: Sqs, batches: int, *ways: Callable[[], object]) -> list[Way]:
    """Measure all ways in turns, so that whatever else the machine does hits all alike."""
    spent: list[list[float]] = [[] for _ in ways]
    calls = [0] * len(ways)
    for number in range(batches + 1):
        show(f"batch {number} of {batches}")
        for index, way in enumerate(ways):
            sqs.calls = 0
            start = time.process_time()
            way()
            if number:  # the first one only fills caches
                spent[index].append(time.process_time() - start)
            calls[index] = sqs.calls
    clear()
    return [
        Way(median(times) / topology.STREAM_BATCH, made / topology.STREAM_BATCH)
        for times, made in zip(spent, calls, strict=True)
    ]
