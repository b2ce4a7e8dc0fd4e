"""Following, its lists, and its exact counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.delivery import FOLLOWER_SHARDS
from shutterfeed.domain.errors import Busy, InvalidCursor, InvalidInput, NotFound
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.follows import Crowded
from shutterfeed.ports.viewing import Stored, Wanted
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeFollows, FakeViewingReads, Metadata, page_of
from tests.fakes.system import FakeClock
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


@dataclass(frozen=True, slots=True)
class _Contended(FakeFollows):
    """Follows whose transactions get in one another's way as long as one item counts them all."""

    def _count(
        self, follower_id: str, followee_id: str, by: int, spending: Spending = NOTHING
    ) -> None:
        if self.data.profiles[followee_id].follower_shards < FOLLOWER_SHARDS:
            raise Crowded
        # Named, since a class with slots is another one than `super()` knows.
        FakeFollows._count(self, follower_id, followee_id, by, spending)


def test_somebody_whom_too_many_follow_at_once_is_counted_in_many_items_at_once(
    backend: Backend,
) -> None:
    star, fans = backend.sign_up(1), [backend.sign_up(number) for number in range(2, 5)]
    service = replace(backend.follows, follows=_Contended(backend.metadata))
    for number, fan in enumerate(fans, 1):
        assert service.follow(fan.user_id, star.handle).profile.followers == number
    assert backend.metadata.profiles[star.user_id].follower_shards == FOLLOWER_SHARDS
    assert backend.fuse.log.count("spread_followers") == 1
    backend.follows.follow(star.user_id, fans[0].handle)
    assert service.unfollow(star.user_id, fans[0].handle).profile.followers == 0
    assert backend.metadata.profiles[fans[0].user_id].follower_shards == FOLLOWER_SHARDS


@dataclass(frozen=True, slots=True)
class _Overrun(FakeFollows):
    """Follows that stay busy, however many items count them."""

    def follow(self, *change: Any, **_: Any) -> bool:
        followee: Profile = change[1]
        raise Crowded if followee.follower_shards == 1 else Busy


def test_somebody_who_is_counted_in_many_items_already_is_busy_and_nothing_is_counted(
    backend: Backend,
) -> None:
    star, fan = backend.sign_up(1), backend.sign_up(2)
    service = replace(backend.follows, follows=_Overrun(backend.metadata))
    for _ in range(2):
        with pytest.raises(Busy):
            service.follow(fan.user_id, star.handle)
    assert backend.fuse.log.count("spread_followers") == 1
    assert not backend.metadata.edges


@dataclass(frozen=True, slots=True)
class _Elsewhere(FakeFollows):
    """Follows that are busy because of another item than the followee's."""

    def follow(self, *_: object, **__: object) -> bool:
        raise Busy


def test_somebody_is_not_counted_in_many_items_because_a_follower_is_busy(
    backend: Backend,
) -> None:
    star, fan = backend.sign_up(1), backend.sign_up(2)
    service = replace(backend.follows, follows=_Elsewhere(backend.metadata))
    with pytest.raises(Busy):
        service.follow(fan.user_id, star.handle)
    assert backend.metadata.profiles[star.user_id].follower_shards == 1


class _Reads:
    """Notes whose followers are all counted."""

    def __init__(self, data: Metadata) -> None:
        self._reads = FakeViewingReads(data, FakeClock())
        self.counted: list[str] = []

    def read(self, viewer: Viewer, wanted: Wanted) -> Stored:
        self.counted += wanted.users
        return self._reads.read(viewer, wanted)

    def read_now(self, viewer: Viewer, wanted: Wanted) -> Stored:
        self.counted += wanted.users
        return self._reads.read_now(viewer, wanted)


def test_all_followers_are_counted_once_for_a_follow_and_never_to_find_whose_list_is_read(
    backend: Backend,
) -> None:
    star, fan = backend.sign_up(1), backend.sign_up(2)
    reads = _Reads(backend.metadata)
    service = replace(backend.follows, viewing=replace(backend.viewing, reads=reads))
    for change in (service.follow, service.unfollow):
        change(fan.user_id, star.handle)
        assert reads.counted == [star.user_id]
        reads.counted.clear()
    assert whole(partial(service.followers, star.handle, Viewer(ADA)), 2) == []
    posts = replace(backend.posts, viewing=service.viewing)
    assert whole(partial(posts.by_author, star.handle, Viewer(ADA)), 2) == []
    assert not reads.counted


@pytest.mark.parametrize("position", ["", "x", "-1:", "0:x", "0:x#y", ":", "0:#"])
def test_a_place_in_the_followers_that_was_never_given_is_refused(
    backend: Backend, position: str
) -> None:
    handle = backend.sign_up(1).handle
    with pytest.raises(InvalidCursor):
        backend.follows.followers(handle, Viewer(ADA), position, 10)
