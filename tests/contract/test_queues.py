"""Queues: in memory and on moto's SQS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from shutterfeed.adapters import messages
from shutterfeed.adapters.queues import NotSent, SqsQueue
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.messages import FeedChunk, FeedMessage, Followed, Unfollowed
from shutterfeed.ports.queues import WatchedQueue
from tests import samples
from tests.conftest import REGION, Aws
from tests.fakes.storage import FakeQueue
from tests.fakes.system import START


@dataclass(frozen=True, slots=True)
class Line:
    """A queue, and all it holds in any order, which is thereby taken out."""

    queue: WatchedQueue[FeedMessage]
    received: Callable[[], list[FeedMessage]]


@pytest.fixture(params=["fake", "moto"])
def line(request: pytest.FixtureRequest) -> Line:
    if request.param == "fake":
        fake = FakeQueue[FeedMessage]()
        return Line(fake, lambda: [fake.messages.pop() for _ in range(len(fake.messages))])
    aws: Aws = request.getfixturevalue("aws")
    url = aws.sqs.create_queue(QueueName="feed")["QueueUrl"]

    def received() -> list[FeedMessage]:
        found: list[FeedMessage] = []
        while batch := aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            found += [messages.FEED.decode(message["Body"]) for message in batch]
            for message in batch:
                aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    return Line(SqsQueue(aws.sqs, url, messages.FEED), received)


def _chunk(followers: int) -> FeedChunk:
    entry = FeedEntry(samples.position(1), samples.post().id)
    return FeedChunk(entry, tuple(samples.user_id(number) for number in range(followers)), START)


def _text(message: FeedMessage) -> str:
    return messages.FEED.encode(message)


def test_every_message_arrives_as_it_was_sent(line: Line) -> None:
    ada, bob = samples.user_id(1), samples.user_id(2)
    sent: list[FeedMessage] = [Followed(ada, bob), Unfollowed(ada, bob), _chunk(500)]
    line.queue.send(sent)
    assert sorted(line.received(), key=_text) == sorted(sent, key=_text)


@pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
def test_any_number_of_messages_is_sent(line: Line, count: int) -> None:
    sent = [Followed(samples.user_id(number), samples.user_id(99)) for number in range(count)]
    line.queue.send(iter(sent))
    assert sorted(line.received(), key=_text) == sent


def test_a_batch_of_the_largest_messages_fits_into_one_request() -> None:
    assert 10 * len(_text(_chunk(500))) <= 256 * 1024


def test_what_sqs_did_not_take_is_an_error() -> None:
    import boto3

    client = boto3.client("sqs", region_name=REGION)
    answer = {
        "Successful": [{"Id": "0", "MessageId": "1", "MD5OfMessageBody": "x"}],
        "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False, "Message": "later"}],
    }
    queue = SqsQueue(client, "https://sqs.example/queue", messages.FEED)
    with Stubber(client) as stub:
        stub.add_response("send_message_batch", answer)
        with pytest.raises(NotSent, match="1 of 2 messages were not sent: later"):
            queue.send([Followed(samples.user_id(1), samples.user_id(number)) for number in (2, 3)])


def test_a_queue_that_is_not_there_is_an_error(aws: Aws) -> None:
    queue = SqsQueue(aws.sqs, "https://sqs.eu-central-1.amazonaws.com/1/none", messages.FEED)
    with pytest.raises(ClientError):
        queue.send([Followed(samples.user_id(1), samples.user_id(2))])


def test_a_backlog_is_counted(line: Line) -> None:
    assert line.queue.backlog() == 0
    line.queue.send([_chunk(1)] * 12)
    assert line.queue.backlog() == 12
    line.received()
    assert line.queue.backlog() == 0
