"""The term index through crashes and overtaking writers: it ends with exactly its documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.adapters.search.dynamodb import DynamoSearchIndex
from shutterfeed.domain.posts import Place
from shutterfeed.domain.search import Document, Gone, post_document
from tests.conftest import Aws
from tests.contract.test_search import shown
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
    """Acts once, before the write of that number."""

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
    """As another container has it."""
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
    [post_document(SECOND.id, SECOND), Gone(FIRST.id, 2)],
    ids=["changed", "gone"],
)
def test_wherever_a_writer_dies_the_repeated_message_ends_its_work(
    aws: Aws, last: Document
) -> None:
    first = post_document(FIRST.id, FIRST)
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
    [post_document(SECOND.id, SECOND), Gone(FIRST.id, 2)],
    ids=["changed", "gone"],
)
def test_wherever_a_writer_is_overtaken_the_newer_document_stays(aws: Aws, newer: Document) -> None:
    first = post_document(FIRST.id, FIRST)
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
