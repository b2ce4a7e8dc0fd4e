"""Profiles and their handles."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import at_once
from shutterfeed.domain.users import HANDLE_REST, MentionsFrom, SensitiveView
from shutterfeed.ports.profiles import HandleTaken
from tests import samples
from tests.contract.conftest import Store, people, store_of
from tests.fakes.system import START


def test_a_created_profile_is_found_by_id_and_handle(store: Store) -> None:
    profile = samples.profile(1, "ada")
    assert store.profiles.create(profile)
    assert store.profiles.get(profile.user_id) == profile
    assert store.profiles.id_of("ada") == profile.user_id


def test_many_are_found_by_their_handles_at_once(store: Store) -> None:
    for number, handle in ((1, "ada"), (2, "bob"), (3, "cy")):
        store.profiles.create(samples.profile(number, handle))
    store.profiles.rename(samples.user_id(3), "cy", "cyrus", START)
    handles = ["ada", "bob", "cy", "cyrus", "nobody", "ada"]
    ids = {"ada": samples.user_id(1), "bob": samples.user_id(2), "cyrus": samples.user_id(3)}
    assert store.profiles.ids_of(handles) == ids
    assert store.profiles.ids_of([]) == {}


def test_nobody_is_found_where_nobody_is(store: Store) -> None:
    assert store.profiles.get(samples.user_id(1)) is None
    assert store.profiles.id_of("ada") is None
    assert people(store, samples.user_id(1)) == {}
    assert people(store) == {}


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


def test_settings_change_each_for_itself(store: Store) -> None:
    profile = samples.profile(1)
    store.profiles.create(profile)
    store.profiles.edit(profile.user_id, None, None, sensitive=SensitiveView.SHOW)
    store.profiles.edit(profile.user_id, None, None, public_page=False)
    store.profiles.edit(profile.user_id, None, None, mentions_from=MentionsFrom.NOBODY)
    store.profiles.edit(profile.user_id, None, None, welcomed=True)
    changed = replace(
        profile,
        sensitive=SensitiveView.SHOW,
        public_page=False,
        mentions_from=MentionsFrom.NOBODY,
        welcomed=True,
    )
    assert store.profiles.get(profile.user_id) == changed
    store.profiles.edit(
        profile.user_id,
        None,
        None,
        sensitive=SensitiveView.BLUR,
        public_page=True,
        mentions_from=MentionsFrom.EVERYONE,
        welcomed=False,
    )
    assert store.profiles.get(profile.user_id) == profile


def test_editing_nothing_leaves_everything(store: Store) -> None:
    profile = samples.profile(1)
    store.profiles.create(profile)
    store.profiles.edit(profile.user_id, None, None)
    assert store.profiles.get(profile.user_id) == profile


def test_editing_nobody_makes_nobody(store: Store) -> None:
    with pytest.raises(store.refusal):
        store.profiles.edit(samples.user_id(1), "Ada", None)
    assert store.profiles.get(samples.user_id(1)) is None


ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))
RESTED = START + HANDLE_REST
MOMENT_BEFORE = RESTED - timedelta(seconds=1)


def _rename(store: Store, user_id: str, old: str, new: str, at: datetime = START) -> bool:
    profile = store.profiles.get(user_id)
    before = profile.renamed_at if profile else ()
    return store.profiles.rename(user_id, old, new, at, before)


@pytest.fixture
def renamed(store: Store) -> Store:
    """Ada was called "ada" and is "lovelace" from the start on; Bob and Cy are others."""
    for number, handle in ((1, "ada"), (2, "bob"), (3, "cy")):
        store.profiles.create(samples.profile(number, handle))
    assert _rename(store, ADA, "ada", "lovelace")
    return store


def test_renaming_moves_the_user_and_nobody_is_found_by_the_old_handle(renamed: Store) -> None:
    lovelace = replace(samples.profile(1, "lovelace"), renamed_at=(START,))
    assert renamed.profiles.get(ADA) == renamed.profiles.item(ADA) == lovelace
    assert renamed.profiles.id_of("lovelace") == ADA
    assert renamed.profiles.id_of("ada") is None
    held = {name: renamed.profiles.holder_of(name, START) for name in ("lovelace", "ada", "dot")}
    assert held == {"lovelace": ADA, "ada": ADA, "dot": None}
    assert renamed.profiles.holder_of("ada", MOMENT_BEFORE) == ADA
    assert renamed.profiles.holder_of("ada", RESTED) is None
    assert renamed.profiles.holder_of("lovelace", RESTED) == ADA


def test_a_handle_that_was_given_up_rests_for_others_until_its_last_second(renamed: Store) -> None:
    for at in (START, MOMENT_BEFORE):
        with pytest.raises(HandleTaken):
            _rename(renamed, BOB, "bob", "ada", at)
        with pytest.raises(HandleTaken):
            renamed.profiles.create(replace(samples.profile(4, "ada"), created_at=at))
    assert renamed.profiles.get(BOB) == samples.profile(2, "bob")
    assert renamed.profiles.get(samples.user_id(4)) is None
    assert renamed.profiles.id_of("ada") is None
    assert renamed.expiry(keys.handle("ada")) == int(RESTED.timestamp())


@pytest.mark.parametrize("newcomer", [True, False])
def test_once_it_has_rested_the_first_to_ask_gets_it(renamed: Store, newcomer: bool) -> None:
    # TTL has not come by yet.
    if newcomer:
        first = samples.user_id(4)
        assert renamed.profiles.create(replace(samples.profile(4, "ada"), created_at=RESTED))
    else:
        first = BOB
        assert _rename(renamed, BOB, "bob", "ada", RESTED)
    with pytest.raises(HandleTaken):
        _rename(renamed, CY, "cy", "ada", RESTED)
    with pytest.raises(HandleTaken):
        _rename(renamed, ADA, "lovelace", "ada", RESTED)
    assert renamed.profiles.id_of("ada") == first
    assert renamed.expiry(keys.handle("ada")) is None


@pytest.mark.parametrize("at", [START, MOMENT_BEFORE, RESTED, RESTED + HANDLE_REST])
def test_its_former_owner_takes_it_back_at_any_time(renamed: Store, at: datetime) -> None:
    assert _rename(renamed, ADA, "lovelace", "ada", at)
    assert renamed.profiles.id_of("ada") == ADA
    assert renamed.expiry(keys.handle("ada")) is None
    for later in (at, at + 2 * HANDLE_REST):
        with pytest.raises(HandleTaken):
            _rename(renamed, BOB, "bob", "ada", later)
    # And what it was taken back from rests in its place.
    with pytest.raises(HandleTaken):
        _rename(renamed, BOB, "bob", "lovelace", at)
    assert _rename(renamed, BOB, "bob", "lovelace", at + HANDLE_REST)


def test_every_handle_of_a_quick_sequence_rests_from_when_it_was_given_up_last(
    renamed: Store,
) -> None:
    steps = (("lovelace", "ada"), ("ada", "countess"))
    for minutes, (old, new) in enumerate(steps, start=1):
        assert _rename(renamed, ADA, old, new, START + timedelta(minutes=minutes))
    assert renamed.profiles.id_of("countess") == ADA
    for handle, minutes in (("lovelace", 1), ("ada", 2)):
        rested = RESTED + timedelta(minutes=minutes)
        assert renamed.profiles.id_of(handle) is None
        with pytest.raises(HandleTaken):
            _rename(renamed, BOB, "bob", handle, rested - timedelta(seconds=1))
        assert renamed.expiry(keys.handle(handle)) == int(rested.timestamp())
    assert _rename(renamed, BOB, "bob", "lovelace", RESTED + timedelta(minutes=1))


def test_renaming_to_anothers_handle_changes_nothing(store: Store) -> None:
    store.profiles.create(samples.profile(1, "ada"))
    store.profiles.create(samples.profile(2, "bob"))
    with pytest.raises(HandleTaken):
        _rename(store, ADA, "ada", "bob")
    assert store.profiles.get(samples.user_id(1)) == samples.profile(1, "ada")
    assert store.profiles.id_of("ada") == samples.user_id(1)
    assert store.profiles.id_of("bob") == samples.user_id(2)


def test_of_two_renamings_at_once_the_later_claims_nothing(renamed: Store) -> None:
    assert not _rename(renamed, ADA, "ada", "second")
    assert renamed.profiles.id_of("second") is None
    assert renamed.profiles.id_of("lovelace") == ADA


def test_the_same_renaming_twice_is_one(renamed: Store) -> None:
    assert not _rename(renamed, ADA, "ada", "lovelace", MOMENT_BEFORE)
    assert renamed.profiles.id_of("lovelace") == ADA
    assert renamed.expiry(keys.handle("lovelace")) is None
    assert renamed.expiry(keys.handle("ada")) == int(RESTED.timestamp())


def test_renaming_away_from_a_handle_that_is_now_anothers_leaves_it_to_them(
    renamed: Store,
) -> None:
    assert _rename(renamed, BOB, "bob", "ada", RESTED)
    assert not _rename(renamed, ADA, "ada", "third", RESTED)
    assert renamed.profiles.id_of("ada") == BOB
    assert renamed.profiles.id_of("third") is None


@pytest.mark.parametrize("claimants", [(BOB, CY), (ADA, BOB), (CY, ADA)])
def test_of_several_who_claim_it_in_the_moment_it_is_free_one_gets_it(
    claimants: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    """They claim it at the same time, and only a real database orders that."""
    store = store_of("dynamodb-local", request)
    handles = {ADA: "ada", BOB: "bob", CY: "cy"}
    for number, handle in enumerate(handles.values(), start=1):
        store.profiles.create(samples.profile(number, handle))
    assert _rename(store, ADA, "ada", "lovelace")
    handles[ADA] = "lovelace"
    outcomes = at_once([partial(_claims, store, who, handles[who]) for who in claimants])
    assert sorted(outcomes) == [False, True]
    winner, loser = (claimants[outcomes.index(won)] for won in (True, False))
    assert store.profiles.id_of("ada") == winner
    assert store.profiles.id_of(handles[winner]) is None
    assert store.profiles.id_of(handles[loser]) == loser


def _claims(store: Store, user_id: str, old: str) -> bool:
    try:
        return _rename(store, user_id, old, "ada", RESTED)
    except HandleTaken:
        return False


def test_more_profiles_than_one_batch_holds_are_read_at_once(store: Store) -> None:
    existing = [samples.profile(number) for number in range(0, 130, 5)]
    for profile in existing:
        store.profiles.create(profile)
    wanted = [samples.user_id(number) for number in range(130)]
    found = people(store, *wanted, *wanted[:10])
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


def test_the_renames_that_still_count_are_kept_with_the_profile(renamed: Store) -> None:
    day = timedelta(days=1)
    assert _rename(renamed, ADA, "lovelace", "countess", START + day)
    profile = renamed.profiles.get(ADA)
    assert profile is not None
    assert profile.renamed_at == (START, START + day)
    assert _rename(renamed, ADA, "countess", "ada.l", START + HANDLE_REST)
    profile = renamed.profiles.get(ADA)
    assert profile is not None
    assert profile.renamed_at == (START + day, START + HANDLE_REST)


def test_a_rename_that_does_not_know_of_another_does_nothing(renamed: Store) -> None:
    assert not renamed.profiles.rename(ADA, "lovelace", "countess", START, ())
    assert not renamed.profiles.rename(ADA, "lovelace", "countess", START, (START, START))
    profile = renamed.profiles.get(ADA)
    assert profile is not None
    assert profile.handle == "lovelace"


def test_ended_sessions_are_noted_and_change_nothing_else(renamed: Store) -> None:
    before = renamed.profiles.get(ADA)
    assert before is not None
    renamed.profiles.end_sessions(ADA, MOMENT_BEFORE)
    assert renamed.profiles.get(ADA) == replace(before, sessions_ended_at=MOMENT_BEFORE)
    assert renamed.profiles.item(samples.user_id(9)) is None
    with pytest.raises(renamed.refusal):
        renamed.profiles.end_sessions(samples.user_id(9), START)
