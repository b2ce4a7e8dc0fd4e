"""Whatever the order of events, every feed ends up as its definition says; counts are exact, and
nothing is left that would bring posts of whom one does not follow."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterfeed.domain.delivery import Delivery, FeedPolicy
from tests.feed_world import POLICY, PULLING, Dice, FeedWorld, small_sizes
from tests.strategies import Drawn

EVERYTHING = {*Delivery, "a celebrity is pulled", "a post is pushed"}
STEPS, MOST_STEPS = 400, 1_500
"""How long a long run is, and how long it goes on at most until everything has happened in it."""
CASES = [
    pytest.param(POLICY, 1_000, id="pushed-and-pulled"),
    # Recent posts that are shorter than an author's list: feeds made anew have to look beyond it.
    pytest.param(PULLING, 3, id="pulled-from-short-heads"),
]


@pytest.mark.parametrize(("policy", "recent_entries"), CASES)
@settings(max_examples=10)  # The long runs and the benchmark try many more orders in less time.
@given(st.data())
def test_every_feed_equals_its_definition(
    policy: FeedPolicy, recent_entries: int, data: st.DataObject
) -> None:
    with small_sizes(recent_entries):
        world = FeedWorld(Drawn(data), policy)
        for _ in range(data.draw(st.integers(0, 80))):
            world.step()
        world.check()
        world.check_long_after()


@pytest.mark.parametrize(("policy", "recent_entries"), CASES)
@pytest.mark.parametrize("seed", range(6))
def test_every_feed_equals_its_definition_in_long_runs(
    policy: FeedPolicy, recent_entries: int, seed: int
) -> None:
    with small_sizes(recent_entries):
        world = FeedWorld(Dice(random.Random(seed)), policy)
        expected = EVERYTHING if policy is POLICY else set()
        for step in range(MOST_STEPS):
            if step >= STEPS and world.happened >= expected:
                break
            world.step()
        world.check()
        world.check_long_after()
    assert world.tally["suspensions"]
    if policy is POLICY:
        assert world.happened == EVERYTHING
