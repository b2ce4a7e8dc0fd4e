"""What somebody is shown, whoever asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed.domain.errors import NotFound
from shutterfeed.domain.posts import Post, PostCounts, PostState
from shutterfeed.domain.visibility import NOBODY, Surface, Viewer
from shutterfeed.services.viewing import PostView
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA, BOB = samples.user_id(1), samples.user_id(2)
COUNTS = PostCounts(likes=3, comments=1)
VIEWERS = (Viewer(ADA), Viewer(BOB), NOBODY)


@pytest.fixture
def backend() -> Backend:
    """Bob follows Ada, and comes often."""
    backend = Backend()
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


def _everywhere(backend: Backend, post: Post) -> list[PostView]:
    """The post on every surface that shows it."""
    handle, bob = backend.users.me(ADA).handle, Viewer(BOB)
    return [
        backend.posts.get(str(post.id), bob),
        *backend.posts.by_author(handle, bob, None, 10).items,
        *backend.viewing.posts(bob, [post.id]),
        *backend.reader.page(BOB, None, 10).posts,
        *backend.reader.page(ADA, None, 10).posts,
    ]


def test_a_post_has_no_likes_and_no_comments_before_the_first(backend: Backend) -> None:
    views = _everywhere(backend, _published(backend))
    assert [view.counts for view in views] == [PostCounts()] * 5


def test_a_post_comes_with_its_counts_wherever_it_is_shown(backend: Backend) -> None:
    post = _published(backend)
    backend.metadata.counts[post.id] = COUNTS
    before = list(backend.metadata.changes)
    assert [view.counts for view in _everywhere(backend, post)] == [COUNTS] * 5
    assert backend.posts.restore(str(post.id), ADA).counts == COUNTS
    backend.posts.delete(str(post.id), ADA)
    assert backend.metadata.changes != before
    (deleted,) = backend.posts.deleted(ADA, None, 10).items
    assert deleted.counts == COUNTS


def test_who_is_not_signed_in_sees_what_is_published_and_follows_nobody(backend: Backend) -> None:
    post, handle = _published(backend), backend.users.me(ADA).handle
    assert backend.posts.get(str(post.id), NOBODY).post == post
    listed = backend.posts.by_author(handle, NOBODY, None, 10).items
    assert [view.post for view in listed] == [post]
    followers = backend.follows.followers(handle, NOBODY, None, 10).items
    assert [(view.profile.user_id, view.relation.follows) for view in followers] == [(BOB, False)]
    assert not backend.viewing.find(NOBODY, handle).relation.follows
    pending = backend.create_post(1, (PHOTO,), "pending")
    with pytest.raises(NotFound):
        backend.posts.get(str(pending.id), NOBODY)


def test_what_is_hidden_is_answered_like_what_does_not_exist(backend: Backend) -> None:
    pending = backend.create_post(1, (PHOTO,), "pending")
    answers = []
    for post_id in (pending.id, samples.post(number=99).id):
        with pytest.raises(NotFound) as refused:
            backend.viewing.post(Viewer(BOB), post_id)
        answers.append((refused.value.code, refused.value.message, refused.value.field))
    assert answers[0] == answers[1]
    del backend.metadata.profiles[ADA]
    answers = []
    for user_id in (ADA, "nobody"):
        with pytest.raises(NotFound) as refused:
            backend.viewing.user(Viewer(BOB), user_id, "ada")
        answers.append((refused.value.code, refused.value.message, refused.value.field))
    assert answers[0] == answers[1]


def test_a_list_leaves_out_what_is_hidden_and_keeps_its_order(backend: Backend) -> None:
    published, pending = _published(backend), backend.create_post(1, (PHOTO,), "pending")
    ids = [samples.post(number=99).id, pending.id, published.id, published.id]
    for viewer in VIEWERS:
        assert [v.post.id for v in backend.viewing.posts(viewer, ids)] == [published.id] * 2
        at_hand = backend.viewing.posts_at_hand(viewer, [pending, published], Surface.LIST)
        assert [view.post for view in at_hand] == [published]
        shown = backend.viewing.users(viewer, [BOB, "nobody", ADA])
        assert [view.profile.user_id for view in shown] == [BOB, ADA]
        assert set(backend.viewing.authors(viewer, [BOB, "nobody"])) == {BOB}


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_page_of_a_list_is_one_read_and_an_empty_one_none(
    backend: Backend, viewer: Viewer
) -> None:
    post = _published(backend)
    for calls, show in (
        (1, lambda: backend.viewing.post(viewer, post.id)),
        (1, lambda: backend.viewing.posts(viewer, [post.id] * 20)),
        (1, lambda: backend.viewing.posts_at_hand(viewer, [post] * 20, Surface.LIST)),
        (1, lambda: backend.viewing.users(viewer, [ADA, BOB])),
        (1, lambda: backend.viewing.authors(viewer, [ADA, BOB])),
        (0, lambda: backend.viewing.posts(viewer, [])),
        (0, lambda: backend.viewing.posts_at_hand(viewer, [], Surface.LIST)),
        (0, lambda: backend.viewing.users(viewer, [])),
        (0, lambda: backend.viewing.authors(viewer, [])),
    ):
        before = backend.fuse.calls
        show()
        assert backend.fuse.calls - before == calls


def test_who_is_not_signed_in_is_read_for_at_the_lower_price(backend: Backend) -> None:
    post, handle = _published(backend), backend.users.me(ADA).handle
    for viewer, read in ((NOBODY, "read"), (Viewer(BOB), "read_now"), (Viewer(ADA), "read_now")):
        for show in (
            lambda viewer=viewer: backend.viewing.post(viewer, post.id),
            lambda viewer=viewer: backend.viewing.find(viewer, handle),
            lambda viewer=viewer: backend.viewing.find_uncounted(viewer, handle),
        ):
            backend.fuse.log.clear()
            show()
            assert [name for name in backend.fuse.log if name.startswith("read")] == [read]


@pytest.mark.parametrize(("private", "public_page"), [(True, True), (False, False)])
def test_strangers_are_answered_as_if_whoever_hides_from_them_did_not_exist(
    backend: Backend, private: bool, public_page: bool
) -> None:
    post, profile = _published(backend), backend.metadata.profiles[ADA]
    hidden = replace(profile, private=private, public_page=public_page)
    backend.metadata.profiles[ADA] = hidden
    for show in (
        lambda: backend.posts.get(str(post.id), NOBODY),
        lambda: backend.posts.by_author(profile.handle, NOBODY, None, 10),
        lambda: backend.viewing.find(NOBODY, profile.handle),
    ):
        with pytest.raises(NotFound):
            show()
    assert backend.viewing.posts(NOBODY, [post.id]) == ()
    assert backend.viewing.users(NOBODY, [ADA]) == ()
    assert backend.viewing.authors(NOBODY, [ADA]) == {}
