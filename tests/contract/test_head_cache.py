"""Caches of celebrities' heads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shutterfeed.adapters.caching.container import Bounds, ContainerHeadCache
from shutterfeed.adapters.caching.feed_reads import CachedFeedReads
from shutterfeed.domain.delivery import HEAD_ENTRIES, Delivery, Head
from shutterfeed.domain.posts import Place, PostState
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.feed_reads import FeedWanted
from tests import samples
from tests.contract.conftest import HEADS_AGE, HeadCaches, Store
from tests.fakes.system import START, FakeClock

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))


def _head(author: int = 1, posts: int = 3, version: int = 7) -> Head:
    head = Head(samples.user_id(author), delivery=Delivery.TO_PULL, migration="a migration")
    for number in range(posts):
        post = samples.post(author, number, 2, state=PostState.PUBLISHED)
        shown = tuple(medium.ready(samples.picture()) for medium in post.media)
        place = Place("Ulm", 48.4, 9.98)
        head = head.with_post(
            replace(post, caption="Grüße 😀", media=shown, place=place, published_at=START)
        )
    return replace(head, version=version)


def _same(one: Head, other: Head) -> bool:
    return replace(one, entries=tuple(one.entries)) == replace(other, entries=tuple(other.entries))


def test_is_empty_at_first(head_cache: HeadCaches) -> None:
    assert head_cache.cache.get_many([ADA, BOB]) == {}
    assert head_cache.cache.get_many([]) == {}
    head_cache.cache.put_many([])


def test_gives_heads_as_they_were_put(head_cache: HeadCaches) -> None:
    heads = [_head(), _head(2, posts=HEAD_ENTRIES + 5), _head(3, posts=0)]
    head_cache.cache.put_many(heads)
    found = head_cache.cache.get_many([ADA, CY, BOB, samples.user_id(4)])
    assert set(found) == {ADA, BOB, CY}
    for head in heads:
        assert _same(found[head.author_id], head)
    assert found[BOB].floor is not None
    assert found[BOB].timeline.complete_to == heads[1].timeline.complete_to


def test_forgets_heads_once_they_are_too_old(head_cache: HeadCaches) -> None:
    head_cache.cache.put_many([_head()])
    assert set(head_cache.cache.get_many([ADA])) == {ADA}
    head_cache.wait(HEADS_AGE + timedelta(milliseconds=1))
    assert head_cache.cache.get_many([ADA]) == {}


def test_an_older_version_does_not_take_the_place_of_a_newer_one(head_cache: HeadCaches) -> None:
    for version in (9, 8):
        head_cache.cache.put_many([_head(version=version)])
    assert head_cache.cache.get_many([ADA])[ADA].version == 9


def test_pages_of_cached_heads_ask_the_table_for_nothing(store: Store, clock: FakeClock) -> None:
    author = samples.profile(1)
    store.profiles.create(author)
    store.heads.change_delivery(Head(ADA), Delivery.TO_PULL, "a migration")
    post = samples.post()
    store.posts.create(post, (), "key", "")
    store.posts.publish(post.id, post.media, samples.position(1), START)
    cache = ContainerHeadCache(Bounds(HEADS_AGE, 10, 1_000_000), clock)
    reads = CachedFeedReads(store.reads, cache, clock)
    wanted, reader = FeedWanted(heads=[ADA]), Viewer(BOB)
    first = reads.view(reader, wanted, None, 10).heads[ADA]
    assert [shown.id for shown in first.posts] == [post.id]
    published = store.posts.get(post.id)
    assert published is not None
    store.posts.delete(published, START)
    assert reads.view(reader, wanted, None, 10).heads[ADA] is first
    clock.advance(HEADS_AGE)
    assert reads.view(reader, wanted, None, 10).heads[ADA].posts == ()
