"""A month's bill: what people do, times what each thing takes, at AWS's prices.

The operations are measured (`bill_operations.py`), the settings are those of the synthesized
template, and the prices stand with their sources in `prices.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import bill_operations as operations
from bench.bill_meter import Taken
from bench.bill_operations import Measured

PRICES: Final[Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("prices.json").read_text(encoding="utf-8")
)
MONTH_S: Final = 365.25 * 86_400 / 12
_DAYS: Final = MONTH_S / 86_400
_GB: Final = 1024**3
_POLLERS, _POLL_S = 5, 20
"""Lambda asks a queue with five pollers, each of which waits for up to 20 seconds."""
_RECONCILE_RUNS, _RECONCILE_S = 8_640, 0.1
_PLATFORM_LINES: Final = 900
"""Bytes of Lambda's own three lines about a run, in JSON."""
_ACCESS_LINE: Final = 350
"""Bytes of a line of the gateway's access log."""
_AVATAR_BYTES: Final = 6_000
"""An avatar of 150 pixels."""
SECONDS: Final[Mapping[str, float]] = {
    "api": 0.06,
    "dedup_hash": 0.1,
    "thumbnail": 0.3,
    "publish": 0.03,
    "route_changes": 0.03,
    "fan_out": 0.1,
    "deliver": 0.1,
    "index": 0.2,
    "tokens": 0.02,
}
"""Billed seconds of a run: as in `backlog.py`, the API's by `feed_read` (p50 28 ms)."""
SEARCH_WRITES, SEARCH_READS, SUGGESTION_READS = 36.0, 17.9, 0.5
"""Units of a post in the index, of a search and of a suggestion: `make bench B=search`."""
SEARCH_BYTES: Final = 10_000
"""What a post leaves in the index: docs/deploying.md."""
FEED_UPKEEP: Final = 265.0
"""USD a month at 500 million users for pushes, trimming, snapshots and subscriptions: all of
`make bench B=feed_cost` but the pages, and the recent posts, which a publication is measured
with."""
EDGE_AND_PROFILE_GB: Final = 3_700.0
"""The edges and profiles of 500 million users: docs/deploying.md."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How many people do how much in a month, and since when."""

    name: str
    users: float
    monthly: float
    """Users who come in a month."""
    daily: float
    photos_a_day: float
    months: float
    """How long photos have been kept: what is stored grows by as many a month."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What a visitor does on a day: docs/feed-cost.md says where visits and pages come from, the
    rest are assumptions."""

    pages: float = 15.0
    posts_a_page: float = 20.0
    looks: float = 7.0
    """Questions whether there are new posts: one a visit."""
    profiles: float = 2.0
    searches: float = 0.5
    suggestions: float = 2.0
    follows: float = 2.0
    refreshes: float = 3.7
    """Tokens exchanged: docs/accounts.md, at a lifetime of two hours."""
    opened: float = 2.0
    """Times that the site is loaded anew."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the template says."""

    queues: int
    alarms: int
    dashboards: int
    memory_mb: Mapping[str, int]
    infrequent: frozenset[str]
    """The tables in the class for what is rarely read."""
    originals_after_30_days: str
    """The storage class of older originals."""
    log_days: int
    traced: bool


Lines = dict[str, float]


def tiered(amount: float, steps: Sequence[Sequence[float | None]]) -> float:
    """The price of an amount, of which each step takes its own price."""
    cost = 0.0
    for width, price in steps:
        assert price is not None
        taken = amount if width is None else min(amount, width)
        cost += taken * price
        amount -= taken
    return cost


def idle(settings: Settings) -> Lines:
    """What a deployment costs that nobody uses, by README's parts."""
    cloudwatch, sqs = PRICES["cloudwatch"], PRICES["sqs"]
    polls = settings.queues * _POLLERS * MONTH_S / _POLL_S
    return {
        "CloudWatch alarms": max(0, settings.alarms - cloudwatch["free_alarms"])
        * cloudwatch["alarm"],
        "CloudWatch dashboard": max(0, settings.dashboards - cloudwatch["free_dashboards"])
        * cloudwatch["dashboard"],
        "the reconciler's schedule": _runs(_RECONCILE_RUNS, _RECONCILE_S, 512),
        "SQS": _millions(polls - sqs["free_requests"]) * sqs["million_requests"],
    }


def _millions(count: float) -> float:
    return max(0.0, count) / 1e6


def _runs(count: float, seconds: float, memory_mb: int) -> float:
    prices = PRICES["lambda"]
    gb_seconds = count * seconds * memory_mb / 1024
    return _millions(count) * prices["million_runs"] + gb_seconds * prices["gb_second_arm64"]


def activity(scale: Scale, habits: Habits) -> dict[str, float]:
    """How often each operation happens in a month."""
    visits = scale.daily * _DAYS
    return {
        operations.POST: scale.photos_a_day * _DAYS,
        operations.FEED_PAGE: visits * habits.pages,
        operations.LOOK: visits * habits.looks,
        operations.PROFILE: visits * habits.profiles,
        operations.POSTS: visits * habits.profiles,
        operations.FOLLOW: visits * habits.follows,
        operations.FIRST_VISIT: visits,
    }


def bill(scale: Scale, settings: Settings, measured: Measured, habits: Habits) -> Lines:
    """The month's lines, in USD."""
    counts = activity(scale, habits)
    taken = measured.operations
    visits = scale.daily * _DAYS
    lines = _requests_of_tables(scale, settings, counts, taken, habits)
    lines |= _stored_in_tables(scale, settings, taken)
    lines |= _buckets(scale, settings, measured, counts)
    lines |= _delivery(measured, counts, visits, habits)
    runs = _all_runs(counts, taken, visits, habits)
    lines["Lambda"] = sum(
        _runs(count, SECONDS[name], settings.memory_mb[name]) for name, count in runs.items()
    )
    requests = runs["api"]
    lines["API Gateway"] = tiered(requests / 1e6, PRICES["gateway"]["million_requests"])
    lines |= _watching(settings, counts, taken, runs, requests)
    polled = settings.queues * _POLLERS * MONTH_S / _POLL_S
    sent = sum(count * taken[name].sends for name, count in counts.items())
    messages = sum(count * taken[name].messages.total() for name, count in counts.items())
    free = PRICES["sqs"]["free_requests"]
    lines["SQS"] = (
        _millions(polled + sent + 2 * messages - free) * PRICES["sqs"]["million_requests"]
    )
    cognito = PRICES["cognito"]
    lines["Cognito"] = max(0.0, scale.monthly - cognito["free_users"]) * cognito["active_user"]
    return lines


def _requests_of_tables(
    scale: Scale,
    settings: Settings,
    counts: Mapping[str, float],
    taken: Mapping[str, Taken],
    habits: Habits,
) -> Lines:
    prices, cost = PRICES["dynamodb"], 0.0
    visits = scale.daily * _DAYS
    for table in ("metadata", "feed"):
        written = sum(count * taken[name].written[table] for name, count in counts.items())
        read = sum(count * taken[name].read_units(table) for name, count in counts.items())
        cost += _units(prices, settings, table, written, read)
    searched = visits * (habits.searches * SEARCH_READS + habits.suggestions * SUGGESTION_READS)
    found = visits * habits.searches * 30  # Posts, counts and authors of what was found.
    cost += _units(prices, settings, "search", counts[operations.POST] * SEARCH_WRITES, searched)
    cost += _units(prices, settings, "metadata", 0.0, found)
    return {
        "DynamoDB requests": cost,
        "DynamoDB requests, upkeep of feeds": FEED_UPKEEP * scale.users / 500e6,
    }


def _units(
    prices: Mapping[str, float], settings: Settings, table: str, written: float, read: float
) -> float:
    factor = prices["infrequent_requests"] if table in settings.infrequent else 1.0
    cost = _millions(written) * prices["million_writes"] + _millions(read) * prices["million_reads"]
    return factor * cost


def _stored_in_tables(scale: Scale, settings: Settings, taken: Mapping[str, Taken]) -> Lines:
    prices = PRICES["dynamodb"]
    photos = scale.photos_a_day * _DAYS * scale.months
    post = taken[operations.POST]
    people = EDGE_AND_PROFILE_GB * scale.users / 500e6
    itself = photos * post.stored["metadata"] / _GB + people / 2
    indexes = photos * post.stored["metadata/indexes"] / _GB + people / 2
    search = photos * SEARCH_BYTES / _GB
    cost, free = 0.0, float(prices["free_gb"])
    for table, size in (("metadata", itself + indexes), ("search", search)):
        if table in settings.infrequent:
            cost += size * prices["infrequent_gb_month"]
        else:
            cost += max(0.0, size - free) * prices["gb_month"]
            free = max(0.0, free - size)
    return {
        "DynamoDB storage": cost,
        "DynamoDB point-in-time recovery": itself * prices["recovery_gb_month"],
    }


def _buckets(
    scale: Scale, settings: Settings, measured: Measured, counts: Mapping[str, float]
) -> Lines:
    prices = PRICES["s3"]
    month = scale.photos_a_day * _DAYS
    older = max(0.0, scale.months - 1) * month
    young = min(scale.months, 1.0) * month
    cheap = settings.originals_after_30_days
    rate = {"STANDARD_IA": "infrequent", "GLACIER_IR": "glacier_ir"}[cheap]
    standard = prices["standard_gb_month"]
    originals = tiered(young * measured.original_bytes / _GB, standard)
    originals += older * measured.original_bytes / _GB * prices[f"{rate}_gb_month"]
    if scale.months > 1:
        originals += month / 1e3 * prices[f"thousand_moves_to_{rate}"]
    each = sum(measured.rendition_bytes.values())
    renditions = tiered((young + older) * each / _GB, standard)
    # The upload itself is a PUT too, which its sender makes and we pay.
    posts, post = counts[operations.POST], measured.operations[operations.POST]
    requests = posts * (
        (post.puts + 1) / 1e3 * prices["thousand_puts"] + post.gets / 1e3 * prices["thousand_gets"]
    )
    return {
        "S3 originals": originals,
        "S3 renditions": renditions,
        "S3 requests": requests,
    }


def _delivery(
    measured: Measured,
    counts: Mapping[str, float],
    visits: float,
    habits: Habits,
) -> Lines:
    """CloudFront: a picture of 640 pixels as WebP for each post shown, the site, and the API's
    answers."""
    prices = PRICES["cloudfront"]
    pictures = counts[operations.FEED_PAGE] * habits.posts_a_page
    avatars = visits * 30
    answers = sum(counts.values()) * 10_000
    sent = pictures * measured.rendition_bytes["640.webp"] + avatars * _AVATAR_BYTES + answers
    sent += visits * habits.opened * 100_000
    requests = pictures + avatars + sum(counts.values()) + visits * habits.opened * 5
    return {
        "CloudFront bytes": tiered(max(0.0, sent / _GB - prices["free_gb"]), prices["gb"]),
        "CloudFront requests": max(0.0, requests / 1e6 - prices["free_million_requests"])
        * prices["million_https_requests"]
        + max(0.0, visits * habits.opened * 2 / 1e6 - prices["free_million_function_runs"])
        * prices["million_function_runs"],
    }


def _all_runs(
    counts: Mapping[str, float], taken: Mapping[str, Taken], visits: float, habits: Habits
) -> dict[str, float]:
    runs = dict.fromkeys(SECONDS, 0.0)
    for name, count in counts.items():
        for function, times in taken[name].runs.items():
            runs[function] += count * times
    runs["api"] += visits * (habits.searches + habits.suggestions)
    runs["tokens"] += visits * habits.refreshes
    return runs


def _watching(
    settings: Settings,
    counts: Mapping[str, float],
    taken: Mapping[str, Taken],
    runs: Mapping[str, float],
    requests: float,
) -> Lines:
    prices = PRICES["cloudwatch"]
    logged = sum(count * taken[name].logged for name, count in counts.items())
    logged += sum(runs.values()) * _PLATFORM_LINES + requests * _ACCESS_LINE
    size = max(0.0, logged / _GB - prices["free_log_gb"])
    kept = logged / _GB * settings.log_days / _DAYS * prices["log_gb_month"]
    alarms = max(0, settings.alarms - prices["free_alarms"]) * prices["alarm"]
    lines = {"CloudWatch logs": tiered(size, prices["log_gb"]) + kept, "CloudWatch alarms": alarms}
    if settings.traced:
        xray = PRICES["xray"]
        traces = max(0.0, requests * 0.05 / 1e6 - xray["free_million_traces"])
        lines["X-Ray"] = traces * xray["million_traces"]
    return lines
