"""Finds the acquaintances of a reader: a bounded number of reads, whatever the graph looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.suggestions import (
    SAMPLE,
    SAMPLED_READERS,
    Acquaintances,
    most_followed,
    sampled,
)
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.suggestions import SuggestionLists
from shutterfeed.ports.system import Clock, Ids

_FOLLOWED: Final = 500
"""The number of users whom the reader follows that are read: those with the ids from which on the
samples are taken, where whoever is found is known if the reader follows them. Who is found all the
same is not suggested by `services/suggestions.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquaintanceService:
    follows: Follows
    lists: SuggestionLists
    clock: Clock
    ids: Ids

    def find(self, reader_id: str) -> None:
        """Look for the reader's acquaintances, unless that was done lately: then the message is a
        repetition.

        All samples begin at the same id, which chance chooses: user ids are random, so each is a
        random part of a user's follows, and whoever is in that part for one is in it for all.
        """
        now = self.clock.now()
        earlier = self.lists.acquaintances(reader_id)
        if earlier is not None and not earlier.is_due(now):
            return
        beginning = self.ids.timeless()
        (followed,) = self.follows.followed_samples([reader_id], beginning, _FOLLOWED)
        chosen = sampled(followed, beginning, SAMPLED_READERS)
        samples = self.follows.followed_samples(chosen, beginning, SAMPLE)
        found = most_followed(samples, {reader_id, *followed})
        self.lists.keep_acquaintances(reader_id, Acquaintances(found, now))
