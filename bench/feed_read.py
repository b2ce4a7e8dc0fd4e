"""A page of the feed: CPU time of the API's handler beside the bare boto3 calls it makes, and wall
time with a latency in every call to DynamoDB.

The calls of each case are recorded against DynamoDB Local, with its real answers, and played back
from memory: what is measured is this process alone. The latency is lognormal with a median of 5 ms
and a 99th percentile of 20 ms, in the range of AWS's "single-digit milliseconds" with a long tail.
Handler and bare calls take turns; figures are medians (CPU) or percentiles (wall) of all rounds.
"""

from __future__ import annotations

import json
import math
import os
import random
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import boto3

from bench import engines
from bench.figures import Figure
from bench.imports import environment
from bench.progress import clear, show
from shutterfeed.adapters.dynamodb.table import Table, at_once
from tests.feed_scene import CASES, Scene
from tests.tables import create_tables, put_account_key
from tests.wire import Wire

MEDIAN_SECONDS: Final = 0.005
SIGMA: Final = math.log(0.020 / MEDIAN_SECONDS) / 2.3263
"""So that the 99th percentile, 2.3263 standard deviations above the median, is 20 ms."""


@dataclass(frozen=True, slots=True)
class Size:
    """Which readers, and how often each page is read for CPU time and for wall time."""

    cases: tuple[tuple[int, int], ...]
    cpu_rounds: int
    wall_rounds: int


FULL: Final = Size(CASES, cpu_rounds=60, wall_rounds=300)
TOY: Final = Size(CASES[:2], cpu_rounds=2, wall_rounds=2)
MINUTES: Final = 2.0

Measured = tuple[list[float], list[float], list[float]]
"""Milliseconds of CPU time of the handler and of its bare calls, and of wall time."""


def run(size: Size) -> list[Figure]:
    # The function's own log lines and metrics are part of its work, but nobody reads them here.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        return _figures(_recorded_and_measured(size))


def _recorded_and_measured(size: Size) -> dict[tuple[int, int], Measured]:
    with engines.dynamodb() as (endpoint, key):
        names = {"METADATA_TABLE": "metadata", "FEED_TABLE": "feed"}
        # Without the cache of celebrities' recent posts: the worst case.
        worst = {"RECENT_POSTS_CACHE_SECONDS": "0"}
        # Starts as in a function: with its services built, and kept out of garbage collection.
        started = {"AWS_LAMBDA_FUNCTION_NAME": "api", "AWS_ACCESS_KEY_ID": key}
        os.environ.update(environment(AWS_ENDPOINT_URL=endpoint, **names, **worst, **started))
        # Not before: the function reads its settings while it is imported.
        from api.handler import handler
        from shutterfeed.bootstrap import aws

        client = aws.client("dynamodb")
        # As anybody has it: the API's own reads answers in its own way.
        bare = boto3.client("dynamodb")
        create_tables(client, *names.values(), with_stream=False)
        put_account_key(bare, names["METADATA_TABLE"])
        metadata, feeds = (Table(client, name) for name in names.values())
        scene = Scene(metadata, feeds, datetime.now(UTC))
        wire, plain = Wire(client), Wire(bare)
        pages = {}
        for follows, celebrities in size.cases:
            show(f"laying out {follows:,} accounts followed")
            pages[follows, celebrities] = _page(handler, scene.reader(follows, celebrities))
        with wire.tapped():
            # Twice: a container that has seen posts of celebrities asks for their counts with the
            # page, and one that has not asks afterwards. What is measured is the warm one.
            for page in (*pages.values(), *pages.values()):
                page()
    # From here on there is no server: each of the calls is answered as it was.
    wire.offline = plain.offline = True
    plain.recorded = wire.recorded
    with wire.tapped(), plain.tapped():
        measured = {case: _measured(wire, bare, page, size) for case, page in pages.items()}
    clear()
    return measured


def _page(handler: Callable[..., Any], subject: str) -> Callable[[], None]:
    from tests.integration.payloads import access_claims, context, http_event

    event = http_event("GET", "/feed", claims=access_claims(subject))

    def page() -> None:
        answer = handler(json.loads(json.dumps(event)), context())
        if answer["statusCode"] != 200:
            raise RuntimeError(answer["body"])

    return page


def _measured(wire: Wire, bare_client: Any, page: Callable[[], None], size: Size) -> Measured:
    show(f"measuring pages of {len(wire.recorded)} recorded calls")
    page()
    wire.clear()
    page()
    calls: list[Callable[[], Any]] = [
        partial(getattr(bare_client, _method(name)), **params) for name, params in wire.calls
    ]
    at_once(calls)
    ours, bare = [], []
    for _ in range(size.cpu_rounds):
        ours.append(cpu(page))
        bare.append(cpu(partial(at_once, calls)))
    chance = random.Random(1)  # noqa: S311 - a simulation
    wire.latency = lambda: MEDIAN_SECONDS * chance.lognormvariate(0, SIGMA)
    wall = []
    for _ in range(size.wall_rounds):
        start = time.perf_counter()
        page()
        wall.append((time.perf_counter() - start) * 1000)
    wire.latency = lambda: 0.0
    return ours, bare, wall


def _method(operation: str) -> str:
    return {"Query": "query", "BatchGetItem": "batch_get_item", "GetItem": "get_item"}[operation]


def cpu(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def _figures(
    measured: dict[tuple[int, int], Measured],
) -> list[Figure]:
    figures = []
    for (follows, celebrities), (ours, bare, wall) in measured.items():
        name = f"{follows} followed, {celebrities} celebrities"
        ratio = median(ours) / median(bare)
        percentiles = quantiles(wall, n=100)
        figures += [
            Figure(f"{name}: CPU", median(ours), "ms"),
            Figure(f"{name}: CPU / bare calls", ratio, "ratio", "<= 1.2"),
            Figure(f"{name}: wall p50", percentiles[49], "ms", "<= 20"),
            Figure(f"{name}: wall p99", percentiles[98], "ms", "<= 60"),
        ]
    return figures
