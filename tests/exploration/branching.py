"""Runs many schedules of one scenario in a quarter of the time that they take one by one.

Up to its first fault a schedule is the same run as the scenario without any. So that is run once,
and where schedules have their first fault, the process is copied (`fork`) for each of them: the
copy goes on with the fault, tells what came of it, and ends.
"""

from __future__ import annotations

import gc
import os
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from tests.exploration import explore
from tests.exploration.faults import AT_MESSAGES, THROUGHOUT, Kind, Schedule
from tests.exploration.machinery import Machinery
from tests.exploration.world import World


def reports(made: Machinery, name: str, schedules: Iterable[Schedule]) -> dict[Schedule, str]:
    """A report for each of some schedules of a scenario: empty, if all was as it has to be."""
    found: dict[Schedule, str] = {}
    branches = _Branches()
    for schedule in schedules:
        if any(fault.kind in THROUGHOUT for fault in schedule.faults):
            found[schedule] = _report(explore.run(made, schedule))
        else:
            branches.add(schedule)
    try:
        outcome = explore.run(made, Schedule(name), branches.begin)
        if branches.told is not None:
            branches.tell(outcome)
    except BaseException:
        if branches.told is None:
            raise
        # Nothing of the caller's is this copy's to go on with.
        traceback.print_exc()
        os._exit(1)
    gc.unfreeze()
    found |= branches.found
    # The faults of the others stand where nothing happens any more.
    return found | dict.fromkeys(branches.waiting, _report(outcome))


def _report(outcome: explore.Outcome) -> str:
    return str(outcome) if outcome.violations else ""


@dataclass(slots=True)
class _Branches:
    """The schedules that have not begun yet, and what came of the others."""

    waiting: dict[Schedule, None] = field(default_factory=dict)
    found: dict[Schedule, str] = field(default_factory=dict)
    told: int | None = None
    """Where a copy of the process tells its report; None in the process itself."""
    _calls: dict[int, list[Schedule]] = field(default_factory=lambda: defaultdict(list))
    _messages: dict[int, list[Schedule]] = field(default_factory=lambda: defaultdict(list))
    _world: World | None = None
    _own: Schedule | None = None
    """The schedule of this copy."""

    def add(self, schedule: Schedule) -> None:
        self.waiting[schedule] = None
        for fault in schedule.faults:
            at = self._messages if fault.kind in AT_MESSAGES else self._calls
            at[fault.at].append(schedule)

    def begin(self, world: World) -> None:
        """Take the place of the faults of a run in which nothing goes wrong, from here on."""
        self._world = world
        world.calls.faults = _At(self._calls, self._next, Schedule.at_calls)
        world.queues.faults = _At(self._messages, self._next, Schedule.at_messages)
        # What there is by now is not looked at again, and so not copied for each branch.
        gc.collect()
        gc.freeze()

    def tell(self, outcome: explore.Outcome) -> NoReturn:
        """End this copy of the process with what came of its schedule."""
        assert self.told is not None
        assert self._own is not None
        with os.fdopen(self.told, "w") as pipe:
            pipe.write(_report(replace(outcome, schedule=self._own)))
        os._exit(0)

    def _next(self, schedule: Schedule) -> bool:
        """Run a schedule in a copy of the process, if it has not begun yet. True in the copy."""
        if schedule not in self.waiting:
            return False
        del self.waiting[schedule]
        source, target = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(source)
            self._become(schedule, target)
            return True
        os.close(target)
        with os.fdopen(source) as pipe:
            self.found[schedule] = pipe.read()
        _, status = os.waitpid(process, 0)
        if status != 0:
            self.found[schedule] = f"{schedule}\n  VIOLATED: its process ended with {status}"
        return False

    def _become(self, schedule: Schedule, target: int) -> None:
        gc.disable()
        self.told, self._own = target, schedule
        assert self._world is not None
        self._world.calls.faults = schedule.at_calls()
        self._world.queues.faults = schedule.at_messages()


@dataclass(frozen=True, slots=True)
class _At:
    """In place of the faults at calls, or at messages, by their numbers."""

    schedules: Mapping[int, list[Schedule]]
    begin: Callable[[Schedule], bool]
    faults: Callable[[Schedule], Mapping[int, Kind]]

    def get(self, number: int) -> Kind | None:
        """The fault there of the copy that begins with it; None in the process itself."""
        for schedule in self.schedules.get(number, ()):
            if self.begin(schedule):
                return self.faults(schedule).get(number)
        return None
