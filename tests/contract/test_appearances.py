"""Lists of the posts in which others have tagged a user, in memory and on DynamoDB."""

from __future__ import annotations

from functools import partial

from shutterfeed.adapters.dynamodb.appearances import DynamoAppearances
from shutterfeed.ports.appearances import Appearances
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.paging import whole
from tests.wire import units_of

ADA, BOB = samples.user_id(1), samples.user_id(2)
POSTS = [samples.post(2, number).id for number in range(1, 6)]


def _listed(appearances: Appearances, user_id: str = ADA, limit: int = 100) -> list[int]:
    """The numbers of the posts of a list, read page by page."""
    found = whole(partial(appearances.page, user_id), limit)
    return [POSTS.index(post_id) + 1 for post_id in found]


def test_the_newest_post_is_the_first_of_the_list(store: Store) -> None:
    for index in (2, 0, 3, 1, 2):
        store.appearances.add(ADA, POSTS[index], 1)
    store.appearances.add(BOB, POSTS[4], 1)
    for limit in (1, 2, 4, 100):
        assert _listed(store.appearances, limit=limit) == [4, 3, 2, 1]
    for _ in range(2):
        store.appearances.remove(ADA, POSTS[1], 2)
    assert _listed(store.appearances) == [4, 3, 1]
    assert _listed(store.appearances, BOB) == [5]


def test_the_newer_tag_stays_listed_in_whatever_order_changes_come(store: Store) -> None:
    post = POSTS[0]
    store.appearances.add(ADA, post, 5)
    store.appearances.remove(ADA, post, 4)
    assert _listed(store.appearances) == [1], "removed before"
    store.appearances.add(ADA, post, 3)
    store.appearances.remove(ADA, post, 4)
    assert _listed(store.appearances) == [1], "an older tag does not make it older"
    store.appearances.remove(ADA, post, 6)
    assert _listed(store.appearances) == []
    store.appearances.add(ADA, post, 7)
    store.appearances.remove(ADA, post, None)
    assert _listed(store.appearances) == [], "gone for good"


def test_a_tag_takes_one_write_unit_and_twenty_are_listed_for_one_read_unit(tables: Tables) -> None:
    appearances = DynamoAppearances(tables.metadata)
    with units_of(tables.metadata.client) as units:
        for number in range(20):
            appearances.add(ADA, samples.post(2, number).id, 1)
    assert units == {"read": 0, "write": 20}
    with units_of(tables.metadata.client) as units:
        assert len(appearances.page(ADA, None, 20).items) == 20
    assert units == {"read": 1, "write": 0}
    with units_of(tables.metadata.client) as units:
        appearances.remove(ADA, samples.post(2, 1).id, 2)
    assert units == {"read": 0, "write": 1}
