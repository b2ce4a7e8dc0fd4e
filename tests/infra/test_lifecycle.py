"""The stack's own lifecycle rules for originals, run over a versioned bucket on virtual time:
exactly the versions that were tagged go, in whatever order things happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws
from moto.s3.models import s3_backends

from shutterfeed import keys
from shutterfeed.adapters.buckets import S3Originals
from shutterfeed.domain.ids import random_id
from shutterfeed.domain.media import Blob
from shutterfeed.domain.retention import ERASED_RETENTION, REFUSED_RETENTION
from tests import lifecycle, samples
from tests.conftest import REGION
from tests.infra.templates import Template

ACCOUNT: Final = "123456789012"
NAME: Final = "shutterfeed-test-originals"
BLOBS: Final = tuple(
    Blob(samples.sha256(content), random_id(number), "image/jpeg", 3)
    for number, content in enumerate(("one", "one", "two", "three"))
)
"""Two of them are of the same content."""
DAY: Final = timedelta(days=1)


@dataclass
class Store:
    rules: Sequence[lifecycle.Rule]
    client: Any
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def put(self, blob: Blob) -> None:
        key = keys.original_object(blob.sha256, blob.blob_id)
        self.client.put_object(Bucket=NAME, Key=key, Body=b"abc")
        self._stamp(blob)

    def remove(self, blob: Blob, *, refused: bool) -> None:
        originals = S3Originals(self.client, NAME)
        before = len(self._entries(blob))
        (originals.discard if refused else originals.retire)(blob)
        if len(self._entries(blob)) > before:
            self._stamp(blob)

    def tag_and_die(self, blob: Blob) -> None:
        """What is left of a removal that died before it hid the original."""
        for version in self._entries(blob):
            self.client.put_object_tagging(
                Bucket=NAME,
                Key=keys.original_object(blob.sha256, blob.blob_id),
                VersionId=version.version_id,
                Tagging={"TagSet": [{"Key": "erased", "Value": "true"}]},
            )

    def pass_days(self, number: int) -> None:
        for _ in range(number):
            self.now += DAY
            lifecycle.run(s3_backends[ACCOUNT]["aws"], NAME, self.rules, self.now)

    def kept(self, blob: Blob) -> int:
        """The number of versions, hidden ones too."""
        return sum(not lifecycle.is_marker(entry) for entry in self._entries(blob))

    def is_there(self, blob: Blob) -> bool:
        """Whether anything is left, a delete marker too."""
        return bool(self._entries(blob))

    def _entries(self, blob: Blob) -> list[Any]:
        key = keys.original_object(blob.sha256, blob.blob_id)
        found: list[Any] = s3_backends[ACCOUNT]["aws"].buckets[NAME].keys.getlist(key, [])
        return found

    def _stamp(self, blob: Blob) -> None:
        lifecycle.stamp(self._entries(blob)[-1], self.now)


@pytest.fixture
def store(dev: Template) -> Iterator[Store]:
    rules = dev.buckets()["originals"]["LifecycleConfiguration"]["Rules"]
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION})
        client.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
        yield Store(rules, client)


def test_an_original_goes_35_days_after_it_was_hidden_and_leaves_no_marker(store: Store) -> None:
    erased, other, *_ = BLOBS
    store.put(erased)
    store.put(other)
    store.pass_days(400)
    store.remove(erased, refused=False)
    store.pass_days(ERASED_RETENTION.days)
    assert store.kept(erased) == 1
    store.pass_days(2)
    assert not store.is_there(erased)
    assert store.kept(other) == 1


def test_what_was_refused_goes_after_a_day(store: Store) -> None:
    store.put(BLOBS[0])
    store.remove(BLOBS[0], refused=True)
    store.pass_days(REFUSED_RETENTION.days + 2)
    assert not store.is_there(BLOBS[0])


def test_what_was_tagged_and_not_hidden_goes_too(store: Store) -> None:
    store.put(BLOBS[0])
    store.put(BLOBS[0])
    store.tag_and_die(BLOBS[0])
    store.pass_days(2 * ERASED_RETENTION.days + 4)
    assert not store.is_there(BLOBS[0])


def test_an_original_that_is_stored_again_under_its_old_key_stays(store: Store) -> None:
    store.put(BLOBS[0])
    store.remove(BLOBS[0], refused=False)
    store.put(BLOBS[0])
    store.pass_days(3 * ERASED_RETENTION.days)
    assert store.kept(BLOBS[0]) == 1


@pytest.mark.parametrize("seed", range(4))
def test_exactly_what_was_tagged_goes_in_any_order(store: Store, seed: int) -> None:
    chance = Random(seed)
    store.rules = chance.sample(list(store.rules), len(store.rules))
    untagged, tagged = dict.fromkeys(BLOBS, 0), dict.fromkeys(BLOBS, 0)
    for _ in range(40):
        blob = chance.choice(BLOBS)
        match chance.choice(("put", "put", "retire", "discard", "wait")):
            case "put":
                store.put(blob)
                untagged[blob] += 1
            case "retire" | "discard" as how:
                store.remove(blob, refused=how == "discard")
                tagged[blob], untagged[blob] = tagged[blob] + untagged[blob], 0
            case _:
                store.pass_days(chance.randrange(1, 20))
        for each in BLOBS:
            kept = store.kept(each)
            assert untagged[each] <= kept <= untagged[each] + tagged[each]
    store.pass_days(2 * ERASED_RETENTION.days)
    assert {blob: store.kept(blob) for blob in BLOBS} == untagged
