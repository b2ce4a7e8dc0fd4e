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
        assert any(not _holds(seed) for seed in range(MOST_SEEDS))


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
