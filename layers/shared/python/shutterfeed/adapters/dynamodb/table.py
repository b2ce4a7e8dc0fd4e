"""A DynamoDB table for the repositories, which takes and returns plain Python values.

No other code builds expressions. DynamoDB's errors become ours here:

    ConditionFailed   a condition did not hold; the repository knows what that means
    Busy              throttled, or in conflict with other writers, after all retries

Every other error is AWS's `ClientError` and escapes.
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
ATTEMPTS: Final = 8
_BASE_DELAY: Final = 0.025
"""The first delay in seconds. It is doubled at every attempt, with full jitter: 3 seconds in all on
average."""
_BUSY_CODES: Final = frozenset(
    ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
)
_PASSING: Final = frozenset(
    ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")
)
"""The reasons for which DynamoDB cancels a transaction that may succeed a moment later. According
to the documentation of `TransactWriteItems`, a throttled partition gives either of the last two."""
_CONDITION: Final = "ConditionalCheckFailed"


class ConditionFailed(Exception):
    """The condition of a write did not hold. `failed` has the indexes of all such writes in the
    transaction."""

    def __init__(self, failed: Sequence[int] = (0,)) -> None:
        super().__init__(f"condition failed for writes {list(failed)}")
        self.failed = tuple(failed)


class Contended(Busy):
    """A transaction met other writers until the end. `writes` has the indexes of its writes that
    were in the way of others, or throttled, at the last attempt."""

    def __init__(self, writes: Sequence[int]) -> None:
        super().__init__()
        self.writes = tuple(writes)


class _Serializer(TypeSerializer):
    """A serializer that also takes floats, for coordinates: it writes their shortest decimal form.
    Texts, such as all keys, take a short way, since a feed page asks for dozens of items."""

    def serialize(self, value: Any) -> Any:
        if type(value) is str:
            return {"S": value}
        return super().serialize(Decimal(repr(value)) if isinstance(value, float) else value)


class _Deserializer(TypeDeserializer):
    """A deserializer that returns int and float instead of Decimal. It handles the usual types
    without looking up a method for each, which halves the time that a feed page takes for this."""

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
    """Plain values as DynamoDB's typed values; an attribute that is None is left out."""
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
    """Make calls at the same time, in one round trip, and return their results. If some fail, all
    have ended when the error of the first of them is raised. The calls themselves may not use this
    function, as they would wait for a thread."""
    if len(calls) <= 1:
        return [call() for call in calls]
    first, *others = calls
    futures = [_pool().submit(call) for call in others]
    try:
        result = first()
    finally:
        for future in futures:
            future.exception()
    return [result, *(future.result() for future in futures)]


@cache
def _pool() -> ThreadPoolExecutor:
    """The threads for `at_once`, one for each connection. They are kept, because starting a thread
    costs more than a call."""
    return ThreadPoolExecutor(MAX_CONNECTIONS)


def is_now(name: str, value: object) -> ConditionBase:
    """The condition that an attribute has this value; if it is None or empty, that the attribute
    does not exist."""
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


def retried(call: Callable[[], T | None], attempts: int = ATTEMPTS) -> T:
    """Repeat the call until it returns something, waiting longer each time. Raises `Busy` in the
    end."""
    for attempt in range(attempts):
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
    """Change attributes: set them, set those that are missing, add to numbers and sets, remove."""

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
    """Require that an item, perhaps of another table, meets a condition; only in a transaction."""

    key: Key
    condition: ConditionBase
    table: str | None = None


Write = Put | Update | Delete


@dataclass(frozen=True, slots=True)
class Rows:
    """Some items of a query, and the key after which to continue (None at the end)."""

    items: list[Item]
    last: Item | None


@dataclass(frozen=True, slots=True)
class Table:
    """One table. All tables share one client."""

    client: DynamoDBClient
    name: str

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        """The item with this key; None if there is none."""
        with _translated():
            answer = self.client.get_item(
                TableName=self.name, Key=marshal(key_item(key)), ConsistentRead=consistent
            )
        return unmarshal(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key], consistent: bool = False) -> list[Item]:
        """The items that exist, in any order. More than 100 keys are read with several requests at
        the same time."""
        return [item for items in at_once(self.getting(keys, consistent)) for item in items]

    def getting(
        self, keys: Iterable[Key], consistent: bool = False
    ) -> list[Callable[[], list[Item]]]:
        """The requests of `get_many` as functions, to make them at the same time as others."""
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
        """One page of items in the order of their sort keys: up to `limit` items or a megabyte,
        with the given attributes or, if none are given, all."""
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
        """Read the next `limit` items of the table, in no order, and return those that meet the
        condition. For maintenance only, as it reads the whole table."""
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
        """Make one write. An update returns the new item. Raises `ConditionFailed`."""
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

    def transact(self, writes: Sequence[Write | Check], attempts: int = ATTEMPTS) -> None:
        """Make all writes or none. Raises `ConditionFailed`, and `Contended` if conflicts last."""
        kinds = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}
        items: Any = [{kinds[type(write)]: self._parameters(write)} for write in writes]
        contended: list[int] = []

        def attempt() -> bool | None:
            contended.clear()
            try:
                with _translated():
                    self.client.transact_write_items(TransactItems=items)
            except self.client.exceptions.TransactionCanceledException as error:
                reasons = [reason.get("Code") for reason in error.response["CancellationReasons"]]
                failed = [i for i, reason in enumerate(reasons) if reason == _CONDITION]
                if failed:
                    raise ConditionFailed(failed) from error
                contended.extend(i for i, reason in enumerate(reasons) if reason in _PASSING)
                if contended:
                    return None
                raise
            return True

        try:
            retried(attempt, attempts)
        except Busy as error:
            raise Contended(contended) from error

    def write_many(self, puts: Iterable[Item] = (), deletes: Iterable[Key] = ()) -> None:
        """Make unconditional writes in batches. Writes that DynamoDB did not process are
        repeated."""
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

        retried(attempt)

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

        retried(attempt)
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
