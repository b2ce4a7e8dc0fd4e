"""Requests to follow private accounts: their edges, the count of them, and what they become."""

from __future__ import annotations

from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.requests import DynamoRequests
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import Allowance, Limited, Limits
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import NOBODY, STRANGERS, Relation, Viewer
from shutterfeed.ports.follows import FolloweeChanged
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.system import START
from tests.paging import whole

ADA, BOB, CY = map(samples.user_id, (1, 2, 3))
WAITS = Relation(has_requested=True)
FOLLOWS = Relation(follows=True)


@pytest.fixture
def private(store: Store) -> Store:
    """Bob's account is private."""
    for number in range(1, 4):
        store.profiles.create(samples.profile(number))
    _switch(store, private=True)
    return store


def _switch(store: Store, *, private: bool) -> None:
    store.profiles.edit(BOB, None, None, private=private)


def _request(store: Store, follower: str = ADA, number: int = 1) -> bool:
    return store.requests.request(follower, BOB, ulid(START, number))


def _accept(store: Store, follower: str = ADA, *, if_public: bool = False) -> bool:
    return store.requests.accept(follower, _profile(store, BOB), ulid(START, 50), if_public)


def _profile(store: Store, user_id: str) -> Profile:
    profile = store.profiles.get(user_id)
    assert profile is not None
    return profile


def _relation(store: Store, viewer: str, other: str) -> Relation:
    return store.viewing.read_now(Viewer(viewer), Wanted(users=[other])).relation_to(other)


def _waiting(store: Store) -> tuple[str, ...]:
    found = store.requests.waiting(BOB, None, 10).items
    assert len(found) == _profile(store, BOB).requests
    return found


def _counts(store: Store, user_id: str) -> tuple[int, int]:
    profile = _profile(store, user_id)
    return profile.followers, profile.following


def test_a_switch_is_counted_and_leaves_the_rest_as_it_was(private: Store) -> None:
    bob = _profile(private, BOB)
    assert (bob.private, bob.switches, bob.revision) == (True, 1, 0)
    private.profiles.edit(BOB, None, "new")
    assert (_profile(private, BOB).private, _profile(private, BOB).switches) == (True, 1)
    _switch(private, private=False)
    assert (_profile(private, BOB).private, _profile(private, BOB).switches) == (False, 2)


def test_a_request_waits_is_counted_once_and_is_no_follow(private: Store) -> None:
    assert [_request(private, ADA, number) for number in range(3)] == [True, False, False]
    assert _waiting(private) == (ADA,)
    assert _relation(private, ADA, BOB) == WAITS
    assert _relation(private, BOB, ADA) == STRANGERS
    assert private.viewing.read(NOBODY, Wanted(users=[BOB])).relations == {}
    assert _counts(private, BOB) == _counts(private, ADA) == (0, 0)
    assert private.follows.followers(BOB, 0, None, 10).items == ()


def test_who_waits_is_listed_page_by_page_newest_first(private: Store) -> None:
    people = [samples.user_id(number) for number in range(4, 11)]
    for number, person in enumerate(people):
        private.profiles.create(samples.profile(number + 4))
        assert _request(private, person, number)
    assert private.requests.withdraw(people[3], BOB)
    expected = [*people[:3], *people[4:]][::-1]
    for limit in (1, 2, 6, 100):
        assert whole(partial(private.requests.waiting, BOB), limit) == expected
    assert private.requests.waiting(ADA, None, 10).items == ()


def test_nobody_asks_a_public_account_or_one_that_is_gone(private: Store) -> None:
    _switch(private, private=False)
    with pytest.raises(FolloweeChanged):
        _request(private)
    with pytest.raises(FolloweeChanged):
        private.requests.request(ADA, samples.user_id(99), ulid(START, 1))
    assert _waiting(private) == ()
    assert _relation(private, ADA, BOB) == STRANGERS


def test_who_follows_already_does_not_ask(private: Store) -> None:
    _switch(private, private=False)
    assert private.follows.follow(ADA, _profile(private, BOB), ulid(START, 1))
    _switch(private, private=True)
    assert not _request(private)
    assert _waiting(private) == ()


@pytest.mark.parametrize("shards", [1, 3])
def test_an_accepted_request_is_a_follow_with_its_counts(private: Store, shards: int) -> None:
    private.profiles.spread_followers(BOB, shards)
    _request(private)
    _request(private, CY, 2)
    assert [_accept(private), _accept(private)] == [True, False]
    assert _waiting(private) == (CY,)
    assert _relation(private, ADA, BOB) == FOLLOWS
    assert _relation(private, BOB, ADA) == Relation(is_followed=True)
    assert (_counts(private, BOB), _counts(private, ADA)) == ((1, 0), (0, 1))
    listed = [private.follows.followers(BOB, shard, None, 10).items for shard in range(shards)]
    assert sum(listed, ()) == (ADA,)
    assert private.follows.unfollow(ADA, _profile(private, BOB), START)
    assert (_counts(private, BOB), _counts(private, ADA)) == ((0, 0), (0, 0))


def test_an_acceptance_takes_the_unfollowed_marker_away(private: Store) -> None:
    _request(private)
    _accept(private)
    private.follows.unfollow(ADA, _profile(private, BOB), START)
    assert private.readers.get(ADA).unfollowed == {BOB}
    _request(private, ADA, 2)
    assert private.readers.get(ADA).unfollowed == {BOB}, "a request shows nothing"
    _accept(private)
    assert private.readers.get(ADA).unfollowed == frozenset()


def test_a_request_that_was_withdrawn_cannot_be_accepted_and_can_be_made_again(
    private: Store,
) -> None:
    _request(private)
    assert [private.requests.withdraw(ADA, BOB) for _ in range(2)] == [True, False]
    assert not _accept(private)
    assert _waiting(private) == ()
    assert _relation(private, ADA, BOB) == STRANGERS
    assert _request(private, ADA, 2)
    assert _waiting(private) == (ADA,)


@pytest.mark.parametrize("shards", [1, 3])
def test_one_that_is_private_again_accepts_nobody_for_having_been_public(
    private: Store, shards: int
) -> None:
    private.profiles.spread_followers(BOB, shards)
    _request(private)
    with pytest.raises(FolloweeChanged):
        _accept(private, if_public=True)
    assert _waiting(private) == (ADA,)
    _switch(private, private=False)
    assert _accept(private, if_public=True)
    assert _waiting(private) == ()


def test_who_is_followed_by_another_way_waits_no_longer(private: Store) -> None:
    _request(private)
    _switch(private, private=False)
    assert private.follows.follow(ADA, _profile(private, BOB), ulid(START, 2))
    assert _relation(private, ADA, BOB) == Relation(follows=True, has_requested=True)
    assert not _accept(private)
    assert _relation(private, ADA, BOB) == FOLLOWS
    assert _waiting(private) == ()
    assert _counts(private, BOB) == (1, 0)


def test_a_private_account_is_not_followed_without_being_asked(private: Store) -> None:
    before = samples.profile(2)
    with pytest.raises(FolloweeChanged):
        private.follows.follow(ADA, before, ulid(START, 1))
    assert _relation(private, ADA, BOB) == STRANGERS
    assert (_counts(private, BOB), _counts(private, ADA)) == ((0, 0), (0, 0))


def test_a_follow_that_others_count_in_separate_items_is_as_if_made_before(private: Store) -> None:
    """What the port says of accounts whose profile does not count them: the caller looks first."""
    private.profiles.spread_followers(BOB, 3)
    assert private.follows.follow(ADA, _profile(private, BOB), ulid(START, 1))


def test_a_request_is_charged_like_a_follow_and_a_repeated_one_is_not(private: Store) -> None:
    limits = Limits({Limited.FOLLOWS: Allowance(1, 1)})
    spending = limits.spending(ADA, START, follows=1)
    for expected in (True, False):
        assert private.requests.request(ADA, BOB, ulid(START, 1), spending) is expected
    private.requests.withdraw(ADA, BOB)
    with pytest.raises(LimitReached):
        private.requests.request(ADA, BOB, ulid(START, 2), spending)
    assert _waiting(private) == ()


def test_the_request_of_one_whose_account_is_gone_goes_when_it_is_accepted(tables: Tables) -> None:
    requests, metadata = DynamoRequests(tables.metadata), tables.metadata
    followee, profiles = _owner_of_a_request(tables)
    metadata.write_many(deletes=[keys.profile(ADA)])
    assert not requests.accept(ADA, followee, ulid(START, 2))
    assert metadata.get(keys.request(ADA, BOB)) is None
    assert metadata.get(keys.follow(ADA, BOB)) is None
    bob = profiles.get(BOB)
    assert bob is not None
    assert (bob.requests, bob.followers) == (0, 0)


def test_a_request_to_one_whose_account_is_gone_can_be_withdrawn(tables: Tables) -> None:
    requests = DynamoRequests(tables.metadata)
    _owner_of_a_request(tables)
    tables.metadata.write_many(deletes=[keys.profile(BOB)])
    assert requests.withdraw(ADA, BOB)
    assert tables.metadata.get(keys.request(ADA, BOB)) is None
    assert not requests.withdraw(ADA, BOB)


def _owner_of_a_request(tables: Tables) -> tuple[Profile, DynamoProfiles]:
    profiles = DynamoProfiles(tables.metadata)
    for number in (1, 2):
        profiles.create(samples.profile(number))
    profiles.edit(BOB, None, None, private=True)
    assert DynamoRequests(tables.metadata).request(ADA, BOB, ulid(START, 1))
    bob = profiles.get(BOB)
    assert bob is not None
    return bob, profiles
