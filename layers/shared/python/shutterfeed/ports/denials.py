"""What the edge shows nobody, although links to it are good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol


class DenialNotes(Protocol):
    """The notes of what the edge is to deny. A worker makes the edge follow them within seconds."""

    def get(self, ids: Collection[str]) -> Mapping[str, datetime | None]:
        """Those of the media and blobs that are to be denied, by their ids, each with the time
        until which; None if there is no such time. Strongly consistent."""
        ...


class Denials(Protocol):
    """Denied media and blobs, by their ids. An entry is in force at the edge within seconds, and
    until it is removed."""

    def add(self, ids: Collection[str], until: datetime | None) -> None:
        """Deny these media and blobs. `until` says when the entry may be removed because all links
        have expired; None if it has to stay. Replaces entries that are there already.

        Entries with a time leave room for those without: raises `Busy` if there is no more."""
        ...

    def remove(self, ids: Collection[str]) -> None:
        """Remove the entries that are there."""
        ...

    def all(self) -> Mapping[str, datetime | None]:
        """All entries. It reads fifty with a call, so only operators ask for it."""
        ...
