"""Followed hashtags: how a hashtag's newest posts come into the feeds of those who follow it.

    indexed post ──> the hashtag's list ──at a bounded rate──> a row for each of its followers

A reader's rows are read together with the reader, so a feed page knows after its first round trip
which posts its hashtags may bring; whether a post is shown is decided after the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge as merge_sorted
from typing import Final

from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.feed import FeedEntry, Source

MAX_FOLLOWED: Final = 50
LISTED: Final = 16
"""The number of posts in a hashtag's list, which take just under 1 KB, one write unit."""
BROUGHT: Final = 8
"""The number of these that a follower's row has. A page reads the rows of all followed hashtags:
ten take a little more than one read unit."""
OF_ONE_AUTHOR: Final = 2
"""How many posts of one author a hashtag's list has, and a page of a feed shows because of
hashtags."""
_PAGE_SHARE: Final = 4
"""At most one in this number of a page's posts is there because of a hashtag."""
FEW_FOLLOWERS: Final = 1_000
ROWS_PER_SECOND: Final = 100
"""How many rows are written for one hashtag, on average over time, if it has many followers."""
_LOST_AFTER: Final = timedelta(hours=1)
"""How long after its time a message that was noted counts as lost."""


@dataclass(frozen=True, slots=True)
class TaggedPosts:
    """The list of a hashtag that somebody follows: its newest posts of public accounts, as the
    search index has them. Posts that were deleted or hidden since may be among them."""

    tag: str
    entries: Sequence[FeedEntry] = ()
    """Newest first."""
    version: int = 0
    """It grows with every change, so that an older state never replaces a newer one."""
    followers: int = 0
    """The number of rows that were written when its posts were last brought to all followers."""
    brought_version: int = 0
    """The version whose posts were last sent on their way to the followers."""
    brought_at: datetime | None = None
    """When they were, if many follow it."""
    due_at: datetime | None = None
    """When the message is due that brings what came later, if one waits in the queue. It is gone as
    soon as the message begins."""

    def including(self, entries: Iterable[FeedEntry]) -> TaggedPosts:
        """The list with further posts; itself if it has no place for any of them."""
        listed = _listed((*self.entries, *entries))
        if listed == tuple(self.entries):
            return self
        return replace(self, entries=listed, version=self.version + 1)

    @property
    def newest(self) -> tuple[FeedEntry, ...]:
        """The posts that are brought to the followers."""
        return tuple(self.entries[:BROUGHT])

    @property
    def has_many(self) -> bool:
        """Whether its followers are so numerous that its posts are brought at intervals."""
        return self.followers >= FEW_FOLLOWERS

    def wait(self, now: datetime) -> timedelta:
        """How long its posts have to wait before they may be brought: not at all if few follow it,
        otherwise until an interval is over that is in proportion to their number."""
        if not self.has_many or self.brought_at is None:
            return timedelta()
        interval = timedelta(seconds=self.followers / ROWS_PER_SECOND)
        return max(self.brought_at + interval - now, timedelta())

    def needs_message(self, now: datetime) -> bool:
        """Whether a message has to be sent that brings its posts: there are new ones, and no
        message for them waits, or none that could still come."""
        if self.version <= self.brought_version:
            return False
        return self.due_at is None or now >= self.due_at + _LOST_AFTER


@dataclass(frozen=True, slots=True)
class FollowedHashtag:
    """A hashtag that a user follows, with its newest posts as they were last brought."""

    tag: str
    at: datetime
    """When the user followed it."""
    entries: Sequence[FeedEntry] = ()
    version: int = 0
    """The version of the list from which the posts come."""


def tagged_on_page(
    followed: Sequence[FollowedHashtag],
    before: FeedEntry | None,
    limit: int,
    shows: Callable[[FeedEntry], bool],
) -> dict[FeedEntry, str]:
    """The posts that hashtags bring to a page of `limit` posts below `before`, newest first, each
    with its hashtag: at most a quarter of the page, and few of one author. `shows` says whether a
    post may be among them, by what is known of the reader."""
    most = max(1, limit // _PAGE_SHARE)
    chosen: dict[FeedEntry, str] = {}
    authors: list[str] = []
    for entry, tag in merge_sorted(*(_below(h, before) for h in followed), reverse=True):
        if len(chosen) == most:
            break
        author_id = entry.post_id.author_id
        if entry in chosen or authors.count(author_id) == OF_ONE_AUTHOR:
            continue
        if shows(entry):
            chosen[entry] = tag
            authors.append(author_id)
    return chosen


def _below(hashtag: FollowedHashtag, before: FeedEntry | None) -> Iterator[tuple[FeedEntry, str]]:
    """A hashtag's posts below a position. Each is unpacked when its turn comes."""
    return ((entry, hashtag.tag) for entry in Source(hashtag.entries).below(before).entries)


def too_many_hashtags() -> Conflict:
    message = f"You follow {MAX_FOLLOWED} hashtags, and more are not possible."
    return Conflict("too_many_hashtags", f"{message} Unfollow one first.")


def _listed(entries: Iterable[FeedEntry]) -> tuple[FeedEntry, ...]:
    kept: list[FeedEntry] = []
    authors: list[str] = []
    for entry in sorted(set(entries), reverse=True):
        author_id = entry.post_id.author_id
        if authors.count(author_id) < OF_ONE_AUTHOR:
            kept.append(entry)
            authors.append(author_id)
    return tuple(kept[:LISTED])
