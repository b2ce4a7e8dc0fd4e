"""Suggestions of whom to follow: the lists, who makes them, and who is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from shutterfeed.domain.messages import FindAcquaintances, Followed
from shutterfeed.domain.suggestions import (
    MAX_ACQUAINTANCES,
    MAX_POPULAR,
    SHORT,
    SHORT_LASTS,
    SLOTS,
    Acquaintances,
    Nomination,
    Popular,
    Suggested,
    most_followed,
    sampled,
)
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeNominations
from tests.fakes.storage import PHOTO
from tests.fakes.system import START

ADA, BOB, CY, DAN, EVE, FAY = map(samples.user_id, range(1, 7))
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
_active = partial(Nomination.of_active, at=START)
_followed = partial(Nomination.of_followed, at=START)


# The list of popular users.


def test_whoever_gains_followers_comes_before_whoever_publishes() -> None:
    nominations = [_active(ADA), _followed(BOB, [CY]), _followed(DAN, [CY, EVE]), _active(BOB)]
    for order in (nominations, nominations[::-1]):
        popular = Popular().counting(order)
        assert popular.scores == {DAN: 2, BOB: 1.5, ADA: 0.5}
        assert popular.ranked == (DAN, BOB, ADA)


def test_what_is_counted_is_not_counted_again() -> None:
    first = _followed(BOB, [CY])
    popular = Popular().counting([first])
    assert popular.counting([first]) is popular
    assert popular.counting([]) is popular
    later = Nomination.of_followed(BOB, [DAN], START + timedelta(milliseconds=1))
    assert popular.counting([first, later]).scores == {BOB: 2}


def test_a_score_falls_to_a_half_within_three_days() -> None:
    popular = Popular().counting([_followed(BOB, [ADA, CY, DAN, EVE])])
    later = popular.counting([Nomination.of_active(ADA, START + 3 * DAY)])
    assert later.scores == {BOB: 2, ADA: 0.5}
    assert later.counted_until == START + 3 * DAY


def test_however_often_somebody_publishes_they_are_active_and_no_more() -> None:
    popular = Popular()
    for minute in range(100):
        popular = popular.counting([Nomination.of_active(ADA, START + minute * MINUTE)])
    assert popular.scores == {ADA: 0.5}


def test_the_list_keeps_the_best_and_forgets_whoever_does_nothing_more() -> None:
    users = [samples.user_id(number) for number in range(MAX_POPULAR + 5)]
    popular = Popular().counting(
        [_followed(user, users[: number + 1]) for number, user in enumerate(users)]
    )
    kept = popular.among(users)
    assert kept.ranked == tuple(reversed(users[5:]))
    assert kept.counted_until == START
    assert popular.among([users[0], users[7]]).ranked == (users[7], users[0])
    published = Popular().counting([_active(ADA)])
    for days, expected in ((18, (BOB, ADA)), (19, (BOB,))):
        later = published.counting([Nomination.of_active(BOB, START + days * DAY)])
        assert later.among([ADA, BOB]).ranked == expected


def test_a_repeated_nomination_takes_the_same_slot_and_an_author_takes_one_alone() -> None:
    assert _followed(ADA, [BOB, CY]).slot == _followed(ADA, [CY, BOB]).slot
    assert Nomination.of_active(ADA, START + DAY).slot == _active(ADA).slot
    users = [samples.user_id(number) for number in range(1_000)]
    for slots in (
        {_active(user).slot for user in users},
        {_followed(ADA, [user]).slot for user in users},
    ):
        assert slots <= set(range(SLOTS))
        assert len(slots) > SLOTS * 0.9


def test_the_slots_are_a_sample_of_the_nominations() -> None:
    """A star gets nine of ten followers, and then holds about nine of ten slots."""
    slots = {}
    for number in range(5_000):
        gaining = ADA if number % 10 else samples.user_id(10_000 + number)
        nomination = _followed(gaining, [samples.user_id(number)])
        slots[nomination.slot] = nomination
    held = sum(nomination.user_id == ADA for nomination in slots.values())
    assert 0.8 < held / len(slots) < 0.98


# Acquaintances.


def test_whom_most_follow_comes_first_and_whoever_is_known_is_left_out() -> None:
    found = [(DAN, ADA, EVE), (EVE, FAY), (FAY, EVE, BOB)]
    assert most_followed(found, {ADA, BOB}) == (EVE, FAY, DAN)
    assert most_followed([(DAN, DAN), (EVE,)], ()) == (DAN, EVE)
    many = [samples.user_id(number) for number in range(MAX_ACQUAINTANCES + 1)]
    assert most_followed([many], ()) == tuple(many[:MAX_ACQUAINTANCES])


def test_a_sample_is_chosen_by_its_seed() -> None:
    users = [samples.user_id(number) for number in range(100)]
    first, second = sampled(users, "one", 10), sampled(users, "two", 10)
    assert sampled(reversed(users), "one", 10) == first
    assert set(first) != set(second)
    assert len(set(first)) == 10
    assert sampled(users[:3], "one", 10) == sampled(users[:3], "one", 3)


def test_acquaintances_last_for_a_day_and_none_for_an_hour() -> None:
    some, none = Acquaintances((BOB,), START), Acquaintances((), START)
    assert not some.is_due(START + DAY - MINUTE)
    assert some.is_due(START + DAY)
    assert not none.is_due(START + HOUR - MINUTE)
    assert none.is_due(START + HOUR)


def test_candidates_come_from_both_lists_in_turns() -> None:
    lists = Suggested(Popular({BOB: 3, EVE: 2, ADA: 1}), Acquaintances((CY, EVE, DAN), START))
    assert lists.candidates(ADA, 9) == [CY, BOB, EVE, DAN]
    assert lists.candidates(ADA, 3) == [CY, BOB, EVE]
    assert replace(lists, acquaintances=None).candidates(CY, 9) == [BOB, EVE, ADA]
    assert Suggested().candidates(ADA, 9) == []


def test_whoever_is_on_both_lists_is_suggested_as_an_acquaintance() -> None:
    lists = Suggested(Popular({BOB: 3, EVE: 2}), Acquaintances((CY, EVE), START))
    reasons = {user_id: lists.reason(user_id).value for user_id in lists.candidates(ADA, 9)}
    assert reasons == {CY: "acquaintance", EVE: "acquaintance", BOB: "popular"}
    assert replace(lists, acquaintances=None).reason(EVE).value == "popular"


# All of it together.


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    for number in range(1, 7):
        backend.sign_up(number)
    return backend


def _handle(backend: Backend, user_id: str) -> str:
    return backend.metadata.profiles[user_id].handle


def _follow(backend: Backend, follower: str, *followed: str) -> None:
    for user_id in followed:
        backend.follows.follow(follower, _handle(backend, user_id))


def _nobody_is_popular(backend: Backend) -> None:
    backend.drain()
    backend.metadata.nominations.clear()


def _publish(backend: Backend, author: int, key: str = "key") -> None:
    post = backend.create_post(author, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()


def _suggested(backend: Backend, reader: str, limit: int = 10) -> list[str]:
    return [view.profile.profile.user_id for view in backend.suggestions.suggest(reader, limit)]


def _orders(backend: Backend) -> Sequence[object]:
    return backend.queues["deliver"].messages


def _all_suggested(backend: Backend) -> None:
    """Everybody publishes."""
    for number in range(1, 7):
        _publish(backend, number)
    assert backend.popular.update() == 6


def test_a_fresh_deployment_suggests_its_active_people_at_once(backend: Backend) -> None:
    assert _suggested(backend, ADA) == []
    _publish(backend, 2)
    assert _suggested(backend, ADA) == [BOB]
    assert _suggested(backend, BOB) == [], "nobody is suggested to themselves"
    assert backend.popular.update() == 0, "they are counted"


def test_however_many_ask_a_short_list_is_counted_once_in_a_while(backend: Backend) -> None:
    _publish(backend, 2)
    assert _suggested(backend, ADA) == [BOB]
    backend.clock.advance(SHORT_LASTS / 2)
    _publish(backend, 3)
    assert _suggested(backend, ADA) == [BOB]
    backend.clock.advance(SHORT_LASTS / 2)
    assert _suggested(backend, ADA) == [BOB, CY]


@pytest.mark.parametrize("shows", [True, False])
def test_of_two_that_publish_at_once_the_slower_one_is_not_forgotten(
    backend: Backend, shows: bool
) -> None:
    """The list was counted between the two writes, up to a later moment than that of the one that
    comes then. Whoever may not be suggested is not written down again and again."""
    _publish(backend, 2)
    assert _suggested(backend, ADA) == [BOB]
    before = backend.clock.now() - timedelta(seconds=1)
    FakeNominations(backend.metadata).nominate(Nomination.of_active(CY, before))
    profile = backend.metadata.profiles[CY]
    backend.metadata.profiles[CY] = replace(profile, private=not shows)
    popular = backend.metadata.popular
    backend.clock.advance(SHORT_LASTS)
    assert _suggested(backend, ADA) == ([BOB, CY] if shows else [BOB])
    assert (backend.metadata.popular is popular) is not shows
    assert backend.popular.update() == 0


def test_a_list_that_is_not_short_waits_for_the_schedule(backend: Backend) -> None:
    scores = {samples.user_id(10 + number): 1.0 for number in range(SHORT)}
    backend.metadata.popular = Popular(scores, START)
    backend.clock.advance(DAY)
    _publish(backend, 2)
    assert _suggested(backend, ADA) == []
    assert backend.metadata.popular.scores == scores


def test_whoever_many_have_begun_to_follow_is_suggested_first(backend: Backend) -> None:
    _publish(backend, 2)
    for follower in (CY, DAN):
        _follow(backend, follower, EVE)
    backend.drain()
    backend.popular.update()
    assert _suggested(backend, ADA) == [EVE, BOB]


def test_a_message_of_a_follow_that_is_repeated_takes_the_same_slot(backend: Backend) -> None:
    _follow(backend, BOB, ADA)
    backend.drain()
    before = dict(backend.metadata.nominations)
    backend.queues["deliver"].send([Followed(BOB, ADA)])
    backend.drain()
    assert backend.metadata.nominations == before
    (nomination,) = before.values()
    assert (nomination.user_id, nomination.followers) == (ADA, 1)


def test_an_unfollowing_nominates_nobody(backend: Backend) -> None:
    _follow(backend, BOB, ADA)
    backend.drain()
    backend.metadata.nominations.clear()
    backend.follows.unfollow(BOB, _handle(backend, ADA))
    backend.drain()
    assert backend.metadata.nominations == {}


def test_those_are_suggested_whom_those_follow_whom_one_follows(backend: Backend) -> None:
    _follow(backend, ADA, BOB, CY)
    _follow(backend, BOB, ADA, DAN)
    _follow(backend, CY, DAN, EVE, BOB)
    _nobody_is_popular(backend)
    assert _suggested(backend, ADA) == [], "they are looked for in the background"
    assert _orders(backend) == [FindAcquaintances(ADA)]
    backend.drain()
    assert _suggested(backend, ADA) == [DAN, EVE]


def test_acquaintances_are_looked_for_at_most_once_a_day(backend: Backend) -> None:
    _follow(backend, ADA, BOB)
    _follow(backend, BOB, CY)
    _nobody_is_popular(backend)
    for _ in range(2):
        _suggested(backend, ADA)
    backend.drain()
    made = backend.metadata.acquaintances[ADA]
    backend.clock.advance(DAY - MINUTE)
    assert _suggested(backend, ADA) == [CY]
    assert _orders(backend) == []
    backend.queues["deliver"].send([FindAcquaintances(ADA)])
    backend.drain()
    assert backend.metadata.acquaintances[ADA] is made, "the message was a repetition"
    _follow(backend, BOB, DAN)
    _nobody_is_popular(backend)
    backend.clock.advance(MINUTE)
    assert _suggested(backend, ADA) == [CY], "those of the day before, until there are others"
    backend.drain()
    assert _suggested(backend, ADA) == [CY, DAN]


def test_nobody_is_suggested_who_is_followed_asked_blocked_muted_or_private(
    backend: Backend,
) -> None:
    _all_suggested(backend)
    assert set(_suggested(backend, ADA)) == {BOB, CY, DAN, EVE, FAY}
    _follow(backend, ADA, BOB)
    assert BOB not in _suggested(backend, ADA)
    backend.users.edit(CY, private=True)
    assert CY not in _suggested(backend, ADA)
    assert CY not in _suggested(backend, BOB)
    backend.blocks.block(ADA, _handle(backend, DAN))
    assert DAN not in _suggested(backend, ADA)
    assert ADA not in _suggested(backend, DAN)
    backend.mutes.mute(ADA, _handle(backend, EVE), None)
    assert EVE not in _suggested(backend, ADA)
    assert ADA in _suggested(backend, EVE)
    del backend.metadata.profiles[FAY]
    assert _suggested(backend, ADA) == []


def test_somebody_who_was_asked_is_not_suggested_even_if_the_account_is_public_now(
    backend: Backend,
) -> None:
    _all_suggested(backend)
    backend.users.edit(BOB, private=True)
    _follow(backend, ADA, BOB)
    backend.users.edit(BOB, private=False)
    assert BOB not in _suggested(backend, ADA), "the request is not accepted yet"


def test_private_accounts_and_those_that_are_gone_leave_the_list_of_popular_users(
    backend: Backend,
) -> None:
    _all_suggested(backend)
    backend.users.edit(BOB, private=True)
    del backend.metadata.profiles[CY]
    # Who is not shown to people without an account may still be suggested to others.
    shy = replace(backend.metadata.profiles[EVE], public_page=False)
    backend.metadata.profiles[EVE] = shy
    backend.clock.advance(MINUTE)
    _publish(backend, 4, "another")
    assert backend.popular.update() == 4
    assert set(backend.metadata.popular.ranked) == {ADA, DAN, EVE, FAY}


def test_there_are_as_many_as_were_asked_for_even_if_half_are_followed(backend: Backend) -> None:
    _all_suggested(backend)
    best = backend.metadata.popular.ranked
    reader = best[-1]
    _follow(backend, reader, best[0])
    assert _suggested(backend, reader, 1) == [best[1]]
    assert len(_suggested(backend, reader, 2)) == 2


def test_whoever_is_new_and_follows_nobody_is_looked_at_again_soon(backend: Backend) -> None:
    _suggested(backend, ADA)
    backend.drain()
    assert backend.metadata.acquaintances[ADA].user_ids == ()
    _follow(backend, ADA, BOB)
    _follow(backend, BOB, CY)
    _nobody_is_popular(backend)
    assert _suggested(backend, ADA) == []
    assert _orders(backend) == []
    backend.clock.advance(HOUR)
    _suggested(backend, ADA)
    backend.drain()
    assert _suggested(backend, ADA) == [CY]


def test_the_lists_go_by_themselves(backend: Backend) -> None:
    _all_suggested(backend)
    _suggested(backend, ADA)
    backend.drain()
    backend.wait(2 * DAY)
    assert backend.metadata.nominations == {}
    assert set(_suggested(backend, ADA)) == {BOB, CY, DAN, EVE, FAY}
    backend.drain()
    backend.wait(31 * DAY)
    assert (backend.metadata.popular, backend.metadata.acquaintances) == (Popular(), {})
