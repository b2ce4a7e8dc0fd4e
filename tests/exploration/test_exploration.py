"""A slice of all schedules, the same in every run; `make bench B=faults` runs every single one."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from tests.exploration.explore import double, run, singles
from tests.exploration.faults import Fault, Kind, Schedule
from tests.exploration.machinery import Machinery, machinery
from tests.exploration.scenarios import SCENARIOS

SINGLES: Final = 2
DOUBLES: Final = 1
"""The numbers of schedules for each scenario. With the mutants they take about a minute of one
core."""


@pytest.fixture(scope="module")
def made() -> Iterator[Machinery]:
    with machinery() as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_all_is_well_at_rest_and_long_after_whatever_goes_wrong(made: Machinery, name: str) -> None:
    plain = run(made, Schedule(name))
    assert not plain.violations, str(plain)
    assert plain.calls, "a scenario in which nothing is called shows nothing"
    chance = Random(name)
    schedules = chance.sample(list(singles(plain)), SINGLES)
    schedules += [double(plain, chance) for _ in range(DOUBLES)]
    outcomes = [run(made, schedule) for schedule in schedules]
    wrong = [str(outcome) for outcome in outcomes if outcome.violations]
    assert not wrong, "\n".join(wrong)


def test_a_schedule_repeated_is_the_same_run(made: Machinery) -> None:
    schedule = Schedule("publish_a_photo", (Fault(Kind.OVERTAKEN, 9), Fault(Kind.LATE, 3)))
    first, second = run(made, schedule), run(made, schedule)
    assert list(map(str, first.calls)) == list(map(str, second.calls))
    assert first.happened == second.happened
    assert len(first.happened) == 1, "the fault at a call; messages are not told"


def test_every_kind_of_fault_occurs_among_the_single_ones(made: Machinery) -> None:
    plain = run(made, Schedule("follow_while_publishing"))
    assert {fault.kind for s in singles(plain) for fault in s.faults} == set(Kind)


def test_a_schedule_is_read_as_it_is_printed() -> None:
    schedule = Schedule("publish_a_photo", (Fault(Kind.SUSPENDED, 7), Fault(Kind.POISONED, 2)))
    assert str(schedule) == "publish_a_photo suspended@7 poisoned@2"
    assert Schedule.parse(str(schedule)) == schedule
