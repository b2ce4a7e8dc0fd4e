"""Reading a feed: what may be seen is decided when it is read."""

from __future__ import annotations

from functools import partial

import pytest

from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.ids import PostId
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO
from tests.paging import whole

ADA, BOB = samples.user_id(1), samples.user_id(2)


@pytest.fixture
def backend() -> Backend:
    """Bob follows Ada."""
    backend = Backend()
    backend.follows.follow(BOB, backend.sign_up(1).handle)
    backend.drain()
    return backend


def _publish(backend: Backend, author: int, key: str) -> PostId:
    post = backend.create_post(author, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post.id


def _seen(backend: Backend, reader_id: str, limit: int = 100) -> list[PostId]:
    return [view.post.id for view in whole(partial(backend.reader.page, reader_id), limit)]


def test_a_feed_has_ones_own_posts_and_those_of_the_followed_newest_first(
    backend: Backend,
) -> None:
    ids = [_publish(backend, author, str(n)) for n, author in enumerate((1, 2, 1, 3))]
    for limit in (1, 2, 3, 100):
        assert _seen(backend, BOB, limit) == [ids[2], ids[1], ids[0]]
        assert _seen(backend, ADA, limit) == [ids[2], ids[0]]


def test_each_post_comes_with_its_author_as_they_are_now(backend: Backend) -> None:
    _publish(backend, 1, "a")
    backend.users.edit(ADA, handle="ada")
    (view,) = backend.reader.page(BOB, None, 10).items
    assert view.author == backend.users.me(ADA)
    assert view.author.handle == "ada"


def test_a_post_deleted_after_it_was_brought_out_is_not_shown_and_does_not_end_the_list(
    backend: Backend,
) -> None:
    ids = [_publish(backend, 1, str(number)) for number in range(4)]
    for post_id in ids[1:3]:
        backend.delete_post(post_id)  # and the feeds have not heard of it yet
    assert len(backend.feed_table.feeds[BOB]) == 4
    for limit in (1, 2, 3):
        assert _seen(backend, BOB, limit) == [ids[3], ids[0]]


def test_entries_of_posts_or_authors_that_are_gone_are_passed_over(backend: Backend) -> None:
    ids = [_publish(backend, author, str(n)) for n, author in enumerate((1, 2, 1))]
    del backend.metadata.posts[ids[0]]
    assert _seen(backend, BOB) == [ids[2], ids[1]]
    del backend.metadata.profiles[ADA]
    assert _seen(backend, BOB) == [ids[1]]


def test_the_first_look_at_a_feed_makes_the_readers_profile(backend: Backend) -> None:
    reader = samples.user_id(9)
    page = backend.reader.page(reader, None, 10)
    assert page.items == ()
    assert page.next_position is None
    assert backend.metadata.profiles[reader].handle.startswith("user_")


@pytest.mark.parametrize("position", ["", "x", "1#2", samples.position(1)])
def test_a_place_in_the_feed_that_was_never_given_is_refused(
    backend: Backend, position: str
) -> None:
    with pytest.raises(InvalidCursor):
        backend.reader.page(BOB, position, 10)


def test_a_page_takes_two_round_trips_however_long_it_is(backend: Backend) -> None:
    for number in range(5):
        _publish(backend, 1, str(number))
    before = backend.fuse.calls
    assert len(backend.reader.page(BOB, None, 5).items) == 5
    assert backend.fuse.calls - before == 2
