"""AWS's list prices in us-east-1 that the bill uses, each with where it was read.

Prices are in US dollars without taxes. AWS counts a GB as 2^30 bytes and a TB as 1,024 GB. What is
free is free in every month of every account; allowances of an account's first year are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

LOOKED_UP: Final = "29 November 2026"
"""When the sources were read, or the copies of them that could be had."""
_TB: Final = 1024.0
_AWS: Final = "https://aws.amazon.com"
_DYNAMODB: Final = f"{_AWS}/dynamodb/pricing/on-demand/"
_S3: Final = f"{_AWS}/s3/pricing/"
_LAMBDA: Final = f"{_AWS}/lambda/pricing/"
_SQS: Final = f"{_AWS}/sqs/pricing/"
_GATEWAY: Final = f"{_AWS}/api-gateway/pricing/"
_CLOUDFRONT: Final = f"{_AWS}/cloudfront/pricing/"
_COGNITO: Final = f"{_AWS}/cognito/pricing/"
_CLOUDWATCH: Final = f"{_AWS}/cloudwatch/pricing/"
_XRAY: Final = f"{_AWS}/xray/pricing/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What an amount costs."""

    unit: str
    """What is counted, and what one of it costs."""
    steps: tuple[tuple[float, float], ...]
    """How many units each step of the price has, and what one unit costs in it, in USD."""
    free: float = 0.0
    """How many units are free each month. The first step begins after them."""
    source: str
    confirmed: str | None
    """The place where the price itself was read; None if only this project's documents have it."""

    def of(self, amount: float) -> float:
        """The cost of an amount in a month."""
        left, cost = max(0.0, amount - self.free), 0.0
        for width, usd in self.steps:
            taken = min(left, width)
            cost += taken * usd
            left -= taken
        return cost


def _flat(
    usd: float, unit: str, source: str, confirmed: str | None = None, *, free: float = 0.0
) -> Price:
    return Price(unit=unit, steps=((inf, usd),), free=free, source=source, confirmed=confirmed)


_PRICE_LIST: Final = "public code that quotes AWS's price list"
_PAGE: Final = "the page"

WRITES: Final = _flat(0.625, "million write units", _DYNAMODB, _PRICE_LIST)
READS: Final = _flat(0.125, "million read units", _DYNAMODB, _PRICE_LIST)
INFREQUENT_WRITES: Final = _flat(0.78, "million write units, Standard-IA", _DYNAMODB, _PRICE_LIST)
INFREQUENT_READS: Final = _flat(0.155, "million read units, Standard-IA", _DYNAMODB, _PRICE_LIST)
TABLES: Final = _flat(0.25, "GB of a table", _DYNAMODB, _PRICE_LIST, free=25)
INFREQUENT_TABLES: Final = _flat(0.10, "GB of a table, Standard-IA", _DYNAMODB, _PRICE_LIST)
RECOVERY: Final = _flat(0.20, "GB of point-in-time recovery", _DYNAMODB, _PRICE_LIST)

OBJECTS: Final = Price(
    unit="GB in S3 Standard",
    steps=((50 * _TB, 0.023), (450 * _TB, 0.022), (inf, 0.021)),
    source=_S3,
    confirmed=_PRICE_LIST,
)
INFREQUENT_OBJECTS: Final = _flat(0.0125, "GB in S3 Standard-IA", _S3, _PRICE_LIST)
GLACIER_OBJECTS: Final = _flat(0.004, "GB in S3 Glacier Instant Retrieval", _S3, _PRICE_LIST)
PUTS: Final = _flat(0.005, "thousand PUTs", _S3, _PRICE_LIST)
GETS: Final = _flat(0.0004, "thousand GETs", _S3, _PRICE_LIST)
MOVES: Final = _flat(0.01, "thousand moves to S3 Standard-IA", _S3, _PRICE_LIST)

RUNS: Final = _flat(0.20, "million runs", _LAMBDA, _PRICE_LIST, free=1)
GB_SECONDS: Final = Price(
    unit="million GB-seconds on arm64",
    steps=((7_500, 13.3334), (11_250, 12.0001), (inf, 10.6667)),
    free=0.4,
    source=_LAMBDA,
    confirmed=_PRICE_LIST + "; the steps in AWS's blog",
)
MESSAGES: Final = _flat(0.40, "million requests to SQS", _SQS, _PRICE_LIST, free=1)
GROUPED: Final = _flat(0.10, "million requests with a message group, on top", _SQS)
API: Final = Price(
    unit="million requests to the HTTP API",
    steps=((300, 1.00), (inf, 0.90)),
    source=_GATEWAY,
    confirmed=_PRICE_LIST,
)
DELIVERED: Final = Price(
    unit="GB from CloudFront to North America and Europe",
    steps=(
        (10 * _TB, 0.085),
        (40 * _TB, 0.080),
        (100 * _TB, 0.060),
        (350 * _TB, 0.040),
        (524 * _TB, 0.030),
        (4 * 1024 * _TB, 0.025),
        (inf, 0.020),
    ),
    free=1 * _TB,
    source=_CLOUDFRONT,
    confirmed=_PAGE,
)
EDGE_REQUESTS: Final = _flat(
    1.00, "million HTTPS requests to CloudFront", _CLOUDFRONT, "articles of 2026", free=10
)
EDGE_RUNS: Final = _flat(
    0.10, "million runs of a CloudFront function", _CLOUDFRONT, _PRICE_LIST, free=2
)
EDGE_READS: Final = _flat(
    0.03,
    "million reads of the key-value store by a function",
    _CLOUDFRONT,
    "articles of 2026",
    free=2,
)
ACTIVE_USERS: Final = _flat(
    0.015, "user active in the month, Cognito Essentials", _COGNITO, _PRICE_LIST, free=10_000
)
LITE_USERS: Final = Price(
    unit="user active in the month, Cognito Lite",
    steps=((90_000, 0.0055), (900_000, 0.0046), (9_000_000, 0.00325), (inf, 0.0025)),
    free=10_000,
    source=_COGNITO,
    confirmed=_PRICE_LIST + ", the first step only",
)
ALARMS: Final = _flat(0.10, "alarm", _CLOUDWATCH, _PRICE_LIST, free=10)
DASHBOARDS: Final = _flat(3.00, "dashboard", _CLOUDWATCH, "articles of 2026", free=3)
LOGS: Final = Price(
    unit="GB of logs taken in",
    steps=((10 * _TB, 0.50), (20 * _TB, 0.25), (20 * _TB, 0.10), (inf, 0.05)),
    free=5,
    source=_CLOUDWATCH,
    confirmed=_PRICE_LIST + "; the steps by an article's sum",
)
LOGS_KEPT: Final = _flat(0.03, "GB of logs kept", _CLOUDWATCH, _PRICE_LIST)
TRACES: Final = _flat(5.00, "million traces", _XRAY, _PAGE, free=0.1)

PRICES: Final[Mapping[str, tuple[Price, ...]]] = {
    "DynamoDB": (
        WRITES,
        READS,
        TABLES,
        INFREQUENT_WRITES,
        INFREQUENT_READS,
        INFREQUENT_TABLES,
        RECOVERY,
    ),
    "S3": (OBJECTS, INFREQUENT_OBJECTS, GLACIER_OBJECTS, PUTS, GETS, MOVES),
    "Lambda": (RUNS, GB_SECONDS),
    "SQS": (MESSAGES, GROUPED),
    "API Gateway": (API,),
    "CloudFront": (DELIVERED, EDGE_REQUESTS, EDGE_RUNS, EDGE_READS),
    "Cognito": (ACTIVE_USERS, LITE_USERS),
    "CloudWatch, X-Ray": (ALARMS, DASHBOARDS, LOGS, LOGS_KEPT, TRACES),
}
"""All prices, by service."""
