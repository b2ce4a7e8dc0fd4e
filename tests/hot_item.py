"""A model of what DynamoDB bears at one item, in a time of its own: a partition key takes 1,000
write units a second, a write in a transaction two of them, and no two transactions the same item at
the same time.

The callers are threads, of which one runs at a time: whoever's moment is next. So thousands of
callers a second take as long as they compute, and every run is the same.
"""

from __future__ import annotations

import operator
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final

from botocore.exceptions import ClientError

UNITS_A_SECOND: Final = 1_000
LATENCY: Final = 0.005
"""How long a call takes, and a transaction keeps its items to itself."""

Call = Callable[[], object]


class Time:
    """The callers' time in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._number = count()
        self._waiting: list[tuple[float, int, _Caller | Call]] = []
        """Callers that sleep, and calls that are not made yet, by their moments."""
        self._idle: list[_Caller] = []
        self._local = threading.local()
        self._over = threading.Lock()
        self._failures: list[BaseException] = []

    def sleep(self, seconds: float) -> None:
        caller: _Caller = self._local.caller
        self._enter(self.now + seconds, caller)
        if self._pass_on() is not caller:
            caller.turn.acquire()

    def run(self, calls: Iterable[tuple[float, Call]]) -> None:
        """Make each call at its moment, and return when all have ended. Raises what the first
        call that failed has raised."""
        for at, call in calls:
            self._enter(at, call)
        self._over.acquire()
        self._pass_on()
        with self._over:
            pass
        self._over = threading.Lock()
        for caller in self._idle:
            caller.begin(None)
        self._idle.clear()
        if self._failures:
            raise self._failures[0]

    def _enter(self, at: float, what: _Caller | Call) -> None:
        heappush(self._waiting, (at, next(self._number), what))

    def _pass_on(self) -> _Caller | None:
        """Let the one go on whose moment is next. None if that was the last."""
        if not self._waiting:
            self._over.release()
            return None
        self.now, _, then = heappop(self._waiting)
        if isinstance(then, _Caller):
            if then is not getattr(self._local, "caller", None):
                then.turn.release()
            return then
        caller = self._idle.pop() if self._idle else _Caller(self._act)
        caller.begin(then)
        return caller

    def _act(self, caller: _Caller) -> None:
        self._local.caller = caller
        while (call := caller.awaited()) is not None:
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - raised where they were started
                self._failures.append(error)
            self._idle.append(caller)
            self._pass_on()


class _Caller:
    """A thread that makes one call after another, each when it is its turn."""

    def __init__(self, act: Callable[[_Caller], None]) -> None:
        self.turn = threading.Lock()
        self.turn.acquire()
        self._call: Call | None = None
        threading.Thread(target=act, args=(self,), daemon=True).start()

    def begin(self, call: Call | None) -> None:
        """Let it make a call; None: let it end."""
        self._call = call
        self.turn.release()

    def awaited(self) -> Call | None:
        self.turn.acquire()
        return self._call


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
    conditions that compare."""

    time: Time
    items: dict[Name, Item] = field(default_factory=dict)
    partitions: dict[str, Partition] = field(default_factory=dict)
    locked_until: dict[Name, float] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    """The number of writes that were made, by the sort keys of the items."""
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

    def put_item(self, **put: Any) -> Item:
        return self._write("Put", put)

    def delete_item(self, **delete: Any) -> Item:
        return self._write("Delete", delete)

    def update_item(self, **update: Any) -> Item:
        return {"Attributes": self._write("Update", update)}

    def transact_write_items(self, *, TransactItems: list[Any]) -> Item:  # noqa: N803
        writes = [next(iter(write.items())) for write in TransactItems]
        names = [_name(write.get("Key") or write["Item"]) for _, write in writes]
        reasons = [self._refusal(name, 2) or "None" for name in names]
        if set(reasons) == {"None"}:
            unmet = (
                not self._may(name, write) for name, (_, write) in zip(names, writes, strict=True)
            )
            reasons = ["ConditionalCheckFailed" if one else "None" for one in unmet]
        if set(reasons) != {"None"}:
            self.time.sleep(LATENCY)
            self.refused.update(reasons)
            answer = _error("TransactionCanceledException", reasons)
            raise _Canceled(answer.response, "TransactWriteItems")
        for name in names:
            self.locked_until[name] = self.time.now + LATENCY
        self.time.sleep(LATENCY)
        self.written.update(sort for _, sort in names)
        for (verb, write), name in zip(writes, names, strict=True):
            self._apply(verb, name, write)
        return {}

    def _may(self, name: Name, write: Item) -> bool:
        condition = write.get("ConditionExpression")
        return condition is None or is_met(condition, write, self.items.get(name, {}))

    def _apply(self, verb: str, name: Name, write: Item) -> Item:
        """Make a write; the item that it leaves."""
        match verb:
            case "Update":
                return dict(self._update(name, write))
            case "Put":
                self.items[name] = dict(write["Item"])
            case "Delete":
                self.items.pop(name, None)
        return {}

    def _write(self, verb: str, write: Item) -> Item:
        name = _name(write.get("Key") or write["Item"])
        refusal = self._refusal(name, 1)
        self.time.sleep(LATENCY)
        if refusal == "TransactionConflict":
            raise _error("TransactionConflictException")
        if refusal:
            raise _error(refusal)
        if not self._may(name, write):
            raise _error("ConditionalCheckFailedException")
        self.written[name[1]] += 1
        return self._apply(verb, name, write)

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


_ATOM: Final = re.compile(
    r"attribute_(?P<exists>exists|not_exists)\((?P<what>#\w+)\)"
    r"|(?P<name>#\w+) (?:BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)|(?P<sign>[=<>]+) (?P<value>:\w+))"
)
_BOTH: Final = re.compile(r"\((True|False)(?: (AND|OR) (True|False))?\)")
_SIGNS: Final = {"=": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le}


def is_met(condition: str, write: Mapping[str, Any], item: Item) -> bool:
    """Whether a condition of a write is met by an item. It knows what likes need."""
    names = write["ExpressionAttributeNames"]
    values = write.get("ExpressionAttributeValues", {})

    def atom(found: re.Match[str]) -> str:
        if found["exists"]:
            return str((names[found["what"]] in item) == (found["exists"] == "exists"))
        if names[found["name"]] not in item:
            return "False"
        value = _plain(item[names[found["name"]]])
        if found["sign"]:
            return str(_SIGNS[found["sign"]](value, _plain(values[found["value"]])))
        return str(_plain(values[found["low"]]) <= value <= _plain(values[found["high"]]))

    def both(found: re.Match[str]) -> str:
        left, sign, right = found.groups()
        if sign is None:
            return str(left)
        join = all if sign == "AND" else any
        return str(join(side == "True" for side in (left, right)))

    left = _ATOM.sub(atom, condition)
    while left not in ("True", "False"):
        left, times = _BOTH.subn(both, left)
        if not times:
            raise NotImplementedError(condition)
    return left == "True"


def _plain(value: Mapping[str, Any]) -> Any:
    [(kind, content)] = value.items()
    return int(content) if kind == "N" else content


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
