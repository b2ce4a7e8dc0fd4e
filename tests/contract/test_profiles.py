"""Profiles and their handles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed.domain.errors import Busy
from shutterfeed.ports import HandleTaken
from tests import samples
from tests.contract.conftest import Store


def test_a_created_profile_is_found_by_id_and_handle(store: Store) -> None:
    profile = samples.profile(1, "ada")
    assert store.profiles.create(profile)
    assert store.profiles.get(profile.user_id) == profile
    assert store.profiles.id_of("ada") == profile.user_id


def test_nobody_is_found_where_nobody_is(store: Store) -> None:
    assert store.profiles.get(samples.user_id(1)) is None
    assert store.profiles.id_of("ada") is None
    assert store.profiles.get_many([samples.user_id(1)]) == {}
    assert store.profiles.get_many([]) == {}


def test_creating_a_profile_again_changes_nothing(store: Store) -> None:
    profile = samples.profile(1, "ada")
    store.profiles.create(profile)
    assert not store.profiles.create(profile)
    assert not store.profiles.create(replace(profile, handle="bob"))
    assert store.profiles.get(profile.user_id) == profile
    assert store.profiles.id_of("bob") is None


def test_a_handle_has_one_holder_and_the_second_gets_no_profile(store: Store) -> None:
    store.profiles.create(samples.profile(1, "ada"))
    with pytest.raises(HandleTaken):
        store.profiles.create(samples.profile(2, "ada"))
    assert store.profiles.id_of("ada") == samples.user_id(1)
    assert store.profiles.get(samples.user_id(2)) is None


def test_editing_changes_what_is_given_and_nothing_else(store: Store) -> None:
    profile = samples.profile(1)
    store.profiles.create(profile)
    store.profiles.edit(profile.user_id, "Ada", None)
    store.profiles.edit(profile.user_id, None, "Mathematics")
    expected = replace(profile, display_name="Ada", bio="Mathematics")
    assert store.profiles.get(profile.user_id) == expected
    store.profiles.edit(profile.user_id, "", None)
    assert store.profiles.get(profile.user_id) == replace(expected, display_name="")


def test_editing_nothing_leaves_everything(store: Store) -> None:
    profile = samples.profile(1)
    store.profiles.create(profile)
    store.profiles.edit(profile.user_id, None, None)
    assert store.profiles.get(profile.user_id) == profile


def test_editing_nobody_makes_nobody(store: Store) -> None:
    with pytest.raises(store.refusal):
        store.profiles.edit(samples.user_id(1), "Ada", None)
    assert store.profiles.get(samples.user_id(1)) is None


def test_renaming_frees_the_old_handle_for_others(store: Store) -> None:
    profile = samples.profile(1, "ada")
    store.profiles.create(profile)
    store.profiles.rename(profile.user_id, "ada", "lovelace")
    assert store.profiles.get(profile.user_id) == replace(profile, handle="lovelace")
    assert store.profiles.id_of("lovelace") == profile.user_id
    assert store.profiles.id_of("ada") is None
    assert store.profiles.create(samples.profile(2, "ada"))


def test_renaming_to_anothers_handle_changes_nothing(store: Store) -> None:
    store.profiles.create(samples.profile(1, "ada"))
    store.profiles.create(samples.profile(2, "bob"))
    with pytest.raises(HandleTaken):
        store.profiles.rename(samples.user_id(1), "ada", "bob")
    assert store.profiles.get(samples.user_id(1)) == samples.profile(1, "ada")
    assert store.profiles.id_of("ada") == samples.user_id(1)
    assert store.profiles.id_of("bob") == samples.user_id(2)


def test_of_two_renamings_at_once_the_later_claims_nothing(store: Store) -> None:
    store.profiles.create(samples.profile(1, "ada"))
    store.profiles.rename(samples.user_id(1), "ada", "first")
    with pytest.raises(Busy):
        store.profiles.rename(samples.user_id(1), "ada", "second")
    assert store.profiles.id_of("second") is None
    assert store.profiles.id_of("first") == samples.user_id(1)


def test_renaming_away_from_a_handle_that_is_now_anothers_leaves_it_to_them(store: Store) -> None:
    store.profiles.create(samples.profile(1, "ada"))
    store.profiles.rename(samples.user_id(1), "ada", "lovelace")
    store.profiles.create(samples.profile(2, "ada"))
    with pytest.raises(Busy):
        store.profiles.rename(samples.user_id(1), "ada", "third")
    assert store.profiles.id_of("ada") == samples.user_id(2)
    assert store.profiles.id_of("third") is None


def test_more_profiles_than_one_batch_holds_are_read_at_once(store: Store) -> None:
    existing = [samples.profile(number) for number in range(0, 130, 5)]
    for profile in existing:
        store.profiles.create(profile)
    wanted = [samples.user_id(number) for number in range(130)]
    found = store.profiles.get_many([*wanted, *wanted[:10]])
    assert found == {profile.user_id: profile for profile in existing}


def test_popularity_is_noted_if_it_is_still_what_it_was(store: Store) -> None:
    profile = samples.profile(1)
    store.profiles.create(profile)
    store.profiles.spread_followers(profile.user_id, 4)
    found = None
    for old, new, noted in ((1, 9, 0), (0, 3, 3), (0, 9, 3), (2, 9, 3), (3, 0, 0), (0, 2, 2)):
        store.profiles.note_popularity(profile.user_id, old, new)
        found = store.profiles.get(profile.user_id)
        assert found == replace(profile, popularity=noted, follower_shards=4)
    assert found is not None
    assert found.revision == 3


def test_nobodys_popularity_makes_nobody(store: Store) -> None:
    store.profiles.note_popularity(samples.user_id(1), 0, 1)
    assert store.profiles.get(samples.user_id(1)) is None
