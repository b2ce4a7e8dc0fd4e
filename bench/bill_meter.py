"""Counts what the functions' calls cost on AWS, while they run on moto.

moto does not tell the request units that DynamoDB bills, so they are computed from the items
themselves by the rules of DynamoDB's documentation: a write unit is 1 KB of the larger of the item
before and after, a read unit 4 KB, half of it if eventually consistent. A write within a
transaction takes twice as many, and so does each index entry that it changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

from bench.bill_measured import Taken
from shutterfeed.schema import (
    FOLLOWERS_PK,
    FOLLOWERS_SK,
    OPEN_PK,
    OPEN_SK,
    PK,
    PUBLISHED_PK,
    PUBLISHED_SK,
    SK,
)

Item = Mapping[str, Mapping[str, Any]]

ENTRY_OVERHEAD: Final = 100
"""Bytes that DynamoDB adds to what is stored for each item and for each entry of an index."""
_TABLE_KEY: Final = (PK, SK)
_INDEXES: Final = (
    (FOLLOWERS_PK, FOLLOWERS_SK, False),
    (PUBLISHED_PK, PUBLISHED_SK, True),
    (OPEN_PK, OPEN_SK, False),
)
"""The indexes' keys, and whether an entry has the whole item."""
_WRITTEN_OBJECTS: Final = frozenset(
    (
        "PutObject",
        "CopyObject",
        "PutObjectTagging",
        "CreateMultipartUpload",
        "UploadPart",
        "CompleteMultipartUpload",
        "ListObjectsV2",
        "ListParts",
    )
)
"""The requests to S3 that cost as much as a PUT."""
_FREE_OF_S3: Final = frozenset(("DeleteObject", "DeleteObjects", "AbortMultipartUpload"))


def size_of(item: Item) -> int:
    """The bytes that DynamoDB counts of an item."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    size = 1  # Of a truth value or null.
    match kind:
        case "S":
            size = len(str(content).encode())
        case "N":
            digits = str(content).strip("-").replace(".", "").strip("0")
            size = 1 + math.ceil(len(digits) / 2) + str(content).startswith("-")
        case "B":
            size = len(content)
        case "L":
            size = 3 + sum(1 + _size(one) for one in content)
        case "M":
            size = 3 + sum(1 + len(name.encode()) + _size(one) for name, one in content.items())
    return size


def write_units(size: int) -> int:
    return max(1, math.ceil(size / 1024))


def read_halves(size: int, *, consistent: bool) -> int:
    return max(1, math.ceil(size / 4096)) * (2 if consistent else 1)


def entries(item: Item | None) -> list[Item | None]:
    """The entry of an item in each index; None where it has none."""
    return [_entry(item, *index) for index in _INDEXES]


def _entry(item: Item | None, partition: str, sort: str, whole: bool) -> Item | None:
    if item is None or partition not in item or sort not in item:
        return None
    if whole:
        return item
    return {name: item[name] for name in (*_TABLE_KEY, partition, sort)}


def index_units(before: Item | None, after: Item | None) -> int:
    """The write units of an item's entries in the indexes."""
    units = 0
    for index, old, new in zip(_INDEXES, entries(before), entries(after), strict=True):
        moved = old and new and any(old[name] != new[name] for name in index[:2])
        if moved:
            units += write_units(size_of(old or {})) + write_units(size_of(new or {}))
        elif old != new:
            units += write_units(max(size_of(old or {}), size_of(new or {})))
    return units


@contextmanager
def metered(tables: Container[str]) -> Iterator[Taken]:
    """Count every call that is made meanwhile, and the units of these tables."""
    taken = Taken()
    original: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    lock = RLock()

    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        # Some services make calls at once, in threads.
        with lock:
            return counted(client, operation, parameters)

    def counted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if service == "dynamodb":
            return _database(taken, tables, client, operation, parameters, original=original)
        answer = original(client, operation, parameters)
        if service == "s3":
            _storage(taken, operation)
        if service == "sqs":
            _queue(taken, operation, parameters)
        return answer

    with patch.object(BaseClient, "_make_api_call", call):
        yield taken


def _storage(taken: Taken, operation: str) -> None:
    if operation in _WRITTEN_OBJECTS:
        taken.puts += 1
    elif operation not in _FREE_OF_S3:
        taken.gets += 1


def _queue(taken: Taken, operation: str, parameters: Mapping[str, Any]) -> None:
    if operation not in ("SendMessage", "SendMessageBatch"):
        return
    taken.sends += 1
    taken.messages += len(parameters.get("Entries", [None]))


def _database(
    taken: Taken,
    tables: Container[str],
    client: Any,
    operation: str,
    parameters: dict[str, Any],
    *,
    original: Callable[..., Any],
) -> Any:
    def stored(table: str, key: Item) -> Item | None:
        found = {"TableName": table, "Key": dict(key), "ConsistentRead": True}
        item: Item | None = original(client, "GetItem", found).get("Item")
        return item

    writes = [write for write in _writes(operation, parameters) if write[0] in tables]
    before = [stored(table, key) for table, key in writes]
    answer = original(client, operation, parameters)
    factor = 2 if operation == "TransactWriteItems" else 1
    for (table, key), old in zip(writes, before, strict=True):
        new = stored(table, key)
        units = write_units(max(size_of(old or {}), size_of(new or {})))
        taken.written[table] += factor * (units + index_units(old, new))
        taken.stored[table] += _bytes(new) - _bytes(old)
        grown = sum(map(_bytes, entries(new))) - sum(map(_bytes, entries(old)))
        taken.indexed[table] += grown
    _count_reads(taken, operation, parameters, answer)
    return answer


def _bytes(item: Item | None) -> int:
    return 0 if item is None else size_of(item) + ENTRY_OVERHEAD


def _writes(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, Item]]:
    """The table and key of each write; conditions that are only checked cost as much."""
    match operation:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            yield parameters["TableName"], _key_of(parameters)
        case "TransactWriteItems":
            for write in parameters["TransactItems"]:
                ((_, one),) = write.items()
                yield one["TableName"], _key_of(one)
        case "BatchWriteItem":
            for table, requests in parameters["RequestItems"].items():
                for request in requests:
                    ((_, one),) = request.items()
                    yield table, _key_of(one)


def _key_of(write: Mapping[str, Any]) -> Item:
    held = write.get("Key") or write["Item"]
    return {name: held[name] for name in _TABLE_KEY}


def _count_reads(
    taken: Taken, operation: str, parameters: Mapping[str, Any], answer: Mapping[str, Any]
) -> None:
    match operation:
        case "GetItem":
            consistent = bool(parameters.get("ConsistentRead"))
            size = size_of(answer.get("Item", {}))
            taken.halves[parameters["TableName"]] += read_halves(size, consistent=consistent)
        case "Query" | "Scan":
            consistent = bool(parameters.get("ConsistentRead"))
            size = sum(map(size_of, answer["Items"]))
            taken.halves[parameters["TableName"]] += read_halves(size, consistent=consistent)
        case "BatchGetItem":
            for table, asked in parameters["RequestItems"].items():
                consistent = bool(asked.get("ConsistentRead"))
                sizes = [size_of(item) for item in answer["Responses"].get(table, [])]
                # An item that does not exist costs as much as a small one.
                sizes += [0] * (len(asked["Keys"]) - len(sizes))
                for size in sizes:
                    taken.halves[table] += read_halves(size, consistent=consistent)
