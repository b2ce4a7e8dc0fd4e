"""`make redrive`: dead letters go back to the queues they came from.

It works for the local cloud and for AWS. No message is deleted before it is in its source queue.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from operations.deployment import Deployment, queues
from operations.reconcile import reconcile
from shutterfeed.topology import LANES, ROUTER, STREAM_DEAD_LETTERS, Lane, UnknownKind, home_of
from tools.errors import ToolError

_BATCH: Final = 10
_HIDDEN_SECONDS: Final = 60
_POLL_SECONDS: Final = 1.0
_EMPTY_PAGES: Final = 20
_NO_MOVE_TASK: Final = frozenset(
    ("InvalidAction", "UnknownOperationException", "UnsupportedOperation", "NotImplemented")
)
_GONE: Final = frozenset(
    ("TrimmedDataAccessException", "ResourceNotFoundException", "ExpiredIteratorException")
)


def redrive(deployment: Deployment, name: str | None = None) -> dict[str, int]:
    """Send back the messages of every dead-letter queue, or of one. Returns the number of moved
    messages for each queue.

    A message is deleted only once it is in its source queue. If the command is stopped in between,
    the message is there twice, which no worker minds. Raises `ToolError` if `name` is not the name
    of a dead-letter queue.
    """
    dead = {n: url for n, url in queues(deployment).items() if n.endswith("-dlq")}
    if name is not None:
        wanted = name if name.endswith("-dlq") else f"{name}-dlq"
        if wanted not in dead:
            raise ToolError(
                f"There is no queue {wanted}; the queues are {', '.join(sorted(dead))}."
            )
        dead = {wanted: dead[wanted]}
    moved = {}
    for queue, url in sorted(dead.items()):
        act = _redrive_stream if queue == STREAM_DEAD_LETTERS else _redrive_queue
        moved[queue] = act(deployment, url)
    return moved


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
    """Move the messages one by one, for clouds that have no task for it: receive, send, delete.
    Messages that no worker takes stay. If there are any, `ToolError` is raised once all others are
    moved."""
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
        raise ToolError(f"{moved} messages were sent back; {len(homeless)} could not be. {why}")
    return moved


def _handed_on(sqs: Any, url: str, message: dict[str, Any], target: str) -> int:
    sqs.send_message(QueueUrl=target, MessageBody=message["Body"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return 1


def _source(message: dict[str, Any], sources: dict[str, str]) -> str:
    """The queue that a message came from, of those that share its dead-letter queue. Raises
    `UnknownKind`."""
    arn = message.get("Attributes", {}).get("DeadLetterQueueSourceArn", "")
    for source in sources:
        if len(sources) == 1 or arn.endswith(f":{source}"):
            return source
    # Where the cloud does not note it, the message itself says which worker it is for, unless they
    # are the queues of one worker. It then goes to the worker's first queue.
    workers = {_lane_of(source).worker for source in sources}
    kind = "" if len(workers) == 1 else _kind(message["Body"])
    queue = home_of(kind).queue if kind else next(iter(workers)).queue
    for source in sources:
        if _lane_of(source).queue == queue:
            return source
    raise UnknownKind(kind)


def _lane_of(queue: str) -> Lane:
    """The queue's row, by its full name."""
    return max(
        (lane for lane in LANES if queue.endswith(f"-{lane.queue}") or queue == lane.queue),
        key=lambda lane: len(lane.queue),
    )


def _kind(body: str) -> str:
    try:
        return str(json.loads(body)["kind"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownKind(body[:100]) from error


def _redrive_stream(deployment: Deployment, url: str) -> int:
    """The messages here are positions in the stream: the records that are still there are read and
    routed again.

    A position whose records are gone (after 24 hours) stays, for a person to read; the reconciler
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
        answer = deployment.invoke(ROUTER, {"Records": records})
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


def _received(sqs: Any, url: str) -> Iterator[dict[str, Any]]:
    """Each message once, hidden from others for a minute; what is not deleted comes back by
    itself."""
    for _ in range(_depth(sqs, url)):
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=_BATCH,
            VisibilityTimeout=_HIDDEN_SECONDS,
            MessageSystemAttributeNames=["All"],
        )
        if not (messages := answer.get("Messages")):
            return
        yield from messages


def _sources(deployment: Deployment, dead_letters: str) -> dict[str, str]:
    """URLs of the queues that send what they cannot handle there, by their full name."""
    sqs = deployment.client_for("sqs")
    found = {}
    for url in queues(deployment).values():
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
