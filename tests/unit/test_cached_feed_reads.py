"""Feed pages with cached recent posts: what is asked for, what is kept, and that pages have no
gaps."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from shutterfeed.adapters.caching.container import Bounds, ContainerRecentPostsCache
from shutterfeed.adapters.caching.feed_reads import SAFE_AGE, CachedFeedReads
from shutterfeed.domain.delivery import Delivery, RecentPosts
from shutterfeed.domain.feed import BOTTOM, FeedEntry
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.feed_reads import FeedStart, FeedView, FeedWanted
from shutterfeed.ports.viewing import Stored, Wanted
from tests import samples
from tests.fakes.backend import POLICY, Backend
from tests.fakes.feeds import FakeFeedReads, FakeFeeds
from tests.fakes.metadata import FakePosts, Metadata
from tests.fakes.system import FakeClock
from tests.feed_world import Dice, FeedWorld, small_sizes

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))
READER = Viewer(samples.user_id(9))
AGE = timedelta(seconds=2)


@dataclass
class Trips:
    """The reads behind the cache, each a round trip."""

    reads: FakeFeedReads
    views: list[FeedWanted] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def start(
        self,
        reader_id: str,
        before: FeedEntry | None,
        limit: int,
        now: datetime,
        *,
        with_snapshot: bool = True,
    ) -> FeedStart:
        self.others.append("start")
        return self.reads.start(reader_id, before, limit, now, with_snapshot=with_snapshot)

    def view(
        self, viewer: Viewer, wanted: FeedWanted, before: FeedEntry | None, limit: int
    ) -> FeedView:
        self.views.append(wanted)
        return self.reads.view(viewer, wanted, before, limit)

    def recent_posts(self, author_ids: Iterable[str]) -> dict[str, RecentPosts]:
        self.others.append("recent posts")
        return self.reads.recent_posts(author_ids)

    def timelines(
        self, before: Mapping[str, FeedEntry], limit: int
    ) -> Mapping[str, Page[FeedEntry]]:
        self.others.append("timelines")
        return self.reads.timelines(before, limit)


@pytest.fixture
def data() -> Metadata:
    """Ada and Bob are celebrities, Cy is not."""
    data = Metadata()
    for author_id, delivery in ((ADA, Delivery.PULL), (BOB, Delivery.TO_PUSH), (CY, Delivery.PUSH)):
        data.recent_posts[author_id] = RecentPosts(author_id, delivery=delivery, version=1)
    return data


@pytest.fixture
def trips(data: Metadata) -> Trips:
    return Trips(FakeFeedReads(data, FakeFeeds()))


@pytest.fixture
def reads(trips: Trips, clock: FakeClock) -> CachedFeedReads:
    bounds = Bounds(AGE, authors=100, bytes=1_000_000)
    return CachedFeedReads(trips, ContainerRecentPostsCache(bounds, clock), clock)


def _view(reads: CachedFeedReads, *authors: str, before: FeedEntry | None = None) -> dict[str, int]:
    """The versions of the recent posts of a view."""
    recent_posts = reads.view(READER, FeedWanted(recent_posts=authors), before, 10).recent_posts
    return {author_id: recent.version for author_id, recent in recent_posts.items()}


def _changed(data: Metadata, author_id: str = ADA) -> None:
    recent = data.recent_posts[author_id]
    data.recent_posts[author_id] = replace(recent, version=recent.version + 1)


def test_a_recent_posts_is_read_once_while_it_is_fresh(
    reads: CachedFeedReads, trips: Trips, data: Metadata, clock: FakeClock
) -> None:
    assert _view(reads, ADA) == {ADA: 1}
    _changed(data)
    clock.advance(AGE - timedelta(milliseconds=1))
    assert _view(reads, ADA) == {ADA: 1}
    clock.advance(timedelta(milliseconds=1))
    assert _view(reads, ADA) == {ADA: 2}
    assert [list(wanted.recent_posts) for wanted in trips.views] == [[ADA], [], [ADA]]


def test_what_is_missing_is_asked_for_with_the_rest_in_one_round_trip(
    reads: CachedFeedReads, trips: Trips
) -> None:
    _view(reads, ADA)
    shown = Wanted([PostId(CY, ulid(reads.clock.now(), 1))], authors={CY})
    wanted = FeedWanted(shown, [ADA, BOB], [CY])
    view = reads.view(READER, wanted, None, 10)
    assert set(view.recent_posts) == {ADA, BOB}
    assert trips.views[1:] == [replace(wanted, recent_posts=[BOB])]
    assert trips.others == []


def test_the_rest_of_a_view_is_never_cached(reads: CachedFeedReads, data: Metadata) -> None:
    post = samples.post()
    data.posts[post.id] = post
    data.profiles[ADA] = samples.profile(1)
    wanted = FeedWanted(Wanted([post.id]), [ADA])
    assert reads.view(READER, wanted, None, 10).stored.posts == {post.id: post}
    data.posts[post.id] = edited = replace(post, caption="edited")
    data.profiles[ADA] = renamed = samples.profile(1, "renamed")
    data.counts[post.id] = counts = PostCounts(likes=3)
    view = reads.view(READER, wanted, None, 10)
    assert view.stored == Stored({post.id: edited}, {post.id: counts}, {ADA: renamed})


def test_only_recent_posts_of_those_who_are_pulled_are_kept(
    reads: CachedFeedReads, trips: Trips, data: Metadata
) -> None:
    for _ in range(2):
        assert set(_view(reads, ADA, BOB, CY, "nobody")) == {ADA, BOB, CY}
    assert list(trips.views[1].recent_posts) == [CY, "nobody"]


def test_what_a_feed_is_made_anew_from_is_read_and_not_kept(
    reads: CachedFeedReads, trips: Trips, data: Metadata
) -> None:
    _view(reads, ADA)
    _changed(data)
    assert reads.recent_posts([ADA, CY]) == {ADA: data.recent_posts[ADA], CY: data.recent_posts[CY]}
    assert _view(reads, ADA, BOB) == {ADA: 1, BOB: 1}
    reads.start(ADA, None, 10, reads.clock.now())
    reads.timelines({ADA: BOTTOM}, 10)
    assert trips.others == ["recent posts", "start", "timelines"]


def test_a_page_below_a_recent_place_reads_everything_anew(
    reads: CachedFeedReads, data: Metadata, clock: FakeClock
) -> None:
    """A post may have been published below that place after the recent posts were cached."""
    entry = samples.post().id

    def before(age: timedelta) -> FeedEntry:
        return FeedEntry(ulid(clock.now() - age, 1), entry)

    assert _view(reads, ADA) == {ADA: 1}
    _changed(data)
    assert _view(reads, ADA, before=before(SAFE_AGE)) == {ADA: 1}
    assert _view(reads, ADA, before=BOTTOM) == {ADA: 1}
    assert _view(reads, ADA, before=before(SAFE_AGE - timedelta(seconds=1))) == {ADA: 2}
    assert _view(reads, ADA) == {ADA: 2}


def _cached(backend: Backend) -> None:
    """Let the backend read feeds through a cache."""
    cache = ContainerRecentPostsCache(Bounds(AGE, authors=100, bytes=1_000_000), backend.clock)
    reads = CachedFeedReads(backend.reader.reads, cache, backend.clock)
    backend.reader = replace(backend.reader, reads=reads)


def _published(backend: Backend, author: int, number: int) -> Post:
    posts, now = FakePosts(backend.metadata), backend.clock.advance(timedelta(milliseconds=1))
    post = samples.post(author, number, at=now)
    posts.create(post, (), f"{author} {number}", "")
    posts.publish(post.id, post.media, ulid(now, number), now)
    return post


def test_a_post_that_a_cached_recent_posts_does_not_have_yet_is_not_skipped() -> None:
    """Ada's recent posts are cached, then she publishes, then Bob, whose recent posts are not
    cached."""
    backend = Backend(policy=replace(POLICY, celebrity_followers=1))
    reader = samples.user_id(9)
    backend.sign_up(9)
    for number in (1, 2):
        backend.follows.follow(reader, backend.sign_up(number).handle)
    backend.reader.page(reader, None, 1)
    backend.drain()
    assert {backend.metadata.recent_posts[a].delivery for a in (ADA, BOB)} == {Delivery.PULL}
    _cached(backend)
    _published(backend, 1, 1)
    backend.reader.reads.view(READER, FeedWanted(recent_posts=[ADA]), None, 1)
    by_ada, by_bob = _published(backend, 1, 2), _published(backend, 2, 3)
    first = backend.reader.page(reader, None, 1)
    assert [view.post.id for view in first.posts] == [by_bob.id]
    second = backend.reader.page(reader, first.next_position, 1)
    assert [view.post.id for view in second.posts] == [by_ada.id]


class CachedWorld(FeedWorld):
    """Reads through a cache, and looks again only once what is cached is too old."""

    def step(self) -> None:
        super().step()
        self.backend.clock.advance(AGE)

    def settle(self) -> None:
        super().settle()
        self.backend.clock.advance(AGE)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_every_feed_equals_its_definition_with_a_cache(seed: int) -> None:
    with small_sizes(recent_entries=1_000):
        world = CachedWorld(Dice(random.Random(seed)))
        _cached(world.backend)
        for _ in range(600):
            world.step()
        world.check()
