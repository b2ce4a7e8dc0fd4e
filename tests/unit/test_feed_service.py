"""Reading a feed: what may be seen is decided when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from shutterfeed.domain.delivery import RECENT_ENTRIES, entry_of
from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.feed import BOTTOM, FeedCursor, FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import DeliverEntry, PrepareFeed
from shutterfeed.domain.posts import PostState
from shutterfeed.ports.feed_reads import FeedStart
from shutterfeed.services.feed import FeedService, NewPosts
from tests import samples
from tests.fakes.backend import POLICY, Backend
from tests.fakes.feeds import FakeFeedReads
from tests.fakes.storage import PHOTO

ADA, BOB, CY = samples.user_id(1), samples.user_id(2), samples.user_id(3)


@pytest.fixture
def backend() -> Backend:
    """Bob follows Ada, and comes often."""
    backend = Backend()
    backend.follows.follow(BOB, backend.sign_up(1).handle)
    backend.reader.page(BOB, None, 10)
    backend.drain()
    return backend


def _publish(backend: Backend, author: int, key: str) -> PostId:
    post = backend.create_post(author, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post.id


@dataclass(frozen=True, slots=True)
class Watched(FakeFeedReads):
    """Feed reads that note of each page whether it has asked for the snapshot."""

    asked: list[bool]

    def start(
        self,
        reader_id: str,
        before: FeedEntry | None,
        limit: int,
        now: datetime,
        *,
        with_snapshot: bool = True,
    ) -> FeedStart:
        self.asked.append(with_snapshot)
        return FakeFeedReads(self.data, self.feeds).start(
            reader_id, before, limit, now, with_snapshot=with_snapshot
        )


def _watched(backend: Backend) -> tuple[list[bool], FeedService]:
    asked: list[bool] = []
    reads = Watched(backend.metadata, backend.feed_table, asked)
    return asked, replace(backend.reader, reads=reads)


def _seen(backend: Backend, reader_id: str, limit: int = 100) -> list[PostId]:
    seen, position = [], None
    while True:
        page = backend.reader.page(reader_id, position, limit)
        assert len(page.posts) <= limit
        seen += [view.post.id for view in page.posts]
        position = page.next_position
        if position is None:
            return seen


def test_a_feed_has_ones_own_posts_and_those_of_the_followed_newest_first(
    backend: Backend,
) -> None:
    ids = [_publish(backend, author, str(n)) for n, author in enumerate((1, 2, 1, 3))]
    for limit in (1, 2, 3, 100):
        assert _seen(backend, BOB, limit) == [ids[2], ids[1], ids[0]]
        assert _seen(backend, ADA, limit) == [ids[2], ids[0]]


def test_ones_own_post_is_there_at_once(backend: Backend) -> None:
    post = backend.create_post(2, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    while backend.metadata.posts[post.id].state is not PostState.PUBLISHED:
        backend.deliver(backend.waiting()[0])
    assert _seen(backend, BOB) == [post.id]


def test_each_post_comes_with_its_author_as_they_are_now(backend: Backend) -> None:
    _publish(backend, 1, "a")
    backend.users.edit(ADA, handle="ada")
    (view,) = backend.reader.page(BOB, None, 10).posts
    assert view.author.profile == backend.users.me(ADA)
    assert view.author.profile.handle == "ada"


def test_deleted_posts_are_not_shown_and_do_not_end_the_list(backend: Backend) -> None:
    ids = [_publish(backend, 1, str(number)) for number in range(4)]
    for post_id in ids[1:3]:
        backend.delete_post(post_id)
    assert len(backend.feed_table.feeds[BOB]) == 4
    for limit in (1, 2, 3):
        assert _seen(backend, BOB, limit) == [ids[3], ids[0]]


def test_a_page_is_not_empty_because_the_newest_posts_were_deleted(backend: Backend) -> None:
    ids = [_publish(backend, 1, str(number)) for number in range(5)]
    for post_id in ids[1:]:
        backend.delete_post(post_id)
    assert [view.post.id for view in backend.reader.page(BOB, None, 2).posts] == [ids[0]]


def test_who_is_unfollowed_is_gone_at_once_whatever_still_arrives(backend: Backend) -> None:
    first = _publish(backend, 1, "first")
    handle = backend.sign_up(1).handle
    backend.follows.unfollow(BOB, handle)
    assert _seen(backend, BOB) == []
    backend.queues["deliver"].send([DeliverEntry(_entry(backend, first), (BOB,))])
    backend.drain()
    assert _seen(backend, BOB) == []
    backend.follows.follow(BOB, handle)
    backend.drain()
    assert _seen(backend, BOB) == [first]


def test_following_brings_the_newest_posts(backend: Backend) -> None:
    ids = [_publish(backend, 3, str(number)) for number in range(RECENT_ENTRIES + 3)]
    backend.follows.follow(BOB, backend.sign_up(3).handle)
    backend.drain()
    assert _seen(backend, BOB) == ids[: -RECENT_ENTRIES - 1 : -1]


def test_entries_of_posts_or_authors_that_are_gone_are_passed_over(backend: Backend) -> None:
    ids = [_publish(backend, author, str(n)) for n, author in enumerate((1, 2, 1))]
    del backend.metadata.posts[ids[0]]
    assert _seen(backend, BOB) == [ids[2], ids[1]]
    del backend.metadata.profiles[ADA]
    assert _seen(backend, BOB) == [ids[1]]


def test_the_first_look_at_a_feed_makes_the_readers_profile(backend: Backend) -> None:
    reader = samples.user_id(9)
    page = backend.reader.page(reader, None, 10)
    assert page.posts == ()
    assert page.next_position is None
    assert backend.metadata.profiles[reader].handle.startswith("user_")


@pytest.mark.parametrize("position", ["", "x", "1#2", samples.position(1), "~"])
def test_a_place_in_the_feed_that_was_never_given_is_refused(
    backend: Backend, position: str
) -> None:
    for call in (lambda: backend.reader.page(BOB, position, 10),
                 lambda: backend.reader.new_posts(BOB, position)):  # fmt: skip
        with pytest.raises(InvalidCursor):
            call()


def test_a_page_takes_two_round_trips_however_long_it_is(backend: Backend) -> None:
    for number in range(5):
        _publish(backend, 1, str(number))
    before = backend.fuse.calls
    assert len(backend.reader.page(BOB, None, 5).posts) == 5
    assert backend.fuse.calls - before == 2


def test_it_is_told_how_many_posts_of_others_have_come(backend: Backend) -> None:
    _publish(backend, 1, "a")
    latest = backend.reader.page(BOB, None, 1).latest
    assert latest is not None
    assert backend.reader.new_posts(BOB, latest) == NewPosts(0, more=False)
    for number, author in enumerate((1, 2, 3, 1)):
        _publish(backend, author, str(number))
    assert backend.reader.new_posts(BOB, latest) == NewPosts(2, more=False)
    assert backend.reader.new_posts(ADA, str(FeedCursor(BOTTOM))) == NewPosts(0, more=False)


def test_there_is_an_end_to_the_counting(backend: Backend) -> None:
    entries = [FeedEntry(samples.position(n), samples.post(1, n).id) for n in range(150)]
    backend.feed_table.put([BOB], entries, backend.clock.now())
    assert backend.reader.new_posts(BOB, str(FeedCursor(entries[99]))) == NewPosts(50, more=False)
    assert backend.reader.new_posts(BOB, str(FeedCursor(BOTTOM))) == NewPosts(100, more=True)


def test_a_returning_readers_first_page_is_complete_and_so_are_the_next() -> None:
    backend = Backend(policy=replace(POLICY, regular_after_days=1))
    handles = [backend.sign_up(number).handle for number in (1, 3, 4)]
    for handle in handles:
        backend.follows.follow(BOB, handle)
    ids = [_publish(backend, (1, 3, 4)[n % 3], str(n)) for n in range(12)]
    assert not any(backend.feed_table.feeds.values()), "nothing is pushed to who does not come"
    for limit in (1, 5, 100):
        assert _seen(backend, BOB, limit) == ids[::-1]
    assert not any(backend.feed_table.feeds.values())
    backend.wait(timedelta(days=1))
    backend.reader.page(BOB, None, 1)
    backend.drain()
    newest = _publish(backend, 1, "newest")
    assert [entry.post_id for entry in backend.feed_table.feeds[BOB]] == [newest]
    assert _seen(backend, BOB, 4) == [newest, *ids[::-1]]


def test_a_feed_that_was_made_anew_ends_after_so_many_posts() -> None:
    policy = replace(POLICY, regular_after_days=1, snapshot_posts=4)
    backend = Backend(policy=policy)
    backend.follows.follow(BOB, backend.sign_up(1).handle)
    ids = [_publish(backend, 1, str(n)) for n in range(9)]
    assert _seen(backend, BOB, 3) == ids[:-5:-1]


def test_a_feed_that_has_not_changed_is_not_kept_again() -> None:
    backend = Backend(policy=replace(POLICY, regular_after_days=1))
    backend.follows.follow(BOB, backend.sign_up(1).handle)
    _publish(backend, 1, "a")
    for _ in range(3):
        backend.reader.page(BOB, None, 5)
    assert backend.feed_table.snapshots[BOB].version == 1


def test_a_feed_that_has_not_changed_for_long_does_not_expire_between_two_pages() -> None:
    backend = Backend(policy=replace(POLICY, regular_after_days=10_000))
    backend.follows.follow(BOB, backend.sign_up(1).handle)
    ids = [_publish(backend, 1, str(number)) for number in range(2)]
    for _ in range(20):
        first = backend.reader.page(BOB, None, 1)
        backend.wait(timedelta(days=8))
        second = backend.reader.page(BOB, first.next_position, 1)
        shown = [view.post.id for view in (*first.posts, *second.posts)]
        assert shown == ids[::-1]
        backend.wait(timedelta(days=5))


def test_whoever_becomes_a_regular_reader_keeps_an_old_feed_for_a_while() -> None:
    backend = Backend(policy=replace(POLICY, regular_after_days=1))
    backend.follows.follow(BOB, backend.sign_up(1).handle)
    post_id = _publish(backend, 1, "a")
    for days in (31, 31, 26, 11):  # The visit of day 88 makes them regular.
        assert _seen(backend, BOB) == [post_id]
        backend.drain()
        backend.wait(timedelta(days=days))
    assert backend.metadata.readers[BOB].is_pushed(backend.clock.now())
    assert _seen(backend, BOB) == [post_id]


def test_a_regular_reader_is_pushed_to_for_as_long_as_they_come(backend: Backend) -> None:
    for number in range(10):
        backend.wait(timedelta(days=9))
        backend.reader.page(BOB, None, 1)
        backend.drain()
        post_id = _publish(backend, 1, str(number))
        assert max(backend.feed_table.feeds[BOB]).post_id == post_id
    assert backend.feed_table.snapshots[BOB].version == 1


def test_a_regular_readers_visit_prolongs_by_one_write_and_no_message(backend: Backend) -> None:
    backend.wait(timedelta(days=16))
    backend.fuse.log.clear()
    backend.reader.page(BOB, None, 1)
    assert not backend.queues["deliver"].messages
    assert [name for name in backend.fuse.log if name in {"record_visit", "push_until"}] == [
        "record_visit"
    ]
    now = backend.clock.now()
    assert backend.metadata.readers[BOB].pushed_until == backend.policy.pushed_until(now)
    backend.reader.page(BOB, None, 1)
    assert backend.fuse.log.count("record_visit") == 1


def test_a_repeated_preparation_of_a_feed_changes_nothing(backend: Backend) -> None:
    reader = backend.metadata.readers[BOB]
    backend.wait(timedelta(days=20))
    backend.queues["deliver"].send([PrepareFeed(BOB)])
    backend.fuse.log.clear()
    backend.drain()
    assert backend.metadata.readers[BOB] == reader
    assert backend.fuse.log == ["get"]


def test_a_feed_keeps_what_was_pushed_for_ninety_days_however_much_it_is(
    backend: Backend,
) -> None:
    posts = [
        replace(samples.post(1, n, state=PostState.PUBLISHED), position=samples.position(n))
        for n in range(3_000)
    ]
    backend.metadata.posts |= {post.id: post for post in posts}
    pushed = backend.clock.now()
    backend.feed_table.put([BOB], [entry_of(post) for post in posts], pushed)
    for _ in range(4):
        backend.wait(timedelta(days=22))
        backend.reader.page(BOB, None, 1)
        backend.drain()
    assert _seen(backend, BOB) == [post.id for post in reversed(posts)]


def test_a_feed_ends_ninety_days_ago_although_its_entries_are_removed_late(
    backend: Backend,
) -> None:
    ids = [_publish(backend, 1, str(number)) for number in range(30)]
    for _ in range(4):
        backend.wait(timedelta(days=20))
        backend.reader.page(BOB, None, 1)
    newest = _publish(backend, 1, "newest")
    backend.wait(timedelta(days=9))
    assert _seen(backend, BOB, 2) == [newest, *ids[::-1]]
    backend.wait(timedelta(days=1))
    assert len(backend.feed_table.feeds[BOB]) == 31
    for limit in (1, 2, 100):
        assert _seen(backend, BOB, limit) == [newest]


def test_a_feed_without_a_snapshot_is_looked_through_for_one_only_once(backend: Backend) -> None:
    for _ in range(7):
        backend.wait(timedelta(days=16))
        backend.reader.page(BOB, None, 1)
    ids = [_publish(backend, 1, f"later-{number}") for number in range(4)]
    backend.wait(timedelta(hours=2))
    assert BOB not in backend.feed_table.snapshots
    asked, service = _watched(backend)
    page = service.page(BOB, None, 1)
    seen = [view.post.id for view in page.posts]
    while page.next_position is not None:
        page = service.page(BOB, page.next_position, 1)
        seen += [view.post.id for view in page.posts]
    assert seen == ids[::-1]
    assert asked == [True, *[False] * (len(asked) - 1)]


def test_a_feed_with_a_snapshot_is_read_together_with_it_to_its_end(backend: Backend) -> None:
    reader = samples.user_id(9)
    ids = [_publish(backend, 1, str(number)) for number in range(4)]
    backend.follows.follow(reader, backend.sign_up(1).handle)
    backend.drain()
    asked, service = _watched(backend)
    seen: list[PostId] = []
    position = None
    for _ in range(4):
        page = service.page(reader, position, 1)
        seen += [view.post.id for view in page.posts]
        backend.drain()
        backend.wait(timedelta(hours=2))
        position = page.next_position
    assert seen == ids[::-1]
    assert asked == [True] * 4


def test_a_snapshot_that_was_just_written_is_asked_for_until_every_read_shows_it(
    backend: Backend,
) -> None:
    ids = [_publish(backend, 1, str(number)) for number in range(3)]
    backend.reader.page(CY, None, 1)
    backend.drain()
    backend.follows.follow(CY, backend.sign_up(1).handle)
    backend.drain()
    assert backend.metadata.readers[CY].is_pushed(backend.clock.now())
    snapshot = backend.feed_table.snapshots.pop(CY)
    asked, service = _watched(backend)
    first = service.page(CY, None, 1)
    assert asked == [True]
    backend.feed_table.snapshots[CY] = snapshot
    second = service.page(CY, first.next_position, 1)
    assert asked == [True, True]
    assert [view.post.id for view in (*first.posts, *second.posts)] == ids[:0:-1]
    backend.wait(timedelta(hours=2))
    del backend.feed_table.snapshots[CY]
    third = service.page(CY, None, 1)
    service.page(CY, third.next_position, 1)
    assert asked == [True, True, True, False]


def test_new_posts_are_counted_without_a_snapshot(backend: Backend) -> None:
    asked, service = _watched(backend)
    service.new_posts(BOB, str(FeedCursor(BOTTOM)))
    assert asked == [False]


@pytest.mark.parametrize("has_snapshot", [True, False])
@pytest.mark.parametrize("authors", [(), (ADA, BOB), [samples.user_id(n) for n in range(150)]])
def test_a_cursor_tells_what_the_next_page_has_to_read(
    authors: Sequence[str], has_snapshot: bool
) -> None:
    entry = FeedEntry(samples.position(1), samples.post(1, 1).id)
    cursor = replace(FeedCursor.after(entry, authors), has_snapshot=has_snapshot)
    parsed = FeedCursor.parse(str(cursor))
    assert parsed.before == entry
    assert parsed.has_snapshot is has_snapshot
    assert all(parsed.is_exhausted(author) for author in authors)
    assert not FeedCursor.parse(str(FeedCursor(entry, has_snapshot=False))).exhausted
    # A cursor given out before this was in cursors.
    assert FeedCursor.parse(str(entry)).has_snapshot


def test_subscriptions_end_with_the_first_post_after_their_reader_ceased_to_come(
    backend: Backend,
) -> None:
    backend.wait(timedelta(days=32))
    assert BOB in backend.metadata.subscriptions[ADA]
    _publish(backend, 1, "a")
    assert not backend.metadata.subscriptions[ADA]
    assert not any(backend.feed_table.feeds.values())


def test_a_scroll_through_ten_thousand_posts_ends(backend: Backend) -> None:
    posts = [
        replace(samples.post(1, n, state=PostState.PUBLISHED), position=samples.position(n))
        for n in range(10_000)
    ]
    backend.metadata.posts |= {post.id: post for post in posts}
    backend.feed_table.put([BOB], [entry_of(post) for post in posts], backend.clock.now())
    assert _seen(backend, BOB, 100) == [post.id for post in reversed(posts)]


def _entry(backend: Backend, post_id: PostId) -> FeedEntry:
    return entry_of(backend.metadata.posts[post_id])
