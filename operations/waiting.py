"""`make waiting`: show what waits in the queues, and how many posts are not yet published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from operations.deployment import Deployment, queues
from shutterfeed.adapters.dynamodb.open_posts import DynamoOpenPosts
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.ids import PostId, ulid_time
from shutterfeed.domain.posts import OPEN_SHARDS
from shutterfeed.ports.system import Clock

_PAGE: Final = 1000
"""Posts that one query of the index of open posts gives."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of `make waiting`; `age_seconds` is None if the cloud does not tell it."""

    name: str
    waiting: int
    in_flight: int = 0
    delayed: int = 0
    age_seconds: float | None = None


def waiting(deployment: Deployment, clock: Clock | None = None) -> list[Waiting]:
    """The rows of the table: every queue, then every dead-letter queue, then the posts that are not
    yet published."""
    now = (clock or SystemClock()).now()
    rows = [_queue_row(deployment, url, now) for url in queues(deployment).values()]
    rows.sort(key=lambda row: (row.name.endswith("-dlq"), row.name))
    return [*rows, _open_posts(deployment, now)]


def table(rows: list[Waiting]) -> str:
    lines = [f"{'':<20}{'waiting':>9}{'in flight':>11}{'delayed':>9}{'oldest':>12}"]
    for row in rows:
        age = "-" if row.age_seconds is None else str(timedelta(seconds=int(row.age_seconds)))
        lines.append(
            f"{row.name:<20}{row.waiting:>9,}{row.in_flight:>11,}{row.delayed:>9,}{age:>12}"
        )
    return "\n".join(lines)


def _queue_row(deployment: Deployment, url: str, now: datetime) -> Waiting:
    name = url.rpartition("/")[2]
    attributes = deployment.client_for("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["All"]
    )["Attributes"]
    waits = int(attributes["ApproximateNumberOfMessages"])
    return Waiting(
        name.removeprefix(deployment.prefix),
        waits,
        int(attributes.get("ApproximateNumberOfMessagesNotVisible", 0)),
        int(attributes.get("ApproximateNumberOfMessagesDelayed", 0)),
        _age(deployment, name, now) if waits else None,
    )


def _age(deployment: Deployment, queue: str, now: datetime) -> float | None:
    """The age that CloudWatch has. SQS itself tells it only to whoever receives the message, which
    counts as a delivery."""
    points = deployment.client_for("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        StartTime=now - timedelta(minutes=10),
        EndTime=now,
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max(points, key=lambda p: p["Timestamp"])["Maximum"] if points else None


def _open_posts(deployment: Deployment, now: datetime) -> Waiting:
    created = [ulid_time(post_id.ulid) for post_id in _on_their_way(deployment, now)]
    age = (now - min(created)).total_seconds() if created else None
    return Waiting("open posts", len(created), age_seconds=age)


def _on_their_way(deployment: Deployment, now: datetime) -> Iterator[PostId]:
    """Every post that awaits media, created until now."""
    posts = DynamoOpenPosts(deployment.metadata)
    for shard in range(OPEN_SHARDS):
        after: str | None = None
        while True:
            page = posts.page(shard, now, after, _PAGE)
            yield from page.items
            after = page.next_position
            if after is None:
                break
