"""Identifiers: they sort by time, and only what was made is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.ids import (
    MalformedId,
    PostId,
    first_ulid,
    id_number,
    is_ulid,
    random_id,
    ulid,
    ulid_time,
)
from tests import strategies

RANDOM_BITS = st.integers(0, 2**80 - 1)


def test_a_ulid_is_the_one_the_specification_gives() -> None:
    at = datetime.fromtimestamp(1469918176.385, UTC)
    assert ulid(at, 0).startswith("01ARYZ6S41")
    assert ulid(datetime.fromtimestamp(0, UTC), 0) == "0" * 26
    assert ulid(datetime.fromtimestamp(0, UTC), 31) == "0" * 25 + "Z"


@given(strategies.instants, RANDOM_BITS)
def test_no_ulid_of_an_instant_is_below_its_first(at: datetime, randomness: int) -> None:
    assert first_ulid(at) <= ulid(at, randomness) < first_ulid(at + timedelta(milliseconds=2))
    assert first_ulid(datetime.min.replace(tzinfo=UTC)) == "0" * 26


@given(strategies.instants, RANDOM_BITS)
def test_the_instant_of_a_ulid_is_read_back(at: datetime, randomness: int) -> None:
    text = ulid(at, randomness)
    assert is_ulid(text)
    assert abs(ulid_time(text) - at) <= timedelta(milliseconds=1)


@given(strategies.instants, strategies.instants, RANDOM_BITS, RANDOM_BITS)
def test_ulids_sort_by_time_whatever_their_randomness(
    one: datetime, other: datetime, first: int, second: int
) -> None:
    if abs(one - other) > timedelta(milliseconds=1):
        assert (ulid(one, first) < ulid(other, second)) == (one < other)


@given(RANDOM_BITS, RANDOM_BITS)
def test_only_80_bits_of_randomness_are_used(one: int, other: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert ulid(at, one | other << 80) == ulid(at, one)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 25,
        "0" * 27,
        "8" + "0" * 25,
        "0" * 25 + "I",
        "0" * 25 + "L",
        "0" * 25 + "O",
        "0" * 25 + "U",
        "0" * 25 + "a",
        "0" * 26 + "\n",
        " " + "0" * 25,
        "\u0660" * 26,
    ],
)
def test_what_is_no_ulid_is_not_taken_for_one(text: str) -> None:
    assert not is_ulid(text)
    with pytest.raises(MalformedId):
        ulid_time(text)


@given(st.integers(0, 2**128 - 1))
def test_the_bits_of_an_id_are_read_back(number: int) -> None:
    assert id_number(random_id(number)) == number


@given(strategies.post_ids)
def test_a_post_id_is_read_back_from_its_text(post_id: PostId) -> None:
    assert PostId.parse(str(post_id)) == post_id


@given(strategies.ulids, strategies.ulids)
def test_nothing_else_is_taken_for_a_post_id(author: str, own: str) -> None:
    for text in (
        author,
        f"{author}-",
        f"-{own}",
        f"{author}{own}",
        f"{author}_{own}",
        f"{author}-{own}-{own}",
        f"{author.lower()}_-{own}",
        f"{author}-{own}\n",
        f"{author}-{own[:-1]}u",
    ):
        with pytest.raises(MalformedId):
            PostId.parse(text)
