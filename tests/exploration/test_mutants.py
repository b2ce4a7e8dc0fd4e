"""The exploration is worth what it finds: faults put into the code on purpose are found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import pytest

from tests.exploration.explore import run
from tests.exploration.faults import Schedule
from tests.exploration.machinery import Machinery, machinery
from tests.exploration.mutants import MUTANTS, Mutant

MOST_TRIES: Final = 12


@pytest.fixture(scope="module")
def made() -> Iterator[Machinery]:
    with machinery() as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("mutant", [pytest.param(m, id=m.name) for m in MUTANTS])
def test_a_mutant_is_found_by_a_few_schedules(made: Machinery, mutant: Mutant) -> None:
    plain = run(made, Schedule(mutant.scenario))
    finders = list(islice(mutant.finders(plain), MOST_TRIES))
    with mutant.apply():
        found = next((s for s in finders if run(made, s).violations), None)
    assert found is not None, f"none of {len(finders)} schedules finds it"
    healthy = run(made, found)
    assert not healthy.violations, str(healthy)
