"""The deliver worker's batches: an author is considered once for all who came and went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from shutterfeed.bootstrap import deliver
from shutterfeed.domain.delivery import Delivery
from shutterfeed.domain.messages import (
    DeliverMessage,
    FanOutMessage,
    Followed,
    MigrateReaders,
    PrepareFeed,
    Unfollowed,
)
from shutterfeed.domain.users import Profile
from shutterfeed.services.delivery import DeliveryService
from tests import samples
from tests.fakes.backend import POLICY, Backend
from tests.fakes.feeds import FakeAudience, FakeFeedReads
from tests.fakes.metadata import (
    FakeAppearances,
    FakeContenders,
    FakeFollows,
    FakeLikes,
    FakeNominations,
    FakePosts,
    FakeProfiles,
    FakeReaders,
    FakeRecentPosts,
    FakeSuggestionLists,
)

STAR, OTHER, *FANS = map(samples.user_id, range(9))


@dataclass(frozen=True, slots=True)
class _Counted(FakeProfiles):
    """Profiles that note who was looked at."""

    looked: list[str] = field(default_factory=list)

    def get(self, user_id: str) -> Profile | None:
        self.looked.append(user_id)
        return FakeProfiles.get(self, user_id)


class _Steps:
    """A queue that cannot be reached at first."""

    def __init__(self) -> None:
        self.sent: list[FanOutMessage] = []
        self.broken = True

    def send(self, messages: Iterable[FanOutMessage]) -> None:
        if self.broken:
            raise ConnectionError
        self.sent += messages


def _service(
    backend: Backend, profiles: FakeProfiles, steps: _Steps, celebrity: int = 1_000
) -> DeliveryService:
    data = backend.metadata
    return deliver.wire(
        profiles=profiles,
        posts=FakePosts(data),
        likes=FakeLikes(data),
        appearances=FakeAppearances(data),
        recent_posts=FakeRecentPosts(data),
        readers=FakeReaders(data),
        audience=FakeAudience(data),
        follows=FakeFollows(data),
        feeds=backend.feed_table,
        reads=FakeFeedReads(data, backend.feed_table),
        nominations=FakeNominations(data),
        contenders=FakeContenders(data),
        suggestion_lists=FakeSuggestionLists(data),
        steps=steps,
        policy=replace(POLICY, celebrity_followers=celebrity),
        clock=backend.clock,
        ids=backend.ids,
    )


def _world() -> Backend:
    backend = Backend()
    people = [backend.sign_up(number) for number in range(9)]
    for fan in FANS:
        backend.follows.follow(fan, people[0].handle)
    return backend


def test_an_author_is_looked_at_once_for_all_who_came_and_went() -> None:
    backend = _world()
    profiles = _Counted(backend.metadata)
    service = _service(backend, profiles, _Steps())
    batch: list[DeliverMessage] = [Followed(fan, STAR) for fan in FANS]
    batch += [Unfollowed(FANS[0], OTHER), Unfollowed(FANS[1], OTHER), PrepareFeed(FANS[0])]
    assert service.write(batch) == {}
    profiles.looked.clear()
    assert service.write(batch) == {}
    assert sorted(profiles.looked) == sorted([STAR, OTHER])


def test_whoever_gains_followers_is_nominated_once_for_all_of_a_batch() -> None:
    backend = _world()
    steps = _Steps()
    service = _service(backend, FakeProfiles(backend.metadata), steps)
    batch: list[DeliverMessage] = [Followed(fan, STAR) for fan in FANS]
    batch += [Unfollowed(FANS[0], STAR), Unfollowed(FANS[0], OTHER)]
    assert service.write(batch) == {}
    (nomination,) = backend.metadata.nominations.values()
    assert (nomination.user_id, nomination.followers) == (STAR, len(FANS))


def test_a_migration_that_was_not_told_of_is_told_with_whichever_batch_has_its_cause() -> None:
    backend, steps = _world(), _Steps()
    service = _service(backend, FakeProfiles(backend.metadata), steps, celebrity=3)
    failed = service.write([PrepareFeed(FANS[0]), *(Followed(fan, STAR) for fan in FANS[:3])])
    assert {index: type(error) for index, error in failed.items()} == dict.fromkeys(
        (1, 2, 3), ConnectionError
    )
    recent = FakeRecentPosts(backend.metadata).get_many([STAR])[STAR]
    assert recent.delivery is Delivery.TO_PULL
    steps.broken = False
    # They come again in another order, among others.
    assert service.write([Followed(FANS[5], STAR), Followed(FANS[1], STAR)]) == {}
    assert steps.sent == []
    assert service.write([Followed(FANS[4], STAR), Followed(FANS[0], STAR)]) == {}
    assert steps.sent == [MigrateReaders(STAR, recent.migration)]


def test_a_message_that_comes_again_does_not_hide_what_another_of_its_batch_has_changed() -> None:
    backend, steps = _world(), _Steps()
    steps.broken = False
    service = _service(backend, FakeProfiles(backend.metadata), steps, celebrity=5)
    assert service.write([Followed(FANS[0], STAR)]) == {}
    begun = FakeRecentPosts(backend.metadata).get_many([STAR])[STAR]
    assert begun.delivery is Delivery.TO_PULL
    handle = backend.metadata.profiles[STAR].handle
    for fan in FANS[1:5]:
        backend.follows.unfollow(fan, handle)
    assert service.write([Followed(FANS[0], STAR), Unfollowed(FANS[4], STAR)]) == {}
    assert FakeRecentPosts(backend.metadata).get_many([STAR])[STAR].delivery is Delivery.TO_PUSH


def test_a_follower_who_returns_during_the_migration_that_their_leaving_began_turns_it_round() -> (
    None
):
    backend, steps = _world(), _Steps()
    steps.broken = False
    service = _service(backend, FakeProfiles(backend.metadata), steps, celebrity=3)
    handle = backend.metadata.profiles[STAR].handle

    def delivery() -> Delivery:
        return FakeRecentPosts(backend.metadata).get_many([STAR])[STAR].delivery

    for fan in FANS[3:]:
        backend.follows.unfollow(fan, handle)
    assert service.write([Followed(FANS[0], STAR)]) == {}
    assert delivery() is Delivery.TO_PULL
    backend.follows.unfollow(FANS[0], handle)
    assert service.write([Unfollowed(FANS[0], STAR)]) == {}
    assert delivery() is Delivery.TO_PUSH
    backend.follows.follow(FANS[0], handle)
    assert service.write([Followed(FANS[0], STAR)]) == {}
    assert delivery() is Delivery.TO_PULL
