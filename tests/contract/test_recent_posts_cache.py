"""Caches of celebrities' recent posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shutterfeed.adapters.caching.container import Bounds, ContainerRecentPostsCache
from shutterfeed.adapters.caching.feed_reads import CachedFeedReads
from shutterfeed.domain.delivery import RECENT_ENTRIES, Delivery, RecentPosts
from shutterfeed.domain.posts import Place, PostCounts, PostState
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.feed_reads import FeedWanted
from tests import samples
from tests.contract.conftest import RECENT_POSTS_AGE, RecentPostsCaches, Store
from tests.fakes.system import START, FakeClock

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))


def _recent_posts(author: int = 1, posts: int = 3, version: int = 7) -> RecentPosts:
    recent = RecentPosts(
        samples.user_id(author), delivery=Delivery.TO_PULL, migration="a migration"
    )
    for number in range(posts):
        post = samples.post(author, number, 2, state=PostState.PUBLISHED)
        shown = tuple(medium.ready(samples.picture()) for medium in post.media)
        place = Place("Ulm", 48.4, 9.98)
        recent = recent.with_post(
            replace(post, caption="Grüße 😀", media=shown, place=place, published_at=START)
        )
        if number % 2:
            recent = recent.with_counts(post.id, PostCounts(number, 10**9, kept=True))
    return replace(recent, version=version)


def _same(one: RecentPosts, other: RecentPosts) -> bool:
    first, second = (
        replace(recent, entries=tuple(recent.entries), counts=tuple(recent.counts))
        for recent in (one, other)
    )
    return first == second


def test_is_empty_at_first(recent_posts_cache: RecentPostsCaches) -> None:
    assert recent_posts_cache.cache.get_many([ADA, BOB]) == {}
    assert recent_posts_cache.cache.get_many([]) == {}
    recent_posts_cache.cache.put_many([])


def test_gives_recent_posts_as_they_were_put(recent_posts_cache: RecentPostsCaches) -> None:
    recent_posts = [
        _recent_posts(),
        _recent_posts(2, posts=RECENT_ENTRIES + 5),
        _recent_posts(3, posts=0),
    ]
    recent_posts_cache.cache.put_many(recent_posts)
    found = recent_posts_cache.cache.get_many([ADA, CY, BOB, samples.user_id(4)])
    assert set(found) == {ADA, BOB, CY}
    for recent in recent_posts:
        assert _same(found[recent.author_id], recent)
    assert found[BOB].oldest_known is not None
    assert found[BOB].timeline.complete_down_to == recent_posts[1].timeline.complete_down_to


def test_forgets_recent_posts_once_they_are_too_old(recent_posts_cache: RecentPostsCaches) -> None:
    recent_posts_cache.cache.put_many([_recent_posts()])
    assert set(recent_posts_cache.cache.get_many([ADA])) == {ADA}
    recent_posts_cache.wait(RECENT_POSTS_AGE + timedelta(milliseconds=1))
    assert recent_posts_cache.cache.get_many([ADA]) == {}


def test_an_older_version_does_not_take_the_place_of_a_newer_one(
    recent_posts_cache: RecentPostsCaches,
) -> None:
    for version in (9, 8):
        recent_posts_cache.cache.put_many([_recent_posts(version=version)])
    assert recent_posts_cache.cache.get_many([ADA])[ADA].version == 9


def test_pages_of_cached_recent_posts_ask_the_table_for_nothing(
    store: Store, clock: FakeClock
) -> None:
    author = samples.profile(1)
    store.profiles.create(author)
    store.recent_posts.change_delivery(RecentPosts(ADA), Delivery.TO_PULL, "a migration")
    post = samples.post()
    store.posts.create(post, (), "key", "")
    store.posts.publish(post.id, post.media, samples.position(1), START)
    cache = ContainerRecentPostsCache(Bounds(RECENT_POSTS_AGE, 10, 1_000_000), clock)
    reads = CachedFeedReads(store.reads, cache, clock)
    wanted, reader = FeedWanted(recent_posts=[ADA]), Viewer(BOB)
    first = reads.view(reader, wanted, None, 10).recent_posts[ADA]
    assert [shown.id for shown in first.posts] == [post.id]
    published = store.posts.get(post.id)
    assert published is not None
    store.posts.delete(published, START)
    assert reads.view(reader, wanted, None, 10).recent_posts[ADA] is first
    clock.advance(RECENT_POSTS_AGE)
    assert reads.view(reader, wanted, None, 10).recent_posts[ADA].posts == ()
