"""Schedules that share what comes before their first fault come to the same as one by one."""

from __future__ import annotations

from itertools import islice
from typing import Final

import pytest

from tests.exploration.branching import reports
from tests.exploration.explore import run
from tests.exploration.faults import Fault, Kind, Schedule
from tests.exploration.machinery import machinery
from tests.exploration.mutants import MUTANTS

(MUTANT,) = (
    mutant for mutant in MUTANTS if mutant.name == "mark_that_does_not_look_whether_it_still_stands"
)
NAME: Final = MUTANT.scenario
BEYOND: Final = Schedule(NAME, (Fault(Kind.THROTTLED, 5_000),))


@pytest.mark.slow
def test_many_schedules_come_to_the_same_as_one_by_one() -> None:
    with machinery() as made:
        plain = run(made, Schedule(NAME))
        finders = list(islice(MUTANT.finders(plain), 3))
        late = Schedule(NAME, (Fault(Kind.TTL_LATE),))
        pair = Schedule(NAME, (*finders[0].faults, Fault(Kind.TWICE, 2)))
        schedules = [*finders, late, pair, BEYOND]
        with MUTANT.apply():
            together = reports(made, NAME, schedules)
            outcomes = [run(made, schedule) for schedule in schedules]
    assert together == {o.schedule: str(o) if o.violations else "" for o in outcomes}
    assert any(together.values()), "the mutant is found"
    assert not together[BEYOND]
