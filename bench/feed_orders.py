"""Feeds under every order of events: a hundred thousand steps of the world of the tests, by chance
alone. Feeds that differ from their definition are counted, and the seeds printed that show them."""

from __future__ import annotations

import os
import random
import sys
from typing import Final

from bench.figures import Figure
from tests.feed_world import POLICY, PULLING, Dice, FeedWorld, small_sizes

STEPS: Final = 100_000
_WORLD: Final = 500
"""Steps of one world, before the next is made."""


def run() -> list[Figure]:
    first = int(os.environ.get("SEED", "0"))
    worlds, wrong = STEPS // _WORLD, []
    happened: set[str] = set()
    for seed in range(first, first + worlds):
        print(f"\rworld {seed - first + 1} of {worlds}", end="", file=sys.stderr, flush=True)
        policy, head_entries = (PULLING, 3) if seed % 4 == 0 else (POLICY, 1_000)
        with small_sizes(head_entries):
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
    print(file=sys.stderr)
    return [
        Figure("steps", float(worlds * _WORLD), "", f">= {STEPS}"),
        Figure("worlds in which a feed or count was wrong", float(len(wrong)), "", "<= 0"),
        Figure("ways of delivery that occurred", float(len(happened)), "", ">= 6"),
    ]
