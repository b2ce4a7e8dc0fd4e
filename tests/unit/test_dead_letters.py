"""Dead letters of every queue, sent back as late as they are kept: nothing is lost, nothing stays.

A dead letter lives for 14 days, and the table's TTL may be days late. By then its post may have
been deleted, may be gone, or be there again.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.posts import DELETED_RETENTION, Post, PostState
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO, VIDEO

ADA, BOB = samples.user_id(1), samples.user_id(2)
LATE = timedelta(days=13)
TTL_LATE = timedelta(days=3)
TO_PUBLISHED = ("ingest", "render", "transcode", "publish")
AFTER = ("fan_out", "deliver", "index")


@pytest.fixture
def backend() -> Backend:
    """Bob follows Ada, and posts are pushed to him."""
    backend = Backend()
    for number in (1, 2):
        backend.sign_up(number)
    backend.follows.follow(BOB, backend.users.me(ADA).handle)
    backend.reader.page(BOB, None, 10)
    backend.drain()
    return backend


def _posted(backend: Backend, queue: str) -> Post:
    """A post, all of whose messages on this queue are dead."""
    draft, content = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO)), PHOTO
    if queue == "transcode":
        content, sha256 = VIDEO, samples.sha256(VIDEO)
        draft = MediumDraft("video/mp4", len(VIDEO), sha256, width=64, height=48, duration_ms=1500)
    created = backend.posts.create(ADA, PostDraft("caption", None, (draft,)), "key")
    backend.upload(created.view.post, 0, content)
    backend.drain_all_but(queue)
    assert backend.waiting() == [queue], "or this test looks at nothing"
    return created.view.post


def _state(backend: Backend, post: Post) -> PostState:
    return backend.metadata.posts[post.id].state


def _feed(backend: Backend) -> list[Post]:
    return [view.post for view in backend.reader.page(BOB, None, 10).posts]


def _shown(backend: Backend, post: Post) -> tuple[bool, bool]:
    """Whether Bob's feed and the search index show the post."""
    return post.id in {p.id for p in _feed(backend)}, post.id in backend.found.shown()


def _nothing_is_left(backend: Backend, post: Post) -> None:
    data, buckets = backend.metadata, backend.buckets
    assert _shown(backend, post) == (False, False)
    assert not data.posts
    assert not data.uploads
    assert not data.references
    assert not data.blobs
    assert not buckets.renditions
    assert buckets.retired >= set(buckets.originals)
    key = keys.upload_object(post.id, post.media[0].media_id)
    assert buckets.tags[key] in ("abandoned", "released")


@pytest.mark.parametrize("queue", [*TO_PUBLISHED, *AFTER])
def test_a_post_is_published_found_and_in_feeds(backend: Backend, queue: str) -> None:
    post = _posted(backend, queue)
    backend.wait(LATE)
    backend.drain()
    assert _state(backend, post) is PostState.PUBLISHED
    assert _shown(backend, post) == (True, True)


@pytest.mark.parametrize("queue", TO_PUBLISHED)
def test_the_reconcilers_messages_beside_them_do_no_harm(backend: Backend, queue: str) -> None:
    post = _posted(backend, queue)
    again = f"{queue}_bulk" if f"{queue}_bulk" in backend.queues else queue
    before = backend.backlog(again)
    for _ in range(LATE.days):
        backend.wait(timedelta(days=1))
        backend.reconciling.reconcile(timedelta(minutes=10))
        while others := [name for name in backend.waiting() if name not in (queue, again)]:
            backend.deliver(others[0])
    assert backend.backlog(again) > before
    backend.drain()
    assert _state(backend, post) is PostState.PUBLISHED
    assert _shown(backend, post) == (True, True)
    assert len(_feed(backend)) == 1


@pytest.mark.parametrize("queue", [*TO_PUBLISHED, *AFTER])
def test_a_post_that_was_deleted_meanwhile_leaves_nothing(backend: Backend, queue: str) -> None:
    post = _posted(backend, queue)
    backend.delete_post(post.id)
    backend.drain_all_but(queue)
    backend.wait(LATE)
    backend.drain()
    assert _shown(backend, post) == (False, False)
    backend.wait(DELETED_RETENTION)
    backend.drain()
    backend.wait(timedelta(days=8))
    backend.drain()
    _nothing_is_left(backend, post)


@pytest.mark.parametrize("queue", [*TO_PUBLISHED, *AFTER])
def test_a_post_that_is_gone_by_then_leaves_nothing(backend: Backend, queue: str) -> None:
    """Its messages died just before it expired, or were sent back more than once."""
    post = _posted(backend, queue)
    backend.delete_post(post.id)
    backend.drain_all_but(queue)
    backend.wait(DELETED_RETENTION)
    backend.drain_all_but(queue)
    backend.wait(LATE)
    backend.drain()
    backend.wait(timedelta(days=8))
    backend.drain()
    _nothing_is_left(backend, post)


@pytest.mark.parametrize("queue", [*TO_PUBLISHED, *AFTER])
def test_a_post_that_was_restored_meanwhile_is_there(backend: Backend, queue: str) -> None:
    post = _posted(backend, queue)
    backend.delete_post(post.id)
    backend.drain_all_but(queue)
    backend.wait(LATE)
    backend.posts.restore(str(post.id), ADA)
    backend.drain()
    assert _state(backend, post) is PostState.PUBLISHED
    assert _shown(backend, post) == (True, True)


def test_the_collectors_come_as_late(backend: Backend) -> None:
    """Both of its kinds, with the table's TTL late before each."""
    post = _posted(backend, "publish")
    backend.drain()
    backend.delete_post(post.id)
    backend.drain()
    for _ in range(2):
        backend.wait(DELETED_RETENTION + TTL_LATE)
        backend.drain_all_but("collect")
        assert backend.waiting() == ["collect"]
        backend.wait(LATE)
        backend.drain()
    _nothing_is_left(backend, post)


def test_the_collectors_spare_what_was_posted_again_meanwhile(backend: Backend) -> None:
    first = _posted(backend, "publish")
    backend.drain()
    backend.delete_post(first.id)
    backend.drain()
    for number in range(2):
        backend.wait(DELETED_RETENTION)
        backend.drain_all_but("collect")
        assert backend.waiting() == ["collect"]
        backend.wait(LATE)
        post = backend.create_post(1, (PHOTO,), f"again-{number}")
        backend.upload(post, 0, PHOTO)
        backend.drain_all_but("collect")
        backend.drain()
        assert _shown(backend, post) == (True, True)
        blob = backend.metadata.blobs[samples.sha256(PHOTO)]
        original = keys.original_object(blob.sha256, blob.blob_id)
        assert original in backend.buckets.originals
        assert original not in backend.buckets.retired
        assert set(map(keys.parse_rendition_object, backend.buckets.renditions)) == {
            (blob.blob_id, name) for name in ("320.jpg", "640.jpg")
        }
        backend.delete_post(post.id)
        backend.drain()
