"""Identifiers: ULIDs, user ids and post ids.

- A **ULID** is 26 characters of Crockford base32: 48 bits of milliseconds since the epoch, then
  80 random bits. ULIDs sort by time as text. (https://github.com/ulid/spec)
- A **user id** is 128 bits in the same alphabet that look random: see `accounts.py`.
- A **post id** is `<author's user id>-<ULID>`: it leads to the author's partition without an index.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID: Final = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
"""The pattern of a whole ULID, which is also that of a user id."""
POST_ID: Final = f"{ULID}-{ULID}"
_ULID: Final = re.compile(ULID)
OLDEST, NEWEST = "0" * 26, "7" + "Z" * 25
"""The lowest and the highest ULID."""
_RANDOM_BITS: Final = 80


_PAIRS: Final = tuple(one + other for one in CROCKFORD for other in CROCKFORD)


class MalformedId(ValueError):
    """The text is not an identifier of the expected kind."""


def _base32(number: int) -> str:
    """A number of 128 bits as 26 Crockford characters."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def ulid(at: datetime, randomness: int) -> str:
    """The ULID of the instant `at`, which needs a time zone; 80 bits of `randomness` are used."""
    milliseconds = int(at.timestamp() * 1000)
    return _base32(milliseconds << _RANDOM_BITS | randomness & ((1 << _RANDOM_BITS) - 1))


def first_ulid(at: datetime) -> str:
    """The lowest ULID of the instant `at`, which needs a time zone; of an instant before the epoch,
    the lowest of all."""
    return ulid(max(at, datetime.fromtimestamp(0, UTC)), 0)


def random_id(randomness: int) -> str:
    """An id of 128 random bits in the form of a ULID, for things that must not reveal when they
    were made."""
    return _base32(randomness & ((1 << 128) - 1))


def nobodys_id(name: str) -> str:
    """An id in the form of a user's that no user has: always the same for a name, and another one
    for another name."""
    return random_id(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16]))


def is_ulid(text: str) -> bool:
    return _ULID.fullmatch(text) is not None


def ulid_time(text: str) -> datetime:
    """The instant that a ULID holds, to the millisecond. Raises `MalformedId`."""
    if not is_ulid(text):
        raise MalformedId(text)
    milliseconds = 0
    for character in text[:10]:
        milliseconds = milliseconds * 32 + CROCKFORD.index(character)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def id_number(text: str) -> int:
    """The 128 bits of an id. Raises `MalformedId`."""
    if not is_ulid(text):
        raise MalformedId(text)
    number = 0
    for character in text:
        number = number * 32 + CROCKFORD.index(character)
    return number


@dataclass(frozen=True, slots=True, order=True)
class PostId:
    """A post's public id. It contains the author's id, so it leads to the post's item."""

    author_id: str
    ulid: str

    def __str__(self) -> str:
        return f"{self.author_id}-{self.ulid}"

    @classmethod
    def parse(cls, text: str) -> PostId:
        """The post id in a text. Raises `MalformedId` for any text that is not the `str()` of a
        post id."""
        author_id, separator, post_ulid = text.partition("-")
        if not (separator and is_ulid(author_id) and is_ulid(post_ulid)):
            raise MalformedId(text)
        return cls(author_id, post_ulid)
