"""Follow edges and the counts they justify."""

from __future__ import annotations

from functools import partial

import pytest

from shutterfeed.domain.ids import ulid
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import NOBODY, Viewer
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.paging import whole

ADA, BOB = samples.user_id(1), samples.user_id(2)


def _counts(store: Store, user_id: str) -> tuple[int, int]:
    profile = store.profiles.get(user_id)
    assert profile is not None
    return profile.followers, profile.following


def _people(store: Store, count: int) -> list[str]:
    for number in range(count):
        store.profiles.create(samples.profile(number))
    return [samples.user_id(number) for number in range(count)]


def _follow(store: Store, follower: str, followee: str, number: int = 1) -> bool:
    return store.follows.follow(follower, _profile(store, followee), ulid(START, number))


def _unfollow(store: Store, follower: str, followee: str) -> bool:
    return store.follows.unfollow(follower, _profile(store, followee), START)


def _followed(store: Store, follower: str, *users: str) -> frozenset[str]:
    relations = store.viewing.read_now(Viewer(follower), Wanted(users=users)).relations
    return {user_id for user_id, relation in relations.items() if relation.follows}


def _profile(store: Store, user_id: str) -> Profile:
    return store.profiles.get(user_id) or Profile(user_id, "nobody", START)


def test_following_makes_the_edge_and_counts_it_on_both_sides(store: Store) -> None:
    _people(store, 3)
    assert _follow(store, ADA, BOB)
    assert _followed(store, ADA, BOB) == {BOB}
    assert _followed(store, BOB, ADA) == set()
    assert _counts(store, ADA) == (0, 1)
    assert _counts(store, BOB) == (1, 0)


def test_followers_are_known_among_any_number_of_users(store: Store) -> None:
    people = _people(store, 7)
    for follower in people[3:6]:
        _follow(store, follower, BOB)
    assert store.follows.followers_among(BOB, [*people, "nobody"]) == set(people[3:6])
    assert store.follows.followers_among(BOB, ()) == set()
    assert store.follows.followers_among(ADA, people) == set()


def test_a_page_of_people_tells_whom_one_follows(store: Store) -> None:
    people = _people(store, 60)  # with their edges, more than one request may ask for
    for number in (2, 50, 59):
        assert _follow(store, ADA, people[number], number)
    assert _follow(store, BOB, ADA, 200)
    assert _followed(store, ADA, *people) == {people[2], people[50], people[59]}
    assert _followed(store, ADA, people[3], people[50]) == {people[50]}
    assert _followed(store, ADA) == set()
    assert store.viewing.read(NOBODY, Wanted(users=people)).relations == {}


def test_counts_stay_exact_however_often_one_follows_and_unfollows(store: Store) -> None:
    _people(store, 3)
    assert [_follow(store, ADA, BOB, number) for number in range(3)] == [True, False, False]
    assert _counts(store, BOB) == (1, 0)
    assert [_unfollow(store, ADA, BOB) for _ in range(3)] == [True, False, False]
    assert _counts(store, ADA) == (0, 0)
    assert _counts(store, BOB) == (0, 0)
    assert _follow(store, ADA, BOB, 9)
    assert _counts(store, BOB) == (1, 0)


def test_an_earlier_follow_keeps_its_place_when_repeated(store: Store) -> None:
    people = _people(store, 3)
    for number, follower in enumerate((people[1], people[2], people[1])):
        _follow(store, follower, people[0], number)
    assert store.follows.followers(people[0], 0, None, 10).items == (people[2], people[1])


@pytest.mark.parametrize("missing", ["follower", "followee"])
def test_a_follow_that_cannot_be_counted_is_not_made(store: Store, missing: str) -> None:
    present = BOB if missing == "follower" else ADA
    store.profiles.create(samples.profile(2 if missing == "follower" else 1))
    with pytest.raises(store.refusal):
        _follow(store, ADA, BOB)
    assert _followed(store, ADA, BOB) == set()
    assert _counts(store, present) == (0, 0)


def test_nobody_follows_and_nobody_is_followed_at_first(store: Store) -> None:
    assert store.follows.following(ADA, None, 10).items == ()
    assert store.follows.followers(ADA, 0, None, 10).items == ()
    assert not _unfollow(store, ADA, BOB)


def test_pages_of_the_followed_make_up_the_whole_in_the_order_of_their_ids(store: Store) -> None:
    people = _people(store, 7)
    for number, followee in enumerate(reversed(people[1:])):
        _follow(store, people[0], followee, number)
    _follow(store, people[1], people[0])
    for limit in (1, 2, 4, 6, 100):
        assert whole(partial(store.follows.following, people[0]), limit) == people[1:]


def test_pages_of_the_followers_make_up_the_whole_newest_first(store: Store) -> None:
    people = _people(store, 7)
    order = [people[i] for i in (3, 1, 6, 2, 5, 4)]
    for number, follower in enumerate(order):
        _follow(store, follower, people[0], number)
    _follow(store, people[0], people[1])
    for limit in (1, 2, 4, 6, 100):
        assert whole(partial(store.follows.followers, people[0], 0), limit) == order[::-1]
    assert store.follows.followers(people[0], 1, None, 10).items == ()


def test_who_follows_while_followers_are_read_does_not_disturb_the_rest(store: Store) -> None:
    people = _people(store, 6)
    for number, follower in enumerate(people[1:5]):
        _follow(store, follower, people[0], number)
    first = store.follows.followers(people[0], 0, None, 2)
    _follow(store, people[5], people[0], 9)
    _unfollow(store, people[3], people[0])
    rest = store.follows.followers(people[0], 0, first.next_position, 10)
    assert first.items + rest.items == (people[4], people[3], people[2], people[1])


def test_followers_of_a_celebrity_are_counted_and_listed_apart_and_exactly(store: Store) -> None:
    people = _people(store, 12)
    for number, follower in enumerate(people[1:5]):
        _follow(store, follower, people[0], number)
    store.profiles.spread_followers(people[0], 3)
    store.profiles.spread_followers(people[0], 2)
    for number, follower in enumerate(people[5:]):
        assert _follow(store, follower, people[0], 10 + number)
    for follower in (people[2], people[7]):
        assert _unfollow(store, follower, people[0])
    celebrity = store.profiles.get(people[0])
    assert celebrity is not None
    assert celebrity.follower_shards == 3
    assert celebrity.followers == 9
    found = store.viewing.read(NOBODY, Wanted(users=people[:1]))
    assert found.profiles == {people[0]: celebrity}
    listed = [
        follower
        for shard in range(3)
        for follower in store.follows.followers(people[0], shard, None, 100).items
    ]
    assert sorted(listed) == sorted(set(people[1:]) - {people[2], people[7]})


def test_followers_are_counted_exactly_by_those_who_know_an_old_number_of_items(
    store: Store,
) -> None:
    """Whoever read the profile before it was changed counts in it, whatever others did since."""
    people = _people(store, 4)
    before = _profile(store, people[0])
    assert _follow(store, people[1], people[0], 1)
    store.profiles.spread_followers(people[0], 32)
    assert _follow(store, people[2], people[0], 2)
    # One was counted before and one after; both unfollow by what was read before.
    for follower in people[1:3]:
        assert store.follows.unfollow(follower, before, START)
        assert not store.follows.unfollow(follower, _profile(store, people[0]), START)
    assert store.follows.follow(people[3], before, ulid(START, 3))
    assert not _follow(store, people[3], people[0], 4)
    assert _counts(store, people[0]) == (1, 0)
    assert _unfollow(store, people[3], people[0])
    assert _counts(store, people[0]) == (0, 0)
    listed = [store.follows.followers(people[0], shard, None, 9).items for shard in range(32)]
    assert not any(listed)
