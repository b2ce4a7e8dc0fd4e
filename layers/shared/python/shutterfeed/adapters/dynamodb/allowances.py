"""What users have left of their allowances: of each, the moment at which it is full again.

A charge is one conditional update without a read. Its condition is a guess: that the allowance is
full, which it is for nearly everybody. Only if the guess is wrong, the item is read, and the charge
is refused, or made on the condition that the allowance lies where the item said. Updates of
others in between move it within that condition or past it, so that no two can spend the same
tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import epoch
from shutterfeed.adapters.dynamodb.table import (
    ATTEMPTS,
    Check,
    ConditionFailed,
    Item,
    Table,
    Update,
    Write,
    retried,
)
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.limits import (
    Charge,
    Spending,
    charged,
    microseconds,
    storage_full,
    wait,
)
from shutterfeed.domain.retention import ALLOWANCES_RETENTION
from shutterfeed.keys import Key
from shutterfeed.schema import TTL_ATTRIBUTE

_ATTEMPTS: Final = 10
STORED: Final = "stored"


def charging(key: Key, charges: Sequence[Charge], at: datetime, known: Mapping[str, Any]) -> Update:
    """The update that makes all charges, on the condition that the allowances are as in `known`,
    or were charged since and still hold enough. They must hold enough in `known`."""
    now = microseconds(at)
    sets: dict[str, int] = {TTL_ATTRIBUTE: epoch(at + ALLOWANCES_RETENTION)}
    adds: dict[str, int] = {}
    conditions: list[ConditionBase] = []
    for charge in charges:
        name = Attr(charge.name)
        if known.get(charge.name, 0) >= now:
            adds[charge.name] = charge.price
            conditions.append(name.between(now, now + charge.furthest))
        else:
            sets[charge.name] = charged(0, now, charge)
            conditions.append(name.not_exists() | name.lt(now))
    return Update(key, set=sets, add=adds, condition=reduce(and_, conditions))


@dataclass(frozen=True, slots=True)
class DynamoShares:
    table: Table

    def take(self, user_id: str, charge: Charge, now: datetime) -> bool:
        key = keys.shares(user_id)
        known: Item = {}
        for _ in range(_ATTEMPTS):
            if wait(known.get(charge.name, 0), microseconds(now), charge):
                return False
            try:
                self.table.write(charging(key, [charge], now, known))
            except ConditionFailed:
                known = self.table.get(key) or {}
            else:
                return True
        raise Busy


def transact(
    table: Table, writes: Sequence[Write | Check], spending: Spending, attempts: int = ATTEMPTS
) -> None:
    """Make all writes and charges, or none; `attempts` says how often conflicts are retried.

    Raises `ConditionFailed` if the condition of a write does not hold, whatever the allowances
    hold: an action that is impossible, or was done already, is not one too many. Raises
    `LimitReached`, `Busy`, and `Conflict` if the user's storage has no room.
    """
    stores = [_storing(spending)] if spending.stored else []
    everything = [*writes, *stores]
    if not spending.charges:
        table.transact(everything, attempts)
        return
    key = keys.limits(spending.user_id)
    known: Item = {}
    for _ in range(_ATTEMPTS):
        charge = charging(key, spending.charges, spending.at, known)
        try:
            table.transact([*everything, charge], attempts)
        except ConditionFailed as error:
            failed = [index for index in error.failed if index < len(writes)]
            if failed:
                raise ConditionFailed(failed) from error
            if len(writes) in error.failed and stores:
                raise storage_full(spending.storage_bytes or 0) from error
            known = table.get(key) or {}
            spending.check(known)
        else:
            return
    raise Busy


def spend(table: Table, spending: Spending, known: Mapping[str, int]) -> None:
    """Make all charges, or none, in a write of their own, for half of what they take in a
    transaction. `known` has what was just read of the user's allowances. Raises `LimitReached`, and
    `Busy`."""
    if not spending.charges:
        return
    key = keys.limits(spending.user_id)
    at_hand = [known]

    def attempt() -> bool | None:
        found = at_hand.pop() if at_hand else table.get(key) or {}
        spending.check(found)
        try:
            table.write(charging(key, spending.charges, spending.at, found))
        except (ConditionFailed, Busy):
            return None
        return True

    retried(attempt, _ATTEMPTS)


def _storing(spending: Spending) -> Update:
    """The update that counts what is stored, if there is room for it."""
    room: ConditionBase | None = None
    if spending.storage_bytes is not None:
        stored, most = Attr(STORED), spending.storage_bytes - spending.stored
        room = stored.lte(most)
        if most >= 0:
            room = room | stored.not_exists()
    return Update(keys.usage(spending.user_id), add={STORED: spending.stored}, condition=room)


def freeing(user_id: str, size: int) -> Update:
    """The update that counts what is no longer stored."""
    return Update(keys.usage(user_id), add={STORED: -size})


@dataclass(frozen=True, slots=True)
class DynamoAllowances:
    table: Table

    def spend(self, spending: Spending) -> None:
        transact(self.table, [], spending)
