"""Blocks: everything between two users is cut in the moment in which one blocks the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb import blocks as adapter
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.requests import DynamoRequests
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.blocks import Block
from shutterfeed.domain.delivery import FOLLOWER_SHARDS
from shutterfeed.domain.errors import Conflict, LimitReached
from shutterfeed.domain.feed import FEED_RETENTION
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import Allowance, Limited, Limits
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import STRANGERS, Relation, Viewer
from shutterfeed.ports.follows import Blocked
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes import metadata as fake
from tests.fakes.system import START
from tests.limits import PLENTY
from tests.paging import whole

ADA, BOB, CY, DAN = (samples.user_id(number) for number in (1, 2, 3, 4))
UNTIL = START + timedelta(days=9)


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    if "store" in request.fixturenames:
        for number in (1, 2, 3, 4):
            request.getfixturevalue("store").profiles.create(samples.profile(number))


def _profile(store: Store, user_id: str) -> Profile:
    profile = store.profiles.get(user_id)
    assert profile is not None
    return profile


def _follow(store: Store, follower: str, followee: str) -> bool:
    return store.follows.follow(follower, _profile(store, followee), ulid(START, 1))


def _block_of(user_id: str) -> Block:
    return Block(user_id, "handle", START)


def _block(store: Store, blocker: str, blocked: str) -> Block:
    return store.blocks.block(blocker, _block_of(blocked))


def _counts(store: Store, user_id: str) -> tuple[int, int]:
    profile = _profile(store, user_id)
    return profile.followers, profile.following


def _relation(store: Store, viewer: str, user_id: str) -> Relation:
    return store.viewing.read_now(Viewer(viewer), Wanted(users=[user_id])).relation_to(user_id)


def test_each_side_knows_of_a_block_and_nobody_else_does(store: Store) -> None:
    assert _block(store, ADA, BOB) == _block_of(BOB)
    assert _relation(store, ADA, BOB) == Relation(has_blocked=True)
    assert _relation(store, BOB, ADA) == Relation(is_blocked=True)
    assert _relation(store, CY, ADA) == _relation(store, CY, BOB) == STRANGERS
    assert _relation(store, ADA, CY) == _relation(store, BOB, CY) == STRANGERS


@pytest.mark.parametrize("wanted", ["posts", "at_hand", "authors", "users", "uncounted"])
def test_a_block_is_read_with_whatever_is_wanted_of_the_other(store: Store, wanted: str) -> None:
    _block(store, ADA, BOB)
    post_id = samples.post(2).id
    things: Any = [post_id] if wanted in {"posts", "at_hand"} else [BOB]
    for read in (store.viewing.read, store.viewing.read_now):
        found = read(Viewer(ADA), Wanted(**{wanted: things}))
        assert found.relation_to(BOB) == Relation(has_blocked=True)


def test_a_block_cuts_both_edges_and_everything_that_hangs_on_them(store: Store) -> None:
    for follower, followee in ((ADA, BOB), (BOB, ADA), (CY, BOB), (ADA, DAN)):
        _follow(store, follower, followee)
        store.audience.subscribe(follower, [followee], UNTIL)
        store.readers.pull([follower], followee)
    _block(store, ADA, BOB)
    assert _counts(store, ADA) == (0, 1)
    assert _counts(store, BOB) == (1, 0)
    assert store.follows.following(ADA, None, 9).items == (DAN,)
    assert store.follows.following(BOB, None, 9).items == ()
    assert store.follows.followers(BOB, 0, None, 9).items == (CY,)
    ada, bob = store.readers.get(ADA), store.readers.get(BOB)
    assert (set(ada.pulled), set(ada.unfollowed)) == ({DAN}, {BOB})
    assert (set(bob.pulled), set(bob.unfollowed)) == (set(), {ADA})
    assert [x.reader_id for x in store.audience.page(BOB, None, None, 9).items] == [CY]
    assert store.audience.page(ADA, None, None, 9).items == ()


@pytest.mark.parametrize("follower", [ADA, BOB])
def test_a_block_cuts_a_single_edge_whoever_follows(store: Store, follower: str) -> None:
    other = BOB if follower == ADA else ADA
    _follow(store, follower, other)
    _block(store, ADA, BOB)
    assert _counts(store, ADA) == _counts(store, BOB) == (0, 0)
    assert store.readers.get(follower).unfollowed == {other}
    assert store.readers.get(other).unfollowed == frozenset()


def test_what_hides_the_posts_in_a_feed_outlasts_them(store: Store) -> None:
    """Every entry that is in the feed now expires before the marker does, and so does every one
    that a subscription may still bring."""
    _follow(store, ADA, BOB)
    _block(store, ADA, BOB)
    expiry = store.expiry(keys.unfollowed_marker(ADA, BOB))
    assert expiry is not None
    assert expiry > (START + FEED_RETENTION + timedelta(days=30)).timestamp()


def test_a_block_without_edges_leaves_no_marker(store: Store) -> None:
    _block(store, ADA, BOB)
    assert store.readers.get(ADA).unfollowed == frozenset()
    assert store.readers.get(BOB).unfollowed == frozenset()


def test_the_followers_of_a_celebrity_are_counted_where_they_were(store: Store) -> None:
    _follow(store, CY, BOB)
    store.profiles.spread_followers(BOB, FOLLOWER_SHARDS)
    _follow(store, ADA, BOB)
    _follow(store, BOB, ADA)
    assert _counts(store, BOB) == (2, 1)
    _block(store, BOB, ADA)
    assert _counts(store, BOB) == (1, 0)
    _block(store, BOB, CY)
    assert _counts(store, BOB) == (0, 0)
    assert _counts(store, ADA) == _counts(store, CY) == (0, 0)


@pytest.mark.parametrize(("follower", "followee"), [(ADA, BOB), (BOB, ADA)])
def test_nobody_follows_while_one_has_blocked_the_other(
    store: Store, follower: str, followee: str
) -> None:
    _block(store, ADA, BOB)
    with pytest.raises(Blocked):
        _follow(store, follower, followee)
    assert _counts(store, ADA) == _counts(store, BOB) == (0, 0)
    assert store.blocks.unblock(ADA, BOB)
    assert _follow(store, follower, followee)


def _switch(store: Store, user_id: str, *, private: bool) -> None:
    store.profiles.edit(user_id, None, None, private=private)


@pytest.mark.parametrize(("follower", "followee"), [(ADA, BOB), (BOB, ADA)])
def test_a_block_cuts_a_request_whoever_asks_and_nobody_asks_meanwhile(
    store: Store, follower: str, followee: str
) -> None:
    _switch(store, followee, private=True)
    assert store.requests.request(follower, followee, ulid(START, 1))
    assert store.requests.request(CY, followee, ulid(START, 2))
    _block(store, ADA, BOB)
    assert store.requests.waiting(followee, None, 9).items == (CY,)
    assert _profile(store, followee).requests == 1
    assert not store.requests.accept(follower, _profile(store, followee), ulid(START, 3))
    with pytest.raises(Blocked):
        store.requests.request(follower, followee, ulid(START, 4))
    assert _counts(store, followee) == (0, 0)


def test_a_block_cuts_an_edge_one_way_and_a_request_the_other(store: Store) -> None:
    _follow(store, ADA, BOB)
    _switch(store, ADA, private=True)
    store.requests.request(BOB, ADA, ulid(START, 1))
    _block(store, ADA, BOB)
    ada, bob = _profile(store, ADA), _profile(store, BOB)
    assert (ada.followers, ada.following, ada.requests) == (0, 0, 0)
    assert (bob.followers, bob.following, bob.requests) == (0, 0, 0)


def test_a_repeated_block_is_the_first_one(store: Store) -> None:
    _block(store, ADA, BOB)
    later = Block(BOB, "another", START + timedelta(hours=1))
    assert store.blocks.block(ADA, later) == _block_of(BOB)
    assert store.blocks.page(ADA, None, 9).items == (_block_of(BOB),)
    assert [store.blocks.unblock(ADA, BOB) for _ in range(2)] == [True, False]
    assert store.blocks.page(ADA, None, 9).items == ()


def test_taking_a_block_back_restores_sight_and_no_edges(store: Store) -> None:
    _follow(store, ADA, BOB)
    _block(store, ADA, BOB)
    store.blocks.unblock(ADA, BOB)
    assert _relation(store, ADA, BOB) == _relation(store, BOB, ADA) == STRANGERS
    assert _counts(store, ADA) == _counts(store, BOB) == (0, 0)
    assert store.readers.get(ADA).unfollowed == {BOB}


def test_of_two_who_block_each_other_each_takes_back_only_their_own(store: Store) -> None:
    _block(store, ADA, BOB)
    _block(store, BOB, ADA)
    assert _relation(store, ADA, BOB) == Relation(has_blocked=True, is_blocked=True)
    assert store.blocks.unblock(BOB, ADA)
    assert _relation(store, ADA, BOB) == Relation(has_blocked=True)
    with pytest.raises(Blocked):
        _follow(store, BOB, ADA)
    assert not store.blocks.unblock(BOB, ADA)
    assert store.blocks.unblock(ADA, BOB)
    assert _follow(store, BOB, ADA)


def test_pages_of_blocks_make_up_the_whole(store: Store) -> None:
    others = [samples.user_id(number) for number in range(10, 17)]
    for other in reversed(others):
        _block(store, ADA, other)
    _block(store, BOB, ADA)
    for limit in (1, 2, 7, 100):
        found = whole(partial(store.blocks.page, ADA), limit)
        assert [block.user_id for block in found] == others


def test_a_user_without_a_profile_can_be_blocked_no_less_and_unblocked(store: Store) -> None:
    gone = samples.user_id(77)
    assert _block(store, ADA, gone) == _block_of(gone)
    assert store.blocks.unblock(ADA, gone)


def test_there_are_only_so_many_blocks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (adapter, fake):
        monkeypatch.setattr(module, "MAX_BLOCKS", 2)
    _block(store, ADA, BOB)
    _block(store, ADA, CY)
    _block(store, BOB, CY)
    with pytest.raises(Conflict, match="Unblock somebody first"):
        _block(store, ADA, DAN)
    assert _block(store, ADA, CY) == _block_of(CY)
    assert store.blocks.unblock(ADA, BOB)
    assert _block(store, ADA, DAN) == _block_of(DAN)


def test_only_a_block_that_is_new_is_charged(store: Store) -> None:
    limits = Limits({**PLENTY.allowances, Limited.CHANGES: Allowance(1, 1)})
    spending = limits.spending(ADA, START, changes=1)
    for _ in range(2):
        store.blocks.block(ADA, _block_of(BOB), spending)
    with pytest.raises(LimitReached):
        store.blocks.block(ADA, _block_of(CY), spending)
    assert _relation(store, ADA, CY) == STRANGERS


@contextmanager
def _overtaken(table: Table, by: Callable[[], object]) -> Iterator[list[object]]:
    """Do something else once, before the next transaction that is written."""
    done: list[object] = []
    waiting = [by]

    def overtake(**_: object) -> None:
        if waiting:
            done.append(waiting.pop()())

    events, name = table.client.meta.events, "before-call.dynamodb.TransactWriteItems"
    events.register_first(name, overtake, "overtake")
    try:
        yield done
    finally:
        events.unregister(name, overtake, "overtake")
    assert not waiting


@pytest.mark.parametrize(("follower", "followee"), [(1, 2), (2, 1)])
def test_a_follow_that_overtakes_a_block_is_cut_by_it(
    tables: Tables, follower: int, followee: int
) -> None:
    profiles = DynamoProfiles(tables.metadata)
    for number in (1, 2):
        profiles.create(samples.profile(number))
    follows = DynamoFollows(tables.metadata, tables.feed.name)
    blocks = DynamoBlocks(tables.metadata, tables.feed.name)
    edge = keys.follow(samples.user_id(follower), samples.user_id(followee))
    follow = partial(
        follows.follow, samples.user_id(follower), samples.profile(followee), ulid(START, 1)
    )
    with _overtaken(tables.metadata, follow) as done:
        blocks.block(ADA, _block_of(BOB))
    assert done == [True]
    assert tables.metadata.get(edge) is None
    counted = [profiles.get(user_id) for user_id in (ADA, BOB)]
    assert [(p.followers, p.following) for p in counted if p] == [(0, 0), (0, 0)]
    with pytest.raises(Blocked):
        follow()


def test_a_block_that_overtakes_a_follow_is_in_its_way(tables: Tables) -> None:
    for number in (1, 2):
        DynamoProfiles(tables.metadata).create(samples.profile(number))
    follows = DynamoFollows(tables.metadata, tables.feed.name)
    blocks = DynamoBlocks(tables.metadata, tables.feed.name)
    with (
        _overtaken(tables.metadata, partial(blocks.block, BOB, _block_of(ADA))),
        pytest.raises(Blocked),
    ):
        follows.follow(ADA, samples.profile(2), ulid(START, 1))
    assert tables.metadata.get(keys.follow(ADA, BOB)) is None


@pytest.mark.parametrize("blocker", [ADA, BOB])
def test_a_request_that_is_accepted_while_one_blocks_the_other_is_cut(
    tables: Tables, blocker: str
) -> None:
    profiles = DynamoProfiles(tables.metadata)
    for number in (1, 2):
        profiles.create(samples.profile(number))
    profiles.edit(BOB, None, None, private=True)
    requests = DynamoRequests(tables.metadata)
    blocks = DynamoBlocks(tables.metadata, tables.feed.name)
    requests.request(ADA, BOB, ulid(START, 1))
    accept = partial(requests.accept, ADA, samples.profile(2), ulid(START, 2))
    with _overtaken(tables.metadata, accept) as done:
        blocks.block(blocker, _block_of(BOB if blocker == ADA else ADA))
    assert done == [True]
    assert tables.metadata.get(keys.follow(ADA, BOB)) is None
    found = [profiles.get(user_id) for user_id in (ADA, BOB)]
    assert [(p.followers, p.following, p.requests) for p in found if p] == [(0, 0, 0)] * 2


def test_a_block_that_overtakes_an_acceptance_leaves_nothing_to_accept(tables: Tables) -> None:
    profiles = DynamoProfiles(tables.metadata)
    for number in (1, 2):
        profiles.create(samples.profile(number))
    profiles.edit(BOB, None, None, private=True)
    requests = DynamoRequests(tables.metadata)
    blocks = DynamoBlocks(tables.metadata, tables.feed.name)
    requests.request(ADA, BOB, ulid(START, 1))
    with _overtaken(tables.metadata, partial(blocks.block, ADA, _block_of(BOB))):
        assert not requests.accept(ADA, samples.profile(2), ulid(START, 2))
    assert tables.metadata.get(keys.follow(ADA, BOB)) is None


@pytest.mark.parametrize("first", [ADA, BOB])
def test_two_who_block_each_other_at_once_have_both_done_so(tables: Tables, first: str) -> None:
    blocks = DynamoBlocks(tables.metadata, tables.feed.name)
    second = BOB if first == ADA else ADA
    with _overtaken(tables.metadata, partial(blocks.block, second, _block_of(first))):
        blocks.block(first, _block_of(second))
    assert blocks.unblock(first, second)
    assert blocks.unblock(second, first)
    assert tables.metadata.get(keys.pair(ADA, BOB)) is None


def test_a_block_that_is_made_twice_at_once_is_counted_once(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = DynamoBlocks(tables.metadata, tables.feed.name)
    with _overtaken(tables.metadata, partial(blocks.block, ADA, _block_of(BOB))):
        assert blocks.block(ADA, _block_of(BOB)) == _block_of(BOB)
    monkeypatch.setattr(adapter, "MAX_BLOCKS", 2)
    blocks.block(ADA, _block_of(CY))
    with pytest.raises(Conflict):
        blocks.block(ADA, _block_of(DAN))
