"""The reads of a feed page, with celebrities' recent posts from a cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shutterfeed.domain.delivery import Delivery, RecentPosts
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import ulid_time
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.feed_reads import (
    FeedReads,
    FeedStart,
    FeedView,
    FeedWanted,
    RecentPostsCache,
)
from shutterfeed.ports.system import Clock

SAFE_AGE: Final = timedelta(minutes=1)
"""Cached recent posts certainly have every post whose position is older than this: the recent posts
are seconds old, a post is published within seconds of the moment in its position, and clocks agree
to a second.
"""


@dataclass(frozen=True, slots=True)
class CachedFeedReads:
    """Reads of feed pages in which the recent posts of pulled celebrities come from the cache.
    `start` and `recent_posts` do not use it, since snapshots and subscriptions that are stored are
    made from their results.

    A page below a position that is younger than `SAFE_AGE` reads all recent posts again. So every
    post below a cursor is on the pages after it, however old the cached recent posts are: pages
    have no gap. Only the top of a feed may be some seconds late.
    """

    reads: FeedReads
    cache: RecentPostsCache
    clock: Clock

    def start(
        self,
        reader_id: str,
        before: FeedEntry | None,
        limit: int,
        now: datetime,
        *,
        with_snapshot: bool = True,
    ) -> FeedStart:
        return self.reads.start(reader_id, before, limit, now, with_snapshot=with_snapshot)

    def view(
        self, viewer: Viewer, wanted: FeedWanted, before: FeedEntry | None, limit: int
    ) -> FeedView:
        cached = (
            self.cache.get_many(wanted.recent_posts)
            if wanted.recent_posts and self._may(before)
            else {}
        )
        missing = [author_id for author_id in wanted.recent_posts if author_id not in cached]
        view = self.reads.view(viewer, replace(wanted, recent_posts=missing), before, limit)
        pulled = [
            recent for recent in view.recent_posts.values() if recent.delivery is not Delivery.PUSH
        ]
        if pulled:
            self.cache.put_many(pulled)
        return replace(view, recent_posts={**cached, **view.recent_posts})

    def recent_posts(self, author_ids: Iterable[str]) -> dict[str, RecentPosts]:
        return self.reads.recent_posts(author_ids)

    def timelines(
        self, before: Mapping[str, FeedEntry], limit: int
    ) -> Mapping[str, Page[FeedEntry]]:
        return self.reads.timelines(before, limit)

    def _may(self, before: FeedEntry | None) -> bool:
        return before is None or ulid_time(before.position) <= self.clock.now() - SAFE_AGE
