"""What the edge shows nobody, although links to it are good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol


class Denials(Protocol):
    """Denied media and blobs, by their ids. An entry is in force at the edge within seconds, and
    until it is removed."""

    def add(self, ids: Collection[str], until: datetime | None) -> None:
        """Deny these media and blobs. `until` says when the entry may be removed because all links
        have expired; None if it has to stay. Replaces entries that are there already."""
        ...

    def remove(self, ids: Collection[str]) -> None:
        """Remove the entries that are there."""
        ...

    def all(self) -> Mapping[str, datetime | None]:
        """All entries. It reads fifty with a call, so only operators ask for it."""
        ...
