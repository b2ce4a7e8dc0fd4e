"""Following, its lists, and its exact counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.errors import InvalidCursor, InvalidInput, NotFound
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Viewer
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeFollows, page_of
from tests.paging import whole

ADA = samples.user_id(1)
Edge = tuple[int, int]


@pytest.fixture
def backend() -> Backend:
    return Backend()


def test_following_tells_the_new_count_and_repeating_it_changes_nothing(backend: Backend) -> None:
    bob = backend.sign_up(2)
    for _ in range(3):
        assert backend.follows.follow(ADA, bob.handle.upper()).profile.followers == 1
    assert backend.users.me(ADA).following == 1
    for _ in range(3):
        assert backend.follows.unfollow(ADA, bob.handle).profile.followers == 0
    assert backend.users.me(ADA).following == 0


def test_nobody_follows_themselves_or_somebody_who_is_not_there(backend: Backend) -> None:
    me = backend.sign_up(1)
    with pytest.raises(InvalidInput) as refused:
        backend.follows.follow(ADA, me.handle)
    assert refused.value.field == "handle"
    assert backend.follows.unfollow(ADA, me.handle).profile == me
    for call in (backend.follows.follow, backend.follows.unfollow):
        with pytest.raises(NotFound):
            call(ADA, "nobody")
    for lists in (backend.follows.followers, backend.follows.following):
        with pytest.raises(NotFound):
            lists("nobody", Viewer(ADA), None, 10)
    assert not backend.metadata.edges


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4)), max_size=60))
def test_counts_equal_the_edges_after_any_number_of_follows_and_unfollows(
    actions: list[tuple[bool, int, int]],
) -> None:
    backend = Backend()
    people = [backend.sign_up(number) for number in range(5)]
    edges: set[Edge] = set()
    for follows, follower, followee in actions:
        if follower == followee:
            continue
        if follows:
            backend.follows.follow(people[follower].user_id, people[followee].handle)
            edges.add((follower, followee))
        else:
            backend.follows.unfollow(people[follower].user_id, people[followee].handle)
            edges.discard((follower, followee))
    for number, person in enumerate(people):
        profile = backend.users.me(person.user_id)
        assert profile.following == sum(follower == number for follower, _ in edges)
        assert profile.followers == sum(followee == number for _, followee in edges)
        listed = whole(partial(backend.follows.followers, person.handle, Viewer(ADA)), 2)
        assert len(listed) == profile.followers


def test_followers_are_listed_newest_first_and_the_followed_by_id(backend: Backend) -> None:
    people = [backend.sign_up(number) for number in range(1, 6)]
    for person in people[1:]:
        backend.follows.follow(person.user_id, people[0].handle)
        backend.follows.follow(people[0].user_id, person.handle)
    expected = [person.user_id for person in people[1:]]
    viewer = Viewer(people[1].user_id)
    followers = whole(partial(backend.follows.followers, people[0].handle, viewer), 3)
    assert [view.profile.user_id for view in followers] == expected[::-1]
    following = whole(partial(backend.follows.following, people[0].handle, viewer), 3)
    assert [view.profile.user_id for view in following] == expected


def test_one_whose_profile_is_gone_is_left_out_of_lists(backend: Backend) -> None:
    people = [backend.sign_up(number) for number in range(1, 4)]
    for person in people[1:]:
        backend.follows.follow(person.user_id, people[0].handle)
    del backend.metadata.profiles[people[1].user_id]
    page = backend.follows.followers(people[0].handle, Viewer(ADA), None, 10)
    assert [view.profile.user_id for view in page.items] == [people[2].user_id]


@dataclass(frozen=True, slots=True)
class _Sharded(FakeFollows):
    """Followers spread over three shards by the last digit of their ids."""

    def followers(self, followee_id: str, shard: int, after: str | None, limit: int) -> Page[str]:
        places = sorted(
            (
                f"{follow_ulid}#{follower}"
                for (follower, followee), follow_ulid in self.data.edges.items()
                if followee == followee_id and int(follower[-1]) % 3 == shard
            ),
            reverse=True,
        )
        page = page_of([p for p in places if after is None or p < after], limit, str)
        return Page(tuple(p.partition("#")[2] for p in page.items), page.next_position)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_followers_of_many_shards_are_listed_shard_by_shard(backend: Backend, limit: int) -> None:
    people = [backend.sign_up(number) for number in range(9)]
    for person in people[1:]:
        backend.follows.follow(person.user_id, people[0].handle)
    data = backend.metadata
    data.profiles[people[0].user_id] = replace(backend.sign_up(0), follower_shards=3)
    service = replace(backend.follows, follows=_Sharded(data))
    found = whole(partial(service.followers, people[0].handle, Viewer(ADA)), limit)
    expected = [people[i].user_id for i in (6, 3, 7, 4, 1, 8, 5, 2)]
    assert [view.profile.user_id for view in found] == expected


@pytest.mark.parametrize("position", ["", "x", "-1:", "0:x", "0:x#y", ":", "0:#"])
def test_a_place_in_the_followers_that_was_never_given_is_refused(
    backend: Backend, position: str
) -> None:
    handle = backend.sign_up(1).handle
    with pytest.raises(InvalidCursor):
        backend.follows.followers(handle, Viewer(ADA), position, 10)
