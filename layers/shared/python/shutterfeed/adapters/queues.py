"""Queues on SQS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from shutterfeed.adapters.dynamodb.table import chunks
from shutterfeed.adapters.messages import Codec

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

M = TypeVar("M")
_BATCH = 10


class NotSent(Exception):
    """SQS took only a part of the messages; the caller's own message comes again."""


@dataclass(frozen=True, slots=True)
class SqsQueue(Generic[M]):
    client: SQSClient
    url: str
    codec: Codec[M]

    def send(self, messages: Iterable[M]) -> None:
        """Raises `NotSent`. Messages are idempotent: sending some of them twice is harmless."""
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
                raise NotSent(f"{len(failed)} of {len(batch)}: {failed[0].get('Message')}")
