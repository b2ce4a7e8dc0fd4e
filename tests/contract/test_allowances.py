"""What users have left of their allowances, in memory and on DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import DynamoShares
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.limits import Allowance, Charge
from shutterfeed.domain.retention import ALLOWANCES_RETENTION
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.metadata import FakeShares, Metadata
from tests.fakes.system import START

ADA, BOB = samples.user_id(1), samples.user_id(2)
THREE: Final = Charge("uploads", 1, Allowance(3, 60))


def test_a_share_is_used_up_and_flows_in_again(store: Store) -> None:
    def take(seconds: float) -> bool:
        return store.shares.take(ADA, THREE, START + timedelta(seconds=seconds))

    assert [take(0), take(0), take(1), take(2)] == [True, True, True, False]
    assert [take(59.999), take(60), take(60)] == [False, True, False]
    assert [take(3600) for _ in range(4)] == [True, True, True, False]


def test_users_and_kinds_of_work_have_shares_of_their_own(store: Store) -> None:
    other = replace(THREE, name="transcoding")
    taken = [store.shares.take(u, c, START) for c in (THREE, other) for u in (ADA, BOB) * 4]
    assert taken == ([True] * 6 + [False] * 2) * 2


def test_a_share_is_overdrawn_once(store: Store) -> None:
    long = Charge("transcoding", 10, Allowance(3, 60), overdraws=True)
    assert store.shares.take(ADA, long, START)
    assert not store.shares.take(ADA, long, START + timedelta(minutes=7))
    assert store.shares.take(ADA, long, START + timedelta(minutes=7, microseconds=1))


def test_a_clock_that_lags_behind_another_gives_nothing_away(store: Store) -> None:
    ahead = START + timedelta(seconds=5)
    taken = [store.shares.take(ADA, THREE, now) for now in (ahead, START, ahead, START, ahead)]
    assert taken == [True, True, True, False, False]


def test_what_is_left_is_forgotten_once_it_is_full_for_sure(store: Store) -> None:
    store.shares.take(ADA, THREE, START)
    assert store.expiry(keys.shares(ADA)) == int((START + ALLOWANCES_RETENTION).timestamp())


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 4), st.booleans()), max_size=12))
def test_dynamodb_decides_as_the_arithmetic_does(
    tables: Tables, attempts: list[tuple[int, int, bool]]
) -> None:
    user_id = samples.user_id(next(_USERS))
    real, model = DynamoShares(tables.metadata), FakeShares(Metadata())
    now = START
    for pause, tokens, overdraws in attempts:
        now += timedelta(seconds=pause)
        charge = Charge("uploads", tokens, Allowance(3, 60), overdraws=overdraws)
        assert real.take(user_id, charge, now) is model.take(user_id, charge, now)


_USERS = iter(range(100, 10_000))


@pytest.mark.parametrize("others", range(5))
def test_others_may_charge_between_any_two_steps(tables: Tables, others: int) -> None:
    """`number` of them happen just before the first write, and again before each other one."""
    inner = DynamoShares(tables.metadata)
    rushed = DynamoShares(_Rushed(tables.metadata, lambda: inner.take(ADA, THREE, START), others))  # type: ignore[arg-type]
    taken = [rushed.take(ADA, THREE, START) for _ in range(4)]
    # Three in all, whoever was first.
    assert taken.count(True) == max(0, 3 - others)


class _Rushed:
    """A table before whose writes others make theirs."""

    def __init__(self, table: Table, rush: Any, times: int) -> None:
        self._table, self._rush, self._times = table, rush, times

    def get(self, *args: Any) -> Any:
        return self._table.get(*args)

    def write(self, write: Any) -> Any:
        times, self._times = self._times, 0
        for _ in range(times):
            self._rush()
        return self._table.write(write)
