"""The upload ledger: which write takes an entry from which state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.domain.media import MediaState, Upload
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.paging import whole

ADA = samples.user_id(1)
LATER = START + timedelta(hours=1)
STATES = list(MediaState)


def _in_state(store: Store, state: MediaState) -> Upload:
    """A stored entry that came to its state by the usual way."""
    post = samples.post()
    store.posts.create(post, samples.uploads(post), "key", "fingerprint")
    media_id = post.media[0].media_id
    if state is not MediaState.AWAITING:
        store.ledger.mark_processing(ADA, media_id, START)
    if state is MediaState.READY:
        store.ledger.mark_ready(ADA, media_id, samples.picture())
    if state is MediaState.FAILED:
        store.ledger.mark_failed(ADA, media_id, samples.FAILURE)
    return _get(store, media_id)


def _get(store: Store, media_id: str) -> Upload:
    upload = store.ledger.get(ADA, media_id)
    assert upload is not None
    return upload


def _expiry(store: Store, upload: Upload) -> int | None:
    return store.expiry(keys.upload(ADA, upload.medium.media_id))


@pytest.mark.parametrize("state", STATES)
def test_processing_begins_from_awaiting_only(store: Store, state: MediaState) -> None:
    upload = _in_state(store, state)
    assert upload.medium.state is state
    for _ in range(2):
        store.ledger.mark_processing(ADA, upload.medium.media_id, LATER)
    if state is MediaState.AWAITING:
        processing = replace(upload.medium, state=MediaState.PROCESSING)
        expected = replace(upload, medium=processing, ordered_at=LATER)
        assert _get(store, upload.medium.media_id) == expected
    else:
        assert _get(store, upload.medium.media_id) == upload


@pytest.mark.parametrize("state", STATES)
def test_no_entry_goes_by_itself(store: Store, state: MediaState) -> None:
    assert _expiry(store, _in_state(store, state)) is None


@pytest.mark.parametrize("state", STATES)
def test_only_what_is_processing_can_be_ordered_once_more(store: Store, state: MediaState) -> None:
    upload = _in_state(store, state)
    store.ledger.mark_ordered(ADA, upload.medium.media_id, LATER)
    ordered = replace(upload, ordered_at=LATER)
    expected = ordered if state is MediaState.PROCESSING else upload
    assert _get(store, upload.medium.media_id) == expected


@pytest.mark.parametrize("state", STATES)
def test_the_first_outcome_stays_whatever_follows(store: Store, state: MediaState) -> None:
    upload = _in_state(store, state)
    media_id = upload.medium.media_id
    store.ledger.mark_ready(ADA, media_id, samples.picture())
    store.ledger.mark_failed(ADA, media_id, samples.FAILURE)
    store.ledger.mark_processing(ADA, media_id, START)
    if state in (MediaState.AWAITING, MediaState.PROCESSING):
        ready = replace(upload, medium=upload.medium.ready(samples.picture()))
        assert _get(store, media_id) == ready
    else:
        assert _get(store, media_id) == upload


@pytest.mark.parametrize("state", STATES)
def test_a_failure_is_kept_with_its_reason(store: Store, state: MediaState) -> None:
    upload = _in_state(store, state)
    media_id = upload.medium.media_id
    store.ledger.mark_failed(ADA, media_id, samples.FAILURE)
    if state in (MediaState.AWAITING, MediaState.PROCESSING):
        failed = replace(upload, medium=upload.medium.failed(samples.FAILURE))
        assert _get(store, media_id) == failed
    else:
        assert _get(store, media_id) == upload


@pytest.mark.parametrize("state", STATES)
def test_an_entry_is_removed_in_any_state(store: Store, state: MediaState) -> None:
    upload = _in_state(store, state)
    for _ in range(2):
        store.ledger.remove(ADA, upload.medium.media_id)
        assert store.ledger.get(ADA, upload.medium.media_id) is None


def test_an_entry_that_never_was_is_not_made_by_its_outcome(store: Store) -> None:
    media_id = samples.medium(1).media_id
    store.ledger.mark_processing(ADA, media_id, START)
    store.ledger.mark_ready(ADA, media_id, samples.picture())
    store.ledger.mark_failed(ADA, media_id, samples.FAILURE)
    assert store.ledger.get(ADA, media_id) is None


def test_the_entries_of_a_post_are_its_own_and_as_they_are_now(store: Store) -> None:
    post, other = samples.post(number=1, media=3), samples.post(number=2, media=2)
    for each in (post, other):
        store.posts.create(each, samples.uploads(each), each.id.ulid, "fingerprint")
    first, second, third = samples.uploads(post)
    store.ledger.mark_ready(ADA, second.medium.media_id, samples.picture())
    ready = replace(second, medium=second.medium.ready(samples.picture()))
    expected = {upload.medium.media_id: upload for upload in (first, ready, third)}
    assert store.ledger.of_post(post) == expected


def test_pages_of_the_ledger_make_up_the_whole_newest_first(store: Store) -> None:
    expected: list[Upload] = []
    for number in (1, 2, 3):
        post = samples.post(number=number, media=2)
        store.posts.create(post, samples.uploads(post), post.id.ulid, "fingerprint")
        expected += samples.uploads(post)
    another = samples.post(author=2, number=9)
    store.posts.create(another, samples.uploads(another), "key", "fingerprint")
    for limit in (1, 2, 4, 6, 100):
        assert whole(partial(store.ledger.list, ADA), limit) == expected[::-1]
    assert store.ledger.list(samples.user_id(3), None, 10).items == ()


def test_the_ledger_goes_on_below_an_entry_that_is_gone(store: Store) -> None:
    post = samples.post(media=3)
    present = samples.uploads(post)
    kept = [present[0], present[2]]
    store.posts.create(post, kept, "key", "fingerprint")
    page = store.ledger.list(ADA, present[1].medium.media_id, 10)
    assert page.items == (present[0],)


@pytest.mark.parametrize("state", STATES)
def test_all_agree_on_the_first_upload_in_parts(store: Store, state: MediaState) -> None:
    upload = _in_state(store, state)
    media_id = upload.medium.media_id
    expected = "first" if state is MediaState.AWAITING else None
    for multipart_id in ("first", "second", "first"):
        assert store.ledger.begin_parts(ADA, media_id, multipart_id) == expected
    assert _get(store, media_id) == replace(upload, multipart_id=expected)


def test_only_the_parts_that_one_knows_of_are_forgotten(store: Store) -> None:
    upload = _in_state(store, MediaState.AWAITING)
    media_id = upload.medium.media_id
    assert not store.ledger.forget_parts(ADA, media_id, "first")
    store.ledger.begin_parts(ADA, media_id, "first")
    assert not store.ledger.forget_parts(ADA, media_id, "other")
    assert _get(store, media_id).multipart_id == "first"
    assert store.ledger.forget_parts(ADA, media_id, "first")
    assert not store.ledger.forget_parts(ADA, media_id, "first")
    assert _get(store, media_id) == upload
    assert store.ledger.begin_parts(ADA, media_id, "second") == "second"


def test_the_parts_of_what_has_landed_are_not_forgotten(store: Store) -> None:
    upload = _in_state(store, MediaState.AWAITING)
    media_id = upload.medium.media_id
    store.ledger.begin_parts(ADA, media_id, "first")
    store.ledger.mark_processing(ADA, media_id, START)
    assert not store.ledger.forget_parts(ADA, media_id, "first")
    assert _get(store, media_id).multipart_id == "first"


def test_no_upload_in_parts_begins_for_an_entry_that_never_was(store: Store) -> None:
    media_id = samples.medium(1).media_id
    assert store.ledger.begin_parts(ADA, media_id, "first") is None
    assert not store.ledger.forget_parts(ADA, media_id, "first")
    assert store.ledger.get(ADA, media_id) is None
