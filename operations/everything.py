"""Everything that a deployed stage stores, and what of it nobody can look through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from operations.deployment import Deployment, queues
from operations.waiting import waiting
from shutterfeed.adapters.stored_elsewhere import KEPT_AT_MOST, DeadLetters, UserPool
from shutterfeed.adapters.stored_items import TablePart
from shutterfeed.adapters.stored_objects import Bucket, Lifecycle
from shutterfeed.domain.receipts import Unread
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.domain.traces import Sought, Stored
from shutterfeed.ports.everything import Source
from shutterfeed.schema import FOLLOWERS_INDEX, OPEN_INDEX, PUBLISHED_INDEX
from shutterfeed.topology import STREAM_DEAD_LETTERS, worker

_INDEXES: Final = (FOLLOWERS_INDEX, PUBLISHED_INDEX, OPEN_INDEX)
_PARTS: Final = 8
"""Into how many parts a table is divided, which are scanned at the same time."""
_REFUSED: Final = frozenset(("AccessDenied", "NoSuchBucket", "PermanentRedirect", "403", "404"))
_STREAM: Final = timedelta(hours=24)
_DOLLARS: Final = {"read units": 0.125e-6, "lists": 5e-6, "details": 0.4e-6, "invocations": 0.2e-6}
"""us-east-1, on demand."""


@dataclass(frozen=True, slots=True)
class SearchDocuments:
    """The subjects of all documents of a search domain, of which the function that maintains the
    index tells page by page. Whatever else a document has is made of its subject's item."""

    deployment: Deployment
    requests: Counter[str]
    store: str = "search"

    def read(self, _sought: Sought) -> Iterator[Stored]:
        after: str | None = None
        while True:
            event = {"action": "held", "after": after}
            page = self.deployment.invoke(worker("index").function, event)
            self.requests["invocations"] += 1
            for subject in page["subjects"]:
                yield Stored(self.store, "document", subject, (subject,), owner=subject)
            after = page["after"]
            if after is None:
                return


@dataclass(frozen=True, slots=True)
class DeployedEverything:
    """Every table with its indexes, every bucket, the dead letters, the search engine and the user
    pool of a stage."""

    deployment: Deployment
    deep: bool = False
    """Whether the tags and the metadata of all objects are read, and not only of those whose keys
    name somebody."""
    parts: int = _PARTS
    requests: Counter[str] = field(default_factory=Counter)

    def sources(self) -> Sequence[Source]:
        deployment, outputs = self.deployment, self.deployment.outputs
        pool = UserPool(deployment.client_for("cognito-idp"), outputs["UserPoolId"])
        return [*self._tables(), *self._search(), *self._buckets(), *self._dead_letters(), pool]

    def cost(self) -> float:
        """What reading has cost so far, about, in US dollars."""
        return sum(self.requests[name] * price for name, price in _DOLLARS.items())

    def _tables(self) -> Iterator[Source]:
        outputs = self.deployment.outputs
        metadata = outputs["MetadataTableName"]
        yield from self._table(metadata, "metadata")
        for index in _INDEXES:
            yield from self._table(metadata, f"index {index}", index)
        yield from self._table(outputs["FeedTableName"], "feed")

    def _table(self, name: str, store: str, index: str | None = None) -> Iterator[Source]:
        client = self.deployment.client_for("dynamodb")
        for part in range(self.parts):
            yield TablePart(client, name, store, index, part, self.parts, self.requests)

    def _search(self) -> Iterator[Source]:
        outputs = self.deployment.outputs
        if outputs["SearchEngine"] == "dynamodb":
            yield from self._table(outputs["SearchTarget"], "search")
        else:
            yield SearchDocuments(self.deployment, self.requests)

    def _buckets(self) -> Iterator[Source]:
        s3 = self.deployment.client_for("s3")
        for name in _bucket_names(self.deployment):
            store = name.removeprefix(self.deployment.prefix).partition("-")[0]
            yield Bucket(s3, name, f"bucket {store}", self.deep, self.requests)
        if (replica := _replica(self.deployment)) is not None and _is_readable(s3, replica):
            yield Bucket(s3, replica, "copies of originals", self.deep, self.requests)

    def _dead_letters(self) -> Iterator[Source]:
        sqs = self.deployment.client_for("sqs")
        for name, url in sorted(queues(self.deployment).items()):
            if name.endswith("-dlq"):
                yield DeadLetters(sqs, url, f"queue {name}")


def unread(deployment: Deployment, now: datetime) -> list[Unread]:
    """What cannot be looked through or taken out of, and when it is gone."""
    found = [
        Unread("backups of the metadata table by the minute", now + _recovery(deployment)),
        Unread("records of the metadata table's changes", now + _STREAM),
        Unread("links to media, and copies at the edge, which are denied", now + DENIAL_RETENTION),
    ]
    found += _messages(deployment, now)
    found += _logs(deployment, now)
    if days := deployment.outputs.get("BackupDays"):
        found.append(Unread("nightly backups of the metadata", now + timedelta(days=int(days))))
    replica = _replica(deployment)
    if replica is not None and not _is_readable(deployment.client_for("s3"), replica):
        found.append(Unread(f"copies of originals in {replica}, erased there by hand", None))
    return found


def _bucket_names(deployment: Deployment) -> list[str]:
    listed = deployment.client_for("s3").list_buckets()["Buckets"]
    return sorted(
        bucket["Name"] for bucket in listed if bucket["Name"].startswith(deployment.prefix)
    )


def _replica(deployment: Deployment) -> str | None:
    """The bucket in another region to which S3 copies the originals; None if there is none."""
    s3 = deployment.client_for("s3")
    try:
        found = s3.get_bucket_replication(Bucket=deployment.outputs["OriginalsBucketName"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ReplicationConfigurationNotFoundError":
            return None
        raise
    arn: str = found["ReplicationConfiguration"]["Rules"][0]["Destination"]["Bucket"]
    return arn.rpartition(":")[2]


def _is_readable(s3: Any, bucket: str) -> bool:
    try:
        s3.list_object_versions(Bucket=bucket, MaxKeys=1)
    except ClientError as error:
        if error.response["Error"]["Code"] in _REFUSED:
            return False
        raise
    return True


def _recovery(deployment: Deployment) -> timedelta:
    """How long point-in-time recovery goes back."""
    name = deployment.metadata.name
    backups: Any = deployment.client_for("dynamodb").describe_continuous_backups(TableName=name)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return timedelta(days=recovery.get("RecoveryPeriodInDays", 35))


def _messages(deployment: Deployment, now: datetime) -> Iterator[Unread]:
    """Messages that wait for a worker. Whoever reads one takes it away; dead letters are read."""
    rows = waiting(deployment)
    unseen = [row for row in rows if not row.name.endswith(("-dlq", " posts"))]
    count = sum(row.waiting + row.in_flight + row.delayed for row in unseen)
    if count:
        yield Unread(f"{count} messages between functions, of anybody", now + KEPT_AT_MOST)
    if any(row.name == STREAM_DEAD_LETTERS and row.waiting for row in rows):
        yield Unread("positions in the stream of changes", now + KEPT_AT_MOST)


def _logs(deployment: Deployment, now: datetime) -> Iterator[Unread]:
    pages = deployment.client_for("logs").get_paginator("describe_log_groups")
    groups = [
        group
        for page in pages.paginate(logGroupNamePrefix=f"/aws/lambda/{deployment.prefix}")
        for group in page["logGroups"]
    ]
    days = [group.get("retentionInDays") for group in groups]
    if days:
        longest = None if None in days else now + timedelta(days=max(filter(None, days)))
        yield Unread("log lines, which may have the user id and an address", longest)
    s3 = deployment.client_for("s3")
    for bucket in _bucket_names(deployment):
        if bucket.startswith(f"{deployment.prefix}logs"):
            until = Lifecycle.of(s3, bucket).end("x", {}, now, None)
            yield Unread("what the logs of accesses to buckets say", until)
