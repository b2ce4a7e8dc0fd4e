"""DynamoDB's calls, answered by moto without HTTP in between, which takes most of a call's time.

moto copies tables before each transaction, to be able to roll it back, and takes as long for one
update as for ten other calls. Here the conditions of a transaction are looked at before
anything is written, so that there is nothing to roll back; and updates are made here, of those
expressions that `adapters/dynamodb/table.py` writes. What they do on moto, and on DynamoDB Local,
the contract tests say.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore import xform_name
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import ConditionalCheckFailed, TransactionCanceledException
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.dynamodb.responses import DynamoHandler

from shutterfeed.schema import PK, SK
from tests.conftest import REGION
from tests.integration.world import ACCOUNT
from tests.moto_shortcuts import as_received

Item = dict[str, Any]
Touched = tuple[str, str, str]
"""A table, a partition key and a sort key."""

WRITES: Final = frozenset(
    ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
)


_ONCE: Final = re.compile(r"if_not_exists\(#\w+, (:\w+)\)")


class Refused(Exception):
    """The call's error, as a client reads it."""

    def __init__(self, response: Mapping[str, Any]) -> None:
        super().__init__(response["Error"]["Code"])
        self.response = response


def backend() -> Any:
    return dynamodb_backends[ACCOUNT][REGION]


def answer(operation: str, parameters: Mapping[str, Any]) -> Item:
    """What DynamoDB answers. Raises `Refused`."""
    handler: Any = DynamoHandler()
    handler.region, handler.current_account, handler.headers = REGION, ACCOUNT, {}
    handler.body = _sent(parameters)
    try:
        if operation == "TransactWriteItems":
            _transact(handler.body["TransactItems"])
            return {}
        if operation == "UpdateItem":
            _check([handler.body], ConditionalCheckFailed)
            return {"Attributes": as_received(_update(handler.body))}
        # Made for this answer alone: nothing of it is the table's.
        result: Item = getattr(handler, xform_name(operation))().result
    except Exception as error:
        if not hasattr(error, "description"):
            raise
        raise Refused(_error_response(json.loads(error.description))) from error
    return result


def touched(operation: str, parameters: Mapping[str, Any]) -> list[Touched]:
    """The items that a write may change."""
    return [(table, key[PK]["S"], key[SK]["S"]) for table, key in _touched(operation, parameters)]


def image(place: Touched) -> Item | None:
    """An item as the table has it now, in DynamoDB's JSON."""
    table, pk, sk = place
    found = backend().tables[table].get_item(DynamoType({"S": pk}), DynamoType({"S": sk}))
    return None if found is None else {name: _sent(one) for name, one in found.attrs.items()}


def items(table: str) -> Iterator[Item]:
    """All items of a table, with plain bytes where they are binary."""
    for partition in list(backend().tables[table].items.values()):
        for item in list(partition.values()):
            yield dynamo_to_dict(dict(item.attrs))


def clear() -> None:
    """Tables without items."""
    for table in backend().tables.values():
        table.items.clear()


def _touched(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    if operation == "TransactWriteItems":
        for write in parameters["TransactItems"]:
            [(kind, one)] = write.items()
            if kind != "ConditionCheck":
                yield one["TableName"], one.get("Key") or one["Item"]
    elif operation == "BatchWriteItem":
        for table, requests in parameters["RequestItems"].items():
            for request in requests:
                [one] = request.values()
                yield table, one.get("Key") or one["Item"]
    elif operation in WRITES:
        yield parameters["TableName"], parameters.get("Key") or parameters["Item"]


def _transact(writes: list[Item]) -> None:
    ones = [next(iter(write.values())) for write in writes]
    _check(ones, TransactionCanceledException)
    for write in writes:
        [(kind, one)] = write.items()
        if kind == "Put":
            backend().put_item(one["TableName"], one["Item"])
        elif kind == "Delete":
            backend().delete_item(one["TableName"], one["Key"])
        elif kind == "Update":
            _update(one)


def _check(writes: list[Item], error: Any) -> None:
    """Raises moto's error where conditions do not hold."""
    said: list[Any] = []
    for one in writes:
        condition = get_filter_expression(
            one.get("ConditionExpression"),
            one.get("ExpressionAttributeNames"),
            one.get("ExpressionAttributeValues"),
        )
        current = backend().get_item(one["TableName"], one.get("Key") or one["Item"])
        holds = condition.expr(current)
        said.append((None, None, None) if holds else ("ConditionalCheckFailed", "", None))
    if any(code for code, _, _ in said):
        raise error(said) if error is TransactionCanceledException else error


def _update(one: Item) -> Item:
    """The item as it is now."""
    key, names = one["Key"], one.get("ExpressionAttributeNames", {})
    values = one.get("ExpressionAttributeValues", {})
    place = (one["TableName"], key[PK]["S"], key[SK]["S"])
    item = image(place) or dict(key)
    words = re.split(r"\b(SET|ADD|REMOVE) ", one["UpdateExpression"])[1:]
    for verb, rest in zip(words[::2], words[1::2], strict=True):
        for part in re.split(r", (?![^(]*\))", rest.strip()):
            name, _, value = part.partition(" = " if verb == "SET" else " ")
            if verb == "REMOVE":
                item.pop(names[name], None)
            elif verb == "ADD":
                item[names[name]] = _sum(item.get(names[name]), values[value])
            elif once := _ONCE.fullmatch(value):
                item.setdefault(names[name], values[once[1]])
            else:
                item[names[name]] = values[value]
    backend().put_item(one["TableName"], item)
    return item


def _sum(old: Item | None, new: Item) -> Item:
    """The sum of two numbers, or the union of two sets."""
    if old is None:
        return new
    [(kind, value)] = new.items()
    if kind == "N":
        return {"N": str(int(old["N"]) + int(value))}
    return {kind: sorted({*old[kind], *value})}


def _error_response(said: Mapping[str, Any]) -> Item:
    code = said["__type"].split("#")[-1]
    message = said.get("message") or said.get("Message") or ""
    response: Item = {"Error": {"Code": code, "Message": message}, "message": message}
    if "CancellationReasons" in said:
        response["CancellationReasons"] = said["CancellationReasons"]
    return response


def _sent(value: Any) -> Any:
    """Parameters, or what moto keeps of an item, as they go over the wire: binary values in
    base64."""
    kind = type(value)
    if kind is str:
        return value
    if kind is DynamoType:
        return {value.type: _sent(value.value)}
    if isinstance(value, dict):
        return {name: _sent(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sent(part) for part in value]
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return value
