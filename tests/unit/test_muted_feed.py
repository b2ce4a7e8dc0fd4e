"""A muted author's posts do not come up in a feed; they are there again when the mute is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.feed_reads import FeedView, FeedWanted
from shutterfeed.services.feed import FeedPage, FeedService, NewPosts
from tests import samples
from tests.fakes.backend import POLICY, Backend
from tests.fakes.feeds import FakeFeedReads
from tests.fakes.storage import PHOTO

ADA, BEN, CY = (samples.user_id(number) for number in (1, 2, 3))
HOUR = timedelta(hours=1)
_CELEBRITIES = replace(POLICY, celebrity_followers=1)
_RARE = replace(POLICY, regular_after_days=1)


def _backend(policy: FeedPolicy = POLICY) -> Backend:
    """Cy follows Ada and Ben."""
    backend = Backend(policy=policy)
    for number, handle in ((1, "ada"), (2, "ben"), (3, "cyd")):
        backend.sign_up(number)
        backend.users.edit(samples.user_id(number), handle=handle)
    for followee in ("ada", "ben"):
        backend.follows.follow(CY, followee)
    backend.reader.page(CY, None, 10)
    backend.drain()
    return backend


@pytest.fixture(params=["pushed", "pulled", "made again"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """The posts come to Cy in every way in which posts come."""
    policies = {"pushed": POLICY, "pulled": _CELEBRITIES, "made again": _RARE}
    return _backend(policies[request.param])


def _publish(backend: Backend, author: int, key: str) -> PostId:
    post = backend.create_post(author, (PHOTO,), f"{author}-{key}")
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post.id


def _page(backend: Backend, position: str | None, limit: int) -> FeedPage:
    return backend.reader.page(CY, position, limit)


def _ids(page: FeedPage) -> list[PostId]:
    return [view.post.id for view in page.posts]


def _seen(backend: Backend, limit: int = 100) -> list[PostId]:
    seen, position = [], None
    while True:
        page = _page(backend, position, limit)
        seen += _ids(page)
        position = page.next_position
        if position is None:
            return seen


def test_whom_one_has_muted_is_not_in_the_feed_until_unmuted(backend: Backend) -> None:
    first = [_publish(backend, number, "first") for number in (1, 2)]
    backend.mutes.mute(CY, "ada", None)
    second = [_publish(backend, number, "second") for number in (1, 2)]
    for limit in (1, 2, 100):
        assert _seen(backend, limit) == [second[1], first[1]]
    backend.mutes.unmute(CY, "ada")
    for limit in (1, 2, 100):
        assert _seen(backend, limit) == [second[1], second[0], first[1], first[0]]


def test_a_mute_is_no_unfollowing_and_the_muted_learn_nothing(backend: Backend) -> None:
    ada = backend.viewing.find(Viewer(ADA), "cyd")
    counts = backend.users.me(ADA)
    backend.mutes.mute(CY, "ada", None)
    assert backend.viewing.find(Viewer(CY), "ada").relation.follows
    assert backend.viewing.find(Viewer(ADA), "cyd") == ada
    assert backend.users.me(ADA) == counts


def test_new_posts_of_the_muted_are_not_counted(backend: Backend) -> None:
    _publish(backend, 2, "first")
    since = _page(backend, None, 10).latest
    assert since is not None
    backend.mutes.mute(CY, "ada", backend.clock.now() + HOUR)
    for key, number in enumerate((1, 2, 1)):
        _publish(backend, number, str(key))
    assert backend.reader.new_posts(CY, since) == NewPosts(1, more=False)
    backend.wait(2 * HOUR)
    assert backend.reader.new_posts(CY, since) == NewPosts(3, more=False)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_mute_that_ends_between_two_pages_brings_the_older_posts_below(
    backend: Backend, limit: int
) -> None:
    ids = [_publish(backend, number % 2 + 1, str(number)) for number in range(30)]
    backend.mutes.mute(CY, "ada", backend.clock.now() + HOUR)
    first = _page(backend, None, 5)
    shown = _ids(first)
    assert {post_id.author_id for post_id in shown} == {BEN}
    backend.wait(2 * HOUR)
    position, rest = first.next_position, []
    while position is not None:
        page = _page(backend, position, limit)
        rest += _ids(page)
        position = page.next_position
    assert rest == [post_id for post_id in reversed(ids) if post_id.ulid < shown[-1].ulid]


def test_a_page_is_not_empty_because_the_newest_posts_are_muted(backend: Backend) -> None:
    old = _publish(backend, 2, "old")
    for number in range(7):
        _publish(backend, 1, str(number))
    backend.mutes.mute(CY, "ada", None)
    assert _ids(_page(backend, None, 2)) == [old]


def test_a_feed_of_nothing_but_muted_posts_ends(backend: Backend) -> None:
    for number in range(5):
        _publish(backend, 1, str(number))
    backend.mutes.mute(CY, "ada", None)
    assert _seen(backend, 2) == []


@dataclass(frozen=True, slots=True)
class _Watched(FakeFeedReads):
    """Feed reads that note what they are asked for."""

    asked: list[FeedWanted]

    def view(
        self, viewer: Viewer, wanted: FeedWanted, before: FeedEntry | None, limit: int
    ) -> FeedView:
        self.asked.append(wanted)
        return FakeFeedReads(self.data, self.feeds).view(viewer, wanted, before, limit)


def _watched(backend: Backend) -> tuple[list[FeedWanted], FeedService]:
    asked: list[FeedWanted] = []
    reads = _Watched(backend.metadata, backend.feed_table, asked)
    return asked, replace(backend.reader, reads=reads)


def test_nothing_is_read_of_the_muted(backend: Backend) -> None:
    for number in range(4):
        _publish(backend, 1 + number % 2, str(number))
    since = _page(backend, None, 10).latest
    assert since is not None
    backend.mutes.mute(CY, "ada", None)
    asked, reader = _watched(backend)
    page = reader.page(CY, None, 10)
    assert {post_id.author_id for post_id in _ids(page)} == {BEN}
    reader.new_posts(CY, since)
    wanted = {
        user_id
        for one in asked
        for user_id in (
            *(post_id.author_id for post_id in one.shown.posts),
            *one.shown.authors,
            *one.recent_posts,
            *one.timelines,
        )
    }
    assert ADA not in wanted


def test_a_feed_that_is_made_again_is_full_whoever_is_muted() -> None:
    backend = _backend(_RARE)
    for number in range(12):
        _publish(backend, 1 + number % 2, str(number))
    backend.mutes.mute(CY, "ada", None)
    page = _page(backend, None, 5)
    assert len(page.posts) == 5
    assert {post_id.author_id for post_id in _ids(page)} == {BEN}


def test_the_muted_are_left_out_among_the_posts_of_many_and_not_on_their_own_pages() -> None:
    backend = _backend()
    ids = [_publish(backend, number, "first") for number in (1, 2)]
    backend.mutes.mute(CY, "ada", backend.clock.now() + HOUR)
    viewer = Viewer(CY)
    assert [view.post.id for view in backend.viewing.posts(viewer, ids)] == ids[1:]
    assert backend.posts.get(str(ids[0]), viewer).post.id == ids[0]
    assert len(backend.posts.by_author("ada", viewer, None, 10).items) == 1
    listed = backend.viewing.users(viewer, [ADA, BEN])
    assert [view.profile.user_id for view in listed] == [ADA, BEN]
    assert set(backend.viewing.authors(viewer, [ADA])) == {ADA}
    assert backend.viewing.authors(viewer, [ADA], Surface.MIXED) == {}
    backend.wait(2 * HOUR)
    assert [view.post.id for view in backend.viewing.posts(viewer, ids)] == ids


def test_nobody_mutes_themselves_and_until_is_in_the_future() -> None:
    backend = _backend()
    for handle, until in (("cyd", None), ("ada", backend.clock.now())):
        with pytest.raises(Exception, match=r"cannot mute yourself|in the future"):
            backend.mutes.mute(CY, handle, until)


def test_a_mute_is_listed_with_its_end_and_repeated_as_the_first() -> None:
    backend = _backend()
    until: datetime = backend.clock.now() + HOUR
    first = backend.mutes.mute(CY, "ada", until)
    backend.clock.advance(timedelta(minutes=1))
    assert backend.mutes.mute(CY, "ADA", until) == first
    assert backend.mutes.page(CY, None, 10).items == (first,)
    changed = backend.mutes.mute(CY, "ada", None)
    assert [row.mute for row in backend.mutes.page(CY, None, 10).items] == [changed.mute]
    for handle in ("ada", "ada", "nobody.at.all"):
        backend.mutes.unmute(CY, handle)
    assert backend.mutes.page(CY, None, 10).items == ()


def test_the_list_of_mutes_does_not_show_who_has_blocked_its_owner() -> None:
    backend = _backend()
    for handle in ("ada", "ben"):
        backend.mutes.mute(CY, handle, None)
    backend.blocks.block(ADA, "cyd")
    rows = backend.mutes.page(CY, None, 10).items
    assert [row.user.profile.user_id for row in rows] == [BEN]
    backend.mutes.unmute(CY, "ada")
    backend.blocks.unblock(ADA, "cyd")
    assert len(backend.mutes.page(CY, None, 10).items) == 1
