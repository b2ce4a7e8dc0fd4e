"""Mutes: whose posts a user does not want to come across, for ever or until some moment.

A mute hides posts from the feed, and among the posts of many that nobody has asked for by name.
It changes nothing else, and the muted user learns nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import Final

from shutterfeed.domain.errors import Conflict, InvalidInput
from shutterfeed.domain.ids import id_number

MAX_MUTES: Final = 5_000
LATEST_END: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""The moment before which every mute for a time ends: moments are kept in four bytes."""
_ID: Final = 10
_UNTIL: Final = 4
_ROW: Final = _ID + _UNTIL
_FOR_EVER: Final = 0


@dataclass(frozen=True, slots=True)
class Mute:
    """One mute, as its owner's list has it."""

    user_id: str
    handle: str
    """The muted user's handle at the time."""
    at: datetime
    until: datetime | None = None
    """When it ends, to the second; None if it does not."""

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class MutedUsers:
    """All whom a user has muted, small enough to be read with every page of a feed.

    A user is known by the last 80 bits of the id, which look random: that any two of a billion
    users share them has a probability of one in two millions. A mute that is over counts as none,
    and is left out when the mutes are stored again.
    """

    ends: Mapping[bytes, int] = field(default_factory=dict)
    """When each mute ends, in seconds since the epoch; 0 if it does not."""

    def __len__(self) -> int:
        return len(self.ends)

    def has(self, user_id: str, now: datetime) -> bool:
        if not self.ends:
            return False
        end = self.ends.get(_short(user_id))
        return end is not None and _lasts(end, now)

    def lasting(self, now: datetime) -> MutedUsers:
        """Those mutes that are not over."""
        return MutedUsers({user: end for user, end in self.ends.items() if _lasts(end, now)})

    def including(self, mute: Mute) -> MutedUsers:
        end = _FOR_EVER if mute.until is None else int(mute.until.timestamp())
        return MutedUsers({**self.ends, _short(mute.user_id): end})

    def without(self, user_id: str) -> MutedUsers:
        gone = _short(user_id)
        return MutedUsers({user: end for user, end in self.ends.items() if user != gone})

    def packed(self) -> bytes:
        """14 bytes for each mute, in the order of the ids."""
        rows = sorted(self.ends.items())
        return b"".join(user + end.to_bytes(_UNTIL) for user, end in rows)

    @classmethod
    def unpacked(cls, content: bytes) -> MutedUsers:
        return cls(dict(_rows(content)))


NO_MUTES: Final = MutedUsers()


def parse_moment(text: str | None, name: str = "until") -> datetime | None:
    """The moment in a text like `2026-05-04T12:00:00Z`; None if there is no text. `name` is that of
    the parameter. Raises `InvalidInput`."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = f"{name} must be a moment with a time zone, like 2026-05-04T12:00:00Z."
        raise InvalidInput(f"invalid_{name}", message, name)
    return moment


def checked_end(until: datetime | None, now: datetime) -> datetime | None:
    """The moment at which a mute ends, in whole seconds, rounded up. Raises `InvalidInput` for one
    that is not in the future, or is too far off."""
    if until is None:
        return None
    if not now < until < LATEST_END:
        message = f"until must be in the future, and before the year {LATEST_END.year}."
        raise InvalidInput("until_out_of_range", message, "until")
    return datetime.fromtimestamp(ceil(until.timestamp()), UTC)


def too_many_mutes() -> Conflict:
    message = f"You have muted {MAX_MUTES:,} people, and more are not possible."
    return Conflict("too_many_mutes", f"{message} Unmute somebody first.")


def _short(user_id: str) -> bytes:
    return id_number(user_id).to_bytes(16)[-_ID:]


def _lasts(end: int, now: datetime) -> bool:
    return end == _FOR_EVER or end > now.timestamp()


def _rows(content: bytes) -> Iterator[tuple[bytes, int]]:
    for start in range(0, len(content), _ROW):
        middle = start + _ID
        yield content[start:middle], int.from_bytes(content[middle : start + _ROW])
