"""Feeds: for each user, the posts of those they follow and their own, in the order of publishing.

A page is merged from several sources, each newest first: what was pushed to the reader, the
snapshot made when they returned, their own posts, and the timelines of the celebrities they
follow. A source says how far down it is complete, and no page goes below the highest of these
boundaries, so that nothing that turns up later belongs above a cursor that was already given out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge as merge_sorted
from itertools import islice, takewhile
from typing import Final

from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.ids import MalformedId, PostId, is_ulid

FEED_RETENTION: Final = timedelta(days=90)
"""How long an entry stays in a pre-generated feed."""

_NOTHING: Final = "0" * 26
_TOKEN: Final = 5
"""How many characters of a user id name a celebrity in a cursor: 25 random bits. If two
celebrities have the same characters, that costs one more query and nothing else."""
_MOST_TOKENS: Final = 100
_ALL: Final = "*"
_NO_SNAPSHOT: Final = "-"


@dataclass(frozen=True, slots=True, order=True)
class FeedEntry:
    """One post in one feed. Entries order by position, then by post id."""

    position: str
    post_id: PostId
    people: tuple[str, ...] = field(default=(), compare=False)
    """The ids of the people in the post when it was published, if the entry was pushed: a page
    reads them together with the post. Elsewhere an entry has none."""

    def __str__(self) -> str:
        """The entry's position in the list, as text: cursors carry it, and it is the sort key."""
        return f"{self.position}#{self.post_id}"

    @classmethod
    def parse(cls, text: str) -> FeedEntry:
        """The entry in a text. Raises `MalformedId`."""
        position, _, post_id = text.partition("#")
        if not is_ulid(position):
            raise MalformedId(text)
        return cls(position, PostId.parse(post_id))


BOTTOM: Final = FeedEntry(_NOTHING, PostId(_NOTHING, _NOTHING))
"""A position below every entry."""


@dataclass(frozen=True, slots=True)
class Source:
    """The entries of one origin, newest first: all of them down to `complete_down_to`, or simply
    all if it is None."""

    entries: Sequence[FeedEntry]
    complete_down_to: FeedEntry | None = None

    def below(self, before: FeedEntry | None) -> Source:
        """The source's entries below a position; none if the source ends above it."""
        if before is None:
            return self
        first, last = 0, len(self.entries)
        while first < last:
            middle = (first + last) // 2
            if self.entries[middle] < before:
                last = middle
            else:
                first = middle + 1
        end = self.complete_down_to
        return Source(self.entries[first:], None if end is None else min(end, before))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest entries of all the authors whom a reader follows, at the moment of their return.

    If `complete_down_to` is set, there were more entries than are kept, and the reader's feed ends
    there. `version` grows with every change, so that an older snapshot never replaces a newer one.
    """

    entries: Sequence[FeedEntry]
    complete_down_to: FeedEntry | None
    version: int
    until: datetime | None = field(default=None, compare=False)
    """When it expires; None until it is stored."""

    def is_over(self, now: datetime) -> bool:
        """Whether it has expired, even if it has not been removed yet."""
        return self.until is not None and self.until <= now

    def is_ageing(self, now: datetime) -> bool:
        """Whether to store it again although nothing has changed: it must not expire between two
        pages, nor soon after it was read for the last time."""
        return self.until is not None and self.until - now < FEED_RETENTION / 2


def newest_first(sources: Iterable[Sequence[FeedEntry]]) -> Iterator[FeedEntry]:
    """The entries of all sources, newest first and each once. Every source must be newest first."""
    last = None
    for entry in merge_sorted(*sources, reverse=True):
        if entry != last:
            yield entry
        last = entry


@dataclass(frozen=True, slots=True)
class Merged:
    """The entries of a page, and the position below which the next page begins (None at the
    end)."""

    entries: tuple[FeedEntry, ...]
    next: FeedEntry | None


def merge(sources: Sequence[Source], limit: int, end: FeedEntry | None = None) -> Merged:
    """The newest entries, up to `limit`, and none below `end`, which is where the feed ends."""
    boundaries = [
        source.complete_down_to for source in sources if source.complete_down_to is not None
    ]
    boundary = max(boundaries, default=None)
    lowest = max((e for e in (boundary, end) if e is not None), default=BOTTOM)
    known = takewhile(lambda e: e >= lowest, newest_first([s.entries for s in sources]))
    taken = tuple(islice(known, limit + 1))
    if len(taken) > limit:
        return Merged(taken[:limit], taken[limit - 1])
    over = boundary is None or (end is not None and boundary <= end)
    return Merged(taken, None if over else boundary)


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """The position where a page ended, and the celebrities whose lists of posts the next page
    reads.

    `exhausted` names the celebrities whose newest posts, kept together in their recent posts, are
    all above `before`. The next page has to query their lists instead; the cursor says so in
    advance, so that the page needs no third round trip. In the same way `has_snapshot` says whether
    the next page has to read a snapshot.
    """

    before: FeedEntry
    exhausted: frozenset[str] = frozenset()
    has_snapshot: bool = True

    def __str__(self) -> str:
        tokens = [_ALL] if len(self.exhausted) > _MOST_TOKENS else sorted(self.exhausted)
        if not self.has_snapshot:
            tokens.append(_NO_SNAPSHOT)
        return "~".join((str(self.before), *tokens))

    @classmethod
    def parse(cls, text: str) -> FeedCursor:
        """The cursor in a text. Raises `InvalidCursor`."""
        entry, *tokens = text.split("~")
        try:
            before = FeedEntry.parse(entry)
        except MalformedId as error:
            raise InvalidCursor from error
        return cls(before, frozenset(tokens) - {_NO_SNAPSHOT}, _NO_SNAPSHOT not in tokens)

    @classmethod
    def after(cls, before: FeedEntry, authors: Iterable[str]) -> FeedCursor:
        return cls(before, frozenset(author_id[-_TOKEN:] for author_id in authors))

    def is_exhausted(self, author_id: str) -> bool:
        return _ALL in self.exhausted or author_id[-_TOKEN:] in self.exhausted
