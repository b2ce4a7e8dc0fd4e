"""The lists from which people get suggestions of whom to follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shutterfeed.domain.suggestions import Acquaintances, Nomination, Popular, Suggested


class Nominations(Protocol):
    """Nominations for the list of popular users."""

    def nominate(self, nomination: Nomination) -> None:
        """Keep the nomination in its slot, instead of the one that is there."""
        ...

    def recent(self) -> Sequence[Nomination]:
        """What the slots hold. Eventually consistent."""
        ...


class SuggestionLists(Protocol):
    """The list of popular users, and the acquaintances of each reader."""

    def popular(self) -> Popular:
        """The list; an empty one if there is none. Strongly consistent."""
        ...

    def keep_popular(self, popular: Popular) -> None:
        """Replace the list, which has counted at least one nomination."""
        ...

    def acquaintances(self, reader_id: str) -> Acquaintances | None:
        """A reader's acquaintances; None if they were never looked for, or long ago. Strongly
        consistent."""
        ...

    def keep_acquaintances(self, reader_id: str, acquaintances: Acquaintances) -> None: ...

    def read(self, reader_id: str) -> Suggested:
        """Both lists, in one round trip. Eventually consistent."""
        ...
