"""Exports: what is known of them, and the ZIP files of which they consist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.exports import Export, Part
from shutterfeed.domain.media import Blob


class Exports(Protocol):
    """The last export of each user. Strongly consistent."""

    def get(self, user_id: str) -> Export | None: ...

    def put(self, export: Export, earlier: Export | None) -> bool:
        """Write an export, unless what is stored is another revision than `earlier`. Returns
        whether it was written."""
        ...

    def note_progress(self, export: Export, posts: int, size: int, at: datetime) -> bool:
        """Note how many posts and bytes of an export are done, and that its worker is alive. False,
        and nothing is noted, if the export has changed since it was read."""
        ...

    def stored_by(self, user_id: str) -> int:
        """The bytes of the files that a user stores."""
        ...


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """An original as a file of a part. `made` is the time that it shows."""

    name: str
    made: datetime
    blob: Blob


class PartWriter(Protocol):
    """One part that is being written. Nothing of it can be seen before it is finished."""

    @property
    def size(self) -> int:
        """The bytes that were written so far."""
        ...

    @property
    def files(self) -> int:
        """The number of files that were written so far."""
        ...

    def add(self, name: str, made: datetime, content: bytes) -> None:
        """Write a file. `made` is the time that it shows."""
        ...

    def add_originals(self, files: Sequence[OriginalFile]) -> Sequence[bool]:
        """Write originals, byte for byte. Returns for each whether there is such an object; nothing
        is written for those of which there is none."""
        ...

    def finish(self) -> Part:
        """Complete the part, so that it can be downloaded."""
        ...

    def abandon(self) -> None:
        """Give the part up: nothing is left of it."""
        ...


class ExportParts(Protocol):
    """The parts, in a bucket whose lifecycle removes them."""

    def begin(self, export: Export, number: int, object_id: str) -> PartWriter:
        """Begin to write a part with this number, counted from 1, as an object of its own."""
        ...

    def link(self, export: Export, number: int, expires_at: datetime, now: datetime) -> str:
        """A link to a part by its number, counted from 1."""
        ...

    def remove(self, user_id: str, export_id: str) -> None:
        """Remove all parts of an export, also those that no export names. Repeating it is
        harmless."""
        ...


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What the identity provider knows of an account."""

    email: str | None
    email_is_verified: bool
    created_at: datetime
    changed_at: datetime
    has_second_factor: bool


class Directory(Protocol):
    """Accounts at the identity provider."""

    def known_of(self, account_name: str) -> KnownAccount | None:
        """What is known of an account; None if there is none of that name."""
        ...


class Mailer(Protocol):
    """Sends mails to users."""

    def send(self, address: str, subject: str, text: str) -> None: ...
