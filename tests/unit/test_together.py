"""Calls made at the same time, and that requests do not wait for more than they need."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from shutterfeed.adapters.dynamodb.table import at_once
from shutterfeed.adapters.together import together
from shutterfeed.domain.ids import PostId
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA, BEN = samples.user_id(1), samples.user_id(2)


def test_each_result_is_in_the_place_of_its_call() -> None:
    assert together(lambda: 1, lambda: "two", lambda: 3.0) == (1, "two", 3.0)


@pytest.mark.parametrize("make", [lambda *calls: at_once(calls), together])
def test_the_first_error_is_raised_once_all_calls_have_ended(make: Callable[..., object]) -> None:
    ended: list[str] = []

    def slow() -> None:
        time.sleep(0.02)
        ended.append("slow")

    def failing(name: str) -> Callable[[], None]:
        def fail() -> None:
            ended.append(name)
            raise KeyError(name)

        return fail

    with pytest.raises(KeyError, match="first"):
        make(failing("first"), slow, failing("last"))
    assert sorted(ended) == ["first", "last", "slow"]
    with pytest.raises(KeyError, match="last"):
        make(slow, failing("last"))


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    backend.sign_up(1)
    backend.sign_up(2)
    return backend


@pytest.fixture
def post_id(backend: Backend) -> PostId:
    post = backend.create_post(1, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post.id


@contextmanager
def _calling(backend: Backend, *names: str) -> Iterator[None]:
    """Calls of exactly these methods of ports."""
    before = len(backend.fuse.log)
    yield
    assert tuple(backend.fuse.log[before:]) == names


def test_a_like_and_a_save_are_one_read_and_their_writes(backend: Backend, post_id: PostId) -> None:
    text = str(post_id)
    with _calling(backend, "read_now", "like"):
        assert backend.likes.like(BEN, text).likes == 1
    with _calling(backend, "read_now"):
        assert backend.likes.like(BEN, text).likes == 1
    with _calling(backend, "read_now", "unlike"):
        assert backend.likes.unlike(BEN, text).likes == 0
    with _calling(backend, "read_now", "save"):
        backend.saves.save(BEN, text)
    with _calling(backend, "read_now", "unsave"):
        backend.saves.unsave(BEN, text)


def test_a_comment_is_what_decides_and_two_writes(backend: Backend, post_id: PostId) -> None:
    with _calling(backend, "read_now", "notes", "claim", "add"):
        said = backend.comments.create(BEN, str(post_id), "A heron", None, "one")
    root = str(said.comment.id)
    with _calling(backend, "read_now", "notes", "get_many", "read_now", "claim", "add"):
        backend.comments.create(ADA, str(post_id), "A stork", root, "two")
    with _calling(backend, "read_now", "look_up", "read_now", "like"):
        assert backend.comments.like(ADA, root, liked=True).comment.likes == 1
    with _calling(backend, "read_now", "look_up", "read", "change", "read_now"):
        backend.comments.edit(BEN, root, "A grey heron")
