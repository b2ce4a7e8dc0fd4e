"""Closed accounts, and what an erasure removes: in memory, and in tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import key_item
from shutterfeed.adapters.dynamodb.traces import DynamoTraces
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.delivery import FOLLOWER_SHARDS
from shutterfeed.domain.errors import SessionEnded
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.users import HANDLE_REST, Profile
from shutterfeed.ports.profiles import HandleTaken
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.system import START

ADA, BOB, CY = map(samples.user_id, (1, 2, 3))
LATER = START + timedelta(days=30)
HOUR = timedelta(hours=1)
POST = PostId(BOB, ulid(START, 7))
ROOT = CommentId(POST, ulid(START, 10))
REPLY = CommentId(POST, ROOT.root, ulid(START, 11))
NEXT = CommentId(POST, ulid(START, 12))


@pytest.fixture
def there(store: Store) -> Store:
    for number in range(1, 4):
        store.profiles.create(samples.profile(number))
    return store


def _profile(store: Store, user_id: str = ADA) -> Profile:
    profile = store.profiles.get(user_id)
    assert profile is not None
    return profile


def test_closing_is_one_write_that_ends_sessions_and_is_noted_until_it_is_due(there: Store) -> None:
    before = _profile(there)
    assert there.closings.close(ADA, START, LATER)
    closed = _profile(there)
    assert (closed.closed_at, closed.erase_at) == (START, LATER)
    assert closed.has_ended(START)
    assert (closed.switches, closed.revision) == (before.switches + 1, before.revision + 1)
    due = there.expiry(keys.closing(ADA))
    assert due is not None
    assert 0 <= due - LATER.timestamp() <= 1
    assert not there.closings.close(ADA, START + HOUR, LATER + HOUR)
    assert _profile(there).erase_at == LATER


def test_a_session_that_was_ended_closes_nothing(there: Store) -> None:
    """Its user has closed the account by another request, and has come back."""
    began_at = START - HOUR
    assert there.closings.close(ADA, START, LATER, began_at)
    assert there.closings.reopen(ADA, START)
    opened = _profile(there)
    assert not there.closings.close(ADA, START + HOUR, LATER, began_at)
    assert not there.closings.close(ADA, START + HOUR, LATER, START)
    assert _profile(there) == opened
    assert there.closings.close(ADA, START + HOUR, LATER, START + timedelta(seconds=1))


def test_nobody_is_closed_who_is_not_there(store: Store) -> None:
    assert not store.closings.close(ADA, START, LATER)
    assert not store.closings.reopen(ADA, START)
    assert not store.closings.begin_erasing(ADA, START)


def test_coming_back_undoes_that_closing_and_no_other(there: Store) -> None:
    there.closings.close(ADA, START, LATER)
    assert not there.closings.reopen(ADA, START + HOUR)
    assert there.closings.reopen(ADA, START)
    assert not there.closings.reopen(ADA, START)
    opened = _profile(there)
    assert (opened.closed_at, opened.erase_at, opened.switches) == (None, None, 2)
    assert there.expiry(keys.closing(ADA)) is None


def test_once_the_erasing_has_begun_nobody_comes_back(there: Store) -> None:
    there.closings.close(ADA, START, LATER)
    assert not there.closings.begin_erasing(ADA, START + HOUR)
    for _ in range(2):
        assert there.closings.begin_erasing(ADA, START)
    assert _profile(there).erasing
    assert not there.closings.reopen(ADA, START)
    assert not there.closings.hasten(ADA, START, START + HOUR)


def test_an_erasure_can_be_brought_forward(there: Store) -> None:
    there.closings.close(ADA, START, LATER)
    assert there.closings.hasten(ADA, START, START + HOUR)
    assert _profile(there).erase_at == START + HOUR
    due = there.expiry(keys.closing(ADA))
    assert due is not None
    assert due < LATER.timestamp()


def test_what_is_forgotten_leaves_a_resting_handle_and_never_comes_again(there: Store) -> None:
    there.closings.close(ADA, START, LATER)
    profile = _profile(there)
    for _ in range(2):
        there.closings.forget(profile, LATER)
    assert there.profiles.get(ADA) is None
    assert there.profiles.id_of(profile.handle) is None
    assert there.expiry(keys.handle(profile.handle)) == int((LATER + HANDLE_REST).timestamp())
    with pytest.raises(SessionEnded):
        there.profiles.create(samples.profile(1))
    taken = samples.profile(9)
    with pytest.raises(HandleTaken):
        there.profiles.create(Profile(taken.user_id, profile.handle, LATER))
    # Repeated when the handle has rested, and is somebody else's, it takes nothing away.
    rested = LATER + HANDLE_REST + HOUR
    assert there.profiles.create(Profile(taken.user_id, profile.handle, rested))
    there.closings.forget(profile, rested)
    assert there.profiles.id_of(profile.handle) == taken.user_id


@pytest.mark.parametrize("shards", [1, FOLLOWER_SHARDS])
def test_follows_go_both_ways_and_are_not_counted_any_more(there: Store, shards: int) -> None:
    if shards > 1:
        for user_id in (ADA, BOB):
            there.profiles.spread_followers(user_id, shards)
    for number, (one, other) in enumerate(((ADA, BOB), (ADA, CY), (BOB, ADA), (CY, BOB))):
        assert there.follows.follow(one, _profile(there, other), ulid(START, number))
    there.readers.pull([BOB], ADA)
    there.audience.subscribe(ADA, [BOB], LATER)
    _begin(there)
    for _ in range(4):
        there.traces.unfollow(ADA, 1)
        there.traces.lose_followers(ADA, 1)
    bob, cy = _profile(there, BOB), _profile(there, CY)
    assert (bob.followers, bob.following) == (1, 0)
    assert (cy.followers, cy.following) == (0, 1)
    assert there.follows.following(ADA, None, 10).items == ()
    assert there.follows.following(BOB, None, 10).items == ()
    assert there.readers.get(BOB).pulled == frozenset()
    assert there.audience.page(BOB, None, None, 10).items == ()
    assert not there.traces.unfollow(ADA, 10)
    assert not there.traces.lose_followers(ADA, 10)


def _begin(store: Store) -> None:
    store.closings.close(ADA, START, LATER)
    store.closings.begin_erasing(ADA, START)


def test_an_edge_to_somebody_who_is_gone_goes_too(there: Store) -> None:
    there.follows.follow(ADA, _profile(there, BOB), ulid(START, 1))
    there.follows.follow(CY, _profile(there, ADA), ulid(START, 2))
    for user_id in (BOB, CY):
        there.closings.forget(_profile(there, user_id), START)
    _begin(there)
    there.traces.unfollow(ADA, 10)
    there.traces.lose_followers(ADA, 10)
    assert there.follows.following(ADA, None, 10).items == ()
    assert there.follows.following(CY, None, 10).items == ()


def test_requests_go_both_ways(there: Store) -> None:
    for user_id in (ADA, BOB):
        there.profiles.edit(user_id, None, None, private=True)
    there.requests.request(ADA, BOB, ulid(START, 1))
    there.requests.request(CY, ADA, ulid(START, 2))
    while there.traces.withdraw(ADA, 1):
        pass
    assert _profile(there, BOB).requests == 0
    assert there.requests.waiting(ADA, None, 10).items == ()
    assert there.requests.waiting(BOB, None, 10).items == ()


def test_a_comment_goes_with_its_number_and_a_root_stays_for_the_sake_of_its_replies(
    there: Store,
) -> None:
    for comment_id, author in ((ROOT, ADA), (REPLY, BOB), (NEXT, ADA)):
        assert there.comments.add(Comment(comment_id, author, "said"))
    for comment_id in (ROOT, NEXT):
        comment = there.comments.get_many([comment_id])[comment_id]
        assert there.comments.erase(comment)
        assert not there.comments.erase(comment), "it has changed since"
    left = there.comments.get_many([ROOT, REPLY, NEXT])
    assert left.keys() == {ROOT, REPLY}
    root = left[ROOT]
    assert (root.author_id, root.text, root.removed, root.replies) == ("", "", True, 1)
    assert there.likes.counts(POST).comments == 1


def test_a_comment_that_was_removed_before_loses_its_author(there: Store) -> None:
    for comment_id, author in ((ROOT, ADA), (REPLY, BOB)):
        there.comments.add(Comment(comment_id, author, "said"))
    root = there.comments.get_many([ROOT])[ROOT]
    there.comments.change(root, root.without_text())
    removed = there.comments.get_many([ROOT])[ROOT]
    assert there.comments.erase(removed)
    assert there.comments.get_many([ROOT])[ROOT].author_id == ""
    assert there.likes.counts(POST).comments == 1


def test_the_posts_are_known_of_which_somebody_likes_a_comment(there: Store) -> None:
    there.comments.add(Comment(ROOT, BOB, "said"))
    there.comments.like(ROOT, ADA, ulid(START, 20))
    assert there.comments.posts_with_likes(ADA, 10) == (POST,)
    there.comments.unlike(ROOT, ADA)
    there.comments.forget_likes(ADA, POST)
    assert there.comments.posts_with_likes(ADA, 10) == ()
    there.comments.like(ROOT, ADA, ulid(START, 21))
    there.comments.forget(POST, 100)
    assert there.comments.posts_with_likes(ADA, 10) == ()


def test_the_sweep_leaves_the_partitions_empty(tables: Tables) -> None:
    own = [
        *(keys.profile(ADA), keys.closing(ADA), keys.limits(ADA), keys.device(ADA, "d")),
        *(keys.reader_mutes(ADA), keys.commented(ADA, 1), keys.recent_posts(ADA)),
    ]
    here = [*own, keys.profile(BOB), keys.follower_count(ADA, 3)]
    tables.metadata.write_many(puts=map(key_item, here))
    mine, others = keys.push_subscription(ADA, BOB), keys.push_subscription(BOB, ADA)
    tables.feed.write_many(puts=map(key_item, [keys.snapshot(ADA), mine, others]))
    traces = DynamoTraces(tables.metadata, tables.feed)
    while traces.sweep(ADA, 3):
        pass
    left = tables.metadata.get_many(here)
    assert {(item["pk"], item["sk"]) for item in left} == {
        (key.pk, key.sk) for key in (keys.profile(ADA), keys.closing(ADA), keys.profile(BOB))
    }
    assert len(tables.feed.get_many([keys.snapshot(ADA), mine, others])) == 1
