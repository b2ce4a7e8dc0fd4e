"""Blocks, everywhere in the backend: two users are not there for each other, and for all others
nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from shutterfeed.domain.blocks import Block
from shutterfeed.domain.errors import DomainError, InvalidCursor, InvalidInput, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import DeliverEntry
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import HANDLE_REST
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.feed import NewPosts
from shutterfeed.services.viewing import ProfileView
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO
from tests.fakes.system import START
from tests.paging import whole

ADA, BEN, CY = (samples.user_id(number) for number in (1, 2, 3))
NOBODY = "nobody.at.all"


@pytest.fixture
def backend() -> Backend:
    """Ada and Ben follow each other, and Cy both; all come often. Ada and Ben have a post each."""
    backend = Backend()
    for number, handle in ((1, "ada"), (2, "ben"), (3, "cyd")):
        backend.sign_up(number)
        backend.users.edit(samples.user_id(number), handle=handle)
        backend.reader.page(samples.user_id(number), None, 10)
    backend.drain()
    for follower, followee in ((ADA, "ben"), (BEN, "ada"), (CY, "ada"), (CY, "ben")):
        backend.follows.follow(follower, followee)
    backend.drain()
    _publish(backend, 1)
    _publish(backend, 2)
    return backend


def _publish(backend: Backend, author: int, key: str = "first") -> PostId:
    post = backend.create_post(author, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post.id


def _post_of(backend: Backend, author_id: str) -> PostId:
    return next(i for i in backend.metadata.posts if i.author_id == author_id)


def _feed(backend: Backend, reader_id: str) -> set[str]:
    """The authors of what the reader's feed shows."""
    page = backend.reader.page(reader_id, None, 10)
    return {view.author.profile.user_id for view in page.posts}


def _refusal(call: Callable[[], object]) -> tuple[str, str, str | None]:
    with pytest.raises(DomainError) as refused:
        call()
    return type(refused.value).__name__, refused.value.code, refused.value.field


def _counts(backend: Backend, user_id: str) -> tuple[int, int]:
    profile = backend.users.me(user_id)
    return profile.followers, profile.following


@pytest.mark.parametrize(("viewer_id", "hidden"), [(ADA, "ben"), (BEN, "ada")])
def test_the_two_are_not_there_for_each_other(
    backend: Backend, viewer_id: str, hidden: str
) -> None:
    backend.blocks.block(ADA, "ben")
    viewer = Viewer(viewer_id)
    other = BEN if viewer_id == ADA else ADA
    post_id = _post_of(backend, other)
    by_handle: list[Callable[[str], object]] = [
        partial(backend.viewing.find, viewer),
        partial(backend.follows.follow, viewer_id),
        partial(backend.follows.unfollow, viewer_id),
        lambda handle: backend.follows.followers(handle, viewer, None, 10),
        lambda handle: backend.follows.following(handle, viewer, None, 10),
        lambda handle: backend.posts.by_author(handle, viewer, None, 10),
        lambda handle: backend.mutes.mute(viewer_id, handle, None),
    ]
    for ask in by_handle:
        assert _refusal(partial(ask, hidden)) == _refusal(partial(ask, NOBODY))
    missing = samples.post(number=99).id
    by_id: list[Callable[[PostId], object]] = [
        lambda post_id: backend.posts.get(str(post_id), viewer),
        lambda post_id: backend.posts.delete(str(post_id), viewer_id),
        lambda post_id: backend.posts.edit(str(post_id), viewer_id, "x", None, drop_place=False),
        lambda post_id: backend.posts.restore(str(post_id), viewer_id),
    ]
    for act in by_id:
        assert _refusal(partial(act, post_id)) == _refusal(partial(act, missing))
    assert backend.viewing.posts(viewer, [post_id]) == ()
    assert backend.viewing.authors(viewer, [other]) == {}
    for listed in (backend.follows.followers, backend.follows.following):
        for of in ("cyd", "ada" if viewer_id == ADA else "ben"):
            seen = listed(of, viewer, None, 10).items
            assert other not in {view.profile.user_id for view in seen}
    assert other not in _feed(backend, viewer_id)


def test_others_see_both_and_each_sees_themselves(backend: Backend) -> None:
    backend.blocks.block(ADA, "ben")
    assert _feed(backend, CY) == {ADA, BEN}
    assert (_feed(backend, ADA), _feed(backend, BEN)) == ({ADA}, {BEN})
    for handle in ("ada", "ben"):
        assert backend.viewing.find(Viewer(CY), handle).profile.handle == handle
    seen = backend.follows.following("cyd", Viewer(CY), None, 10).items
    assert {view.profile.user_id for view in seen} == {ADA, BEN}
    assert [view.profile.user_id for view in backend.viewing.users(Viewer(ADA), [ADA])] == [ADA]


def test_rows_that_are_hidden_leave_no_gap_in_a_list(backend: Backend) -> None:
    for number in range(4, 10):
        backend.follows.follow(CY, backend.sign_up(number).handle)
    backend.blocks.block(ADA, "ben")

    def page(after: str | None, limit: int) -> Page[ProfileView]:
        return backend.follows.following("cyd", Viewer(ADA), after, limit)

    expected = [ADA, *(samples.user_id(number) for number in range(4, 10))]
    for limit in (1, 2, 3, 100):
        assert [view.profile.user_id for view in whole(page, limit)] == expected


def test_a_block_cuts_both_follows_and_taking_it_back_restores_none(backend: Backend) -> None:
    backend.blocks.block(ADA, "ben")
    assert (_counts(backend, ADA), _counts(backend, BEN)) == ((1, 0), (1, 0))
    backend.drain()
    backend.blocks.unblock(ADA, "ben")
    assert (_counts(backend, ADA), _counts(backend, BEN)) == ((1, 0), (1, 0))
    assert _feed(backend, BEN) == {BEN}
    assert not backend.viewing.find(Viewer(BEN), "ada").relation.follows
    backend.follows.follow(BEN, "ada")
    backend.drain()
    assert _feed(backend, BEN) == {ADA, BEN}


def test_posts_that_arrive_late_are_hidden_and_not_counted(backend: Backend) -> None:
    since = backend.reader.page(BEN, None, 10).latest
    assert since is not None
    backend.blocks.block(ADA, "ben")
    later = _publish(backend, 1, "later")
    entry = backend.metadata.recent_posts[ADA].entries[0]
    assert entry.post_id == later
    backend.queues["deliver"].send([DeliverEntry(entry, (BEN,))])
    backend.drain()
    assert entry in backend.feed_table.feeds[BEN]
    assert ADA not in _feed(backend, BEN)
    assert backend.reader.new_posts(BEN, since) == NewPosts(0, more=False)


def test_a_block_costs_a_page_of_a_feed_no_call(backend: Backend) -> None:
    def calls() -> list[str]:
        backend.fuse.log.clear()
        backend.reader.page(BEN, None, 10)
        return list(backend.fuse.log)

    before = calls()
    backend.blocks.block(ADA, "ben")
    backend.drain()
    assert calls() == before


def test_nobody_blocks_themselves_or_whom_they_cannot_see(backend: Backend) -> None:
    with pytest.raises(InvalidInput) as refused:
        backend.blocks.block(ADA, "Ada")
    assert refused.value.code == "block_oneself"
    backend.blocks.block(BEN, "ada")
    assert _refusal(lambda: backend.blocks.block(ADA, "ben")) == _refusal(
        lambda: backend.blocks.block(ADA, NOBODY)
    )


def test_what_is_repeated_is_answered_like_the_first_time(backend: Backend) -> None:
    first = backend.blocks.block(ADA, "ben").block
    backend.clock.advance(timedelta(hours=1))
    assert backend.blocks.block(ADA, "BEN").block == first
    for _ in range(2):
        backend.blocks.unblock(ADA, "ben")
    assert backend.blocks.page(ADA, None, 10).items == ()


def test_taking_a_block_back_tells_nothing_of_the_other(backend: Backend) -> None:
    """Nor does it if there is no block, no such user, or if the other has blocked the caller."""
    backend.blocks.block(BEN, "ada")
    for handle in ("ben", "cyd", "ada", NOBODY):
        backend.blocks.unblock(ADA, handle)
    with pytest.raises(NotFound):
        backend.blocks.unblock(ADA, "!")
    with pytest.raises(NotFound):
        backend.viewing.find(Viewer(ADA), "ben")


def test_of_two_who_block_each_other_one_takes_it_back(backend: Backend) -> None:
    # Each has looked at the other before either had blocked.
    backend.blocks.block(ADA, "ben")
    backend.blocks.blocks.block(BEN, Block(ADA, "ada", START))
    ben_has = backend.blocks.page(BEN, None, 10).items
    assert len(ben_has) == 1
    backend.blocks.unblock(ADA, "ben")
    for viewer, handle in ((ADA, "ben"), (BEN, "ada")):
        with pytest.raises(NotFound):
            backend.viewing.find(Viewer(viewer), handle)


def test_the_list_shows_who_is_blocked_by_todays_handle(backend: Backend) -> None:
    backend.blocks.block(ADA, "ben")
    backend.blocks.block(ADA, "cyd")
    backend.users.edit(BEN, handle="benedict")
    rows = whole(partial(backend.blocks.page, ADA), 1)
    assert [row.user.profile.handle for row in rows if row.user] == ["benedict", "cyd"]
    assert {row.block.at for row in rows} == {START}
    assert backend.blocks.page(BEN, None, 10).items == ()
    with pytest.raises(InvalidCursor):
        backend.blocks.page(ADA, "x", 10)


def test_a_block_follows_its_user_from_handle_to_handle(backend: Backend) -> None:
    backend.blocks.block(ADA, "ben")
    backend.users.edit(BEN, handle="benedict")
    with pytest.raises(NotFound):
        backend.viewing.find(Viewer(ADA), "benedict")
    backend.blocks.unblock(ADA, "ben")
    assert len(backend.blocks.page(ADA, None, 10).items) == 1
    backend.wait(HANDLE_REST + timedelta(days=1))
    backend.users.edit(CY, handle="ben")
    backend.blocks.unblock(ADA, "ben")
    assert len(backend.blocks.page(ADA, None, 10).items) == 1
    backend.blocks.unblock(ADA, "benedict")
    assert backend.blocks.page(ADA, None, 10).items == ()


def test_who_is_gone_stays_in_the_list_and_can_be_unblocked_by_the_handle_it_shows(
    backend: Backend,
) -> None:
    backend.blocks.block(ADA, "ben")
    backend.blocks.block(ADA, "cyd")
    del backend.metadata.profiles[BEN], backend.metadata.handles["ben"]
    rows = backend.blocks.page(ADA, None, 10).items
    assert [(row.block.handle, row.user is None) for row in rows] == [("ben", True), ("cyd", False)]
    for _ in range(2):
        backend.blocks.unblock(ADA, "BEN")
        rows = backend.blocks.page(ADA, None, 10).items
        assert [row.block.handle for row in rows] == ["cyd"]


def test_whatever_the_list_shows_by_a_handle_is_unblocked_at_once(backend: Backend) -> None:
    """One who is gone had the handle that somebody else has now: a repetition changes nothing
    more."""
    backend.blocks.block(ADA, "ben")
    del backend.metadata.profiles[BEN], backend.metadata.handles["ben"]
    backend.users.edit(CY, handle="ben")
    backend.blocks.block(ADA, "ben")
    assert len(backend.blocks.page(ADA, None, 10).items) == 2
    backend.blocks.unblock(ADA, "ben")
    assert backend.blocks.page(ADA, None, 10).items == ()


@pytest.mark.parametrize("handle", ["ben", NOBODY])
def test_whoever_is_hidden_takes_as_many_reads_as_nobody(backend: Backend, handle: str) -> None:
    backend.blocks.block(BEN, "ada")
    viewer = Viewer(ADA)
    for ask in (
        lambda: backend.viewing.find(viewer, handle),
        lambda: backend.follows.follow(ADA, handle),
        lambda: backend.posts.by_author(handle, viewer, None, 10),
        lambda: backend.blocks.block(ADA, handle),
        lambda: backend.mutes.mute(ADA, handle, None),
    ):
        backend.fuse.log.clear()
        with pytest.raises(NotFound):
            ask()
        assert backend.fuse.log == ["id_of", "read_now"]
    backend.fuse.log.clear()
    backend.blocks.unblock(ADA, handle)
    backend.mutes.unmute(ADA, handle)
    assert backend.fuse.log == ["id_of", "unblock", "page", "id_of", "unmute"]


def _follows(backend: Backend) -> None:
    backend.follows.follow(ADA, "ben")


def _asks_and_is_accepted(backend: Backend) -> None:
    backend.users.edit(BEN, private=True)
    backend.follows.follow(ADA, "ben")
    backend.follows.accept(BEN, "ada")


@pytest.mark.parametrize("blocker", [ADA, BEN])
@pytest.mark.parametrize("act", [_follows, _asks_and_is_accepted])
def test_whatever_a_block_overtakes_leaves_nothing_between_the_two(
    act: Callable[[Backend], None], blocker: str
) -> None:
    """Whoever asks or accepts is suspended before each of the calls in turn."""
    overtaken = 0
    for pause in range(1, 25):
        backend = _strangers()
        block = partial(backend.blocks.block, blocker, "ben" if blocker == ADA else "ada")
        backend.fuse.calls, backend.fuse.pauses = 0, {pause: block}
        with suppress(NotFound):
            act(backend)
        if not backend.fuse.pauses:
            overtaken += 1
            assert (_counts(backend, ADA), _counts(backend, BEN)) == ((0, 0), (0, 0))
            assert backend.users.me(BEN).requests == 0
            assert not backend.metadata.edges
            assert not backend.metadata.requests
    assert overtaken >= 5


def _strangers() -> Backend:
    backend = Backend()
    for number, handle in ((1, "ada"), (2, "ben")):
        backend.sign_up(number)
        backend.users.edit(samples.user_id(number), handle=handle)
    return backend
