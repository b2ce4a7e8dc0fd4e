"""How well a number tells two kinds apart, as the benchmark of dedup's timing measures it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.rank import distinguishability

values = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=20)


def test_what_is_always_greater_or_always_less_tells_all() -> None:
    assert distinguishability([1.0, 2.0], [3.0, 4.0, 5.0]) == 1
    assert distinguishability([3.0, 4.0, 5.0], [1.0, 2.0]) == 1


def test_what_is_the_same_tells_nothing() -> None:
    assert distinguishability([7.0, 7.0], [7.0]) == 0.5
    assert distinguishability([1.0, 4.0], [2.0, 3.0]) == 0.5


@given(values, values)
def test_it_is_the_share_of_pairs_in_which_one_is_greater(a: list[float], b: list[float]) -> None:
    wins = sum((x > y) + (x == y) / 2 for x in a for y in b) / (len(a) * len(b))
    assert distinguishability(a, b) == pytest.approx(max(wins, 1 - wins))


def test_a_delay_of_half_the_spread_is_seen_in_500_of_each() -> None:
    chance = random.Random(1)
    some = [chance.gauss(1.0, 0.2) for _ in range(500)]
    others = [chance.gauss(1.1, 0.2) for _ in range(500)]
    assert distinguishability(some, others) > 0.55
