"""Giving storage back: late, in steps, and never what is still referred to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from shutterfeed import keys
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.media import BLOB_COOLING_OFF, Blob, Reference
from shutterfeed.domain.messages import CollectBlob, CollectMedia
from shutterfeed.domain.photos import Rendition
from shutterfeed.keys import original_object
from shutterfeed.services.collection import CollectionService
from tests import samples
from tests.fakes.metadata import FakeBlobs, FakeLedger, FakeRemovals, Metadata
from tests.fakes.storage import (
    PHOTO,
    Buckets,
    FakeDownloads,
    FakeOriginals,
    FakeRenditions,
    FakeUploadBucket,
)
from tests.fakes.system import START, FakeClock

SHA256 = samples.sha256("content")
FIRST, SECOND = (samples.reference("content", number) for number in (1, 2))


@dataclass
class Cellar:
    data: Metadata = field(default_factory=Metadata)
    buckets: Buckets = field(default_factory=Buckets)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.blobs = FakeBlobs(self.data)
        self.ledger = FakeLedger(self.data)
        self.renditions = FakeRenditions(self.buckets)
        self.service = CollectionService(
            blobs=self.blobs,
            ledger=self.ledger,
            bucket=FakeUploadBucket(self.buckets),
            originals=FakeOriginals(self.buckets),
            renditions=self.renditions,
            removals=FakeRemovals(self.data, per_hour=100),
            downloads=FakeDownloads(self.buckets),
            clock=self.clock,
        )

    def store(self, number: int, *references: Reference) -> Blob:
        """A blob with its objects, referred to."""
        blob = self.blobs.claim(SHA256, ulid(START, number), "image/jpeg", len(PHOTO))
        self.buckets.originals[original_object(blob.sha256, blob.blob_id)] = PHOTO
        self.renditions.put(blob.blob_id, Rendition("640.jpg", "image/jpeg", 640, 480), b"640")
        for reference in references:
            self.blobs.refer(reference)
        return blob

    def has_objects(self, blob: Blob) -> bool:
        rendition = keys.rendition_object(blob.blob_id, "640.jpg") in self.buckets.renditions
        assert rendition is (original_object(blob.sha256, blob.blob_id) not in self.buckets.retired)
        return rendition

    @property
    def expiry(self) -> object:
        return self.data.expiries.get(keys.blob(SHA256))


@pytest.fixture
def cellar() -> Cellar:
    return Cellar()


def test_the_last_reference_to_go_lets_the_blob_cool_off(cellar: Cellar) -> None:
    blob = cellar.store(1, FIRST, SECOND)
    for _ in range(2):
        cellar.service.collect(CollectMedia((FIRST,)))
    assert cellar.expiry is None
    cellar.service.collect(CollectMedia((SECOND,)))
    assert cellar.expiry == START + BLOB_COOLING_OFF
    assert cellar.has_objects(blob)
    assert cellar.data.blobs == {SHA256: blob}


def test_all_references_of_a_post_are_given_up(cellar: Cellar) -> None:
    cellar.store(1, FIRST, SECOND)
    other = samples.reference("another", 1)
    cellar.blobs.refer(other)
    cellar.service.collect(CollectMedia((FIRST, SECOND, other, samples.reference("never", 1))))
    assert not cellar.data.references
    assert cellar.expiry is not None


def test_a_post_that_is_gone_takes_its_entries_in_the_ledger_along(cellar: Cellar) -> None:
    post, other = samples.post(number=1, media=2), samples.post(number=2)
    for upload in (*samples.uploads(post), *samples.uploads(other)):
        cellar.data.uploads[upload.post_id.author_id, upload.medium.media_id] = upload
    gone = tuple(Reference(m.sha256, post.id, m.media_id) for m in post.media)
    for _ in range(2):
        cellar.service.collect(CollectMedia(gone))
    assert [upload.post_id for upload in cellar.data.uploads.values()] == [other.id]


def test_a_blob_without_references_is_removed_after_its_item_and_its_bytes_stay_as_a_version(
    cellar: Cellar,
) -> None:
    blob = cellar.store(1)
    cellar.data.write_blob(SHA256, None)
    for _ in range(2):
        cellar.service.collect(CollectBlob(blob))
    assert not cellar.has_objects(blob)
    assert cellar.buckets.originals[original_object(blob.sha256, blob.blob_id)] == PHOTO


def test_a_blob_that_is_referred_to_again_comes_back(cellar: Cellar) -> None:
    blob = cellar.store(1, FIRST)
    cellar.data.write_blob(SHA256, None)
    for _ in range(2):
        cellar.service.collect(CollectBlob(blob))
    assert cellar.data.blobs == {SHA256: blob}
    assert cellar.expiry is None
    assert cellar.has_objects(blob)


def test_a_blob_of_the_same_content_under_a_new_id_is_not_touched_by_removing_the_old_one(
    cellar: Cellar,
) -> None:
    old = cellar.store(1)
    cellar.data.write_blob(SHA256, None)
    new = cellar.store(2)
    cellar.service.collect(CollectBlob(old))
    assert not cellar.has_objects(old)
    assert cellar.has_objects(new)
    assert cellar.data.blobs == {SHA256: new}


def test_a_repeated_removal_does_not_take_the_objects_of_a_blob_that_came_back(
    cellar: Cellar,
) -> None:
    blob = cellar.store(1, FIRST)
    cellar.data.write_blob(SHA256, None)
    cellar.service.collect(CollectBlob(blob))
    cellar.service.collect(CollectMedia((FIRST,)))
    cellar.service.collect(CollectBlob(blob))
    # It cools off again; who uploads the content meanwhile finds it whole.
    assert cellar.data.blobs == {SHA256: blob}
    assert cellar.expiry is not None
    assert cellar.has_objects(blob)


def test_a_blob_that_only_its_successor_is_referred_to_goes(cellar: Cellar) -> None:
    old = cellar.store(1)
    cellar.data.write_blob(SHA256, None)
    new = cellar.store(2)
    cellar.blobs.refer_once_rendered(FIRST, new.blob_id)
    cellar.service.collect(CollectBlob(old))
    assert not cellar.has_objects(old)
    assert cellar.has_objects(new)
    assert cellar.data.blobs == {SHA256: new}


def test_a_blob_that_was_claimed_anew_keeps_the_objects_that_old_posts_still_show(
    cellar: Cellar,
) -> None:
    old = cellar.store(1, FIRST)
    cellar.data.write_blob(SHA256, None)
    new = cellar.store(2, SECOND)
    cellar.service.collect(CollectBlob(replace(old)))
    assert cellar.has_objects(old)
    assert cellar.has_objects(new)
    assert cellar.data.blobs == {SHA256: new}
