"""The list of a hashtag's newest posts, and the choice of those that a page shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import (
    BROUGHT,
    LISTED,
    OF_ONE_AUTHOR,
    FollowedHashtag,
    TaggedPosts,
    tagged_on_page,
)
from shutterfeed.domain.ids import PostId
from tests import samples

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def entry(number: int, author: int | None = None) -> FeedEntry:
    """Entries with larger numbers are newer; by default each is of an author of its own."""
    author_id = samples.user_id(number if author is None else author)
    return FeedEntry(samples.position(number), PostId(author_id, samples.position(number)))


def followed(tag: str, *entries: FeedEntry) -> FollowedHashtag:
    return FollowedHashtag(tag, NOW, tuple(sorted(entries, reverse=True)))


def shows(_: FeedEntry) -> bool:
    return True


def test_a_list_keeps_the_newest_posts_and_few_of_one_author() -> None:
    posts = TaggedPosts("sea").including(entry(n) for n in range(1, 30))
    assert posts.entries == tuple(entry(n) for n in range(29, 29 - LISTED, -1))
    assert posts.newest == posts.entries[:BROUGHT]
    flooded = TaggedPosts("sea").including(entry(n, author=1) for n in range(1, 30))
    assert flooded.entries == (entry(29, 1), entry(28, 1))


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 5)), max_size=40))
def test_whatever_the_order_and_however_often_the_list_is_the_same(
    made: list[tuple[int, int]],
) -> None:
    entries = [entry(number, author) for number, author in made]
    together = TaggedPosts("sea").including(entries)
    one_by_one = TaggedPosts("sea")
    for one in [*reversed(entries), *entries]:
        one_by_one = one_by_one.including([one])
    assert one_by_one.entries == together.entries
    assert together.including(entries) is together


def test_a_list_that_few_follow_does_not_wait_and_another_does_for_its_interval() -> None:
    few = TaggedPosts("sea", followers=999, brought_at=NOW)
    assert not few.wait(NOW)
    many = replace(few, followers=30_000)
    assert many.wait(NOW + timedelta(seconds=299)) == timedelta(seconds=1)
    assert not many.wait(NOW + timedelta(seconds=300))
    assert not replace(many, brought_at=None).wait(NOW)


def test_new_posts_need_a_message_unless_one_waits_that_is_not_lost() -> None:
    brought = TaggedPosts("sea", version=4, brought_version=4)
    assert not brought.needs_message(NOW)
    new = replace(brought, version=5)
    assert new.needs_message(NOW)
    waits = replace(new, due_at=NOW + timedelta(minutes=5))
    assert not waits.needs_message(NOW)
    assert not waits.needs_message(NOW + timedelta(minutes=64))
    assert waits.needs_message(NOW + timedelta(minutes=65))


def test_a_page_has_the_newest_of_all_hashtags_up_to_a_quarter() -> None:
    hashtags = [followed("sea", entry(1), entry(4)), followed("dunes", entry(2), entry(3))]
    assert tagged_on_page(hashtags, None, 12, shows) == {
        entry(4): "sea",
        entry(3): "dunes",
        entry(2): "dunes",
    }
    assert list(tagged_on_page(hashtags, entry(3), 20, shows)) == [entry(2), entry(1)]
    assert list(tagged_on_page(hashtags, None, 1, shows)) == [entry(4)]


def test_a_page_has_few_of_one_author_and_none_that_the_reader_is_not_shown() -> None:
    hashtag = followed("sea", *(entry(n, author=9) for n in range(3, 9)), entry(2), entry(1))
    chosen = list(tagged_on_page([hashtag], None, 20, shows))
    assert chosen == [*(entry(n, 9) for n in (8, 7)[:OF_ONE_AUTHOR]), entry(2), entry(1)]
    others = tagged_on_page([hashtag], None, 20, lambda e: e != entry(2))
    assert entry(2) not in others


def test_a_post_with_several_hashtags_comes_once() -> None:
    hashtags = [followed("dunes", entry(1)), followed("sea", entry(1))]
    assert tagged_on_page(hashtags, None, 20, shows) == {entry(1): "sea"}
