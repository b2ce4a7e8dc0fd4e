"""Allowances: what a user may do at once, and in the course of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import schema
from shutterfeed.bootstrap.limits import limits_of
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.lanes import UPLOAD_CHARGE, transcoding_charge
from shutterfeed.domain.limits import (
    Allowance,
    Charge,
    Limited,
    charged,
    microseconds,
    reached,
    wait,
)
from shutterfeed.domain.media import Medium
from shutterfeed.domain.retention import ALLOWANCES_RETENTION
from tests.limits import PLENTY, plenty_but, setting

NOW = 1_770_000_000_000_000
HOUR = 3_600_000_000
allowances = st.builds(Allowance, st.integers(1, 10_000), st.integers(1, 10**12))
charges = st.builds(
    Charge, st.just("posts"), st.integers(1, 20_000), allowances, overdraws=st.booleans()
)
moments = st.integers(0, 2 * NOW)


def _spend(full_at: int, now: int, charge: Charge) -> int:
    """The allowance after an attempt."""
    return full_at if wait(full_at, now, charge) else charged(full_at, now, charge)


def test_so_much_at_once_and_then_as_it_flows_in() -> None:
    charge = Charge("posts", 1, Allowance(3, 60))
    full_at, passed = 0, []
    for second in range(0, 200, 20):
        now = NOW + second * 1_000_000
        while not wait(full_at, now, charge):
            full_at = charged(full_at, now, charge)
            passed.append(second)
    assert passed == [0, 0, 0, 60, 120, 180]


@given(moments, moments, charges)
def test_whoever_waits_as_long_as_told_may_act_and_not_a_moment_earlier(
    full_at: int, now: int, charge: Charge
) -> None:
    delay = wait(full_at, now, charge)
    assert wait(full_at, now + delay, charge) == 0
    if delay:
        assert wait(full_at, now + delay - 1, charge) == 1


@given(allowances, st.integers(1, 20_000))
def test_every_action_is_possible_with_a_full_bucket(allowance: Allowance, tokens: int) -> None:
    for overdraws in (False, True):
        assert wait(NOW, NOW, Charge("bytes", tokens, allowance, overdraws=overdraws)) == 0


@given(allowances, st.lists(st.tuples(st.integers(0, HOUR), st.integers(1, 100)), max_size=40))
def test_nobody_gets_more_than_the_bucket_and_what_flowed_in(
    allowance: Allowance, attempts: list[tuple[int, int]]
) -> None:
    """The arithmetic is exact over any stretch of time."""
    now, full_at = NOW, 0
    spent: list[tuple[int, int]] = []
    for pause, tokens in attempts:
        now += pause
        charge = Charge("posts", min(tokens, allowance.at_once), allowance)
        if not wait(full_at, now, charge):
            full_at = charged(full_at, now, charge)
            spent.append((now, charge.tokens))
    for start in range(len(spent)):
        for end in range(start, len(spent)):
            elapsed = spent[end][0] - spent[start][0]
            taken = sum(tokens for _, tokens in spent[start : end + 1])
            # Prices are rounded up, the bucket's size too: by less than a token.
            assert (taken - allowance.at_once) * HOUR <= (elapsed + 1) * allowance.per_hour + HOUR


@given(moments, st.lists(charges, min_size=2, max_size=6), st.randoms())
def test_charges_that_all_fit_give_the_same_in_any_order(
    full_at: int, made: list[Charge], chance: object
) -> None:
    shuffled = [*made]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    results = []
    for order in (made, shuffled):
        after = full_at
        for charge in order:
            after = charged(after, NOW, charge)
        results.append(after)
    assert results[0] == results[1]


@given(moments, moments, charges)
def test_what_is_refused_costs_nothing_and_what_is_allowed_costs_its_price(
    full_at: int, now: int, charge: Charge
) -> None:
    after = _spend(full_at, now, charge)
    if wait(full_at, now, charge):
        assert after == full_at
    else:
        assert after - max(full_at, now) == charge.price > 0


@given(moments, charges, charges)
def test_another_charge_in_between_never_shortens_a_wait(
    full_at: int, first: Charge, second: Charge
) -> None:
    assert wait(_spend(full_at, NOW, first), NOW, second) >= wait(full_at, NOW, second)


def test_an_overdraft_is_paid_back_before_anything_else() -> None:
    charge = Charge("work", 450, Allowance(60, 1_800), overdraws=True)
    assert wait(0, NOW, charge) == 0
    after = charged(0, NOW, charge)
    seconds = wait(after, NOW, charge) / 1_000_000
    # Twice as long as it takes, without what may be taken at once.
    assert round(seconds) == 2 * (450 - 60)


def test_an_instant_is_exact_to_the_microsecond() -> None:
    instants = [datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(microseconds=n) for n in range(5)]
    assert {b - a for a, b in pairwise(map(microseconds, instants))} == {1}


def _video(seconds: int) -> Medium:
    return Medium(
        "m", "video/mp4", seconds * 1_000_000, "0", width=1920, height=1080,
        duration_ms=seconds * 1_000,
    )  # fmt: skip


def test_the_longest_video_takes_its_first_share_and_short_ones_several() -> None:
    now = NOW
    assert wait(0, now, transcoding_charge(_video(180))) == 0
    full_at, shorts = 0, 0
    while not wait(full_at, now, transcoding_charge(_video(10))):
        full_at, shorts = charged(full_at, now, transcoding_charge(_video(10))), shorts + 1
    assert shorts == 4
    gif = Medium("m", "image/gif", 1_000_000, "0")
    assert transcoding_charge(gif).tokens == 10


def test_shares_are_full_again_before_they_are_forgotten() -> None:
    longest = transcoding_charge(_video(180))
    for charge in (UPLOAD_CHARGE, longest):
        empty_for = charge.furthest + charge.price
        assert timedelta(microseconds=empty_for) < ALLOWANCES_RETENTION


def _reached(seconds: int, limited: Limited = Limited.POSTS) -> str:
    return reached(limited, seconds * 1_000_000).message


def test_how_long_to_wait_is_told_in_words() -> None:
    told = [_reached(s) for s in (1, 2, 60, 61, 3600, 3601, 7200)]
    durations = [text.rpartition("again in ")[2] for text in told]
    assert durations == [
        *("1 second.", "2 seconds.", "60 seconds.", "2 minutes.", "60 minutes."),
        *("2 hours.", "2 hours."),
    ]
    assert len({_reached(1, limited) for limited in Limited}) == len(Limited)
    assert reached(Limited.POSTS, 1).retry_after == 1, "never zero"


def test_the_longest_wait_counts() -> None:
    limits = plenty_but(posts=Allowance(1, 60), bytes=Allowance(1, 3_600))
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    spending = limits.spending("ada", now, posts=1, bytes=1)
    spending.check({})
    known = {c.name: charged(0, microseconds(now), c) for c in spending.charges}
    with pytest.raises(LimitReached) as refused:
        spending.check(known)
    assert (refused.value.limit, refused.value.retry_after) == ("posts", 60)


def test_the_settings_name_every_kind_of_action() -> None:
    assert set(schema.LIMITS) == {limited.value for limited in Limited}
    assert limits_of(setting(PLENTY)) == PLENTY
