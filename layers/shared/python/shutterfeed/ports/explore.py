"""The list of posts to explore, and the contenders for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shutterfeed.domain.explore import Contender, Explored


class Contenders(Protocol):
    """Contenders for the list of posts to explore."""

    def nominate(self, contender: Contender) -> None:
        """Keep the contender in its slot, unless one of this turn with at least its rank is
        there."""
        ...

    def recent(self) -> Sequence[Contender]:
        """What the slots hold. Eventually consistent."""
        ...


class ExploreLists(Protocol):
    """The versions of the list. Eventually consistent."""

    def current(self) -> Explored | None:
        """The last version; None if no list was ever made."""
        ...

    def version(self, version: str) -> Explored | None:
        """An earlier version; None if it is not kept any more."""
        ...

    def claim(self, before: Explored, after: Explored) -> bool:
        """Keep what a version has become. False, and nothing is kept, if it is not as `before` any
        more."""
        ...

    def keep(self, explored: Explored) -> None:
        """Keep a version: a new one, which is the last one from now on, or one that is there, with
        what has changed about it."""
        ...
