"""Who is a regular reader, to whom posts are pushed, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shutterfeed.domain.delivery import FeedPolicy

POLICY = FeedPolicy(
    celebrity_followers=1_000,
    active_days=30,
    regular_after_days=1,
    snapshot_posts=100,
)
TODAY = date(2026, 5, 4)
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("active_days", "days_ago", "regular"),
    [
        (30, 0, False),
        (30, 1, True),
        (30, 30, True),
        (30, 31, False),
        (1, 1, True),
        (1, 2, False),
    ],
)
def test_a_regular_reader_comes_on_two_days_within_the_active_ones(
    active_days: int, days_ago: int, regular: bool
) -> None:
    policy = replace(POLICY, active_days=active_days)
    assert policy.is_regular(TODAY - timedelta(days=days_ago), TODAY) is regular


def test_nobody_is_a_regular_reader_on_their_first_day_unless_all_are() -> None:
    assert not POLICY.is_regular(None, TODAY)
    assert replace(POLICY, regular_after_days=0).is_regular(None, TODAY)


def test_pushing_is_prolonged_after_half_of_the_time() -> None:
    until = POLICY.pushed_until(NOW)
    assert not POLICY.renewal_due(until, NOW + timedelta(days=15))
    assert POLICY.renewal_due(until, NOW + timedelta(days=15, seconds=1))


def test_a_feed_is_settled_an_hour_after_pushing_began_until_it_ends() -> None:
    until = POLICY.pushed_until(NOW)
    assert not POLICY.is_settled(None, NOW)
    assert not POLICY.is_settled(until, NOW)
    assert not POLICY.is_settled(until, NOW + timedelta(hours=1))
    assert POLICY.is_settled(until, NOW + timedelta(hours=1, seconds=1))
    assert POLICY.is_settled(until, until - timedelta(seconds=1))
    assert not POLICY.is_settled(until, until)
