"""Queues: in memory and on moto's SQS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from shutterfeed.adapters.messages import Codec, UnknownMessage
from shutterfeed.adapters.queues import NotSent, SqsQueue
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.media import Reference
from shutterfeed.domain.messages import (
    DeliverEntry,
    DeliverMessage,
    Followed,
    RenderPhoto,
    Unfollowed,
)
from shutterfeed.ports.queues import LONGEST_DELAY, BatchQueue, WatchedQueue
from tests import samples
from tests.conftest import REGION, Aws
from tests.fakes.storage import FakeQueue
from tests.fakes.system import START

DELIVER = Codec[DeliverMessage]("deliver")


class Both(WatchedQueue[DeliverMessage], BatchQueue[DeliverMessage], Protocol): ...


@dataclass(frozen=True, slots=True)
class Line:
    """A queue, and all it holds in any order, which is thereby taken out."""

    queue: Both
    received: Callable[[], list[DeliverMessage]]


@pytest.fixture(params=["fake", "moto"])
def line(request: pytest.FixtureRequest) -> Line:
    if request.param == "fake":
        fake = FakeQueue[DeliverMessage]()
        return Line(fake, lambda: [fake.messages.pop() for _ in range(len(fake.messages))])
    aws: Aws = request.getfixturevalue("aws")
    url = aws.sqs.create_queue(QueueName="deliver")["QueueUrl"]

    def received() -> list[DeliverMessage]:
        found: list[DeliverMessage] = []
        while batch := aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            found += [DELIVER.decode(message["Body"]) for message in batch]
            for message in batch:
                aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    return Line(SqsQueue(aws.sqs, url, DELIVER), received)


def _chunk(followers: int) -> DeliverEntry:
    entry = FeedEntry(samples.position(1), samples.post().id)
    return DeliverEntry(entry, tuple(samples.user_id(number) for number in range(followers)), START)


def _text(message: DeliverMessage) -> str:
    return DELIVER.encode(message)


def test_every_message_arrives_as_it_was_sent(line: Line) -> None:
    ada, bob = samples.user_id(1), samples.user_id(2)
    sent: list[DeliverMessage] = [Followed(ada, bob), Unfollowed(ada, bob), _chunk(500)]
    line.queue.send(sent)
    assert sorted(line.received(), key=_text) == sorted(sent, key=_text)


@pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
def test_any_number_of_messages_is_sent(line: Line, count: int) -> None:
    sent = [Followed(samples.user_id(number), samples.user_id(99)) for number in range(count)]
    line.queue.send(iter(sent))
    assert sorted(line.received(), key=_text) == sent


@pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
def test_each_of_any_number_of_messages_is_sent(line: Line, count: int) -> None:
    sent = [Followed(samples.user_id(number), samples.user_id(99)) for number in range(count)]
    assert line.queue.send_each(sent) == {}
    assert sorted(line.received(), key=_text) == sent


def test_sqs_is_told_for_whom_each_message_is(aws: Aws) -> None:
    url = aws.sqs.create_queue(QueueName="render")["QueueUrl"]
    reference = Reference(samples.sha256(b"photo"), samples.post().id, samples.user_id(7))
    nobodys = RenderPhoto(samples.sha256(b"other"), samples.user_id(8))
    somebodys = RenderPhoto(reference.sha256, samples.user_id(9), reference)
    SqsQueue(aws.sqs, url, Codec[RenderPhoto]("render")).send([nobodys, somebodys])
    received = aws.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    )["Messages"]
    groups = {m["Body"]: m.get("Attributes", {}).get("MessageGroupId") for m in received}
    assert sorted(groups.values(), key=str) == [samples.post().author_id, None]


def test_a_batch_of_the_largest_messages_fits_into_one_request() -> None:
    assert 10 * len(_text(_chunk(500))) <= 256 * 1024


def test_what_sqs_did_not_take_is_an_error() -> None:
    import boto3

    client = boto3.client("sqs", region_name=REGION)
    answer = {
        "Successful": [{"Id": "0", "MessageId": "1", "MD5OfMessageBody": "x"}],
        "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False, "Message": "later"}],
    }
    queue = SqsQueue(client, "https://sqs.example/queue", DELIVER)
    with Stubber(client) as stub:
        stub.add_response("send_message_batch", answer)
        with pytest.raises(NotSent, match="1 of 2 messages were not sent: later"):
            queue.send([Followed(samples.user_id(1), samples.user_id(number)) for number in (2, 3)])
        stub.add_response("send_message_batch", answer)
        failures = queue.send_each([Followed(samples.user_id(1), samples.user_id(2))] * 2)
    assert {index: repr(error) for index, error in failures.items()} == {1: "NotSent('later')"}


def test_a_message_may_wait_before_it_is_received() -> None:
    recorder: Any = _Recorder()
    queue: SqsQueue[str] = SqsQueue(recorder, "https://sqs.example/queue", _Plain())
    queue.send(["a"])
    queue.send_later(["b"], timedelta(seconds=1.5))
    queue.send_later(["c"], LONGEST_DELAY)
    assert recorder.delays == [None, 2, 900], "the longest that SQS takes"
    fake = FakeQueue[str]()
    fake.send_later(["a"], timedelta(minutes=2))
    fake.pass_time(timedelta(minutes=1))
    assert fake.messages == []
    fake.pass_time(timedelta(minutes=1))
    assert (fake.messages, fake.later) == (["a"], [])


def test_a_queue_that_is_not_there_is_an_error(aws: Aws) -> None:
    queue = SqsQueue(aws.sqs, "https://sqs.eu-central-1.amazonaws.com/1/none", DELIVER)
    message = Followed(samples.user_id(1), samples.user_id(2))
    with pytest.raises(ClientError):
        queue.send([message])
    failures = queue.send_each([message] * 11)
    assert list(failures) == list(range(11))
    assert all(isinstance(error, ClientError) for error in failures.values())


class _Recorder:
    """A client that only keeps what it is asked to send."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []
        self.delays: list[int | None] = []

    def send_message_batch(self, **call: Any) -> dict[str, Any]:
        self.requests.append([entry["MessageBody"] for entry in call["Entries"]])
        self.delays.append(call["Entries"][0].get("DelaySeconds"))
        return {"Successful": []}


class _Plain:
    """A codec whose messages are the texts themselves, and nobody's."""

    def tenant(self, _: str) -> str | None:
        return None

    def encode(self, message: str) -> str:
        if not message:
            raise UnknownMessage("nothing")
        return message


@pytest.mark.parametrize(
    ("sizes", "requests"),
    [
        ([1] * 25, [10, 10, 5]),
        ([100_000] * 5, [2, 2, 1]),
        ([262_144, 1], [1, 1]),
        ([262_143, 1], [2]),
        ([1, 300_000, 1], [1, 1, 1]),
    ],
)
def test_a_request_is_never_larger_than_sqs_takes(sizes: list[int], requests: list[int]) -> None:
    recorder: Any = _Recorder()
    queue: SqsQueue[str] = SqsQueue(recorder, "https://sqs.example/queue", _Plain())
    messages = ["x" * size for size in sizes]
    assert queue.send_each(messages) == {}
    assert [len(request) for request in recorder.requests] == requests
    assert [text for request in recorder.requests for text in request] == messages
    queue.send(messages)
    assert [len(request) for request in recorder.requests] == requests * 2


def test_letters_are_counted_as_the_bytes_that_they_are() -> None:
    recorder: Any = _Recorder()
    queue: SqsQueue[str] = SqsQueue(recorder, "https://sqs.example/queue", _Plain())
    queue.send(["é" * 100_000] * 2)
    assert [len(request) for request in recorder.requests] == [1, 1]


def test_a_message_that_has_no_text_fails_alone() -> None:
    recorder: Any = _Recorder()
    queue: SqsQueue[str] = SqsQueue(recorder, "https://sqs.example/queue", _Plain())
    failures = queue.send_each(["a", "", "b"])
    assert [(index, type(error)) for index, error in failures.items()] == [(1, UnknownMessage)]
    assert recorder.requests == [["a", "b"]]


def test_a_backlog_is_counted(line: Line) -> None:
    assert line.queue.backlog() == 0
    line.queue.send([_chunk(1)] * 12)
    assert line.queue.backlog() == 12
    line.received()
    assert line.queue.backlog() == 0
