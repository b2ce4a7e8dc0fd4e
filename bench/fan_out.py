"""Fan-out: what one core of the workers does, and from that, when the last follower has a post.

The writer's calls to DynamoDB are answered on the wire at once, so that CPU time is its own and
the client's alone. The model then takes AWS's
published limits: 40,000 write units a second for a table on demand (the default quota), 1,000 a
second for a partition, Lambda at a concurrency of 100, and 10 ms for a batch write. Writes of one
post go to as many partitions as there are readers, so a partition's limit does not bind.
"""

from __future__ import annotations

import json
import math
import time
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from bench.figures import Figure
from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.dynamodb.feeds import DynamoFeeds
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.services.fan_out import CHUNK, PAGES_PER_STEP
from tests.wire import answer

FULL: Final = 15
"""How many chunks are written."""
TOY: Final = 1
MINUTES: Final = 0.1
_TABLE_UNITS: Final = 40_000
"""A second; the default quota of an on-demand table, which a support request raises."""
_WORKERS: Final = 100
_BATCH: Final = 25
_BATCH_SECONDS: Final = 0.010
_HOP_SECONDS: Final = 0.35
"""From one queue to the worker behind it, and once from the stream: batching windows are 0, and
SQS's pollers and Lambda's start take some 100-300 ms."""
_HOPS: Final = 4
"""Stream, planner, planner of a part, writer."""
_PAGE_SECONDS: Final = 0.020
"""A strongly consistent query of 500 subscriptions, 55 KB, and one message sent."""
_PARTS: Final = 32


def run(rounds: int) -> list[Figure]:
    spent = [_written(CHUNK) / CHUNK for _ in range(rounds + 1)][1:]
    seconds = median(spent)
    figures = [
        Figure("feed items written per second and core", 1 / seconds, "items/s"),
        Figure("CPU per item", seconds * 1e6, "us"),
    ]
    for readers, goal in ((10_000, 5), (1_000_000, 60)):
        figures.append(
            Figure(
                f"modelled time to the last of {readers:,} readers",
                _last(readers, seconds),
                "s",
                f"<= {goal}",
            )
        )
    return figures


def _last(readers: int, cpu_per_item: float) -> float:
    """Seconds until the last reader has the post: the planner's steps, and then the slowest of the
    limits."""
    chunks = math.ceil(readers / CHUNK)
    chunk = math.ceil(CHUNK / _BATCH) * _BATCH_SECONDS + CHUNK * cpu_per_item
    workers = math.ceil(chunks / _WORKERS) * chunk
    table = readers / _TABLE_UNITS
    pages = math.ceil(readers / _PARTS / CHUNK)
    planning = pages * _PAGE_SECONDS + math.ceil(pages / PAGES_PER_STEP - 1) * _HOP_SECONDS
    return _HOPS * _HOP_SECONDS + max(workers, table, planning)


def _at_once(request: AWSPreparedRequest, **_: object) -> AWSResponse:
    headers = {"content-type": "application/x-amz-json-1.0"}
    return answer(request, 200, headers, json.dumps({"UnprocessedItems": {}}).encode())


def _written(readers: int) -> float:
    """Seconds of CPU to write one chunk."""
    client: Any = connect(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - nothing is sent
    )
    client.meta.events.register("before-send.dynamodb", _at_once)
    now = datetime.now(UTC)
    entry = FeedEntry(ulid(now, 1), PostId(ulid(now, 2), ulid(now, 3)))
    owners = [ulid(now, number) for number in range(readers)]
    feeds = DynamoFeeds(Table(client, "feed"))
    feeds.put(owners[:1], [entry], now)
    start = time.process_time()
    feeds.put(owners, [entry], now)
    return time.process_time() - start
