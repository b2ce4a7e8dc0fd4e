"""Suggestions of whom to follow: two round trips, one for the lists, one for the people on them.
While there are few popular users, what was nominated since is read in between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from shutterfeed.domain.messages import FindAcquaintances
from shutterfeed.domain.suggestions import CANDIDATES_PER_SUGGESTION, SuggestionReason
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.suggestions import SuggestionLists
from shutterfeed.ports.system import Clock
from shutterfeed.services.popular import PopularService
from shutterfeed.services.viewing import ProfileView, ViewingService


@dataclass(frozen=True, slots=True)
class SuggestedView:
    """Somebody who is suggested, and why."""

    profile: ProfileView
    reason: SuggestionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionService:
    lists: SuggestionLists
    popular: PopularService
    viewing: ViewingService
    orders: Queue[FindAcquaintances]
    clock: Clock

    def suggest(self, reader_id: str, limit: int) -> tuple[SuggestedView, ...]:
        """The best suggestions, up to `limit`: users whom the reader neither follows nor has asked
        to.

        Acquaintances are looked for in the background, at most once a day, when somebody asks for
        suggestions: until they are found there are those of the last time, and the popular users.
        """
        lists = self.lists.read(reader_id)
        lists = replace(lists, popular=self.popular.grown(lists.popular))
        if lists.acquaintances is None or lists.acquaintances.is_due(self.clock.now()):
            self.orders.send([FindAcquaintances(reader_id)])
        candidates = lists.candidates(reader_id, limit * CANDIDATES_PER_SUGGESTION)
        views = self.viewing.suggested(Viewer(reader_id), candidates)
        new = (v for v in views if not (v.relation.follows or v.relation.has_requested))
        return tuple(
            SuggestedView(view, lists.reason(view.profile.user_id)) for view in islice(new, limit)
        )
