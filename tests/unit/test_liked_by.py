"""Who is named beside a post among those who like it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.visibility import Viewer
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

AUTHOR, VIEWER, FRIEND, LAST = (samples.user_id(number) for number in (1, 2, 3, 4))


@pytest.fixture
def backend() -> Backend:
    """Everybody has signed up, and the viewer follows the friend."""
    backend = Backend()
    handles = [backend.sign_up(number).handle for number in range(1, 20)]
    backend.follows.follow(VIEWER, handles[2])
    return backend


def _post(backend: Backend, key: str = "key") -> PostId:
    post = backend.create_post(1, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post.id


def _like(backend: Backend, post_id: PostId, *users: str) -> None:
    for user_id in users:
        backend.clock.advance(timedelta(seconds=1))
        backend.likes.like(user_id, str(post_id))


def _named(backend: Backend, *posts: PostId, viewer: str = VIEWER) -> dict[PostId, str]:
    named = backend.liked_by.named(Viewer(viewer), [*map(str, posts)])
    return {post_id: view.profile.user_id for post_id, view in named.items()}


def _handle(backend: Backend, user_id: str) -> str:
    return backend.users.me(user_id).handle


def test_whom_the_viewer_follows_comes_first_and_then_who_liked_it_last(backend: Backend) -> None:
    posts = [_post(backend, key) for key in ("one", "two", "three")]
    _like(backend, posts[0], FRIEND, LAST, VIEWER)
    _like(backend, posts[1], AUTHOR, LAST)
    _like(backend, posts[2], VIEWER)
    assert _named(backend, *posts) == {posts[0]: FRIEND, posts[1]: LAST}
    assert _named(backend, *posts, viewer=LAST) == {
        posts[0]: VIEWER,
        posts[1]: AUTHOR,
        posts[2]: VIEWER,
    }


def test_nobody_is_named_who_may_not_be(backend: Backend) -> None:
    post_id = _post(backend)
    _like(backend, post_id, AUTHOR, LAST, FRIEND)
    backend.mutes.mute(VIEWER, _handle(backend, FRIEND), None)
    assert _named(backend, post_id) == {post_id: LAST}, "the friend is muted"
    backend.blocks.block(LAST, _handle(backend, VIEWER))
    assert _named(backend, post_id) == {post_id: AUTHOR}
    backend.likes.unlike(AUTHOR, str(post_id))
    assert _named(backend, post_id) == {}
    stranger = samples.user_id(5)
    assert _named(backend, post_id, viewer=stranger) == {post_id: FRIEND}
    backend.blocks.block(AUTHOR, _handle(backend, FRIEND))
    assert _named(backend, post_id, viewer=stranger) == {post_id: LAST}


def test_if_the_last_ten_may_not_be_named_nobody_is(backend: Backend) -> None:
    post_id = _post(backend)
    crowd = [samples.user_id(number) for number in range(5, 16)]
    _like(backend, post_id, *crowd)
    for user_id in crowd[2:]:
        backend.blocks.block(user_id, _handle(backend, VIEWER))
    assert _named(backend, post_id) == {post_id: crowd[1]}
    backend.blocks.block(crowd[1], _handle(backend, VIEWER))
    assert _named(backend, post_id) == {}


def test_a_hidden_post_is_read_like_one_that_does_not_exist(backend: Backend) -> None:
    """Otherwise the time would tell."""
    post_id = _post(backend)
    _like(backend, post_id, FRIEND, LAST)
    backend.blocks.block(AUTHOR, _handle(backend, VIEWER))
    calls = {}
    for asked in (post_id, PostId(AUTHOR, samples.post(1, 77).id.ulid)):
        del backend.fuse.log[:]
        assert _named(backend, asked) == {}
        calls[asked] = list(backend.fuse.log)
    assert [*calls.values()] == [["recent", "read"]] * 2
