"""What decides how a post comes to a reader: recent posts, subscriptions, pull markers, and the
reads of a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from shutterfeed.domain.delivery import (
    AUDIENCE_PARTS,
    RECENT_TEXT,
    Delivery,
    PushSubscription,
    Reader,
    RecentPosts,
    entry_of,
)
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Place, Post, PostCounts
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.feed_reads import FeedWanted
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.paging import whole

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))
LATER = START + timedelta(days=1)


RECENT_ENTRIES, RECENT_WHOLE_POSTS = 5, 3


@pytest.fixture(autouse=True)
def _small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutterfeed.domain.delivery.RECENT_ENTRIES", RECENT_ENTRIES)
    monkeypatch.setattr("shutterfeed.domain.delivery.RECENT_WHOLE_POSTS", RECENT_WHOLE_POSTS)
    monkeypatch.setattr("shutterfeed.adapters.dynamodb.readers._TRANSACTION", 4)


def _publish(store: Store, number: int, author: int = 1) -> Post:
    post = samples.post(author, number)
    store.posts.create(post, (), f"key {author} {number}", "")
    assert store.posts.publish(post.id, post.media, samples.position(number), START)
    return _post(store, post)


def _post(store: Store, post: Post) -> Post:
    found = store.posts.get(post.id)
    assert found is not None
    return found


def _recent_posts(store: Store, author_id: str = ADA) -> RecentPosts:
    return store.recent_posts.get_many([author_id])[author_id]


def _migrate(store: Store, *deliveries: Delivery) -> None:
    for number, delivery in enumerate(deliveries):
        assert store.recent_posts.change_delivery(
            _recent_posts(store), delivery, f"migration {number}"
        )


def _name(store: Store, delivery: Delivery, migration: str) -> None:
    assert store.recent_posts.change_delivery(_recent_posts(store), delivery, migration)


def _places(posts: list[Post]) -> list[FeedEntry]:
    return [entry_of(post) for post in posts]


@pytest.fixture
def people(store: Store) -> None:
    for number in (1, 2, 3):
        store.profiles.create(samples.profile(number))


def _follow(store: Store, follower: str, followee: int = 1) -> None:
    assert store.follows.follow(follower, samples.profile(followee), ulid(START, 1))


def _unfollow(store: Store, follower: str, followee: int = 1) -> None:
    assert store.follows.unfollow(follower, samples.profile(followee), START)


@pytest.mark.usefixtures("people")
class TestRecentPosts:
    def test_of_one_who_has_published_nothing_is_empty(self, store: Store) -> None:
        assert _recent_posts(store) == RecentPosts(ADA)

    def test_has_what_is_published_deleted_and_restored(self, store: Store) -> None:
        posts = [_publish(store, number) for number in (1, 3, 2)]
        assert list(_recent_posts(store).entries) == _places([posts[1], posts[2], posts[0]])
        store.posts.delete(posts[1], LATER)
        assert list(_recent_posts(store).entries) == _places([posts[2], posts[0]])
        store.posts.restore(_post(store, posts[1]), LATER)
        assert list(_recent_posts(store).entries) == _places([posts[1], posts[2], posts[0]])
        assert _recent_posts(store).oldest_known is None
        assert _recent_posts(store).posts == ()

    def test_keeps_the_newest_and_says_where_it_ends(self, store: Store) -> None:
        posts = [_publish(store, number) for number in range(RECENT_ENTRIES + 2)][::-1]
        recent = _recent_posts(store)
        assert list(recent.entries) == _places(posts[:RECENT_ENTRIES])
        assert recent.oldest_known == entry_of(posts[RECENT_ENTRIES - 1])
        store.posts.delete(posts[0], LATER)
        store.posts.delete(posts[-1], LATER)
        assert list(_recent_posts(store).entries) == _places(posts[1:RECENT_ENTRIES])
        assert _recent_posts(store).oldest_known == recent.oldest_known
        store.posts.restore(_post(store, posts[-1]), LATER)
        assert list(_recent_posts(store).entries) == _places(posts[1:RECENT_ENTRIES])

    def test_of_a_celebrity_has_the_newest_posts_whole(self, store: Store) -> None:
        posts = [_publish(store, number) for number in range(RECENT_WHOLE_POSTS + 1)]
        _migrate(store, Delivery.TO_PULL)
        assert list(_recent_posts(store).posts) == posts[::-1][:RECENT_WHOLE_POSTS]
        store.posts.edit(posts[-1].id, "edited", Place("Ulm", 48.4, 9.98), ["a", ""])
        store.posts.delete(posts[-2], LATER)
        posts = [_post(store, post) for post in posts if post is not posts[-2]]
        posts.append(_publish(store, 1000))
        assert list(_recent_posts(store).posts) == posts[::-1][:RECENT_WHOLE_POSTS]
        _migrate(store, Delivery.PULL, Delivery.TO_PUSH, Delivery.PUSH)
        assert _recent_posts(store).posts == ()
        assert list(_recent_posts(store).entries) == _places(posts[::-1])

    def test_of_a_celebrity_keep_the_counts_of_the_whole_posts(self, store: Store) -> None:
        posts = [_publish(store, number) for number in range(2)]
        store.likes.like(samples.user_id(2), posts[0].id, 1, ulid(LATER, 1))
        assert list(_recent_posts(store).counts) == []
        _migrate(store, Delivery.TO_PULL)
        none, one, many = (PostCounts(likes, kept=True) for likes in (0, 1, 10**9))
        assert list(_recent_posts(store).counts) == [none, one]
        assert store.likes.counts(posts[0].id) == one
        old = _recent_posts(store)
        assert store.recent_posts.keep_counts(old, posts[1].id, many)
        assert not store.recent_posts.keep_counts(old, posts[1].id, none)
        assert list(_recent_posts(store).counts) == [many, one]
        store.posts.edit(posts[1].id, "edited", None, [])
        posts.append(_publish(store, 1000))
        assert list(_recent_posts(store).counts) == [none, many, one]
        assert _recent_posts(store).whole(entry_of(posts[0])) == (posts[0], one)
        store.posts.delete(posts[0], LATER)
        store.likes.like(samples.user_id(3), posts[0].id, 1, ulid(LATER, 2))
        store.posts.restore(_post(store, posts[0]), LATER)
        assert list(_recent_posts(store).counts) == [none, many, PostCounts(2, kept=True)]

    def test_have_fewer_posts_where_those_are_long(self, store: Store) -> None:
        long = "\U00020000" * (RECENT_TEXT // 3)
        posts = [_publish(store, number) for number in range(3)]
        _migrate(store, Delivery.TO_PULL)
        for post in posts:
            store.posts.edit(post.id, "", None, [long + post.id.ulid])
        posts = [_post(store, post) for post in posts]
        assert list(_recent_posts(store).posts) == posts[:0:-1]
        assert _recent_posts(store).timeline.complete_down_to == entry_of(posts[1])
        for post in posts[1:]:
            store.posts.edit(post.id, "short", None, [])
        assert list(_recent_posts(store).posts) == [_post(store, post) for post in posts[::-1]]

    def test_always_have_the_newest_post(self, store: Store) -> None:
        post = _publish(store, 1)
        _migrate(store, Delivery.TO_PULL)
        store.posts.edit(post.id, "", None, ["x" * (RECENT_TEXT + 1)])
        assert list(_recent_posts(store).posts) == [_post(store, post)]

    def test_say_whether_a_post_is_pulled(self, store: Store) -> None:
        for delivery in Delivery:
            _migrate(store, delivery)
            post = _publish(store, len(_recent_posts(store).entries))
            assert post.pulled is (delivery is Delivery.PULL)
            store.posts.delete(post, LATER)
            _migrate(store, Delivery.TO_PUSH)
            store.posts.restore(_post(store, post), LATER)
            assert not _post(store, post).pulled

    def test_change_their_delivery_only_as_they_were_read(self, store: Store) -> None:
        unread = _recent_posts(store)
        _publish(store, 1)
        assert not store.recent_posts.change_delivery(unread, Delivery.TO_PULL, "one")
        read = _recent_posts(store)
        assert store.recent_posts.change_delivery(read, Delivery.TO_PULL, "two")
        assert not store.recent_posts.change_delivery(read, Delivery.TO_PULL, "three")
        assert (_recent_posts(store).delivery, _recent_posts(store).migration) == (
            Delivery.TO_PULL,
            "two",
        )

    def test_change_with_every_edit_of_what_they_hold(self, store: Store) -> None:
        """A migration that read the post before the edit must not put it into the recent posts."""
        post = _publish(store, 1)
        recent = _recent_posts(store)
        store.posts.edit(post.id, "edited", None, ())
        assert not store.recent_posts.change_delivery(recent, Delivery.TO_PULL, "one")


class TestAudience:
    def test_subscriptions_are_given_renewed_and_ended(self, store: Store) -> None:
        store.audience.subscribe(BOB, [ADA, CY], START)
        store.audience.subscribe(CY, [ADA], LATER)
        assert _subscriptions(store) == {PushSubscription(BOB, START), PushSubscription(CY, LATER)}
        store.audience.renew(ADA, [PushSubscription(BOB, START)], LATER)
        assert _subscriptions(store) == {PushSubscription(BOB, LATER), PushSubscription(CY, LATER)}
        store.audience.end(ADA, [PushSubscription(BOB, START), PushSubscription(CY, LATER)])
        # What was renewed meanwhile stays.
        assert _subscriptions(store) == {PushSubscription(BOB, LATER)}
        assert _subscriptions(store, CY) == {PushSubscription(BOB, START)}

    def test_only_subscriptions_that_are_as_they_were_read_are_renewed(self, store: Store) -> None:
        later_still = LATER + timedelta(days=1)
        store.audience.subscribe(BOB, [ADA], LATER)
        store.audience.subscribe(CY, [ADA], LATER)
        gone = PushSubscription(samples.user_id(9), START)
        store.audience.renew(
            ADA, [PushSubscription(BOB, START), gone, PushSubscription(CY, LATER)], later_still
        )
        assert _subscriptions(store) == {
            PushSubscription(BOB, LATER),
            PushSubscription(CY, later_still),
        }
        store.audience.renew(ADA, [], later_still)
        store.audience.end(ADA, [])

    @pytest.mark.usefixtures("people")
    def test_only_those_who_follow_are_subscribed(self, store: Store) -> None:
        _follow(store, BOB)
        assert store.audience.subscribe_followed(BOB, ADA, START)
        assert store.audience.subscribe_followed(BOB, ADA, LATER)
        assert not store.audience.subscribe_followed(CY, ADA, LATER)
        assert _subscriptions(store) == {PushSubscription(BOB, LATER)}
        _unfollow(store, BOB)
        assert not store.audience.subscribe_followed(BOB, ADA, LATER)
        assert _subscriptions(store) == set()

    @pytest.mark.usefixtures("people")
    def test_subscriptions_to_whom_one_does_not_follow_are_withdrawn(self, store: Store) -> None:
        _follow(store, BOB, 1)
        store.audience.subscribe(BOB, [ADA, CY], LATER)
        store.audience.subscribe(CY, [ADA], LATER)
        store.audience.withdraw(BOB, {ADA, CY, samples.user_id(9)})
        assert _subscriptions(store) == {PushSubscription(BOB, LATER), PushSubscription(CY, LATER)}
        assert _subscriptions(store, CY) == set()
        store.audience.withdraw(BOB, ())
        _unfollow(store, BOB)
        store.audience.subscribe(BOB, [ADA], LATER)
        store.audience.withdraw(BOB, [ADA])
        assert _subscriptions(store) == {PushSubscription(CY, LATER)}

    def test_parts_make_up_the_whole(self, store: Store) -> None:
        readers = {ulid(START, 7919 * number**3 + number) for number in range(100)}
        for reader in readers:
            store.audience.subscribe(reader, [ADA], LATER)

        def page(part: int | None, after: str | None, limit: int) -> list[str]:
            found = store.audience.page(ADA, part, after, limit)
            rest = found.next_position
            ids = [subscription.reader_id for subscription in found.items]
            return ids + (page(part, rest, limit) if rest is not None else [])

        for limit in (7, 1000):
            whole_list = page(None, None, limit)
            assert sorted(whole_list) == sorted(readers)
            assert [r for p in range(AUDIENCE_PARTS) for r in page(p, None, limit)] == whole_list


def _subscriptions(store: Store, author_id: str = ADA) -> set[PushSubscription]:
    return set(store.audience.page(author_id, None, None, 10).items)


@pytest.mark.usefixtures("people")
class TestReaders:
    def test_are_known_by_their_profile_alone_at_first(self, store: Store) -> None:
        assert store.readers.get(ADA) == Reader(samples.profile(1))
        assert store.readers.get(samples.user_id(9)) == Reader(None)

    def test_visits_and_pushing_are_remembered(self, store: Store) -> None:
        store.readers.record_visit(ADA, date(2026, 5, 4))
        store.readers.prepare(ADA)
        store.readers.push_until(ADA, LATER)
        store.readers.push_until(ADA, START)
        reader = store.readers.get(ADA)
        assert reader.last_visit == date(2026, 5, 4)
        assert reader.prepared
        assert reader.pushed_until == LATER.astimezone(UTC)
        assert reader.profile == samples.profile(1)
        assert store.readers.pushed_until([ADA, BOB, "nobody"]) == {ADA: LATER}
        store.readers.record_visit(ADA, date(2026, 5, 6), LATER + timedelta(days=1))
        renewed = store.readers.get(ADA)
        assert renewed.last_visit == date(2026, 5, 6)
        assert renewed.pushed_until == LATER + timedelta(days=1)
        with pytest.raises(store.refusal):
            store.readers.record_visit(samples.user_id(9), date(2026, 5, 4))

    def test_pull_those_they_follow(self, store: Store) -> None:
        for follower in (BOB, CY):
            _follow(store, follower)
        store.readers.pull([BOB, samples.user_id(9), CY], ADA)
        store.readers.pull([BOB], CY)
        assert store.readers.get(BOB).pulled == {ADA}
        assert store.readers.get(CY).pulled == {ADA}
        assert store.readers.get(samples.user_id(9)).pulled == set()

    def test_stop_pulling_unless_it_is_a_celebrity_again(self, store: Store) -> None:
        _follow(store, BOB)
        store.readers.pull([BOB], ADA)
        _name(store, Delivery.TO_PUSH, "first")
        _name(store, Delivery.PUSH, "first")
        _name(store, Delivery.TO_PULL, "second")
        store.readers.stop_pulling([BOB, CY], ADA, "first")
        _name(store, Delivery.PULL, "second")
        store.readers.stop_pulling([BOB, CY], ADA, "first")
        _name(store, Delivery.TO_PUSH, "third")
        store.readers.stop_pulling([BOB, CY], ADA, "first")
        assert store.readers.get(BOB).pulled == {ADA}, "the third has not brought the posts yet"
        store.readers.stop_pulling([BOB, CY], ADA, "third")
        assert not store.readers.get(BOB).pulled

    def test_many_begin_and_stop_at_once(self, store: Store) -> None:
        readers = [samples.user_id(number) for number in range(10, 17)]
        for number in range(10, 17):
            store.profiles.create(samples.profile(number))
            if number != 13:
                _follow(store, samples.user_id(number))
        store.readers.pull(readers, ADA)
        pulling = [r for r in readers if store.readers.get(r).pulled == {ADA}]
        assert pulling == [r for r in readers if r != samples.user_id(13)]
        _name(store, Delivery.TO_PUSH, "migration")
        store.readers.stop_pulling(readers, ADA, "migration")
        assert not any(store.readers.get(r).pulled for r in readers)

    def test_unfollowing_ends_subscription_and_pull_and_is_remembered(self, store: Store) -> None:
        _follow(store, BOB)
        store.audience.subscribe(BOB, [ADA, CY], LATER)
        store.readers.pull([BOB], ADA)
        _unfollow(store, BOB)
        reader = store.readers.get(BOB)
        assert not reader.pulled
        assert reader.unfollowed == {ADA}
        assert _subscriptions(store) == set()
        assert _subscriptions(store, CY) == {PushSubscription(BOB, LATER)}
        _follow(store, BOB)
        assert store.readers.get(BOB).unfollowed == set()


@pytest.mark.usefixtures("people")
class TestReads:
    def test_a_page_starts_with_the_reader_their_feed_and_snapshot(self, store: Store) -> None:
        own = _publish(store, 1)
        entries = [FeedEntry(samples.position(n), samples.post(2, n).id) for n in (1, 2, 3)]
        store.feeds.put([ADA], entries, START)
        snapshot = Snapshot(tuple(entries), entries[0], 1)
        store.feeds.keep_snapshot(ADA, snapshot, START)
        start = store.reads.start(ADA, None, 2, START)
        assert start.pushed.items == (entries[2], entries[1])
        assert start.snapshot == snapshot
        assert start.reader.recent_posts is not None
        assert list(start.reader.recent_posts.entries) == [entry_of(own)]
        below = store.reads.start(ADA, entries[1], 2, START)
        assert below.pushed.items == (entries[0],)
        assert below.snapshot == snapshot
        assert store.reads.start(BOB, None, 2, START).snapshot is None

    @pytest.mark.parametrize("has_snapshot", [True, False])
    def test_a_first_page_is_as_long_whether_there_is_a_snapshot_or_not(
        self, store: Store, has_snapshot: bool
    ) -> None:
        entries = [FeedEntry(samples.position(n), samples.post(2, n).id) for n in (3, 2, 1)]
        store.feeds.put([ADA], entries, START)
        kept = Snapshot(tuple(entries), None, 1)
        if has_snapshot:
            store.feeds.keep_snapshot(ADA, kept, START)
        for limit in (1, 2, 3, 4):
            start = store.reads.start(ADA, None, limit, START)
            assert start.snapshot == (kept if has_snapshot else None)
            more = str(entries[limit - 1]) if limit < 3 else None
            assert start.pushed.items == tuple(entries[:limit])
            if limit != 3:
                assert start.pushed.next_position == more
            for before, rest in ((None, entries), (entries[0], entries[1:])):
                plain = store.reads.start(ADA, before, limit, START, with_snapshot=False)
                assert plain.snapshot is None
                assert plain.pushed.items == tuple(rest[:limit])

    @pytest.mark.parametrize("has_snapshot", [True, False])
    def test_the_first_page_of_an_empty_feed_is_its_last(
        self, store: Store, has_snapshot: bool
    ) -> None:
        if has_snapshot:
            store.feeds.keep_snapshot(ADA, Snapshot((), None, 1), START)
        start = store.reads.start(ADA, None, 2, START)
        assert start.pushed == Page((), None)
        assert (start.snapshot is not None) is has_snapshot

    def test_a_view_has_what_exists_of_what_is_asked(self, store: Store) -> None:
        posts = [_publish(store, number) for number in range(1, 5)]
        gone = samples.post(number=99)
        shown = Wanted([posts[0].id, gone.id, posts[0].id], authors={ADA, "nobody"})
        wanted = FeedWanted(shown, [ADA, BOB], [ADA, CY])
        view = store.reads.view(Viewer(BOB), wanted, entry_of(posts[3]), 2)
        assert dict(view.stored.posts) == {posts[0].id: posts[0]}
        assert set(view.stored.profiles) == {ADA}
        assert set(view.recent_posts) == {ADA}
        assert list(view.recent_posts[ADA].entries) == _places(posts[::-1])
        assert view.timelines[ADA].items == (posts[2], posts[1])
        assert view.timelines[CY].items == ()

    def test_a_view_may_be_of_more_than_one_batch_holds(self, store: Store) -> None:
        posts = [samples.post(number=number) for number in range(230)]
        existing = posts[::13]
        for post in existing:
            store.posts.create(post, (), post.id.ulid, "fingerprint")
        wanted = FeedWanted(Wanted([post.id for post in posts], authors=[ADA, BOB]))
        view = store.reads.view(Viewer(BOB), wanted, None, 1)
        assert dict(view.stored.posts) == {post.id: post for post in existing}
        assert set(view.stored.profiles) == {ADA, BOB}

    def test_recent_posts_and_timelines_of_any_number_of_authors(self, store: Store) -> None:
        mine = [_publish(store, number) for number in range(1, 5)]
        theirs = [_publish(store, number, author=2) for number in range(5, 8)]
        recent_posts = store.reads.recent_posts([ADA, BOB, CY])
        assert set(recent_posts) == {ADA, BOB}
        assert list(recent_posts[BOB].entries) == _places(theirs[::-1])
        pages = store.reads.timelines({ADA: entry_of(mine[3]), BOB: entry_of(theirs[0])}, 2)
        assert pages[ADA].items == (entry_of(mine[2]), entry_of(mine[1]))
        assert pages[ADA].next_position is not None
        assert pages[BOB].items == ()


def test_a_timeline_is_paged_to_its_end(store: Store) -> None:
    store.profiles.create(samples.profile(1))
    posts = [_publish(store, number) for number in range(1, 8)]
    top = replace(entry_of(posts[-1]), position=samples.position(99))

    def page(before: str | None, limit: int) -> Page[FeedEntry]:
        below = top if before is None else FeedEntry.parse(before)
        return store.reads.timelines({ADA: below}, limit)[ADA]

    assert whole(page, 3) == _places(posts[::-1])
