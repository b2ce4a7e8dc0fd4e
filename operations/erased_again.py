"""Erases once more what a restored table has again: whatever the list of erasures names.

A table that was restored to an earlier moment does not know of later erasures; the list does, which
lies in the bucket of originals. `hide` takes the erased out of sight, and needs nothing but the
table and the list. `erase` has the workers remove everything, and needs a stage that is deployed.
Both may be repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionExpressionBuilder

from operations.accounts import Account
from operations.deployment import Deployment, queues
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.dynamodb.table import Table, item_key, marshal, unmarshal
from shutterfeed.adapters.erasures import S3ErasureList
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.queues import SqsQueue
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.accounts import user_id_of
from shutterfeed.domain.erasures import Erasable, Erasure, digest_of
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import CollectMessage, EraseAccount, RemovePost
from shutterfeed.ports.system import Clock
from shutterfeed.schema import PK, SK
from tools.progress import step

_PARTS: Final = 16
"""Parts of the table that are scanned at the same time."""


@dataclass(frozen=True, slots=True)
class Again:
    """What a table has of what was erased."""

    user_ids: list[str] = field(default_factory=list)
    posts: list[PostId] = field(default_factory=list)
    """Posts of other users."""


def again(deployment: Deployment, clock: Clock | None = None) -> Again:
    """Hide what the stage's table has of what was erased, and have it erased."""
    s3: Any = deployment.client_for("s3")
    erasures = S3ErasureList(s3, deployment.outputs["OriginalsBucketName"])
    found = hide(deployment.metadata, erasures.all(), clock)
    erase(deployment, found, clock)
    return found


def hide(metadata: Table, erasures: Iterable[Erasure], clock: Clock | None = None) -> Again:
    """Close the accounts and erase the posts that are listed, so that nobody sees them. Returns
    them."""
    listed, now = set(erasures), (clock or SystemClock()).now()
    if not listed:
        return Again()
    found = _found(metadata, listed)
    closings, profiles, posts = (
        DynamoClosings(metadata),
        DynamoProfiles(metadata),
        DynamoPosts(metadata),
    )
    for user_id in found.user_ids:
        closings.close(user_id, now, now)
        profile = profiles.item(user_id)
        if profile is None or profile.closed_at is None or profile.erase_at is None:
            continue  # It was removed meanwhile.
        if profile.erase_at > now:
            closings.hasten(user_id, profile.closed_at, now)
    for post_id in found.posts:
        posts.erase(post_id, now)
    return found


def erase(deployment: Deployment, found: Again, clock: Clock | None = None) -> None:
    """Send the workers what they need to erase what was hidden."""
    sqs, urls = deployment.client_for("sqs"), queues(deployment)
    accounts = SqsQueue(sqs, urls["erase"], Codec[EraseAccount]("erase"))
    collected = SqsQueue(sqs, urls["collect"], Codec[CollectMessage]("collect"))
    now = (clock or SystemClock()).now()
    accounts.send([EraseAccount(user_id) for user_id in found.user_ids])
    collected.send([RemovePost(post_id, now) for post_id in found.posts])


def not_erased(
    deployment: Deployment, brought: Iterable[Account], skipped: Counter[str]
) -> Iterator[Account]:
    """Those of the accounts of a file whose users were not erased; `skipped` counts the others as
    `erased`."""
    s3: Any = deployment.client_for("s3")
    listed = set(S3ErasureList(s3, deployment.outputs["OriginalsBucketName"]).all())
    key = DynamoSecrets(deployment.metadata).account_key() if listed else b""
    for account in brought:
        if listed and _is_listed(listed, Erasable.ACCOUNT, user_id_of(account.account, key)):
            skipped["erased"] += 1
        else:
            yield account


def _found(metadata: Table, listed: Collection[Erasure]) -> Again:
    """Profiles and posts that are listed. This scans the table."""
    user_ids: set[str] = set()
    posts: set[PostId] = set()
    with step("Looking for what was erased") as progress, ThreadPoolExecutor(_PARTS) as threads:
        for some in threads.map(lambda part: list(_keys(metadata, part)), range(_PARTS)):
            for key in some:
                if key.sk == keys.PROFILE:
                    user_id = keys.parse_profile(key)
                    if _is_listed(listed, Erasable.ACCOUNT, user_id):
                        user_ids.add(user_id)
                elif _is_listed(listed, Erasable.POST, str(keys.parse_post(key))):
                    posts.add(keys.parse_post(key))
            progress.detail = f"{len(user_ids):,} accounts, {len(posts):,} posts"
    others = (post_id for post_id in posts if post_id.author_id not in user_ids)
    return Again(sorted(user_ids), sorted(others))


def _keys(metadata: Table, part: int) -> Iterator[keys.Key]:
    """The keys of all profiles and posts in a part of the table."""
    wanted = Attr(SK).eq(keys.PROFILE) | Attr(SK).begins_with(keys.POST_PREFIX)
    built = ConditionExpressionBuilder().build_expression(wanted)
    pages = metadata.client.get_paginator("scan").paginate(
        TableName=metadata.name,
        Segment=part,
        TotalSegments=_PARTS,
        FilterExpression=built.condition_expression,
        ExpressionAttributeNames={**built.attribute_name_placeholders, "#pk": PK, "#sk": SK},
        ExpressionAttributeValues=marshal(built.attribute_value_placeholders),
        ProjectionExpression="#pk, #sk",
    )
    for page in pages:
        yield from map(item_key, map(unmarshal, page["Items"]))


def _is_listed(listed: Collection[Erasure], kind: Erasable, subject: str) -> bool:
    return Erasure(kind, digest_of(kind, subject)) in listed
