"""Erasures are played again: what a restored table has of the erased is hidden, and erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws

from operations import erased_again
from operations.accounts import Account
from operations.deployment import Deployment
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.records import post_item
from shutterfeed.adapters.dynamodb.table import Put
from shutterfeed.adapters.erasures import S3ErasureList
from shutterfeed.adapters.messages import Codec
from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.erasures import Erasable
from shutterfeed.domain.messages import EraseAccount, RemovePost
from shutterfeed.domain.posts import Post, PostState
from tests.fakes.system import FakeClock
from tests.integration.world import METADATA, ORIGINALS, World, aws
from tests.samples import ACCOUNT_KEY, START, post, profile, user_id

MAYA, OMAR, LENA = user_id(1), user_id(2), user_id(3)
OF_MAYA, OF_OMAR, KEPT = post(1, 1), post(2, 2), post(3, 2)


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    """A table as it was before Maya's account and one of Omar's posts were erased."""
    with mock_aws():
        world = World()
        world.create_tables()
        world.create_storage()
        for queue in ("erase", "collect"):
            aws("sqs").create_queue(QueueName=f"shutterfeed-test-{queue}")
        for number, handle in ((1, "maya"), (2, "omar"), (3, "lena")):
            DynamoProfiles(world.metadata).create(replace(profile(number), handle=handle))
        for each in (OF_MAYA, OF_OMAR, KEPT):
            world.metadata.write(Put(post_item(each)))
        outputs = {"MetadataTableName": METADATA, "OriginalsBucketName": ORIGINALS}
        yield Deployment(aws, "test", outputs)


@pytest.fixture
def erasures(deployment: Deployment) -> S3ErasureList:
    listed = S3ErasureList(aws("s3"), ORIGINALS)
    listed.note(Erasable.ACCOUNT, MAYA, START)
    listed.note(Erasable.POST, str(OF_MAYA.id), START)
    listed.note(Erasable.POST, str(OF_OMAR.id), START)
    return listed


def _sent(queue: str) -> list[Any]:
    url = aws("sqs").get_queue_url(QueueName=f"shutterfeed-test-{queue}")["QueueUrl"]
    answer = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    decode = Codec[Any](queue).decode
    return [decode(message["Body"]) for message in answer.get("Messages", [])]


def _post(deployment: Deployment, of: Post) -> Post:
    found = DynamoPosts(deployment.metadata).get(of.id)
    assert found is not None
    return found


def test_the_erased_are_hidden_and_the_workers_are_told(
    deployment: Deployment, erasures: S3ErasureList
) -> None:
    for _ in range(2):
        found = erased_again.again(deployment, FakeClock())
        assert (found.user_ids, found.posts) == ([MAYA], [OF_OMAR.id])

    profiles = DynamoProfiles(deployment.metadata)
    maya, omar = profiles.item(MAYA), profiles.item(OMAR)
    assert maya is not None
    assert maya.is_closed
    assert maya.erase_at == START
    assert omar is not None
    assert not omar.is_closed
    assert _post(deployment, OF_OMAR).erased_at == START
    assert _post(deployment, OF_OMAR).state is PostState.DELETED
    assert _post(deployment, KEPT).erased_at is None
    assert _sent("erase") == [EraseAccount(MAYA)] * 2
    assert _sent("collect") == [RemovePost(OF_OMAR.id, START)] * 2


def test_an_account_that_was_closed_by_then_is_erased_sooner(
    deployment: Deployment, erasures: S3ErasureList
) -> None:
    clock = FakeClock()
    later = START.replace(month=START.month + 1)
    DynamoClosings(deployment.metadata).close(MAYA, START, later)
    erased_again.hide(deployment.metadata, erasures.all(), clock)
    maya = DynamoProfiles(deployment.metadata).item(MAYA)
    assert maya is not None
    assert (maya.closed_at, maya.erase_at) == (START, START)


def test_without_a_list_nothing_is_looked_at(deployment: Deployment) -> None:
    assert erased_again.again(deployment) == erased_again.Again()
    assert _sent("erase") == []


def test_the_accounts_of_the_erased_are_not_brought_back(
    deployment: Deployment, erasures: S3ErasureList
) -> None:
    accounts = [
        Account(
            subject_of(each, ACCOUNT_KEY), f"{each}@example.com", email_verified=True, enabled=True
        )
        for each in (MAYA, OMAR, LENA)
    ]
    skipped: Counter[str] = Counter()
    left = list(erased_again.not_erased(deployment, accounts, skipped))
    assert left == accounts[1:]
    assert skipped == {"erased": 1}
