"""What of a file could not be kept: its owner is told, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed.domain.delivery import Delivery, RecentPosts
from shutterfeed.domain.messages import RenderPhoto
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.visibility import NOBODY, Surface, Viewer
from shutterfeed.services.posts import MediumDraft, PostDraft
from shutterfeed.services.viewing import PostView
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeBlobs
from tests.fakes.storage import PHOTO, VIDEO

ADA, BOB = samples.user_id(1), samples.user_id(2)
NOTES = (samples.NOTE,)


@pytest.fixture
def backend() -> Backend:
    """Bob follows Ada, and comes often."""
    backend = Backend(notes=NOTES)
    backend.follows.follow(BOB, backend.sign_up(1).handle)
    backend.reader.page(BOB, None, 10)
    backend.drain()
    return backend


def _published(backend: Backend, author: int = 1) -> Post:
    post = backend.create_post(author, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    backend.drain()
    published = backend.metadata.posts[post.id]
    assert published.state is PostState.PUBLISHED
    return published


def _notes(view: PostView) -> list[object]:
    return [note for medium in view.post.media for note in medium.notes]


def test_the_owner_is_told_with_the_post_and_in_the_ledger(backend: Backend) -> None:
    post, ada = _published(backend), Viewer(ADA)
    handle = backend.users.me(ADA).handle
    views = (
        backend.posts.get(str(post.id), ada),
        *backend.posts.by_author(handle, ada, None, 10).items,
    )
    assert [_notes(view) for view in views] == [[samples.NOTE]] * 2
    (upload,) = backend.uploads.list(ADA, None, 10).items
    assert upload.medium.notes == NOTES


@pytest.mark.parametrize("viewer", [Viewer(BOB), NOBODY])
def test_nobody_else_is_told(backend: Backend, viewer: Viewer) -> None:
    post, handle = _published(backend), backend.users.me(ADA).handle
    views = [
        backend.posts.get(str(post.id), viewer),
        *backend.posts.by_author(handle, viewer, None, 10).items,
        *backend.viewing.posts(viewer, [post.id]),
        *backend.viewing.own_list(viewer, [post.id]),
        *backend.viewing.posts_at_hand(viewer, [post], Surface.LIST),
        *backend.reader.page(BOB, None, 10).posts,
    ]
    assert [_notes(view) for view in views] == [[]] * 6


def test_whoever_uploads_known_content_is_told_the_same(backend: Backend) -> None:
    _published(backend)
    backend.sign_up(2)
    again = _published(backend, author=2)
    assert [medium.notes for medium in again.media] == [NOTES]
    (upload,) = backend.uploads.list(BOB, None, 10).items
    assert upload.medium.notes == NOTES


def test_of_a_video_the_video_is_noted_and_not_its_poster() -> None:
    backend = Backend(notes=NOTES)
    backend.sign_up(1)
    draft = MediumDraft(
        "video/mp4", len(VIDEO), samples.sha256(VIDEO), width=640, height=480, duration_ms=1500
    )
    post = backend.posts.create(ADA, PostDraft("", None, (draft,)), "key").view.post
    backend.upload(post, 0, VIDEO)
    backend.drain()
    assert [medium.notes for medium in backend.metadata.posts[post.id].media] == [NOTES]


def test_content_that_is_rendered_again_has_the_notes_of_then() -> None:
    """It was stored before there were notes, and the audit found a rendition missing."""
    backend = Backend()
    backend.sign_up(1)
    _published(backend)
    blob = backend.metadata.blobs[samples.sha256(PHOTO)]
    assert blob.picture is not None
    assert blob.picture.notes == ()
    assert FakeBlobs(backend.metadata).reopen(blob)
    later = Backend(notes=NOTES, metadata=backend.metadata, buckets=backend.buckets)
    later.queues["render"].send([RenderPhoto(blob.sha256, blob.blob_id)])
    later.drain()
    again = backend.metadata.blobs[blob.sha256].picture
    assert again == replace(blob.picture, notes=NOTES)


def test_recent_posts_have_no_notes() -> None:
    """Each reader of a celebrity reads them."""
    post = samples.post(state=PostState.PUBLISHED)
    noted = tuple(m.ready(replace(samples.picture(), notes=NOTES)) for m in post.media)
    recent = RecentPosts(post.author_id, delivery=Delivery.PULL)
    (kept,) = recent.with_post(replace(post, media=noted)).posts
    assert [medium.notes for medium in kept.media] == [()]
    bare = tuple(medium.ready(samples.picture()) for medium in post.media)
    assert kept == replace(post, media=bare)
