"""Whatever the order of events, nobody sees after any step what they may not see, and in the end
everybody sees all that they may; and a fault that is put into the code is found."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterfeed.domain.delivery import FeedPolicy
from tests.feed_world import POLICY, PULLING, Dice, small_sizes
from tests.strategies import Drawn
from tests.visibility_mutants import MUTANTS
from tests.visibility_world import VisibilityWorld

STEPS = 200
CASES = [(seed, POLICY, 1_000) for seed in range(4)] + [(seed, PULLING, 3) for seed in range(4, 6)]
MOST_STEPS, MOST_SEEDS = 150, 8
"""In which a mutant is found."""
FOUND_BY = {"switch_that_accepts_nobody": 1, "switch_that_the_index_is_not_told": 1}
"""The seeds that found a mutant after others had not: they are tried first."""


@pytest.mark.parametrize(("seed", "policy", "recent_entries"), CASES)
def test_everybody_sees_what_they_may_and_nothing_else(
    seed: int, policy: FeedPolicy, recent_entries: int
) -> None:
    world = _run(seed, STEPS, policy, recent_entries)
    assert world.tally["requests that were given up"]
    assert world.tally["requests that overlapped others"]


@settings(max_examples=10)
@given(st.data())
def test_the_shortest_way_to_a_violation_would_be_found(data: st.DataObject) -> None:
    with small_sizes(1_000):
        world = VisibilityWorld(Drawn(data))
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
) -> VisibilityWorld:
    with small_sizes(recent_entries):
        world = VisibilityWorld(Dice(random.Random(seed)), policy)
        for _ in range(steps):
            world.step()
        world.check()
        world.check_long_after()
    return world
