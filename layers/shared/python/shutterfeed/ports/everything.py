"""Everything that is stored, for those who look for a person in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from shutterfeed.domain.traces import Sought, Stored


class Source(Protocol):
    """A part of what is stored: some of a table's items, a bucket, the user pool."""

    @property
    def store(self) -> str:
        """The table, index, bucket or queue that it is a part of."""
        ...

    def read(self, sought: Sought, /) -> Iterator[Stored]:
        """Everything in it, once. Eventually consistent.

        `sought` is for what would cost much to read of everybody: then only what may be of those
        who are sought is read.
        """
        ...


class Everything(Protocol):
    """Several threads may read its sources, each another one."""

    def sources(self) -> Sequence[Source]: ...
