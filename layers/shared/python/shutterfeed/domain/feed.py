"""Feeds: for each user, the posts of those they follow and their own, by publish position.

A page is merged from several sources, each newest first: what was pushed to the reader, the
snapshot made when they returned, their own posts, and the timelines of the celebrities they
follow. A source says how far down it is complete, and no page goes below the highest of these
marks, so that nothing that turns up later belongs above a cursor that was already given out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge as merge_sorted
from itertools import islice
from typing import Final

from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.ids import MalformedId, PostId, is_ulid

FEED_RETENTION: Final = timedelta(days=90)
"""How long an entry stays in a pre-generated feed."""

_NOTHING: Final = "0" * 26
_MARK: Final = 5
"""Characters of a user id that a cursor names a celebrity by: 25 random bits. Two that share a
mark cost one query more, nothing else."""
_MOST_MARKS: Final = 100
_ALL: Final = "*"


@dataclass(frozen=True, slots=True, order=True)
class FeedEntry:
    """One post in one feed. Entries order by position, then by post id."""

    position: str
    post_id: PostId

    def __str__(self) -> str:
        """The entry as a place in the list: what cursors carry and the sort key is."""
        return f"{self.position}#{self.post_id}"

    @classmethod
    def parse(cls, text: str) -> FeedEntry:
        """Raises `MalformedId`."""
        position, _, post_id = text.partition("#")
        if not is_ulid(position):
            raise MalformedId(text)
        return cls(position, PostId.parse(post_id))


BOTTOM: Final = FeedEntry(_NOTHING, PostId(_NOTHING, _NOTHING))
"""Below every entry."""


@dataclass(frozen=True, slots=True)
class Source:
    """Entries of one origin, newest first: all there are down to `complete_to`, or all."""

    entries: Sequence[FeedEntry]
    complete_to: FeedEntry | None = None

    def below(self, before: FeedEntry | None) -> Source:
        """What is known below a place: nothing, where the source ends above it."""
        if before is None:
            return self
        first, last = 0, len(self.entries)
        while first < last:
            middle = (first + last) // 2
            if self.entries[middle] < before:
                last = middle
            else:
                first = middle + 1
        end = self.complete_to
        return Source(self.entries[first:], None if end is None else min(end, before))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest entries of all whom a reader follows, at the moment of their return.

    With `complete_to` there were more than are kept, and the reader's feed ends there. `version`
    grows with every change, so that an older snapshot never replaces a newer one.
    """

    entries: tuple[FeedEntry, ...]
    complete_to: FeedEntry | None
    version: int
    until: datetime | None = field(default=None, compare=False)
    """When it expires; None before it is kept."""

    def is_ageing(self, now: datetime) -> bool:
        """Whether it is to be kept again, though nothing has changed: it must not expire between
        two pages, nor soon after it was read for the last time."""
        return self.until is not None and self.until - now < FEED_RETENTION / 2


def newest_first(sources: Iterable[Sequence[FeedEntry]]) -> Iterator[FeedEntry]:
    """All entries of sources that are newest first themselves, each once."""
    last = None
    for entry in merge_sorted(*sources, reverse=True):
        if entry != last:
            yield entry
        last = entry


@dataclass(frozen=True, slots=True)
class Merged:
    """The entries of a page, and the place below which the next one begins; None at the end."""

    entries: tuple[FeedEntry, ...]
    next: FeedEntry | None


def merge(sources: Sequence[Source], limit: int, end: FeedEntry | None = None) -> Merged:
    """The newest `limit` entries, none below `end`, where the feed is over."""
    marks = [source.complete_to for source in sources if source.complete_to is not None]
    mark = max(marks, default=None)
    lowest = max((place for place in (mark, end) if place is not None), default=BOTTOM)
    known = (e for e in newest_first([s.entries for s in sources]) if e >= lowest)
    taken = tuple(islice(known, limit + 1))
    if len(taken) > limit:
        return Merged(taken[:limit], taken[limit - 1])
    over = mark is None or (end is not None and mark <= end)
    return Merged(taken, None if over else mark)


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """Where a page ended, and which celebrities' timelines are read in depth from there on.

    `deep` names those whose newest posts, kept together in one item, all stand above `before`:
    known in advance, the next page asks for the right thing in its second round trip.
    """

    before: FeedEntry
    deep: frozenset[str] = frozenset()

    def __str__(self) -> str:
        marks = [_ALL] if len(self.deep) > _MOST_MARKS else sorted(self.deep)
        return "~".join((str(self.before), *marks))

    @classmethod
    def parse(cls, text: str) -> FeedCursor:
        """Raises `InvalidCursor`."""
        entry, *marks = text.split("~")
        try:
            return cls(FeedEntry.parse(entry), frozenset(marks))
        except MalformedId as error:
            raise InvalidCursor from error

    @classmethod
    def after(cls, before: FeedEntry, deep_authors: Iterable[str]) -> FeedCursor:
        return cls(before, frozenset(author_id[-_MARK:] for author_id in deep_authors))

    def is_deep(self, author_id: str) -> bool:
        return _ALL in self.deep or author_id[-_MARK:] in self.deep
