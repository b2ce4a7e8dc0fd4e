"""Keeps the list of popular users: `reconcile` counts the nominations for it on its schedule. While
it is short, those who ask for suggestions count them, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain import visibility
from shutterfeed.domain.ids import nobodys_id
from shutterfeed.domain.suggestions import Popular
from shutterfeed.domain.visibility import NOBODY, STRANGERS, Surface, UserSubject, Viewer
from shutterfeed.ports.suggestions import Nominations, SuggestionLists
from shutterfeed.ports.system import Clock
from shutterfeed.ports.viewing import ViewingReads, Wanted

SOMEBODY: Final = Viewer(nobodys_id("somebody"))
"""A viewer who is signed in, and no user in particular: suggestions are for such people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopularService:
    nominations: Nominations
    lists: SuggestionLists
    reads: ViewingReads
    clock: Clock

    def update(self) -> int:
        """Count the nominations since the last time; how many users are on the list then, or 0 if
        there is nothing to count.

        Only those stay on it who may be suggested to strangers: others would take their places in
        vain. Two runs at once may lose what one of them has counted, which is a sample anyway.
        """
        counted = self._count()
        return 0 if counted is None else len(counted.scores)

    def grown(self, popular: Popular) -> Popular:
        """The list as it is suggested from: a short one with what has been nominated since, so that
        the first people of a deployment are suggested at once."""
        if not popular.may_grow(self.clock.now()):
            return popular
        return self._count() or popular

    def _count(self) -> Popular | None:
        """The list with the nominations since the last time. None if it stays as it is."""
        nominations = self.nominations.recent()
        if not nominations:
            return None
        before = self.lists.popular()
        counted = before.counting(nominations)
        if counted is before:
            return None
        popular = counted.among(self._suggestible(counted.ranked))
        if popular == before:
            return None
        self.lists.keep_popular(popular)
        return popular

    def _suggestible(self, user_ids: tuple[str, ...]) -> set[str]:
        profiles = self.reads.read(NOBODY, Wanted(authors=user_ids)).profiles
        return {
            user_id
            for user_id, profile in profiles.items()
            if visibility.decide(SOMEBODY, UserSubject(profile), STRANGERS, Surface.SUGGESTED)
            is None
        }
