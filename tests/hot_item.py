"""A model of what DynamoDB bears at one item, in a time of its own: a partition key takes 1,000
write units a second, a write in a transaction two of them, and no two transactions the same item at
the same time.

The callers are threads, of which one runs at a time: whoever's moment is next. So thousands of
callers a second take as long as they compute, and every run is the same.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, Final

from botocore.exceptions import ClientError

UNITS_A_SECOND: Final = 1_000
LATENCY: Final = 0.005
"""How long a call takes, and a transaction keeps its items to itself."""


class Time:
    """The callers' time in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._number = 0
        self._idle = threading.Semaphore(0)

    def sleep(self, seconds: float) -> None:
        event = self._enter(self.now + seconds)
        self._idle.release()
        event.wait()

    def _enter(self, at: float) -> threading.Event:
        event = threading.Event()
        self._number += 1
        heappush(self._waiting, (at, self._number, event))
        return event

    def run(self, calls: Iterable[tuple[float, Callable[[], object]]]) -> None:
        """Make each call at its moment, and return when all have ended."""
        starting: dict[threading.Event, threading.Thread] = {}
        for at, call in calls:
            event = self._enter(at)
            starting[event] = threading.Thread(target=self._act, args=(event, call))
        while self._waiting:
            self.now, _, event = heappop(self._waiting)
            if event in starting:
                starting.pop(event).start()
            event.set()
            self._idle.acquire()

    def _act(self, event: threading.Event, call: Callable[[], object]) -> None:
        event.wait()
        try:
            call()
        finally:
            self._idle.release()


@dataclass
class Partition:
    """The write units that a partition key has left."""

    left: float = UNITS_A_SECOND
    filled_at: float = 0.0

    def take(self, units: float, now: float) -> bool:
        flowed = (now - self.filled_at) * UNITS_A_SECOND
        self.left, self.filled_at = min(UNITS_A_SECOND, self.left + flowed), now
        if self.left < units:
            return False
        self.left -= units
        return True


def _error(code: str, reasons: list[str] | None = None) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": ""}}
    if reasons is not None:
        answer["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(answer, "Write")


class _Canceled(ClientError):
    pass


class _Exceptions:
    TransactionCanceledException = _Canceled


Item = dict[str, Any]
Name = tuple[str, str]


@dataclass
class HotClient:
    """A client of DynamoDB with as much of it as likes need: items, updates that set or add, and
    the condition that an item does not exist. Conditions of updates are said by `may`."""

    time: Time
    may: Callable[[Item, Item], bool]
    """Whether an update may be made, by the item and by what it sets."""
    items: dict[Name, Item] = field(default_factory=dict)
    partitions: dict[str, Partition] = field(default_factory=dict)
    locked_until: dict[Name, float] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    exceptions: type[_Exceptions] = _Exceptions

    def get_item(self, *, Key: Item, **_: object) -> Item:  # noqa: N803 - the client's names
        self.time.sleep(LATENCY)
        found = self.items.get(_name(Key))
        return {"Item": dict(found)} if found else {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> Item:  # noqa: N803
        self.time.sleep(LATENCY)
        [(table, request)] = RequestItems.items()
        names = map(_name, request["Keys"])
        return {"Responses": {table: [dict(self.items[n]) for n in names if n in self.items]}}

    def put_item(self, *, Item: Item, **_: object) -> Item:  # noqa: N803
        self._write(_name(Item), 1)
        self.items[_name(Item)] = dict(Item)
        return {}

    def delete_item(self, *, Key: Item, **_: object) -> Item:  # noqa: N803
        self._write(_name(Key), 1)
        self.items.pop(_name(Key), None)
        return {}

    def update_item(self, **update: Any) -> Item:
        name = _name(update["Key"])
        self._write(name, 1)
        if not self.may(self.items.get(name, {}), _assigned(update, "SET")):
            raise _error("ConditionalCheckFailedException")
        return {"Attributes": dict(self._update(name, update))}

    def transact_write_items(self, *, TransactItems: list[Any]) -> Item:  # noqa: N803
        writes = [next(iter(write.items())) for write in TransactItems]
        names = [_name(write.get("Key") or write["Item"]) for _, write in writes]
        reasons = [self._refusal(name, 2) or "None" for name in names]
        if set(reasons) == {"None"}:
            verbs = [verb for verb, _ in writes]
            reasons = list(map(self._unmet, verbs, names))
        if set(reasons) != {"None"}:
            self.time.sleep(LATENCY)
            self.refused.update(reasons)
            answer = _error("TransactionCanceledException", reasons)
            raise _Canceled(answer.response, "TransactWriteItems")
        for name in names:
            self.locked_until[name] = self.time.now + LATENCY
        self.time.sleep(LATENCY)
        for (verb, write), name in zip(writes, names, strict=True):
            if verb == "Update":
                self._update(name, write)
            elif verb == "Put":
                self.items[name] = dict(write["Item"])
            else:
                self.items.pop(name)
        return {}

    def _unmet(self, verb: str, name: Name) -> str:
        """A put needs that there is no such item, and a removal that there is one."""
        exists = name in self.items
        unmet = (verb == "Put" and exists) or (verb == "Delete" and not exists)
        return "ConditionalCheckFailed" if unmet else "None"

    def _write(self, name: Name, units: int) -> None:
        refusal = self._refusal(name, units)
        self.time.sleep(LATENCY)
        if refusal == "TransactionConflict":
            raise _error("TransactionConflictException")
        if refusal:
            raise _error(refusal)

    def _refusal(self, name: Name, units: int) -> str | None:
        if self.locked_until.get(name, 0) > self.time.now:
            return "TransactionConflict"
        partition = self.partitions.setdefault(name[0], Partition())
        return None if partition.take(units, self.time.now) else "ThrottlingError"

    def _update(self, name: Name, update: Mapping[str, Any]) -> Item:
        item = self.items.setdefault(name, {"pk": {"S": name[0]}, "sk": {"S": name[1]}})
        item |= _assigned(update, "SET")
        for attribute, value in _assigned(update, "ADD").items():
            before = int(item.get(attribute, {"N": "0"})["N"])
            item[attribute] = {"N": str(before + int(value["N"]))}
        return item


def _name(item: Mapping[str, Any]) -> Name:
    return item["pk"]["S"], item["sk"]["S"]


def _assigned(update: Mapping[str, Any], verb: str) -> Item:
    """The attributes that an update sets, or adds to, and by what."""
    words = update["UpdateExpression"].replace(" = ", " ").replace(",", "").split()
    found: Item = {}
    current = ""
    for index, word in enumerate(words):
        if word in ("SET", "ADD", "REMOVE"):
            current = word
        elif current == verb and word.startswith("#"):
            name = update["ExpressionAttributeNames"][word]
            found[name] = update["ExpressionAttributeValues"][words[index + 1]]
    return found
