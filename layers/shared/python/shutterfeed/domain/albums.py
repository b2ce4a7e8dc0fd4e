"""The media of a post that are not shown: those of an album that waits, and removed ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shutterfeed.domain.media import Medium
from shutterfeed.domain.people import TaggedPerson

REMOVED_RETENTION: Final = timedelta(days=30)
"""How long a medium that was removed from its post can be put back, the same as a deleted post."""
MOST_REMOVED: Final = 20
"""How many of them a post keeps; of more, those go that were removed first."""


@dataclass(frozen=True, slots=True)
class Described:
    """A medium, its alt text, which may be empty, and the people who are tagged in it from when it
    is first shown on; of one that is shown, the post itself has them."""

    medium: Medium
    alt_text: str = ""
    people: tuple[TaggedPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """A medium that was removed from its post, and when."""

    medium: Medium
    alt_text: str
    at: datetime

    @property
    def until(self) -> datetime:
        """When it is removed for good."""
        return self.at + REMOVED_RETENTION
