"""Keeps the list of popular users: `reconcile` counts the nominations for it on its schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain import visibility
from shutterfeed.domain.ids import nobodys_id
from shutterfeed.domain.visibility import NOBODY, STRANGERS, Surface, UserSubject, Viewer
from shutterfeed.ports.suggestions import Nominations, SuggestionLists
from shutterfeed.ports.viewing import ViewingReads, Wanted

SOMEBODY: Final = Viewer(nobodys_id("somebody"))
"""A viewer who is signed in, and no user in particular: suggestions are for such people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopularService:
    nominations: Nominations
    lists: SuggestionLists
    reads: ViewingReads

    def update(self) -> int:
        """Count the nominations since the last time; how many users are on the list then, or 0 if
        there is nothing to count.

        Only those stay on it who may be suggested to strangers: others would take their places in
        vain. Two runs at once may lose what one of them has counted, which is a sample anyway.
        """
        nominations = self.nominations.recent()
        if not nominations:
            return 0
        before = self.lists.popular()
        counted = before.counting(nominations)
        if counted is before:
            return 0
        popular = counted.among(self._suggestible(counted.ranked))
        self.lists.keep_popular(popular)
        return len(popular.scores)

    def _suggestible(self, user_ids: tuple[str, ...]) -> set[str]:
        profiles = self.reads.read(NOBODY, Wanted(authors=user_ids)).profiles
        return {
            user_id
            for user_id, profile in profiles.items()
            if visibility.decide(SOMEBODY, UserSubject(profile), STRANGERS, Surface.SUGGESTED)
            is None
        }
