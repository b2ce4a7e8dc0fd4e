"""Whatever the order of events, every surface shows as many likes and comments as there are,
everybody finds those that they may see and is told of them, and a badge counts what its list shows;
and a fault that is put into the code is found."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterfeed.domain.delivery import FeedPolicy
from tests.feed_world import POLICY, PULLING, Dice, small_sizes
from tests.social_mutants import MUTANTS
from tests.strategies import Drawn
from tests.told_world import ActivityWorld

STEPS = 200
CASES = [(seed, POLICY, 1_000) for seed in (0, 4, 5)] + [(3, PULLING, 3)]
MOST_STEPS, MOST_SEEDS = 150, 30
"""In which a mutant is found."""
FOUND_BY = {
    "comment_of_somebody_whom_the_owner_has_blocked": 6,
    "list_of_what_may_not_be_seen": 2,
    "notice_that_is_never_followed_by_another": 5,
    "reply_that_waits_for_ever": 23,
}
"""The seeds that found a mutant after others had not: they are tried first."""


@pytest.mark.parametrize(("seed", "policy", "recent_entries"), CASES)
def test_counts_and_lists_equal_what_people_did(
    seed: int, policy: FeedPolicy, recent_entries: int
) -> None:
    world = _run(seed, STEPS, policy, recent_entries)
    assert world.tally["requests that were given up"]
    assert world.tally["requests that overlapped others"]
    assert world.tally["likes found"]
    assert world.tally["comments found"]
    assert world.tally["groups found"]


@settings(max_examples=10)
@given(st.data())
def test_the_shortest_way_to_a_wrong_count_would_be_found(data: st.DataObject) -> None:
    with small_sizes(1_000):
        world = ActivityWorld(Drawn(data))
        for _ in range(data.draw(st.integers(0, 40))):
            world.step()
        world.check()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_found(name: str) -> None:
    with MUTANTS[name]():
        seeds = sorted(range(MOST_SEEDS), key=lambda seed: seed != FOUND_BY.get(name))
        assert any(not _holds(seed) for seed in seeds)


def _holds(seed: int) -> bool:
    try:
        _run(seed, MOST_STEPS)
    except AssertionError:
        return False
    return True


def _run(
    seed: int, steps: int, policy: FeedPolicy = POLICY, recent_entries: int = 1_000
) -> ActivityWorld:
    with small_sizes(recent_entries):
        world = ActivityWorld(Dice(random.Random(seed)), policy)
        for _ in range(steps):
            world.step()
        world.check()
        world.check_long_after()
    return world
