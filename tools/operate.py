"""`make waiting` and `make redrive`: what stands in the queues, and how it gets moving again.

The same for the local cloud and for AWS; nothing is deleted before it is safe elsewhere.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from tools.errors import ToolError

ClientFor = Callable[[str], Any]

STREAM_DEAD_LETTERS: Final = "stream-dlq"
_OPEN_INDEX: Final = "open"
_BATCH: Final = 10
_LEASE_SECONDS: Final = 60
_POLL_SECONDS: Final = 1.0
_EMPTY_PAGES: Final = 20
_NO_MOVE_TASK: Final = frozenset(
    ("InvalidAction", "UnknownOperationException", "UnsupportedOperation", "NotImplemented")
)
_GONE: Final = frozenset(
    ("TrimmedDataAccessException", "ResourceNotFoundException", "ExpiredIteratorException")
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """One stage, wherever it runs."""

    client_for: ClientFor
    stage: str
    outputs: Mapping[str, str]
    """Of its stack."""

    @property
    def prefix(self) -> str:
        return f"shutterfeed-{self.stage}-"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of `make waiting`; `age_seconds` is None where the cloud does not tell."""

    name: str
    waiting: int
    in_flight: int = 0
    delayed: int = 0
    age_seconds: float | None = None


def waiting(deployment: Deployment) -> list[Waiting]:
    """Every queue, then every dead-letter queue, then the posts on their way."""
    rows = [_queue_row(deployment, url) for url in _queues(deployment).values()]
    rows.sort(key=lambda row: (row.name.endswith("-dlq"), row.name))
    return [*rows, _open_posts(deployment)]


def table(rows: list[Waiting]) -> str:
    lines = [f"{'':<20}{'waiting':>9}{'in flight':>11}{'delayed':>9}{'oldest':>12}"]
    for row in rows:
        age = "-" if row.age_seconds is None else str(timedelta(seconds=int(row.age_seconds)))
        lines.append(
            f"{row.name:<20}{row.waiting:>9,}{row.in_flight:>11,}{row.delayed:>9,}{age:>12}"
        )
    return "\n".join(lines)


def redrive(deployment: Deployment, name: str | None = None) -> dict[str, int]:
    """Send back what is in every dead-letter queue, or in one; messages moved, by queue.

    A message is deleted only once it is in its source queue: stopped in between, it is there
    twice, which every worker takes. Raises `ToolError` for a queue that is none.
    """
    queues = {n: url for n, url in _queues(deployment).items() if n.endswith("-dlq")}
    if name is not None:
        wanted = name if name.endswith("-dlq") else f"{name}-dlq"
        if wanted not in queues:
            raise ToolError(f"There is no queue {wanted}; there are {', '.join(sorted(queues))}.")
        queues = {wanted: queues[wanted]}
    moved = {}
    for queue, url in sorted(queues.items()):
        act = _redrive_stream if queue == STREAM_DEAD_LETTERS else _redrive_queue
        moved[queue] = act(deployment, url)
    return moved


def reconcile(deployment: Deployment) -> dict[str, Any]:
    """Let the reconciler look at every open post now; what it found."""
    return invoke(deployment, "reconcile", {"after_minutes": 0})


def candidates(deployment: Deployment) -> list[tuple[float, str]]:
    """What the collector would remove: when it is due, and the blob's id; soonest first."""
    pages = (
        deployment.client_for("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=deployment.outputs["MetadataTableName"],
            FilterExpression="sk = :blob AND attribute_exists(expires_at)",
            ExpressionAttributeValues={":blob": {"S": "BLOB"}},
        )
    )
    return sorted(
        (float(item["expires_at"]["N"]), item["blob_id"]["S"])
        for page in pages
        for item in page["Items"]
    )


def _redrive_queue(deployment: Deployment, url: str) -> int:
    sqs = deployment.client_for("sqs")
    before = _depth(sqs, url)
    if not before:
        return 0
    try:
        task = sqs.start_message_move_task(SourceArn=_arn(sqs, url))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NO_MOVE_TASK:
            raise
        return _carry(deployment, url)
    while True:
        (latest,) = sqs.list_message_move_tasks(SourceArn=_arn(sqs, url), MaxResults=1)["Results"]
        if latest["Status"] != "RUNNING":
            break
        time.sleep(_POLL_SECONDS)
    if latest["Status"] != "COMPLETED":
        raise ToolError(
            f"{task['TaskHandle']} is {latest['Status']}: {latest.get('FailureReason')}"
        )
    return int(latest["ApproximateNumberOfMessagesMoved"])


def _carry(deployment: Deployment, url: str) -> int:
    """By hand, where the cloud has no task for it: receive, send, delete.

    Raises `ToolError` if there are messages that no worker takes, which stay: after all others.
    """
    # Here, as most commands of the tools are run without our own code on the path.
    from shutterfeed.topology import UnknownKind

    sqs = deployment.client_for("sqs")
    sources = _sources(deployment, _arn(sqs, url))
    moved, homeless = 0, dict[str, str]()
    for message in _received(sqs, url):
        try:
            target = sources[_source(message, sources)]
        except UnknownKind as error:
            homeless[message["MessageId"]] = str(error)
            continue
        moved += _handed_on(sqs, url, message, target)
    if homeless:
        why = next(iter(homeless.values()))
        raise ToolError(f"{moved} messages were sent back, {len(homeless)} stay. {why}")
    return moved


def _handed_on(sqs: Any, url: str, message: dict[str, Any], target: str) -> int:
    sqs.send_message(QueueUrl=target, MessageBody=message["Body"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return 1


def _source(message: dict[str, Any], sources: dict[str, str]) -> str:
    """The queue that a message came from, of those that share its dead-letter queue. Raises
    `UnknownKind`."""
    from shutterfeed.topology import UnknownKind, home_of

    arn = message.get("Attributes", {}).get("DeadLetterQueueSourceArn", "")
    for source in sources:
        if len(sources) == 1 or arn.endswith(f":{source}"):
            return source
    # Where the cloud does not note it, the message itself says which worker it is for.
    kind = _kind(message["Body"])
    queue = home_of(kind).queue
    for source in sources:
        if source.endswith(f"-{queue}"):
            return source
    raise UnknownKind(kind)


def _kind(body: str) -> str:
    from shutterfeed.topology import UnknownKind

    try:
        return str(json.loads(body)["kind"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownKind(body[:100]) from error


def _redrive_stream(deployment: Deployment, url: str) -> int:
    """What lies here are places in the stream: what is still there is read and routed again.

    A place whose records are gone (after 24 hours) stays, for a person to read; the reconciler
    looks at all open posts in any case.
    """
    sqs = deployment.client_for("sqs")
    if not _depth(sqs, url):
        return 0
    done = 0
    for message in _received(sqs, url):
        records = _records(deployment, json.loads(message["Body"])["DDBStreamBatchInfo"])
        if records is None:
            continue
        answer = invoke(deployment, "route-changes", {"Records": records})
        if not answer.get("batchItemFailures"):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            done += 1
    reconcile(deployment)
    return done


def _records(deployment: Deployment, batch: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The batch's records as Lambda gets them; None where the stream has them no more, or not to
    the last one."""
    streams = deployment.client_for("dynamodbstreams")
    last = int(batch["endSequenceNumber"])
    found: list[dict[str, Any]] = []
    empty = 0
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        ).get("ShardIterator")
        while iterator and empty < _EMPTY_PAGES:
            page = streams.get_records(ShardIterator=iterator)
            found += [r for r in page["Records"] if _sequence(r) <= last]
            if page["Records"] and _sequence(page["Records"][-1]) >= last:
                return found
            # An open shard may give a page of nothing and have records behind it.
            empty += not page["Records"]
            iterator = page.get("NextShardIterator")
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
    return None


def _sequence(record: dict[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def invoke(deployment: Deployment, function: str, event: dict[str, Any]) -> dict[str, Any]:
    answer = deployment.client_for("lambda").invoke(
        FunctionName=deployment.prefix + function,
        Payload=json.dumps(event, default=lambda at: at.timestamp()).encode(),
    )
    payload = answer["Payload"].read().decode()
    if answer.get("FunctionError"):
        raise ToolError(f"{function} failed: {payload[:500]}")
    result: dict[str, Any] = json.loads(payload)
    return result


def _received(sqs: Any, url: str) -> Iterator[dict[str, Any]]:
    """Each message once, leased for a minute; what is not deleted comes back by itself."""
    for _ in range(_depth(sqs, url)):
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=_BATCH,
            VisibilityTimeout=_LEASE_SECONDS,
            MessageSystemAttributeNames=["All"],
        )
        if not (messages := answer.get("Messages")):
            return
        yield from messages


def _queues(deployment: Deployment) -> dict[str, str]:
    """Queue URLs by name. Raises `ToolError` where there are none."""
    pages = deployment.client_for("sqs").get_paginator("list_queues")
    urls = [
        url
        for page in pages.paginate(QueueNamePrefix=deployment.prefix)
        for url in page.get("QueueUrls", [])
    ]
    if not urls:
        raise ToolError(f"The stage {deployment.stage} has no queues here: is it deployed?")
    return {url.rpartition("/")[2].removeprefix(deployment.prefix): url for url in urls}


def _sources(deployment: Deployment, dead_letters: str) -> dict[str, str]:
    """URLs of the queues that send what they cannot handle there, by their full name."""
    sqs = deployment.client_for("sqs")
    found = {}
    for url in _queues(deployment).values():
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        policy = json.loads(answer.get("Attributes", {}).get("RedrivePolicy", "{}"))
        if policy.get("deadLetterTargetArn") == dead_letters:
            found[url.rpartition("/")[2]] = url
    return found


def _arn(sqs: Any, url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def _depth(sqs: Any, url: str) -> int:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _queue_row(deployment: Deployment, url: str) -> Waiting:
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
        _age(deployment, name) if waits else None,
    )


def _age(deployment: Deployment, queue: str) -> float | None:
    """As CloudWatch has it; SQS itself does not tell without counting as a delivery."""
    now = datetime.now(UTC)
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


def _open_posts(deployment: Deployment) -> Waiting:
    """The sparse index holds nothing but posts on their way."""
    count, oldest = 0, None
    pages = deployment.client_for("dynamodb").get_paginator("scan")
    for page in pages.paginate(
        TableName=deployment.outputs["MetadataTableName"], IndexName=_OPEN_INDEX
    ):
        count += len(page["Items"])
        for item in page["Items"]:
            created = _ulid_time(item["sk"]["S"].removeprefix("POST#"))
            oldest = created if oldest is None else min(oldest, created)
    age = None if oldest is None else time.time() - oldest
    return Waiting("open posts", count, age_seconds=age)


def _ulid_time(ulid: str) -> float:
    """Seconds since the epoch."""
    milliseconds = 0
    for character in ulid[:10]:
        milliseconds = milliseconds * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    return milliseconds / 1000
