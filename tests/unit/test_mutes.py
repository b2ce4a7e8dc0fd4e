"""Mutes as they are kept: packed, and with their ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.ids import random_id
from shutterfeed.domain.mutes import (
    LATEST_END,
    MAX_MUTES,
    NO_MUTES,
    Mute,
    MutedUsers,
    checked_end,
    parse_moment,
)
from tests.fakes.system import START

SECOND: Final = timedelta(seconds=1)
_IDS: Final = st.integers(0, 2**128 - 1).map(random_id)
_ENDS: Final = st.none() | st.integers(-10, 10).map(lambda hours: START + timedelta(hours=hours))


def _of(ends: dict[str, datetime | None]) -> MutedUsers:
    muted = NO_MUTES
    for user_id, until in ends.items():
        muted = muted.including(Mute(user_id, "handle", START, until))
    return muted


@given(ends=st.dictionaries(_IDS, _ENDS, max_size=20), other=_IDS)
def test_who_is_muted_is_who_was_muted_and_not_only_until_now(
    ends: dict[str, datetime | None], other: str
) -> None:
    muted = _of(ends)
    for user_id in (*ends, other):
        until = ends.get(user_id)
        lasts = user_id in ends and (until is None or until > START)
        assert muted.has(user_id, START) == lasts
        assert muted.lasting(START).has(user_id, START) == lasts
        assert not muted.without(user_id).has(user_id, START)
    assert MutedUsers.unpacked(muted.packed()) == muted


def test_a_mute_for_a_time_is_over_at_its_end() -> None:
    until = START + timedelta(hours=1)
    user_id = random_id(7)
    muted = _of({user_id: until})
    assert muted.has(user_id, until - SECOND)
    assert not muted.has(user_id, until)


def test_all_mutes_that_are_possible_fit_into_an_item_and_250_into_one_read_unit() -> None:
    each = len(_of({random_id(7): None}).packed())
    assert MAX_MUTES * each < 400_000
    assert 250 * each + 100 < 4_096


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (None, None),
        ("2026-05-04T12:00:00Z", START),
        ("2026-05-04T14:00:00+02:00", START),
        ("2026-05-04T12:00:00.25Z", START + timedelta(milliseconds=250)),
    ],
)
def test_a_moment_is_read_in_any_zone(text: str | None, moment: datetime | None) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-05-04",
        "2026-05-04T12:00:00",
        "2026-13-04T12:00:00Z",
        "2026-05-04T12:00:00Z\n",
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_moment(text)
    assert (refused.value.code, refused.value.field) == ("invalid_until", "until")


def test_an_end_is_in_the_future_and_in_whole_seconds() -> None:
    assert checked_end(None, START) is None
    assert checked_end(START + timedelta(microseconds=1), START) == START + SECOND
    last = datetime(2099, 12, 31, tzinfo=UTC)
    assert checked_end(last, START) == last
    for until in (START, START - SECOND, LATEST_END, datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(InvalidInput) as refused:
            checked_end(until, START)
        assert (refused.value.code, refused.value.field) == ("until_out_of_range", "until")
