"""A DynamoDB table as the repositories use it: plain Python values in and out.

The only code that builds expressions, and the one place where DynamoDB's errors become ours:

    ConditionFailed   a condition did not hold; the repository knows what that means
    Busy              throttled, or in conflict with other writers, after all retries

Whatever else goes wrong is AWS's `ClientError` and escapes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from shutterfeed.adapters.connections import MAX_CONNECTIONS
from shutterfeed.domain.errors import Busy
from shutterfeed.keys import Key
from shutterfeed.schema import PK, SK

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
Item = dict[str, Any]

_BATCH_GET: Final = 100
_BATCH_WRITE: Final = 25
_ATTEMPTS: Final = 8
_BASE_DELAY: Final = 0.025
"""Seconds; doubled at every attempt, with full jitter: 3 seconds in all on average."""
_BUSY_CODES: Final = frozenset(
    ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
)
_PASSING: Final = frozenset(
    ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")
)
"""Why DynamoDB cancels a transaction that it may take a moment later: as `TransactWriteItems` is
documented, a throttled partition has either of the last two."""
_CONDITION: Final = "ConditionalCheckFailed"


class ConditionFailed(Exception):
    """`failed` are the indexes of the transaction's writes whose condition did not hold."""

    def __init__(self, failed: Sequence[int] = (0,)) -> None:
        super().__init__(f"condition failed for writes {list(failed)}")
        self.failed = tuple(failed)


class _Serializer(TypeSerializer):
    """Takes floats: coordinates are written by their shortest decimal form. Texts, which all keys
    are, go the short way: a page of the feed asks for dozens of items."""

    def serialize(self, value: Any) -> Any:
        if type(value) is str:
            return {"S": value}
        return super().serialize(Decimal(repr(value)) if isinstance(value, float) else value)


class _Deserializer(TypeDeserializer):
    """Gives int and float rather than Decimal, and knows the usual types without looking for a
    method of theirs: half of the time that a page of the feed takes for its items' values."""

    def deserialize(self, value: Any) -> Any:
        [(kind, content)] = value.items()
        match kind:
            case "S":
                return content
            case "N":
                return int(content) if content.lstrip("-").isdecimal() else float(content)
            case "M":
                return {name: self.deserialize(part) for name, part in content.items()}
            case "L":
                return [self.deserialize(part) for part in content]
            case _:
                return super().deserialize(value)


_serialize = _Serializer().serialize
_deserialize = _Deserializer().deserialize


def marshal(item: Mapping[str, Any]) -> Item:
    """Plain values as DynamoDB's typed ones; top-level None is left out."""
    return {name: _serialize(value) for name, value in item.items() if value is not None}


def unmarshal(item: Mapping[str, Any]) -> Item:
    return {name: _deserialize(value) for name, value in item.items()}


def key_item(key: Key) -> Item:
    return {PK: key.pk, SK: key.sk}


def item_key(item: Mapping[str, Any]) -> Key:
    return Key(item[PK], item[SK])


def chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """The results of calls made side by side: one round trip. The calls make no such calls."""
    if len(calls) <= 1:
        return [call() for call in calls]
    first, *others = calls
    futures = [_pool().submit(call) for call in others]
    return [first(), *(future.result() for future in futures)]


@cache
def _pool() -> ThreadPoolExecutor:
    """As many as there are connections; kept, because starting threads costs more than calls."""
    return ThreadPoolExecutor(MAX_CONNECTIONS)


def is_now(name: str, value: object) -> ConditionBase:
    """The condition that an attribute has a value; none at all where the value is empty."""
    return Attr(name).eq(value) if value else Attr(name).not_exists()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed from error
        if code in _BUSY_CODES or code == "TransactionConflictException":
            raise Busy from error
        raise


def _retried(call: Callable[[], T | None]) -> T:
    """Repeat until the call gives something, waiting longer each time; `Busy` in the end."""
    for attempt in range(_ATTEMPTS):
        result = call()
        if result is not None:
            return result
        time.sleep(random.uniform(0, _BASE_DELAY * 2**attempt))  # noqa: S311 - jitter
    raise Busy


@dataclass(slots=True)
class _Expression:
    """The parts of a write's expressions, with placeholders for every name and value: names may
    be reserved words, and values come from users."""

    names: dict[str, str] = field(default_factory=dict)
    values: Item = field(default_factory=dict)

    def name(self, attribute: str) -> str:
        placeholder = f"#u{len(self.names)}"
        self.names[placeholder] = attribute
        return placeholder

    def value(self, value: Any) -> str:
        placeholder = f":u{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def condition(self, condition: ConditionBase, is_key: bool = False) -> str:
        built = ConditionExpressionBuilder().build_expression(condition, is_key)
        self.names.update(built.attribute_name_placeholders)
        self.values.update(built.attribute_value_placeholders)
        return str(built.condition_expression)

    def parameters(self) -> Item:
        parameters: Item = {}
        if self.names:
            parameters["ExpressionAttributeNames"] = self.names
        if self.values:
            parameters["ExpressionAttributeValues"] = marshal(self.values)
        return parameters


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole item."""

    item: Item
    condition: ConditionBase | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Change attributes: set them, set those still missing, add to numbers and to sets, remove."""

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    set_new: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int | frozenset[str]] = field(default_factory=dict)
    remove: Sequence[str] = ()
    condition: ConditionBase | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an item; within a transaction also from another table."""

    key: Key
    condition: ConditionBase | None = None
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Only within a transaction: an item, also of another table, that has to be as the condition
    says."""

    key: Key
    condition: ConditionBase
    table: str | None = None


Write = Put | Update | Delete


@dataclass(frozen=True, slots=True)
class Rows:
    """Some items of a query, and the key after which to go on; None at the end."""

    items: list[Item]
    last: Item | None


@dataclass(frozen=True, slots=True)
class Table:
    """One table behind a client that is shared by all."""

    client: DynamoDBClient
    name: str

    def get(self, key: Key) -> Item | None:
        """Strongly consistent."""
        with _translated():
            answer = self.client.get_item(
                TableName=self.name, Key=marshal(key_item(key)), ConsistentRead=True
            )
        return unmarshal(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key], consistent: bool = False) -> list[Item]:
        """The items that exist, in any order; more than 100 in parallel requests."""
        return [item for items in at_once(self.getting(keys, consistent)) for item in items]

    def getting(
        self, keys: Iterable[Key], consistent: bool = False
    ) -> list[Callable[[], list[Item]]]:
        """The requests of `get_many`, to be made beside others."""
        batches = chunks(list(dict.fromkeys(keys)), _BATCH_GET)
        return [partial(self._get_batch, batch, consistent) for batch in batches]

    def query(
        self,
        condition: ConditionBase,
        *,
        index: str | None = None,
        after: Item | None = None,
        limit: int | None,
        newest_first: bool = False,
        consistent: bool = False,
        attributes: Sequence[str] = (),
    ) -> Rows:
        """One page of items in the order of their sort key: `limit` items, or a megabyte, with
        these attributes or all."""
        expression = _Expression()
        parameters: Item = {
            "TableName": self.name,
            "KeyConditionExpression": expression.condition(condition, is_key=True),
            "ScanIndexForward": not newest_first,
            "ConsistentRead": consistent,
        }
        if limit is not None:
            parameters["Limit"] = limit
        if attributes:
            names = [expression.name(attribute) for attribute in attributes]
            parameters["ProjectionExpression"] = ", ".join(names)
        parameters |= expression.parameters()
        if index is not None:
            parameters["IndexName"] = index
        if after is not None:
            parameters["ExclusiveStartKey"] = marshal(after)
        with _translated():
            answer = self.client.query(**parameters)
        last = answer.get("LastEvaluatedKey")
        return Rows(list(map(unmarshal, answer["Items"])), unmarshal(last) if last else None)

    def scan(
        self,
        condition: ConditionBase,
        *,
        after: Item | None = None,
        limit: int,
        attributes: Sequence[str],
    ) -> Rows:
        """Those of the next `limit` items, in no order, that meet the condition. For maintenance
        only: it reads whatever is there."""
        expression = _Expression()
        parameters: Item = {
            "TableName": self.name,
            "FilterExpression": expression.condition(condition),
            "Limit": limit,
            "ProjectionExpression": ", ".join(map(expression.name, attributes)),
        }
        parameters |= expression.parameters()
        if after is not None:
            parameters["ExclusiveStartKey"] = marshal(after)
        with _translated():
            answer = self.client.scan(**parameters)
        last = answer.get("LastEvaluatedKey")
        return Rows(list(map(unmarshal, answer["Items"])), unmarshal(last) if last else None)

    def write(self, write: Write) -> Item:
        """One write; for an update, the item as it is now. Raises `ConditionFailed`."""
        parameters = self._parameters(write)
        with _translated():
            match write:
                case Put():
                    self.client.put_item(**parameters)
                case Delete():
                    self.client.delete_item(**parameters)
                case Update():
                    answer = self.client.update_item(**parameters, ReturnValues="ALL_NEW")
                    return unmarshal(answer["Attributes"])
        return {}

    def transact(self, writes: Sequence[Write | Check]) -> None:
        """All writes or none. Raises `ConditionFailed`, and `Busy` for lasting conflicts."""
        kinds = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}
        items: Any = [{kinds[type(write)]: self._parameters(write)} for write in writes]

        def attempt() -> bool | None:
            try:
                with _translated():
                    self.client.transact_write_items(TransactItems=items)
            except self.client.exceptions.TransactionCanceledException as error:
                reasons = [reason.get("Code") for reason in error.response["CancellationReasons"]]
                failed = [i for i, reason in enumerate(reasons) if reason == _CONDITION]
                if failed:
                    raise ConditionFailed(failed) from error
                if _PASSING.intersection(reasons):
                    return None
                raise
            return True

        _retried(attempt)

    def write_many(self, puts: Iterable[Item] = (), deletes: Iterable[Key] = ()) -> None:
        """Unconditional writes in batches; what is left unprocessed is written again."""
        requests: list[Any] = [{"PutRequest": {"Item": marshal(item)}} for item in puts]
        requests += [{"DeleteRequest": {"Key": marshal(key_item(key))}} for key in deletes]
        for batch in chunks(requests, _BATCH_WRITE):
            self._write_batch(list(batch))

    def _write_batch(self, requests: list[Any]) -> None:
        def attempt() -> bool | None:
            nonlocal requests
            with _translated():
                answer = self.client.batch_write_item(RequestItems={self.name: requests})
            requests = list(answer.get("UnprocessedItems", {}).get(self.name, []))
            return None if requests else True

        _retried(attempt)

    def _get_batch(self, keys: Sequence[Key], consistent: bool) -> list[Item]:
        request: Any = {
            self.name: {
                "Keys": [marshal(key_item(key)) for key in keys],
                "ConsistentRead": consistent,
            }
        }
        items: list[Item] = []

        def attempt() -> bool | None:
            nonlocal request
            with _translated():
                answer = self.client.batch_get_item(RequestItems=request)
            items.extend(map(unmarshal, answer["Responses"].get(self.name, [])))
            request = answer.get("UnprocessedKeys")
            return None if request else True

        _retried(attempt)
        return items

    def _parameters(self, write: Write | Check) -> Item:
        expression = _Expression()
        parameters: Item = {"TableName": self.name}
        match write:
            case Put(item):
                parameters["Item"] = marshal(item)
            case Delete(key) | Check(key):
                parameters["Key"] = marshal(key_item(key))
                parameters["TableName"] = write.table or self.name
            case Update(key):
                parameters["Key"] = marshal(key_item(key))
                parameters["UpdateExpression"] = _update_expression(write, expression)
        if write.condition is not None:
            parameters["ConditionExpression"] = expression.condition(write.condition)
        return parameters | expression.parameters()


def _update_expression(update: Update, expression: _Expression) -> str:
    name, value = expression.name, expression.value
    sets = [f"{name(n)} = {value(v)}" for n, v in update.set.items()]
    for attribute, initial in update.set_new.items():
        placeholder = name(attribute)
        sets.append(f"{placeholder} = if_not_exists({placeholder}, {value(initial)})")
    adds = [f"{name(n)} {value(v)}" for n, v in update.add.items()]
    removes = [name(n) for n in update.remove]
    clauses = (("SET", sets), ("ADD", adds), ("REMOVE", removes))
    return " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses if parts)
