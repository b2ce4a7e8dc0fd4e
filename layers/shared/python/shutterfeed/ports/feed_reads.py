"""Reading feeds: the entries in them, and their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.delivery import Reader, RecentPosts
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.viewing import Stored, Wanted


@dataclass(frozen=True, slots=True)
class FeedStart:
    """The result of a feed page's first round trip."""

    reader: Reader
    pushed: Page[FeedEntry]
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class FeedWanted:
    """The items that the second round trip asks for; recent posts and timelines are named by their
    authors' user ids."""

    shown: Wanted = field(default_factory=Wanted)
    recent_posts: Collection[str] = ()
    timelines: Collection[str] = ()
    own_between: tuple[str, str] | None = None
    """A range of posts' ULIDs: which posts with these the viewer likes and has saved is read too,
    whichever posts they are."""
    strangers: Collection[str] = ()
    """Authors of posts that are not in the feed because of them, of whom it is not known yet
    whether the viewer follows them, and whether one has blocked the other."""


@dataclass(frozen=True, slots=True)
class FeedView:
    """The result of the second round trip: the items from which a feed page is made."""

    stored: Stored
    """It has the relations to those of `strangers` to whom there is one."""
    recent_posts: Mapping[str, RecentPosts]
    timelines: Mapping[str, Page[Post]]
    own_between: tuple[str, str] | None = None
    """The range of posts' ULIDs of which it is known whether the viewer likes them and has saved
    them; its lower end does not belong to it. It may be smaller than the one that was asked for, if
    there are too many."""

    def knows_own(self, post_id: PostId) -> bool:
        """Whether it is known if the viewer likes a post that was not asked for by its id."""
        if self.own_between is None:
            return False
        above, last = self.own_between
        return above < post_id.ulid <= last


class FeedReads(Protocol):
    """The reads for a page of a feed. Each is one round trip, whatever the number of items."""

    def start(
        self,
        reader_id: str,
        before: FeedEntry | None,
        limit: int,
        now: datetime,
        *,
        with_snapshot: bool = True,
    ) -> FeedStart:
        """The reader, the entries below `before` that have not expired, and the snapshot if it is
        asked for. The reader is strongly consistent, so that posts of unfollowed authors are hidden
        at once; the rest is eventually consistent."""
        ...

    def view(
        self, viewer: Viewer, wanted: FeedWanted, before: FeedEntry | None, limit: int
    ) -> FeedView:
        """The result of `ViewingReads.read` for the posts and users to show (without followers that
        are counted in separate items), and in the same round trip recent posts, timelines of up to
        `limit` published posts below `before`, and the relations to strangers. Eventually
        consistent; recent posts may be seconds old."""
        ...

    def recent_posts(self, author_ids: Iterable[str]) -> dict[str, RecentPosts]:
        """The recent posts of any number of authors, by user id. Eventually consistent."""
        ...

    def timelines(
        self, before: Mapping[str, FeedEntry], limit: int
    ) -> Mapping[str, Page[FeedEntry]]:
        """A page of up to `limit` published posts of each author, below the entry in `before`.
        Eventually consistent."""
        ...


class RecentPostsCache(Protocol):
    """A cache that keeps recent posts of celebrities for a few seconds; the implementation says how
    old one may be.

    It may forget any of them at any time.
    """

    def get_many(self, author_ids: Collection[str]) -> dict[str, RecentPosts]:
        """The recent posts that the cache has, by author."""
        ...

    def put_many(self, recent_posts: Collection[RecentPosts]) -> None:
        """Store recent posts that were just read. They never replace a newer version."""
        ...
