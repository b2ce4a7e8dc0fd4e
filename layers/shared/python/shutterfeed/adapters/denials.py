"""Denials in CloudFront: in a key-value store, or in a function's code where there is no store.

A store has up to 5 MB, which is more than 100,000 entries, and takes 50 keys with a call. A
function's code has up to 10 KB. That is enough for the local cloud, the only one without a store.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from shutterfeed.domain.errors import Busy

_BATCH: Final = 50
"""The most keys that one call changes."""
_ROOM_FOR_PASSING: Final = 4_000_000
"""How many bytes of a store's 5 MB may be taken when an entry is added that ends by itself. The
rest is for what must stay denied."""
_ATTEMPTS: Final = 5
_FOR_GOOD: Final = "for good"
_DENIED: Final = re.compile(r"^const DENIED = (\{.*\});$", re.MULTILINE)


class DenialsChanged(Exception):
    """Somebody else changes the denials all the time: nothing was done, or only a part."""

    def __init__(self) -> None:
        super().__init__("The denials are being changed by others: try again in a minute.")


@dataclass(frozen=True, slots=True)
class StoredDenials:
    """Denials in CloudFront's key-value store. Its client needs the package `awscrt`, since the
    store takes no signatures but those of SigV4A."""

    client: Any
    """A client of `cloudfront-keyvaluestore`."""
    arn: str

    def add(self, ids: Collection[str], until: datetime | None) -> None:
        value = _written(until)
        for batch in _batches(ids):
            if until is not None:
                self._check_room()
            self._change(Puts=[{"Key": key, "Value": value} for key in batch])

    def remove(self, ids: Collection[str]) -> None:
        # The store refuses to remove what it does not have.
        for batch in _batches(key for key in ids if self._has(key)):
            self._change(Deletes=[{"Key": key} for key in batch])

    def all(self) -> Mapping[str, datetime | None]:
        pages = self.client.get_paginator("list_keys").paginate(
            KvsARN=self.arn, PaginationConfig={"PageSize": _BATCH}
        )
        return {
            item["Key"]: _read(item["Value"]) for page in pages for item in page.get("Items", [])
        }

    def _check_room(self) -> None:
        store = self.client.describe_key_value_store(KvsARN=self.arn)
        if store["TotalSizeInBytes"] > _ROOM_FOR_PASSING:
            raise Busy

    def _has(self, key: str) -> bool:
        try:
            self.client.get_key(KvsARN=self.arn, Key=key)
        except self.client.exceptions.ResourceNotFoundException:
            return False
        return True

    def _change(self, **change: Any) -> None:
        """Change a batch on the condition that nobody has changed the store since it was looked
        at."""

        def attempt() -> None:
            version = self.client.describe_key_value_store(KvsARN=self.arn)["ETag"]
            self.client.update_keys(KvsARN=self.arn, IfMatch=version, **change)

        _repeat(attempt, self.client.exceptions.ConflictException)


@dataclass(frozen=True, slots=True)
class DenialsInCode:
    """Denials in the code of the function that checks links. Each change publishes it again."""

    client: Any
    """A client of `cloudfront`."""
    function: str

    def add(self, ids: Collection[str], until: datetime | None) -> None:
        self._change(lambda entries: entries | dict.fromkeys(ids, _written(until)))

    def remove(self, ids: Collection[str]) -> None:
        gone = set(ids)
        self._change(lambda entries: {k: v for k, v in entries.items() if k not in gone})

    def all(self) -> Mapping[str, datetime | None]:
        code, _ = self._code()
        return {key: _read(value) for key, value in _entries(code).items()}

    def _change(self, changed: Callable[[dict[str, str]], dict[str, str]]) -> None:
        def attempt() -> None:
            code, version = self._code()
            entries = json.dumps(changed(_entries(code)), sort_keys=True)
            self.client.update_function(
                Name=self.function,
                IfMatch=version,
                FunctionConfig=self._described()["FunctionSummary"]["FunctionConfig"],
                FunctionCode=_DENIED.sub(lambda _: f"const DENIED = {entries};", code).encode(),
            )
            # What others have changed since is published with it.
            self.client.publish_function(Name=self.function, IfMatch=self._described()["ETag"])

        exceptions = self.client.exceptions
        _repeat(attempt, exceptions.PreconditionFailed, exceptions.InvalidIfMatchVersion)

    def _described(self) -> Any:
        return self.client.describe_function(Name=self.function, Stage="DEVELOPMENT")

    def _code(self) -> tuple[str, str]:
        answer = self.client.get_function(Name=self.function, Stage="DEVELOPMENT")
        return answer["FunctionCode"].read().decode(), answer["ETag"]


def _entries(code: str) -> dict[str, str]:
    (entries,) = _DENIED.findall(code)
    found: dict[str, str] = json.loads(entries)
    return found


def _repeat(attempt: Callable[[], None], *conflicts: type[Exception]) -> None:
    """Attempt it until nobody else comes in between. Raises `DenialsChanged`."""
    for _ in range(_ATTEMPTS):
        try:
            attempt()
        except conflicts:
            continue
        return
    raise DenialsChanged


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _written(until: datetime | None) -> str:
    return _FOR_GOOD if until is None else str(int(until.timestamp()))


def _read(value: str) -> datetime | None:
    return None if value == _FOR_GOOD else datetime.fromtimestamp(int(value), UTC)
