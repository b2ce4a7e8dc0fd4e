"""The reads of a feed page, with celebrities' heads from a cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from shutterfeed.domain.delivery import Delivery, Head
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import ulid_time
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.feed_reads import FeedReads, FeedStart, FeedView, FeedWanted, HeadCache
from shutterfeed.ports.system import Clock

SETTLED: Final = timedelta(minutes=1)
"""A cached head certainly has every post whose position is older than this: the head is seconds
old, a post is published within seconds of the moment in its position, and clocks agree to a second.
"""


@dataclass(frozen=True, slots=True)
class CachedFeedReads:
    """Reads of feed pages in which the heads of pulled celebrities come from the cache. `start` and
    `heads` do not use it, since snapshots and subscriptions that are stored are made from their
    results.

    A page below a position that is younger than `SETTLED` reads every head again. So every post
    below a cursor is on the pages after it, however old the cached heads are: pages have no gap.
    Only the top of a feed may be some seconds late.
    """

    reads: FeedReads
    cache: HeadCache
    clock: Clock

    def start(self, reader_id: str, before: FeedEntry | None, limit: int) -> FeedStart:
        return self.reads.start(reader_id, before, limit)

    def view(
        self, viewer: Viewer, wanted: FeedWanted, before: FeedEntry | None, limit: int
    ) -> FeedView:
        cached = self.cache.get_many(wanted.heads) if wanted.heads and self._may(before) else {}
        missing = [author_id for author_id in wanted.heads if author_id not in cached]
        view = self.reads.view(viewer, replace(wanted, heads=missing), before, limit)
        pulled = [head for head in view.heads.values() if head.delivery is not Delivery.PUSH]
        if pulled:
            self.cache.put_many(pulled)
        return replace(view, heads={**cached, **view.heads})

    def heads(self, author_ids: Iterable[str]) -> dict[str, Head]:
        return self.reads.heads(author_ids)

    def timelines(
        self, before: Mapping[str, FeedEntry], limit: int
    ) -> Mapping[str, Page[FeedEntry]]:
        return self.reads.timelines(before, limit)

    def _may(self, before: FeedEntry | None) -> bool:
        return before is None or ulid_time(before.position) <= self.clock.now() - SETTLED
