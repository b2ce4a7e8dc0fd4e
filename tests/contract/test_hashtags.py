"""Followed hashtags: who follows them, and the newest posts that are brought to these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb import hashtags as adapter
from shutterfeed.adapters.dynamodb.hashtags import DynamoFollowedHashtags, DynamoTaggedPosts
from shutterfeed.adapters.dynamodb.table import Item
from shutterfeed.domain.blocks import Block
from shutterfeed.domain.errors import Conflict, LimitReached
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import BROUGHT, MAX_FOLLOWED, FollowedHashtag, TaggedPosts
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import Allowance, Limited, Limits
from shutterfeed.domain.visibility import Relation, Viewer
from shutterfeed.ports.feed_reads import FeedWanted
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.system import START
from tests.limits import PLENTY

ADA, BEN, CY = (samples.user_id(number) for number in (1, 2, 3))


def _entry(number: int) -> FeedEntry:
    author_id = samples.user_id(100 + number)
    return FeedEntry(samples.position(number), PostId(author_id, samples.position(number)))


def _newest(*numbers: int) -> tuple[FeedEntry, ...]:
    return tuple(map(_entry, numbers))


def _follow(store: Store, user_id: str, tag: str, number: int = 1) -> FollowedHashtag:
    hashtag = FollowedHashtag(tag, START)
    return store.hashtags.follow(user_id, hashtag, samples.position(number))


def _brought(store: Store, user_id: str) -> dict[str, tuple[FeedEntry, ...]]:
    return {h.tag: tuple(h.entries) for h in store.readers.get(user_id).hashtags}


def test_hashtags_are_followed_listed_and_unfollowed(store: Store) -> None:
    for tag in ("sea", "北海", "dunes"):
        assert _follow(store, ADA, tag) == FollowedHashtag(tag, START)
    later = replace(FollowedHashtag("sea", START), at=START + timedelta(hours=1))
    assert store.hashtags.follow(ADA, later, samples.position(2)).at == START
    first = store.hashtags.page(ADA, None, 2)
    rest = store.hashtags.page(ADA, first.next_position, 2)
    assert [h.tag for h in (*first.items, *rest.items)] == ["dunes", "sea", "北海"]
    assert rest.next_position is None
    assert set(_brought(store, ADA)) == {"dunes", "sea", "北海"}
    assert store.hashtags.unfollow(ADA, "sea")
    assert not store.hashtags.unfollow(ADA, "sea")
    assert set(_brought(store, ADA)) == {"dunes", "北海"}
    assert store.hashtags.page(BEN, None, 2).items == ()


def test_a_user_follows_only_so_many(store: Store) -> None:
    for number in range(MAX_FOLLOWED):
        _follow(store, ADA, f"tag{number}")
    with pytest.raises(Conflict):
        _follow(store, ADA, "more")
    _follow(store, ADA, "tag0")


def test_a_follow_is_charged_once(store: Store) -> None:
    limits = Limits({**PLENTY.allowances, Limited.CHANGES: Allowance(1, 1)})
    spending = limits.spending(ADA, START, changes=1)
    for _ in range(2):
        store.hashtags.follow(ADA, FollowedHashtag("sea", START), samples.position(1), spending)
    with pytest.raises(LimitReached):
        store.hashtags.follow(ADA, FollowedHashtag("dunes", START), samples.position(1), spending)
    assert set(_brought(store, ADA)) == {"sea"}


def test_a_hashtags_followers_are_listed_last_follow_first(store: Store) -> None:
    for number, user_id in enumerate((ADA, BEN, CY)):
        _follow(store, user_id, "sea", number)
    _follow(store, ADA, "dunes")
    first = store.hashtags.followers("sea", None, 2)
    rest = store.hashtags.followers("sea", first.next_position, 2)
    assert (first.items, rest.items) == ((CY, BEN), (ADA,))
    assert rest.next_position is None
    store.hashtags.unfollow(BEN, "sea")
    assert store.hashtags.followers("sea", None, 9).items == (CY, ADA)


def test_posts_are_brought_to_rows_that_exist_and_never_older_ones(store: Store) -> None:
    _follow(store, ADA, "sea")
    newer = TaggedPosts("sea", _newest(*range(20, 5, -1)), 5)
    store.hashtags.bring(newer, [ADA, BEN])
    assert _brought(store, ADA) == {"sea": newer.entries[:BROUGHT]}
    assert _brought(store, BEN) == {}
    store.hashtags.bring(TaggedPosts("sea", _newest(1), 4), [ADA])
    assert _brought(store, ADA) == {"sea": newer.entries[:BROUGHT]}
    store.hashtags.bring(TaggedPosts("sea", (), 6), [ADA])
    assert _brought(store, ADA) == {"sea": ()}


def test_a_list_exists_only_once_it_was_begun(store: Store) -> None:
    lists = store.tagged_posts
    assert lists.include("sea", _newest(1)) is None
    assert lists.start(TaggedPosts("sea"), START) is None
    lists.note_message(TaggedPosts("sea"), START)
    lists.note_brought("sea", 1, 7)
    lists.note_brought("sea", None, 7)
    assert lists.get_many(["sea"]) == {}
    lists.begin("sea", _newest(1))
    lists.begin("sea", _newest(2))
    lists.begin("dunes", ())
    found = lists.get_many(["sea", "dunes", "peaks"])
    assert {tag: tuple(posts.entries) for tag, posts in found.items()} == {
        "sea": _newest(1),
        "dunes": (),
    }


def test_posts_find_their_place_in_the_list_in_any_order_and_once(store: Store) -> None:
    lists = store.tagged_posts
    lists.begin("sea", ())
    for numbers in ((2,), (3, 1), (2,), (1, 3)):
        included = lists.include("sea", _newest(*numbers))
        assert included == lists.get_many(["sea"])["sea"]
    posts = lists.get_many(["sea"])["sea"]
    assert (tuple(posts.entries), posts.version, posts.brought_version) == (_newest(3, 2, 1), 3, 1)
    assert lists.include("sea", []) == posts


def test_what_was_brought_is_noted_and_never_goes_back(store: Store) -> None:
    lists = store.tagged_posts
    lists.begin("sea", _newest(1))

    def noted() -> tuple[int, int]:
        posts = lists.get_many(["sea"])["sea"]
        return posts.brought_version, posts.followers

    for version, followers, expected in (
        (5, None, (5, 0)),
        (None, 7_000, (5, 7_000)),
        (4, 10, (5, 7_000)),
        (5, 10, (5, 7_000)),
        (6, 20, (6, 20)),
    ):
        lists.note_brought("sea", version, followers)
        assert noted() == expected
    assert tuple(lists.get_many(["sea"])["sea"].entries) == _newest(1)


def test_a_message_that_waits_is_noted_until_bringing_begins(store: Store) -> None:
    lists, due_at = store.tagged_posts, START + timedelta(minutes=1)
    lists.begin("sea", _newest(1))
    before = lists.get_many(["sea"])["sea"]
    lists.note_message(before, due_at)
    waits = replace(before, due_at=due_at)
    assert lists.get_many(["sea"])["sea"] == waits
    begun = lists.start(waits, due_at)
    assert begun == replace(before, brought_at=due_at)
    assert lists.start(waits, due_at) is None, "another has begun"
    lists.note_message(waits, due_at)
    assert lists.get_many(["sea"])["sea"] == begun, "the message that was sent has begun"
    lists.note_message(begun, START + timedelta(minutes=2))
    again = lists.start(begun, START + timedelta(minutes=2))
    assert again == replace(begun, brought_at=START + timedelta(minutes=2))


def test_a_feed_reads_what_it_does_not_know_of_strangers(store: Store) -> None:
    store.profiles.create(samples.profile(1, "ada"))
    ben = samples.profile(2, "ben")
    store.profiles.create(ben)
    store.follows.follow(ADA, ben, samples.position(1))
    store.blocks.block(CY, Block(ADA, "ada", START))
    wanted = FeedWanted(strangers=[BEN, CY, samples.user_id(4)])
    stored = store.reads.view(Viewer(ADA), wanted, None, 20).stored
    assert stored.relation_to(BEN) == Relation(follows=True)
    assert stored.relation_to(CY) == Relation(is_blocked=True)
    assert not stored.relation_to(samples.user_id(4)).follows


def _another_post(lists: DynamoTaggedPosts, _: TaggedPosts) -> None:
    lists.include("sea", [_entry(2)])


def _a_message(lists: DynamoTaggedPosts, found: TaggedPosts) -> None:
    lists.note_message(found, START)


def _a_beginning(lists: DynamoTaggedPosts, found: TaggedPosts) -> None:
    lists.note_message(found, START)
    lists.start(found, START)


@pytest.mark.parametrize("change", [_another_post, _a_message, _a_beginning])
def test_who_puts_posts_into_a_list_knows_what_others_do_at_the_same_time(
    change: Callable[[DynamoTaggedPosts, TaggedPosts], None],
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lists = DynamoTaggedPosts(tables.metadata)
    lists.begin("sea", ())
    read = adapter.to_tagged_posts
    others = [True]

    def overtaken(item: Item) -> TaggedPosts:
        found = read(item)
        if others and others.pop():
            change(lists, found)
        return found

    monkeypatch.setattr(adapter, "to_tagged_posts", overtaken)
    included = lists.include("sea", [_entry(1)])
    assert included is not None
    assert _entry(1) in included.entries
    assert included == lists.get_many(["sea"])["sea"]


def test_a_row_and_a_list_are_small(tables: Tables) -> None:
    """A row is read with every page, and each list is one write unit."""
    lists, followed = DynamoTaggedPosts(tables.metadata), DynamoFollowedHashtags(tables.metadata)
    lists.begin("photography", _newest(*range(40, 0, -1)))
    followed.follow(ADA, FollowedHashtag("photography", START), samples.position(1))
    followed.bring(lists.get_many(["photography"])["photography"], [ADA])
    for key, most in (
        (keys.tagged_posts("photography"), 1024),
        (keys.followed_hashtag(ADA, "photography"), 700),
    ):
        item = tables.metadata.get(key)
        assert item is not None
        values = (bytes(v) if not isinstance(v, str | int) else str(v) for v in item.values())
        size = sum(map(len, item)) + sum(map(len, values))
        assert size <= most
