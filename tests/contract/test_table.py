"""The table under all repositories: what it does when DynamoDB does not take everything at once.

The engines never leave anything undone by themselves; clients that do are put before them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from boto3.dynamodb.conditions import Attr
from boto3.dynamodb.conditions import Key as Where
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.dynamodb import table as module
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Contended,
    Delete,
    Item,
    Put,
    Table,
    Update,
    key_item,
)
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import ulid
from shutterfeed.keys import CURSOR_KEY, Key
from shutterfeed.ports.follows import Crowded
from shutterfeed.schema import PK, SK
from tests import samples
from tests.conftest import REGION
from tests.contract.conftest import Tables

A, B = Key("P", "A"), Key("P", "B")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the table would have waited between attempts, in seconds."""
    waited: list[float] = []
    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=waited.append))
    return waited


def _item(key: Key, **fields: Any) -> Item:
    return key_item(key) | fields


def _keys(count: int) -> list[Key]:
    return [Key("P", f"{number:03}") for number in range(count)]


class Reluctant:
    """A client that leaves most of every batch undone, as a throttled table does."""

    def __init__(self, client: Any, name: str, takes: int) -> None:
        self.calls = 0
        self._client, self._name, self._takes = client, name, takes

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        requests = RequestItems[self._name]
        done, left = requests[: self._takes], requests[self._takes :]
        if done:
            self._client.batch_write_item(RequestItems={self._name: done})
        return {"UnprocessedItems": {self._name: left} if left else {}}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        request = RequestItems[self._name]
        done, left = request["Keys"][: self._takes], request["Keys"][self._takes :]
        answer: dict[str, Any] = {"Responses": {}}
        if done:
            answer = self._client.batch_get_item(
                RequestItems={self._name: request | {"Keys": done}}
            )
        answer["UnprocessedKeys"] = {self._name: request | {"Keys": left}} if left else {}
        return answer


def _reluctant(table: Table, takes: int) -> tuple[Table, Reluctant]:
    client = Reluctant(table.client, table.name, takes)
    return Table(cast("Any", client), table.name), client


def test_writes_left_undone_are_written_again(tables: Tables, delays: list[float]) -> None:
    table, client = _reluctant(tables.feed, takes=8)
    keys = _keys(60)
    table.write_many(puts=(_item(key) for key in keys))
    assert len(tables.feed.get_many(keys)) == 60
    assert client.calls == 4 + 4 + 2  # batches of 25, 25 and 10
    table.write_many(puts=[_item(A)], deletes=keys)
    assert tables.feed.get_many([*keys, A]) == [_item(A)]
    assert delays
    assert all(0 <= delay <= 0.025 * 2**7 for delay in delays)


def test_reads_left_undone_are_read_again(tables: Tables, delays: list[float]) -> None:
    keys = _keys(130)
    tables.feed.write_many(puts=(_item(key) for key in keys))
    table, client = _reluctant(tables.feed, takes=30)
    found = table.get_many(keys, consistent=True)
    assert sorted(item[SK] for item in found) == [key.sk for key in keys]
    assert client.calls == 4 + 1  # batches of 100 and 30
    assert len(delays) == 3


def test_a_table_that_takes_nothing_for_long_is_busy(delays: list[float]) -> None:
    table, client = _reluctant(Table(cast("Any", None), "table"), takes=0)
    with pytest.raises(Busy):
        table.write_many(puts=[_item(A)])
    with pytest.raises(Busy):
        table.get_many([A])
    assert client.calls == 2 * 8


def _cancelled(*reasons: str) -> dict[str, Any]:
    return {
        "service_error_code": "TransactionCanceledException",
        "modeled_fields": {"CancellationReasons": [{"Code": reason} for reason in reasons]},
    }


@pytest.fixture
def stubbed() -> tuple[Table, Stubber]:
    client = connect("dynamodb", region_name=REGION)
    return Table(client, "table"), Stubber(client)


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_a_transaction_in_conflict_is_tried_again(
    stubbed: tuple[Table, Stubber], delays: list[float], reason: str
) -> None:
    table, stub = stubbed
    with stub:
        for _ in range(3):
            stub.add_client_error("transact_write_items", **_cancelled("None", reason))
        stub.add_response("transact_write_items", {})
        table.transact([Put(_item(A)), Put(_item(B))])
        stub.assert_no_pending_responses()
    assert len(delays) == 3


def test_a_transaction_in_lasting_conflict_is_busy(
    stubbed: tuple[Table, Stubber], delays: list[float]
) -> None:
    table, stub = stubbed
    with stub:
        for _ in range(8):
            stub.add_client_error(
                "transact_write_items", **_cancelled("TransactionConflict", "None")
            )
        with pytest.raises(Busy):
            table.transact([Put(_item(A)), Put(_item(B))])
        stub.assert_no_pending_responses()


def test_a_failed_condition_is_told_even_beside_a_conflict(
    stubbed: tuple[Table, Stubber], delays: list[float]
) -> None:
    table, stub = stubbed
    with stub:
        reasons = ("TransactionConflict", "ConditionalCheckFailed", "ConditionalCheckFailed")
        stub.add_client_error("transact_write_items", **_cancelled(*reasons))
        with pytest.raises(ConditionFailed) as raised:
            table.transact([Put(_item(A)), Put(_item(B)), Delete(Key("P", "C"))])
    assert raised.value.failed == (1, 2)
    assert not delays


def test_a_transaction_cancelled_for_another_reason_is_an_error_at_once(
    stubbed: tuple[Table, Stubber], delays: list[float]
) -> None:
    table, stub = stubbed
    with stub:
        stub.add_client_error("transact_write_items", **_cancelled("ItemCollectionSizeLimit"))
        with pytest.raises(ClientError):
            table.transact([Put(_item(A))])
    assert not delays


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_a_throttled_request_is_busy(stubbed: tuple[Table, Stubber], code: str) -> None:
    table, stub = stubbed
    for method, call in (
        ("get_item", lambda: table.get(A)),
        ("put_item", lambda: table.write(Put(_item(A)))),
        ("query", lambda: table.query(Where(PK).eq("P"), limit=1)),
        ("batch_write_item", lambda: table.write_many(puts=[_item(A)])),
        ("batch_get_item", lambda: table.get_many([A])),
    ):
        with stub:
            stub.add_client_error(method, code)
            with pytest.raises(Busy):
                call()


def test_a_write_in_conflict_with_a_transaction_is_busy(stubbed: tuple[Table, Stubber]) -> None:
    table, stub = stubbed
    with stub:
        stub.add_client_error("update_item", "TransactionConflictException")
        with pytest.raises(Busy):
            table.write(Update(A, set={"a": 1}))


def test_followers_are_spread_although_transactions_stand_in_the_way(
    stubbed: tuple[Table, Stubber], delays: list[float]
) -> None:
    table, stub = stubbed
    profiles = DynamoProfiles(table)
    with stub:
        for _ in range(2):
            stub.add_client_error("update_item", "TransactionConflictException")
        stub.add_response("update_item", {"Attributes": {}})
        profiles.spread_followers("u", 32)
        stub.add_client_error("update_item", "ConditionalCheckFailedException")
        profiles.spread_followers("u", 32)
        stub.assert_no_pending_responses()
    assert len(delays) == 2


@pytest.mark.parametrize(
    ("shards", "contended", "attempts", "error"),
    [
        (1, 2, 3, Crowded),
        (1, 1, 3 + 8, Contended),  # The follower's own profile: they follow many at once.
        (32, 2, 8, Contended),
    ],
)
def test_only_an_item_that_counts_followers_and_is_contended_itself_is_given_up_soon(
    stubbed: tuple[Table, Stubber],
    delays: list[float],
    shards: int,
    contended: int,
    attempts: int,
    error: type[Busy],
) -> None:
    table, stub = stubbed
    followee = replace(samples.profile(1), follower_shards=shards)
    follows = DynamoFollows(table, "feeds")
    reasons = [*["None"] * contended, "TransactionConflict"]
    with stub:
        for _ in range(2 * attempts):
            stub.add_client_error("transact_write_items", **_cancelled(*reasons))
        with pytest.raises(Busy) as following:
            follows.follow(samples.user_id(2), followee, ulid(NOW, 1))
        with pytest.raises(Busy) as leaving:
            follows.unfollow(samples.user_id(2), followee, NOW)
        stub.assert_no_pending_responses()
    assert {following.type, leaving.type} == {error}
    assert len(delays) == 2 * attempts


def test_a_follower_who_is_busy_for_a_moment_follows_all_the_same(
    stubbed: tuple[Table, Stubber], delays: list[float]
) -> None:
    table, stub = stubbed
    with stub:
        for _ in range(5):
            stub.add_client_error(
                "transact_write_items", **_cancelled("None", "TransactionConflict")
            )
        stub.add_response("transact_write_items", {})
        assert DynamoFollows(table, "feeds").follow(
            samples.user_id(2), samples.profile(1), ulid(NOW, 1)
        )
        stub.assert_no_pending_responses()
    assert len(delays) == 5


def test_other_errors_escape_as_they_are(stubbed: tuple[Table, Stubber]) -> None:
    table, stub = stubbed
    with stub:
        stub.add_client_error("get_item", "ResourceNotFoundException")
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            table.get(A)


def test_a_transaction_writes_everything_or_nothing(tables: Tables) -> None:
    table = tables.metadata
    there = Key("P", "E")
    table.write(Put(_item(A, count=1)))
    table.write(Put(_item(there, count=1, list=["one"])))
    absent = Attr(PK).not_exists()
    writes = (
        Put(_item(B)),
        Update(Key("P", "C"), add={"count": 1}),
        Put(_item(A), absent),
        Delete(Key("P", "D"), Attr(PK).exists()),
        Update(there, set={"list": []}, add={"count": 1}),
    )
    with pytest.raises(ConditionFailed) as raised:
        table.transact(writes)
    assert raised.value.failed == (2, 3)
    assert table.get_many([A, B, Key("P", "C")], consistent=True) == [_item(A, count=1)]
    assert table.get(there) == _item(there, count=1, list=["one"])


def test_an_update_sets_adds_and_removes_and_gives_the_item_as_it_is_now(tables: Tables) -> None:
    table = tables.metadata
    table.write(Put(_item(A, kept="old", changed="old", gone="old", count=5)))
    # Names that are DynamoDB's reserved words, and one that needs a placeholder.
    update = Update(
        A,
        set={"changed": "new", "name": 1, "a-b.c": [1.5, {"x": None}]},
        set_new={"kept": "new", "first": "yes"},
        add={"count": -7, "other": 2},
        remove=("gone", "never"),
        condition=Attr("changed").eq("old") & Attr("count").gt(4),
    )
    expected = {
        **_item(A, kept="old", changed="new", count=-2, name=1, first="yes", other=2),
        "a-b.c": [1.5, {"x": None}],
    }
    assert table.write(update) == expected
    assert table.get(A) == expected
    with pytest.raises(ConditionFailed):
        table.write(update)
    assert table.get(A) == expected


@pytest.mark.parametrize(
    "value",
    [0, 1, -1, 10**30, 0.1, -0.5, 52.520008, 52.0, 1e-7, -1e-100, -0.0, 123456789.12345678],
)
def test_numbers_read_back_equal(tables: Tables, value: float) -> None:
    table = tables.metadata
    table.write(Put(_item(A, value=value)))
    assert table.get(A) == _item(A, value=value)


def test_text_of_any_kind_reads_back_equal_and_is_never_taken_for_an_expression(
    tables: Tables,
) -> None:
    table = tables.metadata
    for text in ("", "naïve 🌻", "#n0 = :v0", "x\n\t\x7f", "' OR 1=1 --", "y" * 5000):
        table.write(Update(A, set={"text": text}))
        assert table.write(Update(A, set={"again": 1}, condition=Attr("text").eq(text)))
        assert table.get(A) == _item(A, text=text, again=1)


def test_a_container_that_is_second_to_make_the_key_of_cursors_takes_the_firsts(
    tables: Tables,
) -> None:
    class Hasty:
        """A table whose first read finds nothing, as if two had looked at the same moment."""

        def __init__(self) -> None:
            self.looked = False

        def __getattr__(self, name: str) -> Any:
            return getattr(tables.metadata.client, name)

        def batch_get_item(self, **parameters: Any) -> Any:
            if not self.looked:
                self.looked = True
                return {"Responses": {tables.metadata.name: []}}
            return tables.metadata.client.batch_get_item(**parameters)

    first = DynamoSecrets(tables.metadata).cursor_key()
    hasty = Table(cast("Any", Hasty()), tables.metadata.name)
    assert DynamoSecrets(hasty).cursor_key() == first
    assert tables.metadata.get(CURSOR_KEY) == key_item(CURSOR_KEY) | {"secret": first.hex()}
