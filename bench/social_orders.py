"""Likes, saves and comments under every order of events: a hundred thousand steps of a world in
which people answer posts, take that back, delete and restore posts, block each other, go private
and take other handles, by chance alone, while messages are late, doubled and reordered and calls
crash.

After each step somebody looks at a post and at their own lists, and in the end everybody at what
they are told of others. It counts worlds in which an answer differs from what people did, and
prints the seeds that produce them; `SEED=7` begins with another one.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from bench.figures import Figure
from bench.orders import Lived, live, run_worlds
from tests.told_world import ActivityWorld

FULL: Final = 100_000
"""How many steps are made."""
TOY: Final = 100
MINUTES: Final = 10.0


def run(steps: int) -> list[Figure]:
    ended = run_worlds(steps, _live)
    tally = Counter[str]()
    for lived in ended:
        tally.update(lived.tally)
    violations = sum(bool(lived.violation) for lived in ended)
    return [
        Figure("steps", float(sum(lived.steps for lived in ended)), "", f">= {steps}"),
        *(Figure(name, float(count), "") for name, count in sorted(tally.items())),
        Figure("violations", float(violations), "", "<= 0"),
    ]


def _live(seed: int, steps: int) -> Lived:
    return live(ActivityWorld, seed, steps)
