"""The list of posts to explore: recent, well-liked posts of accounts that are open to everybody.

A post that is published, or whose number of likes reaches a further power of two, becomes a
*contender*: it is written into one of a fixed number of slots, unless a contender of a higher rank
has the slot. Every few minutes the best of all contenders and of the list before make the next
list, which is kept as a version of its own. Whoever pages goes on in the version that they began
with, so that no page has a post of an earlier one, however often the list is made again.

In a new deployment nobody should look at an empty page until then: while the list is short, it is
also made again when somebody looks at it. Where it stays short for ever, as most accounts are
private, that should cost next to nothing: while nothing comes of it, it is done less often.

The list is not shown as it is: `services/viewing.py` decides who may see which of its posts.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.ids import ULID, PostId
from shutterfeed.domain.pages import Page

SLOTS: Final = 512
TURNS: Final = 3
"""The number of sets of slots, which take turns: contenders stay for `TURN` at least, so that a
list that is made at intervals of up to that time misses none that won its slot."""
TURN: Final = timedelta(minutes=10)
MAX_EXPLORED: Final = 500
MADE_AFTER: Final = timedelta(days=1)
"""The time after which a list is made again though there are no new contenders: what is gone leaves
it then."""
SETTLED_AFTER: Final = timedelta(seconds=10)
"""The time within which a contender is written down, after its moment."""
SHORT: Final = 60
"""A list of fewer posts is short: two pages of the web client."""
SHORT_LASTS: Final = timedelta(seconds=10)
"""The time for which a short list is shown as it is, after a post has come onto it."""
SHORT_LASTS_AT_MOST: Final = timedelta(minutes=1)
"""The same, however often no post has come. The time doubles each time."""
CONTENDERS_OF_SHORT: Final = 100
"""The number of contenders that are read for a short list, so that whoever looks at it does not
wait for long."""
_POSITION: Final = re.compile(rf"(?P<version>{ULID}):(?P<offset>[0-9]{{1,4}})")


@dataclass(frozen=True, slots=True)
class Contender:
    """A post that may belong to the list, with its rank at a moment: see `ranking.rank`."""

    post_id: PostId
    rank: int
    at: datetime

    @property
    def turn(self) -> int:
        """The number of the turn in which it is written. It grows by one with every `TURN`."""
        return int(self.at.timestamp() // TURN.total_seconds())

    @property
    def slot(self) -> int:
        """The slot, which is always the same for a post."""
        digest = hashlib.sha256(str(self.post_id).encode()).digest()
        return int.from_bytes(digest[:8]) % SLOTS


@dataclass(frozen=True, slots=True)
class Explored:
    """One version of the list."""

    version: str
    """A ULID of the moment at which it was made."""
    post_ids: tuple[PostId, ...]
    """The posts, best first."""
    made_at: datetime
    counted_until: datetime | None
    """The time of the last contender that is counted; None if none is."""
    looked_at: datetime | None = None
    """When contenders were last looked for, since somebody has looked at it while it was short;
    None if it was only when it was made."""
    lasts: timedelta = SHORT_LASTS
    """How long it is shown as it is from then on, if it is short."""

    def made_again(
        self, version: str, post_ids: tuple[PostId, ...], at: datetime, until: datetime | None
    ) -> Explored:
        """The list after this one. If it has the same posts it stays the same version."""
        version = self.version if post_ids == self.post_ids else version
        has_grown = not set(post_ids) <= set(self.post_ids)
        lasts = SHORT_LASTS if has_grown else self._lasts_longer
        return Explored(version, post_ids, at, until, None, lasts)

    def looked_for_more(self, at: datetime) -> Explored:
        """It, when somebody looks for contenders at that time. It lasts longer, unless a post comes
        onto it by that."""
        return replace(self, looked_at=at, lasts=self._lasts_longer)

    @property
    def _lasts_longer(self) -> timedelta:
        return min(2 * self.lasts, SHORT_LASTS_AT_MOST)

    def is_due(self, newest: datetime | None, now: datetime) -> bool:
        """Whether the next list is to be made, if the `newest` contender is of that time."""
        is_new = newest is not None and (self.counted_until is None or newest > self.counted_until)
        return is_new or self._may_lack_one(now) or now - self.made_at >= MADE_AFTER

    def _may_lack_one(self, now: datetime) -> bool:
        """Whether it was made so soon after its last contender that one of an earlier moment may
        have been written down since then. The next list, of the same contenders, lacks none."""
        if self.counted_until is None or now - self.made_at < SETTLED_AFTER:
            return False
        return self.made_at - self.counted_until < SETTLED_AFTER

    def may_grow(self, now: datetime) -> bool:
        """Whether it is short, and nobody has looked for contenders just now."""
        return len(self.post_ids) < SHORT and now - (self.looked_at or self.made_at) >= self.lasts

    def page(self, offset: int, limit: int) -> Page[PostId]:
        """The posts from an offset on. The next position names this version."""
        end = offset + limit
        last = f"{self.version}:{end}" if end < len(self.post_ids) else None
        return Page(self.post_ids[offset:end], last)


def parse_position(position: str) -> tuple[str, int]:
    """The version and the offset that a position names. Raises `InvalidCursor`."""
    match = _POSITION.fullmatch(position)
    if match is None:
        raise InvalidCursor
    return match["version"], int(match["offset"])
