"""Feeds under every order of events: a hundred thousand steps of the world of the tests, by chance
alone. It counts feeds that differ from their definition, and prints the seeds that produce them."""

from __future__ import annotations

from typing import Final

from bench.figures import Figure
from bench.orders import Lived, live, run_worlds
from tests.feed_world import FeedWorld

FULL: Final = 100_000
"""How many steps are made."""
TOY: Final = 500
MINUTES: Final = 3.0


def run(steps: int) -> list[Figure]:
    ended = run_worlds(steps, _live)
    happened = frozenset[str]().union(*(lived.happened for lived in ended))
    wrong = sum(bool(lived.violation) for lived in ended)
    return [
        Figure("steps", float(sum(lived.steps for lived in ended)), "", f">= {steps}"),
        Figure("worlds in which a feed or count was wrong", float(wrong), "", "<= 0"),
        Figure("ways of delivery that occurred", float(len(happened)), "", ">= 6"),
    ]


def _live(seed: int, steps: int) -> Lived:
    return live(FeedWorld, seed, steps)
