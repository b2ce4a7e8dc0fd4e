"""Fault schedules: every single fault in every scenario, 2,000 sampled pairs of faults in those
in which something is closed, erased, withheld or given back, and 2,000 in all others.

What a scenario is, what goes wrong in it and what has to be so in the end is in
`tests/exploration/`. On two idle cores it takes less than an hour, all cores at the lowest
priority. `SCENARIOS="publish_a_photo restore_a_post"` runs some scenarios only, `DOUBLES=0` leaves
the pairs out, `SEED=7` samples others.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Final

from bench.ending import quiet_worker
from bench.figures import FOLDER, Figure
from bench.progress import clear, show
from shutterfeed.adapters.dynamodb.table import chunks
from tests.exploration.branching import reports
from tests.exploration.explore import Outcome, double, run_all, singles
from tests.exploration.faults import Schedule
from tests.exploration.machinery import machinery
from tests.exploration.scenarios import HIDING, SCENARIOS


@dataclass(frozen=True, slots=True)
class Size:
    """What is tried: each `every`-th single fault of these scenarios, and this many pairs of faults
    in those of `HIDING`, and as many in the others."""

    scenarios: tuple[str, ...]
    every: int
    pairs: int


FULL: Final = Size(tuple(SCENARIOS), 1, 2_000)
TOY: Final = Size(tuple(SCENARIOS)[:1], 200, 1)
MINUTES: Final = 30.0
_AT_ONCE: Final = 100
"""Schedules of one scenario that a process is given at a time."""


def run(size: Size) -> list[Figure]:
    names = os.environ.get("SCENARIOS", "").split() or size.scenarios
    with machinery() as made:
        # The codecs' work is kept, and inherited by the processes.
        plain = {name: next(run_all(made, [Schedule(name)])) for name in names}
    schedules = [s for outcome in plain.values() for s in singles(outcome)][:: size.every]
    alone = len(schedules)
    schedules += _pairs(list(plain.values()), size.pairs)
    violated = {text: report for text, report in _run(schedules) if report}
    _tell(plain, schedules, violated)
    return [
        Figure("scenarios", float(len(plain)), ""),
        Figure("single faults", float(alone), ""),
        Figure("pairs of faults", float(len(schedules) - alone), ""),
        Figure("schedules that violate an invariant", float(len(violated)), "", "<= 0"),
    ]


def _pairs(plain: Sequence[Outcome], count: int) -> Iterator[Schedule]:
    chance = Random(int(os.environ.get("SEED", "0")))  # noqa: S311 - a simulation
    hiding = [outcome for outcome in plain if outcome.schedule.scenario in HIDING]
    others = [outcome for outcome in plain if outcome not in hiding]
    for outcomes in (others, hiding):
        for number in range(int(os.environ.get("DOUBLES", count)) if outcomes else 0):
            yield double(outcomes[number % len(outcomes)], chance)


def _run(schedules: Sequence[Schedule]) -> Iterator[tuple[str, str]]:
    """The text of each schedule, with a report if it violated an invariant."""
    workers = os.cpu_count() or 1
    by_scenario: dict[str, list[str]] = defaultdict(list)
    for schedule in schedules:
        by_scenario[schedule.scenario].append(str(schedule))
    texts = [some for every in by_scenario.values() for some in chunks(every, _AT_ONCE)]
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=fork, initializer=_work_quietly) as pool:
        done = wrong = 0
        for results in pool.map(_some, texts):
            yield from results
            done += len(results)
            wrong += sum(bool(report) for _, report in results)
            show(f"{done:,} of {len(schedules):,} schedules, {wrong} violations")
    clear()


def _work_quietly() -> None:
    quiet_worker()
    os.nice(19)


def _some(texts: Sequence[str]) -> list[tuple[str, str]]:
    [name, *_] = {Schedule.parse(text).scenario for text in texts}
    with machinery() as made:
        found = reports(made, name, map(Schedule.parse, texts))
    return [(str(schedule), report) for schedule, report in found.items()]


def _tell(
    plain: dict[str, Outcome], schedules: Sequence[Schedule], violated: dict[str, str]
) -> None:
    """A table of the scenarios, and every violation with the way to repeat it."""
    tried = Counter(schedule.scenario for schedule in schedules)
    wrong = Counter(text.partition(" ")[0] for text in violated)
    width = max(map(len, plain))
    print(f"\n  {'scenario':<{width}}   calls  messages  schedules  violations")
    for name, outcome in plain.items():
        counts = f"{len(outcome.calls):>7}  {len(outcome.messages):>8}  {tried[name]:>9,}"
        print(f"  {name:<{width}} {counts}  {wrong[name]:>10}")
    if violated:
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / "faults.txt"
        path.write_text("\n\n".join(violated.values()) + "\n")
        print(f"\n{next(iter(violated.values()))}\n\n  All of them: {path}")
