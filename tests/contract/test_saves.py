"""Saves and collections, in memory and on DynamoDB."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.saves import Collection, Save, new_collection_id
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.limits import plenty_but

ADA, BOB = samples.user_id(1), samples.user_id(2)
POSTS = [samples.post(number=number).id for number in range(1, 5)]
LAKES = Collection(new_collection_id(ADA, "Lakes", ()), "Lakes", START)
SEAS = Collection(new_collection_id(ADA, "Seas", ()), "Seas", START + timedelta(hours=1))


def _ulid(number: int) -> str:
    return ulid(START + timedelta(seconds=number), number)


def test_the_last_saved_is_the_first_of_the_list(store: Store) -> None:
    for number, index in enumerate((2, 0, 3, 1)):
        assert store.saves.save(ADA, POSTS[index], _ulid(number))
    assert not store.saves.save(ADA, POSTS[2], _ulid(9)), "saved already"
    store.saves.save(BOB, POSTS[0], _ulid(9))
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


def test_a_collection_has_the_id_of_its_name_unless_that_is_taken() -> None:
    assert new_collection_id(ADA, "LAKES", ()) == LAKES.id
    assert new_collection_id(BOB, "Lakes", ()) != LAKES.id
    other = new_collection_id(ADA, "Lakes", (LAKES.id,))
    assert other != LAKES.id
    assert new_collection_id(ADA, "Lakes", {LAKES.id, other}) not in {LAKES.id, other}
