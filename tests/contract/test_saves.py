"""Saves and collections, in memory and on DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.domain.errors import Conflict, LimitReached
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.saves import Collection, Save
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.limits import plenty_but

ADA, BOB = samples.user_id(1), samples.user_id(2)
POSTS = [samples.post(number=number).id for number in range(1, 5)]
LAKES = Collection(samples.user_id(50), "Lakes", START)
SEAS = Collection(samples.user_id(51), "Seas", START + timedelta(hours=1))


def _ulid(number: int) -> str:
    return ulid(START + timedelta(seconds=number), number)


def test_the_last_saved_is_the_first_of_the_list(store: Store) -> None:
    for number, index in enumerate((2, 0, 3, 1)):
        assert store.saves.save(ADA, POSTS[index], _ulid(number))
    assert not store.saves.save(ADA, POSTS[2], _ulid(9)), "saved already"
    # What was read before the second is out of date.
    assert [store.saves.save(BOB, POSTS[0], _ulid(9), left={}) for _ in range(2)] == [True, False]
    saved = [POSTS[index] for index in (1, 3, 0, 2)]
    assert [save.post_id for save in store.saves.saved(ADA)] == saved
    for _ in range(2):
        store.saves.unsave(ADA, POSTS[3])
    assert store.saves.save(ADA, POSTS[2], _ulid(9)) is False
    assert [save.post_id for save in store.saves.saved(ADA)] == [POSTS[i] for i in (1, 0, 2)]
    read = store.viewing.read(Viewer(ADA), Wanted(posts=POSTS))
    assert read.saved == {POSTS[0], POSTS[1], POSTS[2]}
    assert not read.liked
    assert store.viewing.read_now(Viewer(BOB), Wanted(posts=POSTS[:1])).saved == {POSTS[0]}


def test_saves_are_limited_and_repetitions_are_free(store: Store) -> None:
    limits = plenty_but(likes=Allowance(2, 60))

    def save(index: int, seconds: int = 0, collection: str | None = None) -> bool:
        spending = limits.spending(ADA, START + timedelta(seconds=seconds), likes=1)
        return store.saves.save(ADA, POSTS[index], _ulid(seconds), spending, collection)

    assert [save(0), save(0), save(0, 0, LAKES.id), save(0, 0, LAKES.id)] == [
        True,
        False,
        True,
        False,
    ]
    with pytest.raises(LimitReached):
        save(1, 1)
    assert len(store.saves.saved(ADA)) == 1
    assert save(1, 60)


def test_collections_are_made_renamed_and_removed(store: Store) -> None:
    assert store.saves.create_collection(ADA, LAKES)
    assert not store.saves.create_collection(ADA, LAKES)
    assert store.saves.create_collection(ADA, SEAS)
    assert store.saves.collections(ADA) == [SEAS, LAKES]
    assert store.saves.collections(BOB) == []
    assert store.saves.rename_collection(ADA, LAKES.id, "Ponds")
    assert not store.saves.rename_collection(BOB, LAKES.id, "Ponds")
    with pytest.raises(Conflict):
        store.saves.rename_collection(ADA, LAKES.id, "SEAS")
    assert store.saves.rename_collection(ADA, LAKES.id, "PONDS")
    assert store.saves.rename_collection(ADA, LAKES.id, "Ponds")
    assert not store.saves.create_collection(
        ADA, replace(LAKES, id=samples.user_id(52), name="pOnds")
    )
    assert [one.name for one in store.saves.collections(ADA)] == ["Seas", "Ponds"]
    for _ in range(2):
        store.saves.delete_collection(ADA, LAKES.id)
    assert store.saves.collections(ADA) == [SEAS]


def test_a_post_is_in_collections_as_long_as_it_is_saved(store: Store) -> None:
    for collection in (LAKES, SEAS):
        store.saves.create_collection(ADA, collection)
    store.saves.save(ADA, POSTS[0], _ulid(0), collection_id=LAKES.id)
    store.saves.save(ADA, POSTS[0], _ulid(1), collection_id=SEAS.id)
    store.saves.save(ADA, POSTS[1], _ulid(2))
    store.saves.save(ADA, POSTS[1], _ulid(3), collection_id=SEAS.id)
    assert store.saves.saved(ADA) == [
        Save(POSTS[1], _ulid(2), (SEAS.id,)),
        Save(POSTS[0], _ulid(0), (LAKES.id, SEAS.id)),
    ]
    for _ in range(2):
        store.saves.take_out(ADA, POSTS[1], SEAS.id)
        store.saves.take_out(ADA, POSTS[3], SEAS.id)
    store.saves.delete_collection(ADA, LAKES.id)
    assert store.saves.saved(ADA) == [
        Save(POSTS[1], _ulid(2)),
        Save(POSTS[0], _ulid(0), (SEAS.id,)),
    ]
    store.saves.unsave(ADA, POSTS[0])
    store.saves.save(ADA, POSTS[0], _ulid(4))
    assert store.saves.saved(ADA)[0] == Save(POSTS[0], _ulid(4))


def test_a_name_is_free_again_when_its_collection_has_another_or_is_gone(store: Store) -> None:
    later = replace(LAKES, id=samples.user_id(52))
    store.saves.create_collection(ADA, LAKES)
    store.saves.save(ADA, POSTS[0], _ulid(0), collection_id=LAKES.id)
    store.saves.rename_collection(ADA, LAKES.id, "Seas")
    assert store.saves.create_collection(ADA, later)
    store.saves.delete_collection(ADA, LAKES.id)
    assert store.saves.create_collection(ADA, SEAS)
    assert set(map(_id, store.saves.collections(ADA))) == {later.id, SEAS.id}
    assert [save.collections for save in store.saves.saved(ADA)] == [()]


def _id(collection: Collection) -> str:
    return collection.id
