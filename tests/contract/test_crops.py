"""Cropped contents beside whole ones, and crops that change before a file has arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shutterfeed import keys
from shutterfeed.domain.cropping import recropped
from shutterfeed.domain.crops import Crop, content_names
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.media import Blob, Reference
from shutterfeed.domain.posts import Post
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START

CONTENT = samples.sha256("content")
CROP, OTHER = Crop(0, 2500, 10_000, 5000), Crop(100, 0, 5000, 5000)
LATER = START + timedelta(days=7)


def _cropped(number: int) -> Reference:
    """The reference of a medium that shows the content cropped."""
    whole = samples.reference("content", number)
    _, name = content_names(whole.sha256, whole.media_id)
    return replace(whole, sha256=name)


def test_a_cropped_content_and_the_whole_one_are_two_blobs(store: Store) -> None:
    name = _cropped(1).sha256
    cropped = store.blobs.claim(name, ulid(START, 1), "image/jpeg", 7, CROP)
    whole = store.blobs.claim(CONTENT, ulid(START, 2), "image/jpeg", 7)
    assert cropped == Blob(name, ulid(START, 1), "image/jpeg", 7, crop=CROP)
    assert store.blobs.get(name) == cropped
    assert store.blobs.get(CONTENT) == whole
    assert list(store.blobs.names(CONTENT)) == [CONTENT, name]
    assert store.blobs.mark_ready(cropped, samples.picture())
    assert store.blobs.get(CONTENT) == whole
    store.blobs.expire(name, LATER)
    assert store.expiry(keys.blob(name)) == int(LATER.timestamp())
    assert store.expiry(keys.blob(CONTENT)) is None


def test_references_to_one_do_not_keep_the_other(store: Store) -> None:
    whole, one, another = samples.reference("content", 1), _cropped(1), _cropped(2)
    for reference in (whole, one, another):
        store.blobs.refer(reference)
    assert store.blobs.references(CONTENT, None, 9).items == (whole,)
    assert store.blobs.references(one.sha256, None, 9).items == (one,)
    first = store.blobs.copies(CONTENT, None, 2)
    assert first.items == (whole, one)
    assert store.blobs.copies(CONTENT, first.next_position, 2).items == (another,)
    blob = Blob(one.sha256, ulid(START, 1), "image/jpeg", 7, crop=CROP)
    assert store.blobs.is_shown(blob)
    store.blobs.release(one)
    assert not store.blobs.is_shown(blob)
    assert not store.blobs.is_referred_to_by(one)
    assert store.blobs.is_referred_to_by(whole)


def _created(store: Store) -> Post:
    store.profiles.create(samples.profile(1))
    post = samples.post(media=2)
    store.posts.create(post, samples.uploads(post), "key", "fingerprint")
    return post


def _now(store: Store, post: Post) -> Post:
    found = store.posts.get(post.id)
    assert found is not None
    return found


def test_a_crop_changes_in_the_post_and_in_the_ledger(store: Store) -> None:
    post = _created(store)
    media_id = post.media[0].media_id
    for crop in (CROP, OTHER, None):
        before = _now(store, post)
        after, medium = recropped(before, media_id, crop)
        assert store.crops.change(before, after, medium)
        assert _now(store, post).media == after.media
        upload = store.ledger.get(post.author_id, media_id)
        assert upload is not None
        assert upload.medium.crop == crop
        assert _now(store, post).revision == before.revision + 1


def test_a_crop_does_not_change_once_the_file_has_arrived(store: Store) -> None:
    post = _created(store)
    media_id = post.media[0].media_id
    after, medium = recropped(post, media_id, CROP)
    found = store.ledger.mark_processing(post.author_id, media_id, START)
    assert found is not None
    assert found == store.ledger.get(post.author_id, media_id)
    assert store.ledger.mark_processing(post.author_id, media_id, LATER) == found
    assert store.ledger.mark_processing(post.author_id, samples.user_id(9), START) is None
    assert not store.crops.change(post, after, medium)
    assert _now(store, post) == post


def test_a_crop_that_was_read_before_another_does_not_win(store: Store) -> None:
    post = _created(store)
    media_id = post.media[0].media_id
    assert store.crops.change(post, *recropped(post, media_id, CROP))
    assert not store.crops.change(post, *recropped(post, media_id, OTHER))
    # Nor does any write that goes by the media as they were.
    failed = (post.media[0].failed(samples.FAILURE), post.media[1])
    assert not store.posts.fail(post.id, failed, START)
    current = _now(store, post)
    failed = (current.media[0].failed(samples.FAILURE), current.media[1])
    assert store.posts.fail(post.id, failed, START)
