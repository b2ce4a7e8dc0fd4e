"""Whatever the order of events, what moderators hide is hidden after that step, and what they give
back is there again for everybody who may see it."""

from __future__ import annotations

import random
from unittest.mock import patch

import pytest

from shutterfeed.domain import visibility
from shutterfeed.domain.delivery import FeedPolicy
from tests.feed_world import POLICY, PULLING, Dice, small_sizes
from tests.moderated_world import ModeratedWorld

STEPS = 120
CASES = [(seed, POLICY) for seed in (0, 1, 6)] + [(seed, PULLING) for seed in (3, 6)]


@pytest.mark.parametrize(("seed", "policy"), CASES)
def test_everybody_sees_what_moderators_leave_them(seed: int, policy: FeedPolicy) -> None:
    with small_sizes(1_000):
        world = ModeratedWorld(Dice(random.Random(seed)), policy)
        _play(world, STEPS)
        world.check()
    assert world.tally["actions"]


def test_a_decision_that_knows_no_moderators_is_found() -> None:
    with patch.object(visibility, "_decide_on_standing", lambda *_: None), small_sizes(1_000):
        world = ModeratedWorld(Dice(random.Random(0)), POLICY)
        with pytest.raises(AssertionError):
            _play(world, 10 * STEPS)


def _play(world: ModeratedWorld, steps: int) -> None:
    for _ in range(steps):
        world.step()
