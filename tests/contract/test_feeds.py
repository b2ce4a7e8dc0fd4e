"""Pre-generated feeds, snapshots, and the key of their cursors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shutterfeed.domain.feed import FEED_RETENTION, FeedEntry, Snapshot
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.pages import Page
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.paging import whole

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))


def _entry(number: int) -> FeedEntry:
    return FeedEntry(samples.position(number), samples.post(author=9, number=number).id)


def _feed(store: Store, owner_id: str, limit: int = 100) -> list[FeedEntry]:
    def page(before: str | None, limit: int) -> Page[FeedEntry]:
        below = None if before is None else FeedEntry.parse(before)
        return store.feeds.page(owner_id, below, limit, START)

    return whole(page, limit)


def test_a_feed_is_empty_at_first(store: Store) -> None:
    assert store.feeds.page(ADA, None, 10, START) == Page((), None)


def test_every_entry_is_put_into_every_feed_once_however_often(store: Store) -> None:
    for _ in range(2):
        store.feeds.put([ADA, BOB], [_entry(1), _entry(2)], START)
    assert _feed(store, ADA) == _feed(store, BOB) == [_entry(2), _entry(1)]
    assert _feed(store, CY) == []


def test_nothing_is_put_where_there_is_nothing_to(store: Store) -> None:
    store.feeds.put([], [_entry(1)], START)
    store.feeds.put([ADA], [], START)
    assert _feed(store, ADA) == []


def test_a_snapshot_replaces_the_version_before_it_and_no_other(store: Store) -> None:
    entries = tuple(_entry(number) for number in (3, 2, 1))
    first = Snapshot(entries, None, 1)
    assert store.feeds.snapshot(ADA) is None
    assert not store.feeds.keep_snapshot(ADA, replace(first, version=2), START)
    assert store.feeds.keep_snapshot(ADA, first, START)
    assert not store.feeds.keep_snapshot(ADA, first, START)
    second = Snapshot(entries[:1], entries[0], 2)
    assert store.feeds.keep_snapshot(ADA, second, START)
    kept = store.feeds.snapshot(ADA)
    assert kept == second
    assert kept.until == START + FEED_RETENTION
    assert store.feeds.snapshot(BOB) is None
    assert _feed(store, ADA) == []


def test_a_snapshot_may_be_empty_or_large(store: Store) -> None:
    large = Snapshot(tuple(_entry(number) for number in range(1000, 0, -1)), None, 2)
    assert store.feeds.keep_snapshot(ADA, Snapshot((), None, 1), START)
    assert store.feeds.snapshot(ADA) == Snapshot((), None, 1)
    assert store.feeds.keep_snapshot(ADA, large, START)
    assert store.feeds.snapshot(ADA) == large


def test_entries_expire_three_months_after_they_were_put_last(store: Store) -> None:
    later = START + timedelta(days=1)
    store.feeds.put([ADA], [_entry(1)], START)
    assert store.feed_expiry(ADA, _entry(1)) == int((START + FEED_RETENTION).timestamp())
    store.feeds.put([ADA], [_entry(1)], later)
    assert store.feed_expiry(ADA, _entry(1)) == int((later + FEED_RETENTION).timestamp())


def test_entries_that_have_expired_are_not_read_although_they_are_still_there(
    store: Store,
) -> None:
    over, later = START + FEED_RETENTION, START + timedelta(days=1)
    store.feeds.put([ADA], [_entry(number) for number in (1, 3, 4)], START)
    store.feeds.put([ADA], [_entry(2)], later)
    just_before = over - timedelta(seconds=1)
    assert len(store.feeds.page(ADA, None, 10, just_before).items) == 4
    assert store.feeds.page(ADA, None, 10, over) == Page((_entry(2),), None)
    assert store.feed_expiry(ADA, _entry(4)) is not None
    # A page of them is empty, and the next one goes on below them.
    first = store.feeds.page(ADA, None, 2, over)
    assert first == Page((), str(_entry(3)))
    assert store.feeds.page(ADA, _entry(3), 10, over).items == (_entry(2),)


def test_entries_of_one_position_are_ordered_and_kept_apart_by_their_posts(store: Store) -> None:
    position = samples.position(1)
    twins = [FeedEntry(position, PostId(BOB, ulid(START, number))) for number in (1, 2)]
    store.feeds.put([ADA], twins, START)
    assert _feed(store, ADA, limit=1) == twins[::-1]


def test_pages_of_a_feed_make_up_the_whole_newest_first_over_many_batches(store: Store) -> None:
    entries = [_entry(number) for number in range(60)]
    store.feeds.put([ADA], entries[::-1], START)
    for limit in (7, 30, 60, 100):
        assert _feed(store, ADA, limit) == entries[::-1]


def test_what_comes_in_above_does_not_disturb_the_rest_of_a_feed(store: Store) -> None:
    store.feeds.put([ADA], [_entry(number) for number in (1, 2, 3)], START)
    first = store.feeds.page(ADA, None, 2, START)
    store.feeds.put([ADA], [_entry(4)], START)
    assert first.next_position is not None
    below = FeedEntry.parse(first.next_position)
    rest = store.feeds.page(ADA, below, 10, START)
    assert first.items + rest.items == (_entry(3), _entry(2), _entry(1))


def test_a_secret_is_the_same_for_every_container_and_long_enough(store: Store) -> None:
    for name in ("cursor_key", "account_key"):
        one, another = store.secrets(), store.secrets()
        key: bytes = getattr(one, name)()
        assert getattr(another, name)() == key == getattr(one, name)()
        assert len(key) >= 32
    fresh = store.secrets()
    assert fresh.cursor_key() != fresh.account_key()
