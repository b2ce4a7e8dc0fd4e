"""Every engine builds its index again without a gap, and answers the questions of maintenance."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Delete
from shutterfeed.adapters.search.dynamodb import DynamoSearchIndex
from shutterfeed.adapters.search.postings import POSTS
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import Gone, parse_query, post_document, user_document
from shutterfeed.ports.search import SearchGenerations
from tests import samples
from tests.contract.engines import ENGINES, engine
from tests.contract.test_search import AUTHOR, found, put, shown, suggested, user, users
from tests.paging import whole


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest) -> SearchGenerations:
    return cast("SearchGenerations", engine(request))


def _drop(index: SearchGenerations) -> None:
    while index.drop_others():
        pass


def test_the_old_generation_is_searched_until_the_new_one_has_everything(
    index: SearchGenerations,
) -> None:
    old, changed, new = shown(1, "heron #birds"), shown(2, "stork"), shown(3, "crane")
    put(index, old, changed)
    generation = index.begin()
    assert found(index, "heron") == [1]
    assert index.fill(generation, [post_document(old.id, old, AUTHOR)]) == {}
    put(index, replace(changed, caption="pelican", revision=2), new)
    assert index.fill(generation, [post_document(changed.id, changed, AUTHOR)]) == {}
    assert found(index, "crane") == [3]
    assert found(index, "pelican") == [2]
    index.switch(generation)
    for text, number in (("heron", 1), ("pelican", 2), ("crane", 3)):
        assert (text, found(index, text)) == (text, [number])
    assert found(index, "stork") == []
    assert suggested(index, "bir") == [("hashtag", "birds")]
    _drop(index)
    assert found(index, "heron") == [1]
    put(index, shown(4, "ibis"))
    assert found(index, "ibis") == [4]


def test_what_is_deleted_meanwhile_does_not_come_back(index: SearchGenerations) -> None:
    post = shown(1, "heron")
    put(index, post)
    generation = index.begin()
    index.apply([Gone(post.id, 2)])
    index.fill(generation, [post_document(post.id, post, AUTHOR)])
    index.switch(generation)
    assert found(index, "heron") == []


def test_only_what_was_copied_is_there_after_the_switch(index: SearchGenerations) -> None:
    put(index, shown(1, "heron"), shown(2, "stork"))
    generation = index.begin()
    index.fill(generation, [post_document(shown(1).id, shown(1, "heron"), AUTHOR)])
    index.switch(generation)
    assert found(index, "stork") == []
    _drop(index)
    assert found(index, "heron") == [1]


def test_a_second_beginning_gives_up_the_first(index: SearchGenerations) -> None:
    put(index, shown(1, "heron"))
    first = index.begin()
    second = index.begin()
    assert first != second
    index.fill(second, [post_document(shown(1).id, shown(1, "heron"), AUTHOR)])
    index.switch(second)
    _drop(index)
    assert found(index, "heron") == [1]


def test_the_versions_of_what_can_be_found(index: SearchGenerations) -> None:
    put(index, shown(1, "heron", revision=7), shown(2, "stork", revision=2))
    users(index, user(5, "ada"))
    index.apply([Gone(shown(2).id, 3)])
    ada, nobody = samples.user_id(5), samples.user_id(6)
    asked: list[PostId | str] = [shown(1).id, shown(2).id, shown(3).id, ada, nobody]
    assert index.versions(asked) == {shown(1).id: 7, ada: 1}
    assert index.versions([]) == {}


def test_all_that_can_be_found_in_pages(index: SearchGenerations) -> None:
    put(index, *(shown(n, f"number {n}") for n in range(12)))
    index.apply([user_document(samples.user_id(5), user(5, "ada")), Gone(shown(3).id, 9)])
    expected = {*(shown(n).id for n in range(12) if n != 3), samples.user_id(5)}

    def page(after: str | None, limit: int) -> Page[PostId | str]:
        return index.held(after, limit)

    for limit in (5, 100):
        held = whole(page, limit)
        assert len(held) == len(expected)
        assert set(held) == expected


def test_an_empty_index_can_be_built_anew(index: SearchGenerations) -> None:
    generation = index.begin()
    index.switch(generation)
    _drop(index)
    assert index.versions([shown(1).id]) == {}
    assert index.posts(parse_query("heron"), shown(1).created_at, 0, 5).items == ()


def test_an_index_that_is_kept_has_no_stray_entries(index: SearchGenerations) -> None:
    put(index, *(shown(n, f"number {n} #tag{n}") for n in range(6)))
    users(index, user(5, "ada"))
    put(index, replace(shown(1, "another number"), revision=2))
    index.apply([Gone(shown(2).id, 9), Gone(samples.user_id(5), 9)])
    after = None
    while True:
        step = index.stray_entries(after, 7, repair=True)
        assert (step.found, step.removed) == (0, 0)
        if step.next_position is None:
            break
        after = step.next_position
    assert sorted(found(index, "number")) == [0, 1, 3, 4, 5]


@pytest.fixture(params=[name for name in ENGINES if name != "opensearch"])
def term_index(request: pytest.FixtureRequest) -> DynamoSearchIndex:
    return cast("DynamoSearchIndex", engine(request))


def test_the_entries_of_a_document_that_was_lost_are_removed_and_no_others(
    term_index: DynamoSearchIndex,
) -> None:
    put(term_index, shown(1, "heron #birds"), shown(2, "stork #birds"))
    document = keys.search_document(term_index.generation, POSTS, str(shown(1).id))
    term_index.table.write(Delete(document))
    told = term_index.stray_entries(None, 100, repair=False)
    assert (told.found, told.removed) == (4, 0), "two words, its hashtag, and its rank there"
    assert found(term_index, "heron") == [1]
    assert term_index.stray_entries(None, 100, repair=True).removed == 4
    assert found(term_index, "heron") == []
    assert found(term_index, "stork") == [2]
    assert term_index.stray_entries(None, 100, repair=True).found == 0
