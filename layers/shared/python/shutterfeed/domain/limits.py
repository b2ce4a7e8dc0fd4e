"""How much of something one user may do: some of it at once, and some of it in the course of time.

An **allowance** is a bucket of tokens: it holds up to `at_once`, and `per_hour` flow into it. What
is stored of it is one integer, the moment at which the bucket will be full again, in microseconds
since the epoch. A charge moves that moment into the future; time alone brings it back. So nothing
has to be refilled, an allowance that is full needs no item, and two charges give the same result
in either order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from shutterfeed.domain.errors import Conflict, LimitReached

_HOUR_US: Final = 3_600_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A bucket that holds `at_once` tokens, into which `per_hour` flow. Both are at least 1."""

    at_once: int
    per_hour: int

    def microseconds(self, tokens: int) -> int:
        """How long this number of tokens takes to flow in, rounded up."""
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
        """The microseconds by which the charge delays the moment at which the bucket is full."""
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


class Limited(StrEnum):
    """The kinds of actions that are limited for each user."""

    POSTS = "posts"
    """Posts, and photos declared as avatars."""
    FILES = "files"
    """Their files. So no more of them are open, that is declared and not yet uploaded, than may be
    declared while their links are valid."""
    BYTES = "bytes"
    """The declared bytes of their files."""
    FOLLOWS = "follows"
    LIKES = "likes"
    """Likes and saves."""
    COMMENTS = "comments"
    """Comments and replies."""
    CHANGES = "changes"
    """Changes of posts, profiles and comments, restored posts, blocks and mutes."""
    ORIGINALS = "originals"
    """Copies of originals, made for their owner to download."""
    REPORTS = "reports"
    """Reports, and appeals."""
    ZOOMS = "zooms"
    """Zoom sizes of photos that are made for them."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What an action takes from its user's allowances: all of it in the transaction of the action's
    own writes, or nothing."""

    user_id: str
    charges: tuple[Charge, ...]
    at: datetime
    stored: int = 0
    """The bytes that the action adds to what the user stores."""
    storage_bytes: int | None = None
    """How many bytes the user may store; None for any number."""

    def check(self, known: Mapping[str, int]) -> None:
        """Raise `LimitReached` if an allowance does not hold enough. `known` has the moments at
        which they are full again; one that is missing is full."""
        if not self.charges:
            return
        now = microseconds(self.at)
        waits = {c.name: wait(known.get(c.name, 0), now, c) for c in self.charges}
        name, longest = max(waits.items(), key=lambda item: item[1])
        if longest:
            raise reached(Limited(name), longest)


NOTHING: Final = Spending("", (), _EPOCH)
"""The spending of an action that is not limited."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The deployment's allowances."""

    allowances: Mapping[Limited, Allowance]
    storage_bytes: int | None = None
    """How many bytes each user may store; None for any number."""

    def creation(self, user_id: str, at: datetime, sizes: Sequence[int]) -> Spending:
        """The charges of a post, or of an avatar's photo, with files of these sizes."""
        stored = sum(sizes)
        spending = self.spending(user_id, at, posts=1, files=len(sizes), bytes=stored)
        return replace(spending, stored=stored, storage_bytes=self.storage_bytes)

    def replacement(self, user_id: str, at: datetime, size: int) -> Spending:
        """The charges of a file that takes the place of one that failed."""
        spending = self.spending(user_id, at, files=1, bytes=size)
        return replace(spending, stored=size, storage_bytes=self.storage_bytes)

    def additions(self, user_id: str, at: datetime, sizes: Sequence[int]) -> Spending:
        """The charges of a change of a post's album, to which files of these sizes are added."""
        if not sizes:
            return self.spending(user_id, at, changes=1)
        stored = sum(sizes)
        spending = self.spending(user_id, at, changes=1, files=len(sizes), bytes=stored)
        return replace(spending, stored=stored, storage_bytes=self.storage_bytes)

    def spending(self, user_id: str, at: datetime, **tokens: int) -> Spending:
        """The charges of an action. `tokens` has the number of each kind, by the kind's value."""
        charges = tuple(
            Charge(name, number, self.allowances[Limited(name)]) for name, number in tokens.items()
        )
        return Spending(user_id, charges, at)


def storage_full(most: int) -> Conflict:
    """The error of an upload for which the user's storage has no room."""
    return Conflict(
        "storage_full",
        f"Your storage of {most / 1e9:,.1f} GB has no room for this. What you delete makes room"
        " after 30 days.",
    )


def reached(limited: Limited, delay: int) -> LimitReached:
    """The error of an action that has to wait `delay` microseconds."""
    seconds = ceil(delay / 1_000_000)
    message = f"{_TOO_MUCH[limited]} Please try again in {_duration(seconds)}."
    return LimitReached(limited.value, message, seconds)


_TOO_MUCH: Final = {
    Limited.POSTS: "You have posted a lot in a short time.",
    Limited.FILES: "You have posted many photos and videos in a short time.",
    Limited.BYTES: "You have uploaded a lot in a short time.",
    Limited.FOLLOWS: "You have followed many people in a short time.",
    Limited.LIKES: "You have liked or saved a lot in a short time.",
    Limited.COMMENTS: "You have commented a lot in a short time.",
    Limited.CHANGES: "You have changed a lot in a short time.",
    Limited.ORIGINALS: "You have downloaded many originals in a short time.",
    Limited.REPORTS: "You have reported a lot in a short time.",
    Limited.ZOOMS: "You have enlarged many photos in a short time.",
}


def _duration(seconds: int) -> str:
    """A duration in words, rounded up: `1 second`, `5 minutes`, `2 hours`."""
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds > length:
            return f"{ceil(seconds / length)} {unit}s"
    return f"{seconds} second{'s' if seconds > 1 else ''}"
