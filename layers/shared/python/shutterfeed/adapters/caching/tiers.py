"""Two caches as one: a near one in front of a far one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shutterfeed.domain.delivery import Head
from shutterfeed.ports.feed_reads import HeadCache


@dataclass(frozen=True, slots=True)
class TieredHeadCache:
    """A near cache that also keeps what the far one returned. A head may be as old as both caches
    allow together."""

    near: HeadCache
    far: HeadCache

    def get_many(self, author_ids: Collection[str]) -> dict[str, Head]:
        found = self.near.get_many(author_ids)
        missing = [author_id for author_id in author_ids if author_id not in found]
        if not missing:
            return found
        fetched = self.far.get_many(missing)
        self.near.put_many(fetched.values())
        return found | fetched

    def put_many(self, heads: Collection[Head]) -> None:
        self.near.put_many(heads)
        self.far.put_many(heads)
