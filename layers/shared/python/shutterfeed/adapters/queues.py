"""Queues on SQS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from shutterfeed.adapters.dynamodb.table import chunks

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

M = TypeVar("M")
M_contra = TypeVar("M_contra", contravariant=True)
_BATCH = 10


class NotSent(Exception):
    """SQS accepted only some of the messages. The caller's own message is delivered again."""


class Encoder(Protocol[M_contra]):
    def encode(self, message: M_contra) -> str: ...


@dataclass(frozen=True, slots=True)
class SqsQueue(Generic[M]):
    client: SQSClient
    url: str
    codec: Encoder[M]

    def backlog(self) -> int:
        answer = self.client.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def send(self, messages: Iterable[M]) -> None:
        """Send messages. Raises `NotSent`. Messages are idempotent, so sending some of them twice
        is harmless."""
        for batch in chunks(list(messages), _BATCH):
            answer = self.client.send_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(index), "MessageBody": self.codec.encode(message)}
                    for index, message in enumerate(batch)
                ],
            )
            failed = answer.get("Failed", [])
            if failed:
                raise NotSent(
                    f"{len(failed)} of {len(batch)} messages were not sent: "
                    f"{failed[0].get('Message')}"
                )
