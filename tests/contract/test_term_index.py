"""The term index through crashes and overtaking writers: it ends with exactly its documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Table, key_item, marshal
from shutterfeed.adapters.search.dynamodb import DynamoSearchIndex
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import Place
from shutterfeed.domain.search import Document, Gone, post_document, user_document
from shutterfeed.ports.search import UNFINISHED
from tests import samples
from tests.conftest import Aws
from tests.contract.test_search import AUTHOR, shown
from tests.fakes.system import FakeClock
from tests.tables import create_search_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FIRST = shown(1, "a grey heron #birds", Place("Wetland", 1.0, 1.0))
SECOND = replace(FIRST, caption="a white stork #storks #birds", place=None, revision=2)
CALLS = ("BatchWriteItem", "PutItem", "UpdateItem", "TransactWriteItems", "DeleteItem")
_numbers = count(1)


class Crash(Exception):
    """The process ended here."""


@dataclass
class Interruption:
    """Calls a function once, before the write of that number."""

    client: DynamoDBClient
    act: Callable[[], None]
    before: int
    writes: int = field(default=0)

    def __enter__(self) -> Interruption:
        for call in CALLS:
            self.client.meta.events.register(f"before-call.dynamodb.{call}", self._write)
        return self

    def __exit__(self, *_: object) -> None:
        for call in CALLS:
            self.client.meta.events.unregister(f"before-call.dynamodb.{call}", self._write)

    def _write(self, **_: Any) -> None:
        self.writes += 1
        if self.writes == self.before:
            self.act()


def _index(client: DynamoDBClient) -> tuple[DynamoSearchIndex, Table]:
    """An empty index in a table of its own."""
    table = Table(client, f"terms-{next(_numbers)}")
    create_search_table(client, table.name)
    return _again(table), table


def _again(table: Table) -> DynamoSearchIndex:
    return DynamoSearchIndex(table, FakeClock())


def _apply(index: DynamoSearchIndex, *documents: Document) -> None:
    assert index.apply(documents) == {}


def _content(table: Table) -> set[str]:
    """All entries but what the dictionary learned, which is never unlearned."""
    items = table.client.scan(TableName=table.name, ConsistentRead=True)["Items"]
    entries = set()
    for item in items:
        kept = {name: value for name, value in item.items() if name != "writes"}
        if "#WORD#" not in item["pk"]["S"] and "#TYPO#" not in item["pk"]["S"]:
            entries.add(repr(sorted(kept.items())))
    return entries


def _expected(client: DynamoDBClient, documents: Sequence[Document]) -> set[str]:
    index, table = _index(client)
    _apply(index, *documents)
    return _content(table)


def _crash() -> None:
    raise Crash


@pytest.mark.parametrize(
    "last",
    [post_document(SECOND.id, SECOND, AUTHOR), Gone(FIRST.id, 2)],
    ids=["changed", "gone"],
)
def test_wherever_a_writer_dies_the_repeated_message_ends_its_work(
    aws: Aws, last: Document
) -> None:
    first = post_document(FIRST.id, FIRST, AUTHOR)
    expected = _expected(aws.dynamodb, [first, last])
    for place in range(1, 100):
        index, table = _index(aws.dynamodb)
        _apply(index, first)
        with Interruption(aws.dynamodb, _crash, place) as interruption:
            try:
                index.apply([last])
            except Crash:
                _apply(_again(table), last)
        assert _content(table) == expected, f"died before write {place}"
        if interruption.writes < place:
            assert place > 3, "or this test looks at nothing"
            return
    raise AssertionError("there is no end to the writes")


@pytest.mark.parametrize(
    "newer",
    [post_document(SECOND.id, SECOND, AUTHOR), Gone(FIRST.id, 2)],
    ids=["changed", "gone"],
)
def test_wherever_a_writer_is_overtaken_the_newer_document_stays(aws: Aws, newer: Document) -> None:
    first = post_document(FIRST.id, FIRST, AUTHOR)
    expected = _expected(aws.dynamodb, [newer])
    for place in range(1, 100):
        index, table = _index(aws.dynamodb)
        overtaking = Interruption(aws.dynamodb, partial(_apply, _again(table), newer), place)
        with overtaking:
            _apply(index, first)
        if overtaking.writes < place:
            assert place > 3, "or this test looks at nothing"
            return
        assert _content(table) == expected, f"overtaken before write {place}"
    raise AssertionError("there is no end to the writes")


def _without_what_expired(table: Table, clock: FakeClock) -> None:
    """Remove all expired items, as TTL does at the earliest."""
    now = clock.now().timestamp()
    for item in table.client.scan(TableName=table.name, ConsistentRead=True)["Items"]:
        if "expires_at" in item and int(item["expires_at"]["N"]) <= now:
            key = {name: item[name] for name in ("pk", "sk")}
            table.client.delete_item(TableName=table.name, Key=key)


def test_a_removal_that_a_dead_letter_ends_after_thirteen_days_leaves_nothing(aws: Aws) -> None:
    """What is still to be taken out is known as long as it is there, however long that takes."""
    first, last = post_document(FIRST.id, FIRST, AUTHOR), Gone(FIRST.id, 2)
    for place in range(1, 100):
        clock = FakeClock()
        index, table = _index(aws.dynamodb)
        _apply(index, first)
        with Interruption(aws.dynamodb, _crash, place) as interruption:
            try:
                DynamoSearchIndex(table, clock).apply([last])
            except Crash:
                clock.advance(timedelta(days=13))
                _without_what_expired(table, clock)
                assert DynamoSearchIndex(table, clock).apply([last]) == {}
        clock.advance(timedelta(days=2))
        _without_what_expired(table, clock)
        assert _content(table) == set(), f"died before write {place}"
        if interruption.writes < place:
            assert place > 3, "or this test looks at nothing"
            return
    raise AssertionError("there is no end to the writes")


def test_a_removal_that_nobody_ends_is_told_and_ended_by_the_check(aws: Aws) -> None:
    first, last = post_document(FIRST.id, FIRST, AUTHOR), Gone(FIRST.id, 2)
    told = 0
    for place in range(1, 20):
        index, table = _index(aws.dynamodb)
        _apply(index, first)
        with Interruption(aws.dynamodb, _crash, place) as interruption, suppress(Crash):
            index.apply([last])
        index = _again(table)
        if index.versions([FIRST.id]) == {FIRST.id: UNFINISHED}:
            told += 1
            assert index.held(None, 100).items == (FIRST.id,)
            _apply(index, last)
        else:
            # It had not begun, or was done.
            done = interruption.writes < place
            assert index.held(None, 100).items == (() if done else (FIRST.id,))
        assert index.versions([FIRST.id]) in ({}, {FIRST.id: 1})
    assert told > 3


def _swept(index: DynamoSearchIndex, *, repair: bool = False) -> int:
    """How many stray entries there are; two looks at a time."""
    found, after = 0, None
    while True:
        step = index.stray_entries(after, 2, repair=repair)
        assert step.removed == (step.found if repair else 0)
        found += step.found
        if step.next_position is None:
            return found
        after = step.next_position


def _entries(table: Table) -> list[dict[str, Any]]:
    items = table.client.scan(TableName=table.name, ConsistentRead=True)["Items"]
    return [i for i in items if "#TERM#" in i["pk"]["S"] or "#START#" in i["pk"]["S"]]


def test_entries_whose_document_is_gone_are_found_and_removed(aws: Aws) -> None:
    index, table = _index(aws.dynamodb)
    ada = user_document(samples.user_id(7), samples.profile(7))
    _apply(index, post_document(FIRST.id, FIRST, AUTHOR), ada)
    entries = _entries(table)
    assert _swept(index) == 0
    _apply(index, Gone(FIRST.id, 2), Gone(samples.user_id(7), 2))
    assert _entries(table) == []
    # As a writer leaves them that was overtaken, and then died.
    lost = [entry for entry in entries if "label" not in entry]
    for entry in lost:
        table.client.put_item(TableName=table.name, Item=entry)
    assert _swept(index) == len(lost) > 5
    table.client.delete_item(TableName=table.name, Key=_document_key(FIRST.id))
    assert _swept(index, repair=True) == len(lost)
    assert _entries(table) == []
    assert _swept(index) == 0


def test_entries_that_their_document_does_not_list_are_found_and_the_others_stay(
    aws: Aws,
) -> None:
    index, table = _index(aws.dynamodb)
    _apply(index, post_document(FIRST.id, FIRST, AUTHOR))
    before = _entries(table)
    _apply(index, post_document(SECOND.id, SECOND, AUTHOR))
    after = _entries(table)
    present = [(entry["pk"], entry["sk"]) for entry in after]
    lost = [e for e in before if (e["pk"], e["sk"]) not in present and "label" not in e]
    for entry in lost:
        table.client.put_item(TableName=table.name, Item=entry)
    assert _swept(index, repair=True) == len(lost) > 1
    assert sorted(map(repr, _entries(table))) == sorted(map(repr, after))


def test_what_nobody_has_any_more_is_no_suggestion_and_goes(aws: Aws) -> None:
    index, table = _index(aws.dynamodb)
    _apply(index, post_document(FIRST.id, FIRST, AUTHOR))
    unused = [entry for entry in _entries(table) if "label" in entry]
    _apply(index, Gone(FIRST.id, 2))
    for entry in unused:
        table.client.put_item(TableName=table.name, Item=entry | {"posts": {"N": "0"}})
    assert _swept(index, repair=True) == len(unused) > 1
    assert _entries(table) == []


def test_a_document_that_is_written_meanwhile_keeps_its_entries(aws: Aws) -> None:
    """A restored post, say: between the look at a stray entry and its removal."""
    stray_entries = 0
    for place in range(1, 10):
        index, table = _index(aws.dynamodb)
        _apply(index, post_document(FIRST.id, FIRST, AUTHOR))
        entries = _entries(table)
        _apply(index, Gone(FIRST.id, 2))
        for entry in entries:
            table.client.put_item(TableName=table.name, Item=entry)
        restored = post_document(FIRST.id, replace(FIRST, revision=3), AUTHOR)
        with Interruption(aws.dynamodb, partial(_apply, _again(table), restored), place):
            stray_entries += index.stray_entries(None, 100, repair=True).removed
        _apply(_again(table), restored)
        counted = [entry for entry in entries if "label" not in entry]
        kept = [entry for entry in _entries(table) if "label" not in entry]
        assert sorted(map(repr, kept)) == sorted(map(repr, counted)), f"before write {place}"
        assert _swept(index) == 0
    assert stray_entries > 0


def _document_key(post_id: PostId) -> Any:
    return marshal(key_item(keys.search_document("1", "P", str(post_id))))
