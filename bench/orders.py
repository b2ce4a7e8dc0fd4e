"""Worlds of the tests under random orders of events: each runs by chance alone, all processors run
some of them at the lowest priority, and a seed always gives the same world."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Final, TypeVar

from bench.ending import quiet_worker
from bench.progress import clear, show
from shutterfeed.domain.delivery import FeedPolicy
from tests.feed_world import POLICY, PULLING, Chance, Dice, FeedWorld, small_sizes

W = TypeVar("W", bound=FeedWorld)
STEPS: Final = 500
"""The most steps of one world, before the next is made."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What is told of a world when it has come to its end."""

    seed: int
    steps: int
    violation: str
    happened: frozenset[str]
    """The ways of delivery that occurred in it."""
    tally: dict[str, int]
    """How often it did what it counts."""


def live(make: Callable[[Chance, FeedPolicy], W], seed: int, steps: int) -> Lived:
    """Run one world for this number of steps. In every fourth, nobody is pushed to, and recent
    posts are short."""
    policy, recent_entries = (PULLING, 3) if seed % 4 == 0 else (POLICY, 1_000)
    violation = ""
    with small_sizes(recent_entries):
        world = make(Dice(random.Random(seed)), policy)  # noqa: S311 - a simulation
        try:
            for _ in range(steps):
                world.step()
            world.check()
            world.check_long_after()
        except AssertionError as error:
            violation = str(error)
        except Exception as error:  # noqa: BLE001 - told with its seed, and counted
            violation = f"{type(error).__name__}: {error}"
    return Lived(seed, steps, violation, frozenset(world.happened), dict(world.tally))


def run_worlds(steps: int, lives: Callable[[int, int], Lived]) -> Sequence[Lived]:
    """Run as many worlds as make this number of steps, from the seed `SEED` on, and print the
    violations with the seeds that produce them."""
    first, count = int(os.environ.get("SEED", "0")), max(1, steps // STEPS)
    workers = min(count, os.cpu_count() or 1)
    fork = multiprocessing.get_context("fork")
    ended: list[Lived] = []
    with ProcessPoolExecutor(workers, mp_context=fork, initializer=_work_quietly) as pool:
        for lived in pool.map(lives, range(first, first + count), repeat(min(steps, STEPS))):
            ended.append(lived)
            show(f"world {len(ended)} of {count}")
            if lived.violation:
                print(f"\nseed {lived.seed}: {lived.violation}", file=sys.stderr)
    clear()
    return ended


def _work_quietly() -> None:
    quiet_worker()
    os.nice(19)
