"""Who sees what under every order of events: a hundred thousand steps of a world in which people
follow, ask, answer, remove, block, mute, publish, search and switch between private and public, by
chance alone, while messages are late, doubled and reordered and calls crash.

After each step people look at each other through all services. It counts answers that show what an
independent model of the graph forbids, or that are wrong in the end, and prints the seeds that
produce them; `SEED=7` begins with another one.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from bench.figures import Figure
from bench.orders import Lived, live, run_worlds
from tests.visibility_world import VisibilityWorld

FULL: Final = 100_000
"""How many steps are made."""
TOY: Final = 100
MINUTES: Final = 4.0


def run(steps: int) -> list[Figure]:
    ended = run_worlds(steps, _live)
    tally = Counter[str]()
    for lived in ended:
        tally.update(lived.tally)
    happened = frozenset[str]().union(*(lived.happened for lived in ended))
    violations = sum(bool(lived.violation) for lived in ended)
    return [
        Figure("steps", float(sum(lived.steps for lived in ended)), "", f">= {steps}"),
        *(Figure(name, float(count), "") for name, count in sorted(tally.items())),
        Figure("ways of delivery that occurred", float(len(happened)), "", ">= 6"),
        Figure("violations", float(violations), "", "<= 0"),
    ]


def _live(seed: int, steps: int) -> Lived:
    return live(VisibilityWorld, seed, steps)
