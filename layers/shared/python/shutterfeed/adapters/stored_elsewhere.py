"""What is stored outside of tables and buckets: accounts, and messages that nobody takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from shutterfeed.domain.traces import Sought, Stored

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH: Final = 10
_HIDDEN_SECONDS: Final = 60
KEPT_AT_MOST: Final = timedelta(days=14)
"""How long a queue keeps a message at most, as a dead letter or before."""


@dataclass(frozen=True, slots=True)
class UserPool:
    """A user pool. It is asked for those who are sought alone, as listing everybody would take
    hours; it finds them by the names and addresses that it can be asked for."""

    client: Any
    pool: str
    store: str = "user pool"

    def read(self, sought: Sought) -> Iterator[Stored]:
        for person in sought.people:
            filters = []
            if person.account:
                filters += [f'sub = "{person.account}"', f'preferred_username = "{person.account}"']
            if person.email:
                filters.append(f'email = "{person.email}"')
            seen = set()
            for filter_ in filters:
                for user in self._users(filter_):
                    if user["Username"] not in seen:
                        seen.add(user["Username"])
                        yield self._stored(user)

    def _users(self, filter_: str) -> Iterator[dict[str, Any]]:
        pages = self.client.get_paginator("list_users").paginate(
            UserPoolId=self.pool, Filter=filter_
        )
        for page in pages:
            yield from page["Users"]

    def _stored(self, user: dict[str, Any]) -> Stored:
        values = [attribute["Value"] for attribute in user.get("Attributes", [])]
        return Stored(self.store, "account", user["Username"], (user["Username"], *values))


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """A queue of dead letters. Each is received and comes back by itself within a minute; nobody
    waits for it meanwhile. Messages of other queues are not looked at: receiving them would keep
    them from their workers, and count."""

    client: SQSClient
    url: str
    store: str

    def read(self, _sought: Sought) -> Iterator[Stored]:
        answer = self.client.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        waiting = int(answer["Attributes"]["ApproximateNumberOfMessages"])
        until = datetime.now(UTC) + KEPT_AT_MOST
        seen = 0
        while seen < waiting:
            messages = self.client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=_HIDDEN_SECONDS,
            ).get("Messages", [])
            if not messages:
                return
            seen += len(messages)
            for message in messages:
                yield Stored(
                    self.store, "message", message["MessageId"], (message["Body"],), until=until
                )
