"""Originals given back: to whoever brought the bytes, and to nobody who only knows their hash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.errors import Conflict, LimitReached, NotFound
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.media import DOWNLOAD_LINK_LIFETIME, FILE_ENDINGS, BlobState, Failure
from shutterfeed.domain.photos import PHOTO_TYPES
from shutterfeed.domain.posts import DELETED_RETENTION, Post
from shutterfeed.domain.videos import VIDEO_TYPES
from tests import samples
from tests.fakes.backend import Backend, Crash
from tests.fakes.storage import BROKEN_PHOTO, PHOTO
from tests.limits import plenty_but

ADA, BOB = samples.user_id(1), samples.user_id(2)


@pytest.fixture
def backend() -> Backend:
    return Backend()


def _uploaded(backend: Backend, author: int = 1, content: bytes = PHOTO) -> Post:
    post = backend.create_post(author, (content,), "key")
    backend.upload(post, 0, content)
    backend.drain()
    return post


def _offered(backend: Backend, post: Post) -> bytes:
    """What the owner gets by the link that they are given."""
    media_id = post.media[0].media_id
    download = backend.downloads.original(post.author_id, media_id)
    assert download.medium.media_id == media_id
    assert download.url.endswith(keys.download_object(post.id, media_id))
    assert download.expires_at == backend.clock.now() + DOWNLOAD_LINK_LIFETIME
    return backend.buckets.downloads[keys.download_object(post.id, media_id)]


def _refused(backend: Backend, post: Post) -> str:
    with pytest.raises(Conflict) as refused:
        backend.downloads.original(post.author_id, post.media[0].media_id)
    assert not backend.buckets.downloads
    return refused.value.code


def test_everything_that_is_accepted_can_be_saved_under_a_name() -> None:
    assert FILE_ENDINGS.keys() == PHOTO_TYPES | VIDEO_TYPES
    assert samples.medium(1).file_name == f"{samples.medium(1).media_id}.jpg"


def test_what_was_uploaded_comes_back(backend: Backend) -> None:
    assert _offered(backend, _uploaded(backend)) == PHOTO


def test_what_was_refused_as_no_picture_does_not_come_back_and_goes(backend: Backend) -> None:
    post = _uploaded(backend, content=BROKEN_PHOTO)
    assert _refused(backend, post) == "not_stored"
    backend.wait(timedelta(hours=1))
    backend.drain()
    assert _refused(backend, post) == "not_stored"
    assert not backend.metadata.blobs
    assert backend.buckets.discarded_originals == set(backend.buckets.originals)


def test_what_was_refused_is_taken_in_anew_when_it_comes_again(backend: Backend) -> None:
    _uploaded(backend, content=BROKEN_PHOTO)
    (first,) = backend.metadata.blobs.values()
    # Before the first is removed, and afterwards.
    again = backend.create_post(2, (BROKEN_PHOTO,), "again")
    backend.upload(again, 0, BROKEN_PHOTO)
    backend.deliver("ingest")
    backend.wait(timedelta(hours=1))
    backend.drain()
    assert list(backend.metadata.blobs) == [first.sha256], "the second upload waited for it"
    backend.wait(timedelta(hours=1))
    backend.drain()
    assert not backend.metadata.blobs
    post = backend.create_post(1, (BROKEN_PHOTO,), "later")
    backend.upload(post, 0, BROKEN_PHOTO)
    backend.deliver("ingest")
    (second,) = backend.metadata.blobs.values()
    assert second.blob_id != first.blob_id
    assert keys.original_object(second.sha256, second.blob_id) not in backend.buckets.retired


def test_a_photo_that_only_breaks_a_limit_comes_back(backend: Backend) -> None:
    post = _uploaded(backend)
    (blob,) = backend.metadata.blobs.values()
    for code, comes in (("too_many_pixels", True), ("too_slow", True), ("truncated", False)):
        failed = replace(blob, state=BlobState.FAILED, failure=Failure(code, "Refused."))
        backend.metadata.write_blob(blob.sha256, failed)
        if comes:
            assert _offered(backend, post) == PHOTO
            backend.buckets.downloads.clear()
            backend.wait(timedelta(days=2))
        else:
            assert _refused(backend, post) == "not_stored"


def test_content_of_two_people_comes_back_to_each(backend: Backend) -> None:
    for author in (1, 2):
        assert _offered(backend, _uploaded(backend, author)) == PHOTO


def test_who_declares_a_hash_does_not_get_the_file(backend: Backend) -> None:
    _uploaded(backend, author=1)
    post = backend.create_post(2, (PHOTO,), "key")
    assert _refused(backend, post) == "not_stored"
    # Nor by sending something else.
    backend.upload(post, 0, PHOTO + b"other")
    backend.drain()
    assert _refused(backend, post) == "not_stored"


def test_it_is_there_from_when_it_is_stored(backend: Backend) -> None:
    post = backend.create_post(1, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    assert _refused(backend, post) == "not_stored"
    backend.deliver("ingest")
    assert backend.waiting(), "nothing is made of it yet"
    assert _offered(backend, post) == PHOTO


def test_it_is_there_for_years_and_until_the_post_is_gone_for_good(backend: Backend) -> None:
    post = _uploaded(backend)
    backend.wait(timedelta(days=5 * 365))
    backend.drain()
    assert _offered(backend, post) == PHOTO
    backend.delete_post(post.id)
    backend.wait(DELETED_RETENTION - timedelta(days=1))
    backend.drain()
    assert _offered(backend, post) == PHOTO
    backend.wait(timedelta(days=1))
    backend.drain()
    with pytest.raises(NotFound):
        backend.downloads.original(ADA, post.media[0].media_id)
    assert backend.uploads.list(ADA, None, 10).items == ()


def test_a_copy_serves_for_its_day_and_only_a_new_one_is_charged(backend: Backend) -> None:
    backend.limits = plenty_but(originals=Allowance(1, 1))
    backend.__post_init__()
    post = _uploaded(backend)
    media_id = post.media[0].media_id
    _offered(backend, post)
    backend.buckets.downloads[keys.download_object(post.id, media_id)] = b"the first copy"
    backend.wait(timedelta(days=1) - DOWNLOAD_LINK_LIFETIME)
    for _ in range(3):
        assert _offered(backend, post) == b"the first copy"
    backend.wait(timedelta(microseconds=1))
    assert _offered(backend, post) == PHOTO, "the bucket may drop the first one too early"

    other = backend.create_post(1, (PHOTO + b"2",), "other")
    backend.upload(other, 0, PHOTO + b"2")
    backend.drain()
    with pytest.raises(LimitReached):
        backend.downloads.original(ADA, other.media[0].media_id)
    assert _offered(backend, post) == PHOTO, "the copy that is there costs nothing"


def test_a_copy_that_was_not_noted_is_made_again(backend: Backend) -> None:
    post = _uploaded(backend)
    backend.fuse.log.clear()
    _offered(backend, post)
    before_the_note = backend.fuse.log.index("mark_copied")
    other = _uploaded(backend, 2)
    backend.fuse.crash_before = backend.fuse.calls + before_the_note + 1
    with pytest.raises(Crash):
        backend.downloads.original(BOB, other.media[0].media_id)
    assert _offered(backend, other) == PHOTO


@pytest.mark.parametrize("media_id", ["", "x", "ä" * 3000, samples.medium(9).media_id])
def test_what_is_no_upload_of_ones_own_is_not_found(backend: Backend, media_id: str) -> None:
    post = _uploaded(backend)
    for owner, asked in ((ADA, media_id), (BOB, post.media[0].media_id)):
        with pytest.raises(NotFound):
            backend.downloads.original(owner, asked)
