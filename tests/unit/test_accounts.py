"""Accounts at the identity provider, and the public ids of their users."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.accounts import subject_of, user_id_of
from shutterfeed.domain.ids import MalformedId, id_number, is_ulid, random_id

KEY, OTHER_KEY = b"k" * 32, b"l" * 32


@given(st.uuids(), st.uuids())
def test_every_account_has_a_user_id_of_its_own(one: UUID, other: UUID) -> None:
    user_id = user_id_of(str(one), KEY)
    assert is_ulid(user_id)
    assert (user_id == user_id_of(str(other), KEY)) == (one == other)


@given(st.uuids())
def test_with_the_key_an_operator_gets_back_to_the_account(subject: UUID) -> None:
    assert subject_of(user_id_of(str(subject), KEY), KEY) == str(subject)


@given(st.uuids())
def test_without_the_key_a_user_id_does_not_tell_its_account(subject: UUID) -> None:
    user_id = user_id_of(str(subject), KEY)
    assert user_id != random_id(subject.int)
    assert user_id != user_id_of(str(subject), OTHER_KEY)
    assert subject_of(user_id, OTHER_KEY) != str(subject)


def test_accounts_that_differ_in_one_bit_have_ids_that_differ_in_about_half() -> None:
    ids = [id_number(user_id_of(str(UUID(int=1 << bit)), KEY)) for bit in range(128)]
    for one, other in itertools.pairwise(ids):
        assert 32 < (one ^ other).bit_count() < 96


def test_the_user_id_of_an_account_does_not_depend_on_how_its_uuid_is_spelled() -> None:
    subject = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    assert user_id_of(subject, KEY) == user_id_of(subject.upper(), KEY)


def test_user_ids_stay_as_they_are() -> None:
    """If they were computed in any other way, every account would belong to a new user."""
    assert user_id_of("3f2504e0-4f89-41d3-9a0c-0305e82c3301", KEY) == "4TFR985PXJ99FES9MXPSBKEYG9"


@pytest.mark.parametrize("subject", ["", "ada", "3f2504e0-4f89-41d3-9a0c"])
def test_a_subject_that_is_no_uuid_has_no_user_id(subject: str) -> None:
    with pytest.raises(MalformedId):
        user_id_of(subject, KEY)


@pytest.mark.parametrize("user_id", ["", "ada", "8" + "0" * 25])
def test_a_text_that_is_no_user_id_has_no_account(user_id: str) -> None:
    with pytest.raises(MalformedId):
        subject_of(user_id, KEY)
