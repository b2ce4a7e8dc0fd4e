"""Looking for a person in tables: nothing of any kind is overlooked, on moto and DynamoDB Local."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, item_key
from shutterfeed.adapters.stored_items import TablePart
from shutterfeed.ports.everything import Source
from shutterfeed.schema import FOLLOWERS_INDEX, OPEN_INDEX
from shutterfeed.services.erasure_scan import ErasureScan, Looked
from tests import person_seed
from tests.contract.conftest import Tables
from tests.person_seed import MAYA, OMAR, PERSON

PARTS = 2


@dataclass(frozen=True, slots=True)
class SomeTables:
    """Both tables and two indexes; the items of a search table stand in the feed table."""

    tables: Tables
    requests: Counter[str]

    def sources(self) -> Sequence[Source]:
        metadata, feed = self.tables.metadata, self.tables.feed
        found: list[Source] = []
        for part in range(PARTS):
            whole = (part, PARTS, self.requests)
            found += [
                TablePart(metadata.client, metadata.name, "metadata", None, *whole),
                TablePart(metadata.client, metadata.name, "followers", FOLLOWERS_INDEX, *whole),
                TablePart(metadata.client, metadata.name, "open", OPEN_INDEX, *whole),
                TablePart(feed.client, feed.name, "feed", None, *whole),
            ]
        return found


def _look(tables: Tables, requests: Counter[str] | None = None) -> Looked:
    everything = SomeTables(tables, Counter() if requests is None else requests)
    return ErasureScan(everything).look([PERSON], lambda _: None)


def _kinds(items: Iterable[Item]) -> Counter[str]:
    return Counter(keys.shape(item_key(item)) for item in items)


def test_every_item_of_a_person_is_found_and_only_what_may_stay_stays(tables: Tables) -> None:
    metadata = list(person_seed.metadata())
    others = [*person_seed.feed(), *person_seed.search()]
    tables.metadata.write_many(puts=metadata)
    tables.feed.write_many(puts=others)
    requests: Counter[str] = Counter()

    looked = _look(tables, requests)

    seeded = _kinds([*metadata, *others])
    staying = looked.findings.staying(MAYA)
    found = Counter({stay.kind: stay.count for stay in staying})
    for (store, kind), count in looked.findings.left(MAYA).items():
        if store in ("metadata", "feed"):
            found[kind] += count
    assert found == seeded
    assert looked.findings.left(MAYA)["followers", "USER FOLLOWS"] == 1
    assert looked.findings.left(MAYA)["open", "USER POST"] == 1
    assert looked.through == {
        "metadata": len(metadata),
        "feed": len(others),
        "followers": 1,
        "open": 1,
    }
    assert 0 < requests["read units"] <= 20


def test_one_item_that_is_left_is_found_and_none_is_if_all_are_gone(tables: Tables) -> None:
    assert not _look(tables).findings.left(MAYA)
    (left,) = (item for item in person_seed.metadata() if item_key(item) == keys.follow(OMAR, MAYA))
    tables.metadata.write_many(puts=[left])
    findings = _look(tables).findings
    assert findings.left(MAYA) == {
        ("metadata", "USER FOLLOWS"): 1,
        ("followers", "USER FOLLOWS"): 1,
    }
    assert keys.follow(OMAR, MAYA).sk in findings.named(MAYA)[0].where
    tables.metadata.write_many(deletes=[item_key(left)])
    assert not _look(tables).findings.left(MAYA)
