"""Feeds under every order of events: a hundred thousand steps of the world of the tests, by chance
alone. It counts feeds that differ from their definition, and prints the seeds that produce them."""

from __future__ import annotations

import os
import random
import sys
from typing import Final

from bench.figures import Figure
from bench.progress import clear, show
from tests.feed_world import POLICY, PULLING, Dice, FeedWorld, small_sizes

FULL: Final = 100_000
"""How many steps are made."""
TOY: Final = 500
MINUTES: Final = 5.0
_WORLD: Final = 500
"""Steps of one world, before the next is made."""


def run(steps: int) -> list[Figure]:
    first = int(os.environ.get("SEED", "0"))
    worlds, wrong = steps // _WORLD, []
    happened: set[str] = set()
    for seed in range(first, first + worlds):
        show(f"world {seed - first + 1} of {worlds}")
        policy, recent_entries = (PULLING, 3) if seed % 4 == 0 else (POLICY, 1_000)
        with small_sizes(recent_entries):
            world = FeedWorld(Dice(random.Random(seed)), policy)  # noqa: S311 - a simulation
            try:
                for _ in range(_WORLD):
                    world.step()
                world.check()
                world.check_long_after()
            except AssertionError as error:
                wrong.append(seed)
                print(f"\nseed {seed}: {error}", file=sys.stderr)
        happened |= world.happened
    clear()
    return [
        Figure("steps", float(worlds * _WORLD), "", f">= {steps}"),
        Figure("worlds in which a feed or count was wrong", float(len(wrong)), "", "<= 0"),
        Figure("ways of delivery that occurred", float(len(happened)), "", ">= 6"),
    ]
