"""How much of something one user may do: some of it at once, and some of it in the course of time.

An **allowance** is a bucket of tokens: it holds up to `at_once`, and `per_hour` flow into it. What
is stored of it is one integer, the moment at which the bucket will be full again, in microseconds
since the epoch. A charge moves that moment into the future; time alone brings it back. So nothing
has to be refilled, an allowance that is full needs no item, and two charges give the same result
in either order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_HOUR_US: Final = 3_600_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A bucket that holds `at_once` tokens, into which `per_hour` flow. Both are at least 1."""

    at_once: int
    per_hour: int

    def microseconds(self, tokens: int) -> int:
        """How long so many tokens take to flow in, rounded up."""
        return -(-tokens * _HOUR_US // self.per_hour)


@dataclass(frozen=True, slots=True)
class Charge:
    """Tokens that an action takes from one of a user's allowances, `name`.

    A charge that is larger than the bucket takes a full bucket, so that every action is possible at
    some time. `overdraws` lets an action take more than there is, as long as there is anything:
    later actions wait until the debt is paid.
    """

    name: str
    tokens: int
    allowance: Allowance
    overdraws: bool = False

    @property
    def price(self) -> int:
        """By how many microseconds the charge delays the moment at which the bucket is full."""
        price = self.allowance.microseconds(self.tokens)
        return price if self.overdraws else min(price, self._capacity)

    @property
    def furthest(self) -> int:
        """How many microseconds after now that moment may be before the charge."""
        return self._capacity - 1 if self.overdraws else self._capacity - self.price

    @property
    def _capacity(self) -> int:
        return self.allowance.microseconds(self.allowance.at_once)


def wait(full_at: int, now: int, charge: Charge) -> int:
    """How many microseconds the action has to wait; 0 if the bucket holds enough for it now."""
    return max(0, full_at - now - charge.furthest)


def charged(full_at: int, now: int, charge: Charge) -> int:
    """When the bucket is full again after the charge."""
    return max(full_at, now) + charge.price


def microseconds(at: datetime) -> int:
    """An instant in the form in which allowances are stored."""
    return (at - _EPOCH) // _MICROSECOND
