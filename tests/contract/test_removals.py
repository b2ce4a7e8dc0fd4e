"""What may be removed within an hour has a limit."""

from __future__ import annotations

from datetime import timedelta

from shutterfeed import keys
from tests.contract.conftest import Store
from tests.fakes.system import START


def test_an_hour_has_its_share_and_the_next_one_again(store: Store) -> None:
    late = START + timedelta(minutes=59, seconds=59)
    taken = [store.removals.take(at) for at in (START, late, START, late, START)]
    assert taken == [True, True, True, False, False]
    assert store.removals.take(START + timedelta(hours=1))
    assert keys.removals(START) != keys.removals(START + timedelta(days=1))
