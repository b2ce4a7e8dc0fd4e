"""Mutes: all of a reader's are read with the reader, and each of them stands in a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb import mutes as adapter
from shutterfeed.adapters.dynamodb.mutes import DynamoMutes
from shutterfeed.domain.errors import Conflict, LimitReached
from shutterfeed.domain.limits import Allowance, Limited, Limits
from shutterfeed.domain.mutes import Mute
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import STRANGERS, Relation, Viewer
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.contract.test_blocks import _overtaken
from tests.fakes import metadata as fake
from tests.fakes.system import START
from tests.limits import PLENTY
from tests.paging import whole

ADA, BOB, CY, DAN = (samples.user_id(number) for number in (1, 2, 3, 4))
HOUR = timedelta(hours=1)


def _mute_of(user_id: str, until: datetime | None = None, at: datetime = START) -> Mute:
    return Mute(user_id, "handle", at, until)


def _mute(store: Store, muter: str, muted: str, until: datetime | None = None) -> Mute:
    return store.mutes.mute(muter, _mute_of(muted, until))


def _muted(store: Store, reader: str, now: datetime = START) -> set[str]:
    muted = store.readers.get(reader).muted
    return {user_id for user_id in (ADA, BOB, CY, DAN) if muted.has(user_id, now)}


def _listed(store: Store, reader: str, now: datetime = START) -> list[str]:
    return [mute.user_id for mute in store.mutes.page(reader, None, 9, now).items]


def test_a_mute_is_known_to_the_one_who_muted_alone(store: Store) -> None:
    assert _mute(store, ADA, BOB) == _mute_of(BOB)
    assert (_muted(store, ADA), _muted(store, BOB)) == ({BOB}, set())
    assert _listed(store, ADA) == [BOB]
    for read in (store.viewing.read, store.viewing.read_now):
        assert read(Viewer(ADA), Wanted(users=[BOB, CY])).relations == {
            BOB: Relation(has_muted=True)
        }
        assert read(Viewer(BOB), Wanted(users=[ADA])).relation_to(ADA) == STRANGERS
        posts = Wanted(posts=[samples.post(2).id])
        # It comes with what one has reported; where a post is read by its id, it decides nothing.
        for wanted in (posts, replace(posts, mixed=True)):
            assert read(Viewer(ADA), wanted).relation_to(BOB) == Relation(has_muted=True)


def test_a_mute_for_a_time_is_over_then_whether_it_was_removed_or_not(store: Store) -> None:
    _mute(store, ADA, BOB, START + HOUR)
    _mute(store, ADA, CY)
    assert store.expiry(keys.mute(ADA, BOB)) == int((START + HOUR).timestamp())
    assert store.expiry(keys.mute(ADA, CY)) is None
    last = START + HOUR - timedelta(seconds=1)
    assert _muted(store, ADA, last) == {BOB, CY}
    assert _muted(store, ADA, START + HOUR) == {CY}
    assert _listed(store, ADA, last) == [BOB, CY]
    assert _listed(store, ADA, START + HOUR) == [CY]


def test_a_mute_is_repeated_changed_and_taken_back(store: Store) -> None:
    _mute(store, ADA, BOB)
    again = store.mutes.mute(ADA, _mute_of(BOB, at=START + HOUR))
    assert again == _mute_of(BOB)
    changed = store.mutes.mute(ADA, _mute_of(BOB, START + 2 * HOUR, START + HOUR))
    assert store.mutes.page(ADA, None, 9, START).items == (changed,)
    assert _muted(store, ADA, START + 2 * HOUR) == set()
    assert _mute(store, ADA, BOB).until is None
    assert _muted(store, ADA, START + 2 * HOUR) == {BOB}
    assert [store.mutes.unmute(ADA, BOB, START) for _ in range(2)] == [True, False]
    assert (_muted(store, ADA), _listed(store, ADA)) == (set(), [])


def test_who_is_muted_again_after_the_end_is_muted(store: Store) -> None:
    _mute(store, ADA, BOB, START + HOUR)
    later = START + 2 * HOUR
    assert not store.mutes.unmute(ADA, BOB, later)
    assert store.mutes.mute(ADA, _mute_of(BOB, None, later)) == _mute_of(BOB, None, later)
    assert _muted(store, ADA, later) == {BOB}


def test_pages_of_mutes_make_up_the_whole_without_those_that_are_over(store: Store) -> None:
    others = [samples.user_id(number) for number in range(10, 19)]
    for number, other in enumerate(others):
        _mute(store, ADA, other, START + HOUR if number in {0, 3, 4, 5, 8} else None)
    lasting = [others[number] for number in (1, 2, 6, 7)]
    for limit in (1, 2, 3, 100):
        found = whole(partial(_page, store, START + HOUR), limit)
        assert [mute.user_id for mute in found] == lasting


def _page(store: Store, now: datetime, after: str | None, limit: int) -> Page[Mute]:
    return store.mutes.page(ADA, after, limit, now)


def test_there_are_only_so_many_mutes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (adapter, fake):
        monkeypatch.setattr(module, "MAX_MUTES", 2)
    _mute(store, ADA, BOB, START + HOUR)
    _mute(store, ADA, CY)
    with pytest.raises(Conflict, match="Unmute somebody first"):
        _mute(store, ADA, DAN)
    _mute(store, ADA, BOB, START + 2 * HOUR)
    assert store.mutes.mute(ADA, _mute_of(DAN, at=START + 2 * HOUR)).user_id == DAN


def test_only_a_mute_that_changes_something_is_charged(store: Store) -> None:
    limits = Limits({**PLENTY.allowances, Limited.CHANGES: Allowance(1, 1)})
    spending = limits.spending(ADA, START, changes=1)
    for _ in range(2):
        store.mutes.mute(ADA, _mute_of(BOB), spending)
    with pytest.raises(LimitReached):
        store.mutes.mute(ADA, _mute_of(CY), spending)
    assert _muted(store, ADA) == {BOB}


def test_a_mute_changes_no_edge_and_no_count(store: Store) -> None:
    for number in (1, 2):
        store.profiles.create(samples.profile(number))
    store.follows.follow(ADA, samples.profile(2), "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    before = (store.profiles.get(ADA), store.profiles.get(BOB))
    _mute(store, ADA, BOB)
    assert store.follows.following(ADA, None, 9).items == (BOB,)
    assert (store.profiles.get(ADA), store.profiles.get(BOB)) == before


def test_mutes_that_are_made_at_once_are_all_kept(tables: Tables) -> None:
    mutes = DynamoMutes(tables.metadata)
    with _overtaken(tables.metadata, partial(mutes.mute, ADA, _mute_of(BOB))):
        mutes.mute(ADA, _mute_of(CY))
    with _overtaken(tables.metadata, partial(mutes.mute, ADA, _mute_of(DAN))):
        mutes.unmute(ADA, BOB, START)
    muted = adapter.to_muted(tables.metadata.get(keys.reader_mutes(ADA)))
    assert [muted.has(user_id, START) for user_id in (BOB, CY, DAN)] == [False, True, True]
    assert [mute.user_id for mute in mutes.page(ADA, None, 9, START).items] == [CY, DAN]


def test_of_no_mutes_nothing_is_kept(tables: Tables) -> None:
    mutes = DynamoMutes(tables.metadata)
    mutes.mute(ADA, _mute_of(BOB))
    mutes.unmute(ADA, BOB, START)
    assert tables.metadata.get(keys.reader_mutes(ADA)) is None


def test_a_mute_that_is_over_is_forgotten_when_the_next_one_is_written(tables: Tables) -> None:
    mutes = DynamoMutes(tables.metadata)
    mutes.mute(ADA, _mute_of(BOB, START + HOUR))
    mutes.mute(ADA, _mute_of(DAN, START + 3 * HOUR))
    mutes.mute(ADA, _mute_of(CY, at=START + 2 * HOUR))
    assert len(adapter.to_muted(tables.metadata.get(keys.reader_mutes(ADA)))) == 2
    mutes.unmute(ADA, CY, START + 4 * HOUR)
    assert tables.metadata.get(keys.reader_mutes(ADA)) is None
