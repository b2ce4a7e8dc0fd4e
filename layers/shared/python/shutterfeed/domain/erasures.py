"""Erasures: what is remembered of what was erased, why, and for how long.

Two things are noted of an erasure, and both before anything is removed:

- **The list of erasures** holds a hash of what was erased, and the date, for ever. It is kept
  outside of the tables, as a table that is restored to an earlier moment has the erased again, and
  does not know of its erasure: by the list it is erased once more.
- **The record of an erased account** holds what its receipt needs: whom to look for, and where to
  send it. It goes when the receipt is issued.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Erasable(StrEnum):
    """What can be erased."""

    ACCOUNT = "account"
    """A user with everything that is theirs, by the user's id."""
    POST = "post"
    """A post, by its id: one that was erased at once, not one that was only deleted."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """An entry of the list of erasures."""

    kind: Erasable
    digest: str
    """The hash of what was erased: see `digest_of`."""


@dataclass(frozen=True, slots=True)
class Content:
    """A content of which an erased account had a copy, with its id."""

    sha256: str
    blob_id: str


@dataclass(frozen=True, slots=True)
class ErasedAccount:
    """The record of an account that is being erased, or that was and waits for its receipt."""

    user_id: str
    account: str
    """The id of the account at the identity provider: see `domain/accounts.py`."""
    handles: tuple[str, ...]
    """The handle, and former ones that still rest."""
    email: str | None
    """The address to which the receipt goes; None if it is not known."""
    begun_at: datetime
    finished_at: datetime | None = None
    """When nothing was left that the erasing looks for; None until then."""


def digest_of(kind: Erasable, subject: str) -> str:
    """The SHA-256, in hexadecimal, under which an erasure is listed.

    `subject` is a user's or a post's id. Ids are 128 random bits, so nobody finds one by trying;
    whoever knows one can ask whether it was erased.
    """
    return hashlib.sha256(f"{kind}:{subject}".encode()).hexdigest()
