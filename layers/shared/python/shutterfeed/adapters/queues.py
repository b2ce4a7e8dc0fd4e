"""Queues on SQS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

M = TypeVar("M")
M_contra = TypeVar("M_contra", contravariant=True)
_AT_ONCE: Final = timedelta()
_BATCH: Final = 10
_BATCH_BYTES: Final = 256 * 1024
"""The largest size of all messages of one request. AWS allows four times as much now; not every
cloud does."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An encoded message, and the user for whom its work is done, if any. SQS delivers the messages
    of quiet users before those of a user who has many in work."""

    text: str
    tenant: str | None


Letters = Mapping[int, Letter]
"""Messages, by their indexes among all that are to be sent."""


class NotSent(Exception):
    """SQS did not accept a message. The caller's own message or record is delivered again."""


class Encoder(Protocol[M_contra]):
    def encode(self, message: M_contra) -> str: ...

    def tenant(self, message: M_contra) -> str | None: ...


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
        self.send_later(messages, _AT_ONCE)

    def send_later(self, messages: Iterable[M], delay: timedelta) -> None:
        """Send messages that wait for a time, rounded up to seconds. Raises `NotSent`."""
        for batch in _batches(enumerate(map(self._letter, messages))):
            refused = self._post(batch, delay)
            if refused:
                reason = next(iter(refused.values()))
                raise NotSent(f"{len(refused)} of {len(batch)} messages were not sent: {reason}")

    def send_each(self, messages: Sequence[M]) -> Mapping[int, Exception]:
        """Send the messages. Returns why SQS refused a message, by the message's index."""
        failures: dict[int, Exception] = {}
        letters: dict[int, Letter] = {}
        for index, message in enumerate(messages):
            try:
                letters[index] = self._letter(message)
            except ValueError as error:
                failures[index] = error
        for batch in _batches(letters.items()):
            try:
                refused = self._post(batch)
            except (BotoCoreError, ClientError) as error:
                # Whatever SQS took of it all the same is sent again: that is harmless.
                failures |= dict.fromkeys(batch, error)
            else:
                failures |= {index: NotSent(reason) for index, reason in refused.items()}
        return failures

    def _letter(self, message: M) -> Letter:
        return Letter(self.codec.encode(message), self.codec.tenant(message))

    def _post(self, batch: Letters, delay: timedelta = _AT_ONCE) -> Mapping[int, str]:
        """Make one request. Returns why SQS refused a message, by the message's index."""
        entries = [_entry(index, letter) for index, letter in batch.items()]
        if delay:
            entries = [{**entry, "DelaySeconds": ceil(delay.total_seconds())} for entry in entries]
        answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
        return {int(entry["Id"]): str(entry.get("Message")) for entry in answer.get("Failed", [])}


def _entry(index: int, letter: Letter) -> SendMessageBatchRequestEntryTypeDef:
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": str(index), "MessageBody": letter.text}
    if letter.tenant is not None:
        entry["MessageGroupId"] = letter.tenant
    return entry


def _batches(letters: Iterable[tuple[int, Letter]]) -> Iterator[Letters]:
    """The messages of each request, in as few requests as SQS's limits allow. A message that is too
    large gets a request of its own, so that only it is refused."""
    batch: dict[int, Letter] = {}
    size = 0
    for index, letter in letters:
        added = len(letter.text.encode())
        if batch and (len(batch) == _BATCH or size + added > _BATCH_BYTES):
            yield batch
            batch, size = {}, 0
        batch[index] = letter
        size += added
    if batch:
        yield batch
