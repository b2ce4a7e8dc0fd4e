"""Two caches as one: a near one in front of a far one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shutterfeed.domain.delivery import RecentPosts
from shutterfeed.ports.feed_reads import RecentPostsCache


@dataclass(frozen=True, slots=True)
class TieredRecentPostsCache:
    """A near cache that also keeps what the far one returned. Recent posts may be as old as both
    caches allow together."""

    near: RecentPostsCache
    far: RecentPostsCache

    def get_many(self, author_ids: Collection[str]) -> dict[str, RecentPosts]:
        found = self.near.get_many(author_ids)
        missing = [author_id for author_id in author_ids if author_id not in found]
        if not missing:
            return found
        fetched = self.far.get_many(missing)
        self.near.put_many(fetched.values())
        return found | fetched

    def put_many(self, recent_posts: Collection[RecentPosts]) -> None:
        self.near.put_many(recent_posts)
        self.far.put_many(recent_posts)
