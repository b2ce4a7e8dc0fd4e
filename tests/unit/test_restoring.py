"""Deleted posts, brought back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from shutterfeed.domain.errors import Conflict, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import DELETED_RETENTION, Post, PostState
from shutterfeed.domain.visibility import Viewer
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO
from tests.paging import whole

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))


@pytest.fixture
def backend() -> Backend:
    return Backend()


def _published(backend: Backend, key: str = "key") -> Post:
    post = backend.create_post(1, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    published = backend.metadata.posts[post.id]
    assert published.state is PostState.PUBLISHED
    return published


def _regular(backend: Backend, reader_id: str) -> None:
    """A reader who follows Ada, and to whom her posts are pushed."""
    backend.follows.follow(reader_id, backend.sign_up(1).handle)
    backend.reader.page(reader_id, None, 10)
    backend.drain()


def _feed(backend: Backend, reader_id: str = BOB) -> list[PostId]:
    backend.drain()
    return [view.post.id for view in backend.reader.page(reader_id, None, 10).posts]


def test_a_published_post_comes_back_to_its_place_its_feeds_and_its_count(
    backend: Backend,
) -> None:
    _regular(backend, BOB)
    older, newer = _published(backend, "1"), _published(backend, "2")
    before = _feed(backend)
    assert before == [newer.id, older.id]
    backend.posts.delete(str(older.id), ADA)
    assert _feed(backend) == [newer.id]
    view = backend.posts.restore(str(older.id), ADA)
    assert view.post == older
    assert _feed(backend) == before
    assert backend.users.me(ADA).posts == 2
    listed = backend.posts.by_author(view.author.profile.handle, Viewer(ADA), None, 10).items
    assert [entry.post.id for entry in listed] == [newer.id, older.id]


def test_a_restored_post_keeps_its_references_and_so_its_renditions(backend: Backend) -> None:
    post = _published(backend)
    backend.delete_post(post.id)
    backend.drain()
    backend.wait(DELETED_RETENTION - timedelta(seconds=1))
    backend.posts.restore(str(post.id), ADA)
    backend.wait(timedelta(days=100))
    backend.drain()
    assert backend.metadata.posts[post.id] == post
    assert len(backend.metadata.references) == 1
    assert backend.buckets.renditions


def test_after_thirty_days_it_is_too_late_though_the_item_is_still_there(
    backend: Backend,
) -> None:
    post = _published(backend)
    backend.delete_post(post.id)
    backend.clock.advance(DELETED_RETENTION)
    with pytest.raises(Conflict) as refused:
        backend.posts.restore(str(post.id), ADA)
    assert refused.value.code == "restore_expired"
    assert backend.posts.deleted(ADA, None, 10).items == ()
    assert backend.metadata.posts[post.id].state is PostState.DELETED


def test_what_is_not_deleted_stays_as_it_is(backend: Backend) -> None:
    post = _published(backend)
    assert backend.posts.restore(str(post.id), ADA).post == post
    backend.delete_post(post.id)
    for _ in range(2):
        assert backend.posts.restore(str(post.id), ADA).post == post
    backend.clock.advance(DELETED_RETENTION)
    assert backend.posts.restore(str(post.id), ADA).post == post
    assert backend.users.me(ADA).posts == 1


def test_nobody_else_learns_that_there_was_a_post(backend: Backend) -> None:
    post = _published(backend)
    with pytest.raises(NotFound):
        backend.posts.restore(str(post.id), BOB)
    backend.delete_post(post.id)
    with pytest.raises(NotFound):
        backend.posts.restore(str(post.id), BOB)
    assert backend.posts.deleted(BOB, None, 10).items == ()


@pytest.mark.parametrize("text", ["x", f"{ADA}-x", f"{ADA}-{samples.position(1)}"])
def test_there_is_no_such_post(backend: Backend, text: str) -> None:
    with pytest.raises(NotFound):
        backend.posts.restore(text, ADA)


@pytest.mark.parametrize("content", [PHOTO, BROKEN_PHOTO])
def test_what_was_completed_while_the_post_was_deleted_concludes_it_when_it_is_back(
    backend: Backend, content: bytes
) -> None:
    post = backend.create_post(1, (content,), "key")
    backend.delete_post(post.id)
    backend.upload(post, 0, content)
    backend.drain()
    assert backend.metadata.posts[post.id].state is PostState.DELETED
    assert backend.posts.restore(str(post.id), ADA).post.state in (
        PostState.PENDING,
        PostState.FAILED,
    )
    backend.drain()
    expected = PostState.PUBLISHED if content == PHOTO else PostState.FAILED
    assert backend.metadata.posts[post.id].state is expected
    assert backend.users.me(ADA).posts == int(content == PHOTO)


def test_a_restored_post_does_not_get_bytes_that_never_came_from_anothers_content(
    backend: Backend,
) -> None:
    _published(backend)
    bob = backend.sign_up(2)
    post = backend.create_post(2, (PHOTO,), "key")
    backend.posts.delete(str(post.id), bob.user_id)
    backend.drain()
    backend.posts.restore(str(post.id), bob.user_id)
    backend.drain()
    assert backend.metadata.posts[post.id].state is PostState.PENDING


def test_a_failed_post_is_failed_again(backend: Backend) -> None:
    post = backend.create_post(1, (BROKEN_PHOTO,), "key")
    backend.upload(post, 0, BROKEN_PHOTO)
    backend.drain()
    failed = backend.metadata.posts[post.id]
    backend.delete_post(post.id)
    assert backend.posts.restore(str(post.id), ADA).post == failed


def test_ones_deleted_posts_are_listed_with_their_end(backend: Backend) -> None:
    posts = [_published(backend, str(number)) for number in range(3)]
    for post in posts:
        backend.clock.advance(timedelta(minutes=1))
        backend.delete_post(post.id)
    found = whole(partial(backend.posts.deleted, ADA), 2)
    assert [view.post.id for view in found] == [post.id for post in reversed(posts)]
    newest = found[0].post
    assert newest.deleted_from is PostState.PUBLISHED
    assert newest.restorable_until == backend.clock.now() + DELETED_RETENTION


def test_who_came_while_the_post_was_deleted_gets_it_too(backend: Backend) -> None:
    post = _published(backend)
    backend.delete_post(post.id)
    _regular(backend, CY)
    assert _feed(backend, CY) == []
    backend.posts.restore(str(post.id), ADA)
    backend.drain()
    assert CY in backend.feed_table.feeds
    assert _feed(backend, CY) == [post.id]
