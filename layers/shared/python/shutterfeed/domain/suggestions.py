"""Whom somebody may like to follow, and in which order.

There are two lists, which are made in advance:

- **Acquaintances** of a reader: the users who are followed by those whom the reader follows. They
  are counted in a sample, so that nothing reads the graph of all follows.
- **Popular** users of the deployment: those who have gained followers in the last days, and below
  them those who have published. Whoever gains a follower or publishes is *nominated*: written into
  one of a fixed number of slots, where a later nomination replaces an earlier one. Every few
  minutes the slots are counted. What they hold then is a sample of all nominations since the last
  time, in which those who are nominated most are found most often. While the list is short, as in
  a new deployment, they are also counted when somebody asks for suggestions.

Neither list is shown as it is: `services/viewing.py` decides who may be suggested to whom.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Final

MAX_SUGGESTIONS: Final = 20
CANDIDATES_PER_SUGGESTION: Final = 2
"""How many candidates are read for each suggestion that is asked for: some are followed already, or
may not be suggested."""

SLOTS: Final = 128
MAX_POPULAR: Final = 100
SHORT: Final = MAX_SUGGESTIONS
"""A list of fewer popular users is short."""
SHORT_LASTS: Final = timedelta(seconds=10)
"""The time after the last nomination for which a short list stays as it is."""
_SETTLED_AFTER: Final = timedelta(seconds=10)
"""The time within which a nomination is written down, after its moment."""
_ACTIVE: Final = 0.5
"""The score of somebody who has published and gained no follower. Each follower adds 1."""
_HALF_LIFE: Final = timedelta(days=3)
"""The time in which a score falls to a half."""
_LEAST: Final = 0.0075
"""The score below which a user leaves the list: 18 days after having published without gaining a
follower."""
_DIGITS: Final = 3

SAMPLED_READERS: Final = 25
"""The number of followed users whose own follows are sampled."""
SAMPLE: Final = 40
"""The number of follows in each sample: one read unit, since they are 7.4 KB."""
MAX_ACQUAINTANCES: Final = 50
_LASTS: Final = timedelta(days=1)
_EMPTY_LASTS: Final = timedelta(hours=1)
"""How long it is before acquaintances are looked for again. Somebody who is new has none, and soon
follows the first people."""


@dataclass(frozen=True, slots=True)
class Nomination:
    """A user who has gained followers, or has published (then `followers` is 0)."""

    user_id: str
    followers: int
    at: datetime
    slot: int

    @classmethod
    def of_active(cls, user_id: str, at: datetime) -> Nomination:
        """The nomination of somebody who publishes. However often they do, it takes one slot."""
        return cls(user_id, 0, at, _hashed(user_id) % SLOTS)

    @classmethod
    def of_followed(cls, user_id: str, follower_ids: Collection[str], at: datetime) -> Nomination:
        """The nomination of somebody whom these users have begun to follow. The same followers
        lead to the same slot."""
        slot = _hashed(user_id + min(follower_ids)) % SLOTS
        return cls(user_id, len(follower_ids), at, slot)


@dataclass(frozen=True, slots=True)
class Popular:
    """The users who are popular or active, with their scores as they were at `counted_until`."""

    scores: Mapping[str, float] = field(default_factory=dict)
    counted_until: datetime | None = None
    """The time of the last nomination that is counted; None if none is."""

    @property
    def ranked(self) -> tuple[str, ...]:
        """The users' ids, best first."""
        return tuple(sorted(self.scores, key=lambda user_id: (-self.scores[user_id], user_id)))

    def may_grow(self, now: datetime) -> bool:
        """Whether it is short, and nothing was counted just now."""
        return len(self.scores) < SHORT and (
            self.counted_until is None or now - self.counted_until >= SHORT_LASTS
        )

    def counting(self, nominations: Iterable[Nomination]) -> Popular:
        """The list after the nominations that are not counted yet; itself if there are none."""
        new = [nomination for nomination in nominations if self._is_new(nomination)]
        if not new:
            return self
        moments = [nomination.at for nomination in new]
        until = max(moments if self.counted_until is None else [self.counted_until, *moments])
        scores = self._aged(until)
        # Those who have published first: what followers add comes on top of it.
        for nomination in sorted(new, key=lambda nomination: nomination.followers):
            score = scores.get(nomination.user_id, 0.0)
            gained = nomination.followers
            scores[nomination.user_id] = score + gained if gained else max(score, _ACTIVE)
        rounded = {user_id: round(score, _DIGITS) for user_id, score in scores.items()}
        return Popular(rounded, until)

    def among(self, user_ids: Collection[str]) -> Popular:
        """The best of these users."""
        kept = [
            user_id
            for user_id in self.ranked
            if user_id in user_ids and self.scores[user_id] >= _LEAST
        ]
        scores = {user_id: self.scores[user_id] for user_id in kept[:MAX_POPULAR]}
        return Popular(scores, self.counted_until)

    def _is_new(self, nomination: Nomination) -> bool:
        """Whether a nomination is not counted yet. Of two who publish at once, the earlier one may
        be written down later, and lacks then: to count somebody who publishes twice adds nothing.
        """
        if self.counted_until is None or nomination.at > self.counted_until:
            return True
        lacks = nomination.followers == 0 and nomination.user_id not in self.scores
        return lacks and self.counted_until - nomination.at < _SETTLED_AFTER

    def _aged(self, now: datetime) -> dict[str, float]:
        if self.counted_until is None:
            return {}
        left = 0.5 ** ((now - self.counted_until) / _HALF_LIFE)
        return {user_id: score * left for user_id, score in self.scores.items()}


@dataclass(frozen=True, slots=True)
class Acquaintances:
    """The users who are followed by those whom a reader follows, best first."""

    user_ids: tuple[str, ...]
    made_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to look for them again."""
        return now - self.made_at >= (_LASTS if self.user_ids else _EMPTY_LASTS)


class SuggestionReason(StrEnum):
    """Why somebody is suggested: they are followed by people whom the reader follows, or are
    popular or active in these days."""

    ACQUAINTANCE = "acquaintance"
    POPULAR = "popular"


@dataclass(frozen=True, slots=True)
class Suggested:
    """The lists from which a reader gets suggestions."""

    popular: Popular = field(default_factory=Popular)
    acquaintances: Acquaintances | None = None
    """None if they were never looked for, or long ago."""

    def candidates(self, reader_id: str, size: int) -> list[str]:
        """The best of both lists in turns, `size` users at most, without the reader."""
        known = self.acquaintances.user_ids if self.acquaintances is not None else ()
        pairs = zip_longest(known, self.popular.ranked)
        in_turns = dict.fromkeys(user_id for pair in pairs for user_id in pair if user_id)
        return [user_id for user_id in in_turns if user_id != reader_id][:size]

    def reason(self, user_id: str) -> SuggestionReason:
        """Why this candidate is suggested. Whoever is on both lists is an acquaintance: that says
        more to the reader."""
        known = self.acquaintances.user_ids if self.acquaintances is not None else ()
        return SuggestionReason.ACQUAINTANCE if user_id in known else SuggestionReason.POPULAR


def sampled(user_ids: Iterable[str], seed: str, size: int) -> list[str]:
    """A choice of `size` users, or all if they are fewer, by chance that `seed` decides."""
    return sorted(user_ids, key=lambda user_id: _hashed(seed + user_id))[:size]


def most_followed(samples: Iterable[Sequence[str]], known: Collection[str]) -> tuple[str, ...]:
    """The users whom most of the samples hold, without those whom the reader knows."""
    counted = Counter(user_id for sample in samples for user_id in dict.fromkeys(sample))
    found = [user_id for user_id in counted if user_id not in known]
    # Of those who are held as often, the first in the samples come first.
    return tuple(sorted(found, key=lambda user_id: -counted[user_id]))[:MAX_ACQUAINTANCES]


def _hashed(text: str) -> int:
    """A number that is the same in every process, unlike that of `hash`."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
