"""The cache of recent posts within a container: how old they get, and how much memory they take."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.adapters.caching.container import Bounds, ContainerRecentPostsCache, bytes_of
from shutterfeed.adapters.dynamodb.recent_posts import recent_posts_item, to_recent_posts
from shutterfeed.adapters.dynamodb.table import marshal, unmarshal
from shutterfeed.domain.delivery import RECENT_ENTRIES, RECENT_WHOLE_POSTS, Delivery, RecentPosts
from shutterfeed.domain.photos import RENDITIONS, Rendition
from shutterfeed.domain.posts import Place, PostState
from tests import samples
from tests.fakes.system import FakeClock

AGE = timedelta(seconds=2)
MOMENT = timedelta(milliseconds=1)
BIG = 1_000_000
PICTURE = replace(
    samples.picture(),
    renditions=tuple(Rendition(spec.name, "image/jpeg", 640, 480) for spec in RENDITIONS),
)
RECENT = [RecentPosts(samples.user_id(n), delivery=Delivery.PULL, version=1) for n in range(10)]


def _cache(clock: FakeClock, recent_posts: int = BIG, size: int = BIG) -> ContainerRecentPostsCache:
    return ContainerRecentPostsCache(Bounds(AGE, recent_posts, size), clock)


def _has(cache: ContainerRecentPostsCache) -> list[int]:
    return [n for n, recent in enumerate(RECENT) if cache.get_many([recent.author_id])]


def test_a_recent_posts_is_given_until_it_is_too_old(clock: FakeClock) -> None:
    cache = _cache(clock)
    cache.put_many(RECENT[:1])
    clock.advance(AGE - MOMENT)
    assert cache.get_many([RECENT[0].author_id]) == {RECENT[0].author_id: RECENT[0]}
    clock.advance(MOMENT)
    assert cache.get_many([RECENT[0].author_id]) == {}
    assert (len(cache), cache.bytes) == (0, 0)


def test_reading_a_recent_posts_does_not_make_it_younger(clock: FakeClock) -> None:
    cache = _cache(clock)
    cache.put_many(RECENT[:1])
    for _ in range(4):
        assert _has(cache) == [0]
        clock.advance(AGE / 4)
    assert _has(cache) == []


def test_a_clock_that_is_set_back_makes_recent_posts_old(clock: FakeClock) -> None:
    cache = _cache(clock)
    cache.put_many(RECENT[:1])
    clock.advance(-MOMENT)
    assert _has(cache) == []


def test_a_newer_version_stays(clock: FakeClock) -> None:
    cache = _cache(clock)
    old, new = RECENT[0], replace(RECENT[0], version=2)
    for recent_posts in ([old], [new], [old]):
        cache.put_many(recent_posts)
    assert cache.get_many([old.author_id]) == {old.author_id: new}
    assert len(cache) == 1
    clock.advance(AGE)
    cache.put_many([old])
    assert cache.get_many([old.author_id]) == {old.author_id: old}


def test_of_too_many_those_go_that_were_not_asked_for_longest(clock: FakeClock) -> None:
    cache = _cache(clock, recent_posts=3)
    cache.put_many(RECENT[:3])
    cache.get_many([RECENT[0].author_id])
    cache.put_many(RECENT[3:4])
    assert _has(cache) == [0, 2, 3]


def test_memory_is_bounded_however_large_recent_posts_are(clock: FakeClock) -> None:
    size = bytes_of(RECENT[0])
    cache = _cache(clock, size=3 * size + 1)
    cache.put_many(RECENT[:5])
    assert _has(cache) == [2, 3, 4]
    assert cache.bytes == 3 * size
    large = _recent_posts(posts=RECENT_WHOLE_POSTS, caption="long " * 400)
    cache.put_many([large])
    assert (len(cache), cache.bytes) == (0, 0)


@pytest.mark.parametrize("caption", ["", "a caption of some length " * 4, "é" * 2200, "😀" * 2200])
@pytest.mark.parametrize("media", [1, 3, 10])
@pytest.mark.parametrize("posts", [1, RECENT_WHOLE_POSTS])
def test_recent_posts_take_no_more_memory_than_is_reckoned(
    posts: int, media: int, caption: str
) -> None:
    item = marshal(recent_posts_item(_recent_posts(posts, media, caption)))
    first = to_recent_posts(unmarshal(item))
    tracemalloc.start()
    recent_posts = [to_recent_posts(unmarshal(item)) for _ in range(10)]
    for recent in recent_posts:
        assert recent.posts[0] == first.posts[0]  # Shown once, it is unpacked.
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / len(recent_posts) <= bytes_of(first) <= 4 * taken / len(recent_posts) + 3_000


def test_threads_at_once_leave_it_within_its_bounds(clock: FakeClock) -> None:
    cache = _cache(clock, recent_posts=3)

    def use(number: int) -> None:
        for turn in range(300):
            recent = RECENT[(number + turn) % len(RECENT)]
            cache.put_many([recent])
            for found in cache.get_many([other.author_id for other in RECENT]).values():
                assert found in RECENT

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    assert len(cache) == 3
    assert cache.bytes == sum(bytes_of(RECENT[n]) for n in _has(cache))


def _recent_posts(posts: int, media: int = 1, caption: str = "caption") -> RecentPosts:
    recent = RecentPosts(samples.user_id(1), delivery=Delivery.PULL)
    for number in range(RECENT_ENTRIES if posts == RECENT_WHOLE_POSTS else posts):
        post = samples.post(number=number, media=media, state=PostState.PUBLISHED)
        shown = tuple(medium.ready(PICTURE) for medium in post.media)
        place = Place("Ulm", 48.4, 9.98)
        recent = recent.with_post(replace(post, caption=caption, media=shown, place=place))
    return recent
