"""Nobody can store a new kind of thing without anybody having asked how it is erased."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, item_key
from shutterfeed.adapters.stored_items import stored_item
from shutterfeed.domain.staying import STAYS
from shutterfeed.domain.traces import Findings, Sought
from tests import person_seed
from tests.person_seed import MAYA, PERSON
from tests.samples import user_id

ITEMS: Mapping[str, Item] = {
    f"{store} {item_key(item).pk} {item_key(item).sk}": item
    for store, seeded in (
        ("metadata", person_seed.metadata()),
        ("feed", person_seed.feed()),
        ("search", person_seed.search()),
    )
    for item in seeded
}
KINDS = {keys.shape(item_key(item)) for item in ITEMS.values()}
EXAMPLE = user_id(9)


def _documented() -> set[str]:
    """The kinds of items that the list at the top of `keys.py` has, without its indexes."""
    kinds, lines = set(), (keys.__doc__ or "").splitlines()
    for line in lines:
        entry = re.match(r"    ([A-Z]\S*(?: \S+>\S*)*) {1,}(\S+(?: \S+>)?\S*) {1,}\S", line)
        if entry and ": " not in line[:24]:
            pk, sk = (re.sub(r"<[^>]*>", EXAMPLE, part) for part in entry.groups())
            kinds.add(keys.shape(keys.Key(pk, sk)))
    return kinds


def test_every_kind_of_item_is_in_the_seed() -> None:
    documented = _documented()
    assert len(documented) > 50
    assert documented - KINDS - person_seed.NAMES_NOBODY == set()
    assert KINDS - documented == set()


@pytest.mark.parametrize("name", ITEMS)
def test_an_item_that_is_left_is_found(name: str) -> None:
    stored = stored_item(name.partition(" ")[0], ITEMS[name])
    assert MAYA in {find.user_id for find in Sought((PERSON,)).finds(stored)}


def test_only_what_is_meant_to_may_stay() -> None:
    findings = Findings(STAYS)
    for name, item in ITEMS.items():
        stored = stored_item(name.partition(" ")[0], item)
        findings.add(stored, list(Sought((PERSON,)).finds(stored)))
    findings.conclude()
    assert {(stay.store, stay.kind, stay.count) for stay in findings.staying(MAYA)} == {
        ("feed", "FEED *", 1),
        ("feed", "FEED SNAPSHOT", 1),
        ("metadata", "BLOB KEPT", 1),
        ("metadata", "BLOB WITHHELD", 1),
        ("metadata", "CASE CASE", 1),
        ("metadata", "CASE DUE", 1),
        ("metadata", "CASE EVIDENCE", 1),
        ("metadata", "CASE REPORT", 1),
        ("metadata", "DENIED DENIED", 1),
        ("metadata", "MODERATION_LOG *", 1),
        ("metadata", "ERASED CONTENTS", 1),
        ("metadata", "ERASURES *", 1),
        ("metadata", "CONTENDERS *", 1),
        ("metadata", "EXPLORED *", 1),
        ("metadata", "HASHTAG TAGGED_POSTS", 1),
        ("metadata", "NOMINATIONS *", 1),
        ("metadata", "SYSTEM POPULAR", 1),
        ("metadata", "USER ACQUAINTANCES", 1),
        ("metadata", "USER ACTIVITY", 1),
        ("metadata", "USER POST", 1),
        ("metadata", "USER READER_HASHTAGS", 1),
        ("metadata", "USER UNFOLLOWED", 1),
        ("search", "TYPO WORDS", 1),
        ("search", "WORD *", 1),
    }
