"""Blobs: one per content, with one item for each reference."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from shutterfeed import keys
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.media import Blob, BlobState
from shutterfeed.domain.perceptual import PerceptualHash
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.paging import whole

CONTENT = samples.sha256("content")
FIRST, SECOND = ulid(START, 1), ulid(START, 2)
LATER = START + timedelta(days=7)


def _claim(store: Store, blob_id: str = FIRST) -> Blob:
    return store.blobs.claim(CONTENT, blob_id, "image/jpeg", 7)


def test_the_first_claim_makes_the_blob_and_later_ones_find_it(store: Store) -> None:
    assert store.blobs.get(CONTENT) is None
    blob = _claim(store, FIRST)
    assert blob == Blob(CONTENT, FIRST, "image/jpeg", 7)
    assert _claim(store, SECOND) == blob
    assert store.blobs.get(CONTENT) == blob
    assert store.blobs.get(samples.sha256("another")) is None


def test_a_ready_blob_stays_so_and_takes_the_newest_picture(store: Store) -> None:
    blob = _claim(store)
    assert store.blobs.mark_ready(blob, samples.picture())
    ready = replace(blob, state=BlobState.READY, picture=samples.picture())
    assert store.blobs.get(CONTENT) == ready
    assert not store.blobs.mark_failed(blob, samples.FAILURE)
    assert store.blobs.get(CONTENT) == ready
    noted = replace(samples.picture("another"), notes=(samples.NOTE,))
    assert store.blobs.mark_ready(blob, noted)
    newest = replace(ready, picture=noted)
    assert store.blobs.get(CONTENT) == newest
    assert _claim(store, SECOND) == newest


def test_a_hash_stays_until_there_is_another(store: Store) -> None:
    blob = _claim(store)
    one, another = PerceptualHash("0f" * 32, 90), PerceptualHash("f0" * 32, 40)
    for hashed, expected in ((None, None), (one, one), (None, one), (another, another)):
        assert store.blobs.mark_ready(blob, samples.picture(), hashed)
        stored = store.blobs.get(CONTENT)
        assert stored is not None
        assert stored.perceptual_hash == expected


def test_a_blob_that_failed_stays_so_until_a_rendering_goes_well(store: Store) -> None:
    blob = _claim(store)
    assert store.blobs.mark_failed(blob, samples.FAILURE)
    failed = replace(blob, state=BlobState.FAILED, failure=samples.FAILURE)
    assert store.blobs.get(CONTENT) == failed
    assert not store.blobs.mark_failed(blob, samples.FAILURE)
    assert _claim(store, SECOND) == failed
    assert store.blobs.get(CONTENT) == failed
    assert store.blobs.mark_ready(blob, samples.picture())
    assert store.blobs.get(CONTENT) == replace(
        blob, state=BlobState.READY, picture=samples.picture()
    )


def test_progress_is_that_of_the_rendering_a_reference_waits_for(store: Store) -> None:
    blob, one, another = (
        _claim(store),
        samples.reference("content", 1),
        samples.reference("content", 2),
    )
    for reference in (one, another):
        assert store.blobs.progress(reference) == 0
        store.blobs.mark_progress(reference, 5)
        assert store.blobs.progress(reference) == 0, "there is no such reference"
        store.blobs.refer_once_rendered(reference, blob.blob_id)
    for percent in (5, 40):
        store.blobs.mark_progress(one, percent)
        assert store.blobs.progress(one) == percent
        assert store.blobs.progress(another) == 0
    store.blobs.complete_rendering(one)
    store.blobs.mark_progress(one, 90)
    assert store.blobs.progress(one) == 40
    assert store.blobs.get(CONTENT) == blob


def test_the_outcome_of_a_blob_of_the_same_content_from_earlier_does_not_count(
    store: Store,
) -> None:
    blob = _claim(store, SECOND)
    earlier = replace(blob, blob_id=FIRST)
    assert not store.blobs.mark_ready(earlier, samples.picture())
    assert not store.blobs.mark_failed(earlier, samples.FAILURE)
    assert store.blobs.get(CONTENT) == blob


def test_the_outcome_of_a_blob_that_is_gone_does_not_bring_it_back(store: Store) -> None:
    blob = Blob(CONTENT, FIRST, "image/jpeg", 7)
    assert not store.blobs.mark_ready(blob, samples.picture())
    assert not store.blobs.mark_failed(blob, samples.FAILURE)
    assert store.blobs.get(CONTENT) is None


def test_a_claim_stops_a_removal_that_is_pending(store: Store) -> None:
    blob = _claim(store)
    assert store.expiry(keys.blob(CONTENT)) is None
    for _ in range(2):
        store.blobs.expire(CONTENT, LATER)
    assert store.expiry(keys.blob(CONTENT)) == int(LATER.timestamp())
    assert store.blobs.get(CONTENT) == blob
    assert _claim(store, SECOND) == blob
    assert store.expiry(keys.blob(CONTENT)) is None


def test_what_is_not_there_does_not_expire(store: Store) -> None:
    store.blobs.expire(CONTENT, LATER)
    assert store.blobs.get(CONTENT) is None
    assert store.expiry(keys.blob(CONTENT)) is None


def test_a_restored_blob_is_whole_again_and_stays(store: Store) -> None:
    blob = replace(
        Blob(CONTENT, FIRST, "image/jpeg", 7), state=BlobState.READY, picture=samples.picture()
    )
    for _ in range(2):
        store.blobs.restore(blob)
    assert store.blobs.get(CONTENT) == blob
    assert store.expiry(keys.blob(CONTENT)) is None


def test_a_blob_claimed_anew_is_not_overwritten_by_restoring_the_old_one(store: Store) -> None:
    new = _claim(store, SECOND)
    store.blobs.restore(Blob(CONTENT, FIRST, "image/jpeg", 7))
    assert store.blobs.get(CONTENT) == new


def test_references_are_counted_once_however_often_they_are_made(store: Store) -> None:
    reference = samples.reference("content", 1)
    for _ in range(3):
        store.blobs.refer(reference)
    assert store.blobs.references(CONTENT, None, 10).items == (reference,)
    for _ in range(2):
        store.blobs.release(reference)
    assert store.blobs.references(CONTENT, None, 10).items == ()
    store.blobs.release(samples.reference("never referred to", 1))


def test_the_blob_itself_is_none_of_its_references(store: Store) -> None:
    _claim(store)
    assert store.blobs.references(CONTENT, None, 10).items == ()
    store.blobs.refer(samples.reference("content", 1))
    assert store.blobs.get(CONTENT) == Blob(CONTENT, FIRST, "image/jpeg", 7)


def test_pages_of_references_make_up_the_whole(store: Store) -> None:
    references = [samples.reference("content", number) for number in range(1, 8)]
    for reference in reversed(references):
        store.blobs.refer(reference)
    store.blobs.refer(samples.reference("another", 1))
    for limit in (1, 2, 5, 7, 100):
        assert whole(partial(store.blobs.references, CONTENT), limit) == references


def test_a_reference_is_known_from_its_making_to_its_release(store: Store) -> None:
    one, other = samples.reference("content", 1), samples.reference("content", 2)
    store.blobs.refer(other)
    assert not store.blobs.is_referred_to_by(one)
    store.blobs.refer(one)
    assert store.blobs.is_referred_to_by(one)
    store.blobs.release(one)
    assert not store.blobs.is_referred_to_by(one)
    assert store.blobs.is_referred_to_by(other)


def test_a_reference_that_waits_is_known_and_counts_once_rendered(store: Store) -> None:
    one, other = samples.reference("content", 1), samples.reference("content", 2)
    for reference in (one, other):
        store.blobs.refer_once_rendered(reference, FIRST)
    assert store.blobs.references(CONTENT, None, 10).items == (one, other)
    assert store.blobs.is_referred_to_by(one)
    assert store.blobs.awaits_rendering(one)
    for _ in range(2):
        store.blobs.complete_rendering(one)
        assert not store.blobs.awaits_rendering(one)
    assert store.blobs.is_referred_to_by(one)
    assert store.blobs.awaits_rendering(other)
    # A late delivery of the order to wait.
    store.blobs.refer_once_rendered(one, FIRST)
    assert not store.blobs.awaits_rendering(one)
    store.blobs.refer(other)
    assert not store.blobs.awaits_rendering(other)


def test_a_blob_is_shown_by_references_to_its_own_id_or_to_none(store: Store) -> None:
    first, second = (Blob(CONTENT, blob_id, "image/jpeg", 7) for blob_id in (FIRST, SECOND))
    references = [samples.reference("content", number) for number in range(1, 103)]
    for reference in references[:-1]:
        store.blobs.refer_once_rendered(reference, FIRST)
    assert (store.blobs.is_shown(first), store.blobs.is_shown(second)) == (True, False)
    store.blobs.refer_once_rendered(references[-1], SECOND)
    assert (store.blobs.is_shown(first), store.blobs.is_shown(second)) == (True, True)
    for reference in references[:-1]:
        store.blobs.release(reference)
    assert (store.blobs.is_shown(first), store.blobs.is_shown(second)) == (False, True)
    store.blobs.refer(references[0])
    assert store.blobs.is_shown(first)


def test_a_reference_that_was_released_is_not_brought_back_by_its_rendering(store: Store) -> None:
    reference = samples.reference("content", 1)
    store.blobs.complete_rendering(reference)
    store.blobs.refer_once_rendered(reference, FIRST)
    store.blobs.release(reference)
    store.blobs.complete_rendering(reference)
    assert not store.blobs.awaits_rendering(reference)
    assert store.blobs.references(CONTENT, None, 10).items == ()


def test_only_a_ready_blob_is_reopened_and_only_by_its_own_id(store: Store) -> None:
    blob = _claim(store)
    assert not store.blobs.reopen(blob)
    store.blobs.mark_ready(blob, samples.picture())
    assert not store.blobs.reopen(replace(blob, blob_id=SECOND))
    assert store.blobs.reopen(blob)
    assert store.blobs.get(CONTENT) == blob
    assert store.blobs.mark_ready(blob, samples.picture())
    assert not store.blobs.reopen(replace(blob, sha256=samples.sha256("another")))
