"""The list of posts to explore and the contenders for it, on every engine."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from shutterfeed import keys
from shutterfeed.domain.explore import TURN, TURNS, Contender, Explored
from shutterfeed.domain.ids import PostId
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START

DAY = timedelta(days=1)


def _pair() -> tuple[PostId, PostId]:
    """Two posts that contend for the same slot."""
    of_slot: defaultdict[int, list[PostId]] = defaultdict(list)
    for number in range(1_000):
        post_id = samples.post(number=number).id
        of_slot[Contender(post_id, 0, START).slot].append(post_id)
        if len(found := of_slot[Contender(post_id, 0, START).slot]) == 2:
            return found[0], found[1]
    raise AssertionError("a thousand posts do not have slots of their own")


def _recent(store: Store) -> set[tuple[PostId, int]]:
    return {(contender.post_id, contender.rank) for contender in store.contenders.recent()}


def test_the_best_of_a_turn_has_the_slot_and_a_repetition_changes_nothing(store: Store) -> None:
    one, other = _pair()
    assert _recent(store) == set()
    good, better = Contender(one, 7, START), Contender(other, 8, START + TURN / 10)
    for contender in (good, better, good, better):
        store.contenders.nominate(contender)
    (kept,) = store.contenders.recent()
    assert kept == better
    key = keys.contender(better.turn % TURNS, better.slot)
    assert store.expiry(key) == int((better.at + DAY).timestamp())


def test_another_turn_has_other_slots_until_it_is_their_turn_again(store: Store) -> None:
    one, other = _pair()
    store.contenders.nominate(Contender(one, 9, START))
    for turns in range(1, TURNS):
        store.contenders.nominate(Contender(other, turns, START + turns * TURN))
    assert _recent(store) == {(one, 9), *((other, turns) for turns in range(1, TURNS))}
    store.contenders.nominate(Contender(other, 3, START + TURNS * TURN))
    assert _recent(store) == {(other, turns) for turns in range(1, TURNS + 1)}


def test_the_last_version_is_the_list_and_earlier_ones_are_kept_for_those_who_page(
    store: Store,
) -> None:
    lists = store.explore_lists
    assert lists.current() is None
    assert lists.version(samples.position(1)) is None
    posts = tuple(samples.post(author=number, number=number).id for number in range(1, 4))
    first = Explored(samples.position(1), posts, START, None)
    second = Explored(samples.position(2), posts[::-1], START + DAY, START)
    for version in (first, second, first):
        lists.keep(version)
    assert lists.current() == second
    assert [lists.version(one.version) for one in (first, second)] == [first, second]
    lists.keep(empty := Explored(samples.position(3), (), START + DAY, None))
    assert lists.current() == empty
    assert store.expiry(keys.explored(first.version)) == int((START + 3 * DAY).timestamp())


def test_of_those_who_look_for_more_at_once_one_does(store: Store) -> None:
    lists, posts = store.explore_lists, (samples.post().id,)
    made = Explored(samples.position(1), posts, START, START)
    once, twice = (made.looked_for_more(START + days * DAY) for days in (1, 2))
    assert not lists.claim(made, once), "it is not kept any more"
    lists.keep(made)
    assert lists.claim(made, once)
    assert not lists.claim(made, twice)
    assert lists.current() == once
    assert lists.claim(once, twice)
    again = twice.made_again(made.version, posts, START + 3 * DAY, START)
    lists.keep(again)
    assert not lists.claim(twice, once)
    assert lists.current() == again
