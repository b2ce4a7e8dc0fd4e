"""Erasing a post: nobody sees it any more at once, and nothing that is its own stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.erasures import Erasable, Erasure, digest_of
from shutterfeed.domain.errors import Forbidden, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import ERASED_COOLING_OFF, Purpose
from shutterfeed.domain.posts import DELETED_RETENTION, ERASED_GRACE, Post, PostState
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.domain.visibility import Viewer
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA, BOB = samples.user_id(1), samples.user_id(2)
OTHER = PHOTO + b"other"


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


def _published(backend: Backend, author: int = 1, key: str = "key") -> Post:
    post = backend.create_post(author, [PHOTO], key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return backend.metadata.posts[post.id]


def _is_gone(backend: Backend, post: Post, viewer: str) -> bool:
    try:
        backend.posts.get(str(post.id), Viewer(viewer))
    except NotFound:
        return True
    return False


def _settle(backend: Backend) -> None:
    """Let the minute pass after which the item goes, and all that follows happen."""
    backend.drain()
    backend.wait(ERASED_GRACE)
    backend.drain()


def test_an_erased_post_is_seen_by_nobody_and_found_nowhere(backend: Backend) -> None:
    post = _published(backend)
    backend.posts.erase(str(post.id), ADA)
    assert _is_gone(backend, post, ADA)
    assert _is_gone(backend, post, BOB)
    assert not backend.reader.page(BOB, None, 10).posts
    assert not backend.posts.deleted(ADA, None, 10).items
    assert backend.users.me(ADA).posts == 0
    backend.drain()
    assert post.id not in backend.found.shown()


def test_its_media_are_denied_in_the_same_write_until_their_last_link_is_over(
    backend: Backend,
) -> None:
    post = _published(backend)
    before = backend.clock.now()
    backend.posts.erase(str(post.id), ADA)
    (until,) = {backend.metadata.denials[medium.media_id] for medium in post.media}
    assert until is not None
    assert timedelta(0) <= until - before - DENIAL_RETENTION < timedelta(seconds=1)
    backend.wait(DENIAL_RETENTION + timedelta(days=2))
    assert not backend.metadata.denials


@pytest.mark.parametrize("deleted", [False, True], ids=["live", "deleted"])
def test_nothing_of_it_is_left_after_an_hour_but_versions_that_expire(
    backend: Backend, deleted: bool
) -> None:
    post = _published(backend)
    if deleted:
        backend.posts.delete(str(post.id), ADA)
    backend.posts.erase(str(post.id), ADA)
    _settle(backend)
    data, buckets = backend.metadata, backend.buckets
    assert not data.posts
    assert not data.uploads
    assert not data.references
    assert data.blobs, "it cools off"
    backend.wait(ERASED_COOLING_OFF)
    backend.drain()
    assert not data.blobs
    assert not buckets.renditions
    assert buckets.retired == set(buckets.originals)
    key = keys.upload_object(post.id, post.media[0].media_id)
    assert buckets.tags[key] == "released"


def test_a_content_that_somebody_else_has_posted_stays_theirs(backend: Backend) -> None:
    post, other = _published(backend), _published(backend, 2, "other")
    backend.posts.erase(str(post.id), ADA)
    _settle(backend)
    backend.wait(DELETED_RETENTION)
    backend.drain()
    assert not _is_gone(backend, other, BOB)
    assert backend.metadata.blobs
    assert backend.buckets.renditions
    assert not backend.buckets.retired
    assert not {medium.media_id for medium in other.media} & set(backend.metadata.denials)


def test_a_repetition_changes_nothing_more_and_is_not_charged(backend: Backend) -> None:
    post = _published(backend)
    backend.posts.erase(str(post.id), ADA)
    noted, charged = dict(backend.metadata.denials), dict(backend.metadata.allowances)
    for _ in range(2):
        backend.posts.erase(str(post.id), ADA)
        assert (backend.metadata.denials, backend.metadata.allowances) == (noted, charged)
        _settle(backend)
    assert not backend.metadata.posts
    assert backend.erasures.all() == [
        Erasure(Erasable.POST, digest_of(Erasable.POST, str(post.id)))
    ]


def test_an_erased_post_cannot_be_restored_or_deleted(backend: Backend) -> None:
    post = _published(backend)
    backend.posts.delete(str(post.id), ADA)
    deleted = backend.metadata.posts[post.id]
    backend.posts.erase(str(post.id), ADA)
    with pytest.raises(NotFound):
        backend.posts.restore(str(post.id), ADA)
    with pytest.raises(NotFound):
        backend.posts.delete(str(post.id), ADA)
    assert not deleted.erased(backend.clock.now()).restorable(backend.clock.now())


def test_nobody_erases_anothers_post(backend: Backend) -> None:
    post = _published(backend)
    with pytest.raises(Forbidden):
        backend.posts.erase(str(post.id), BOB)
    with pytest.raises(NotFound):
        backend.posts.erase(str(PostId(ADA, samples.post(number=9).id.ulid)), BOB)
    assert backend.metadata.posts[post.id].state is PostState.PUBLISHED


def test_an_avatar_that_is_shown_is_not_erased(backend: Backend) -> None:
    hidden = Post(
        PostId(ADA, samples.post(number=9).id.ulid),
        "",
        samples.post().media[:1],
        PostState.AVATAR,
        backend.clock.now(),
        purpose=Purpose.AVATAR,
    )
    backend.metadata.write_post(hidden.id, hidden)
    backend.posts.erase(str(hidden.id), ADA)
    assert backend.metadata.posts[hidden.id].erased_at is None


def test_files_that_arrive_after_it_leave_nothing(backend: Backend) -> None:
    post = backend.create_post(1, [PHOTO, OTHER], "key")
    backend.upload(post, 0, PHOTO)
    backend.drain()
    backend.posts.erase(str(post.id), ADA)
    backend.upload(post, 1, OTHER)
    _settle(backend)
    assert not backend.metadata.posts
    assert not backend.metadata.references
    assert not backend.metadata.uploads
