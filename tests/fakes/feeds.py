"""The feed table in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shutterfeed.domain.feed import FEED_RETENTION, FeedEntry
from shutterfeed.domain.pages import Page
from tests.fakes.metadata import page_of


@dataclass(frozen=True, slots=True)
class FakeFeeds:
    feeds: dict[str, dict[FeedEntry, datetime]] = field(default_factory=dict)
    """By owner: each entry, and when it expires."""

    def page(self, owner_id: str, before: FeedEntry | None, limit: int) -> Page[FeedEntry]:
        entries = sorted(self.feeds.get(owner_id, {}), reverse=True)
        return page_of([e for e in entries if before is None or e < before], limit, str)

    def put(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry], at: datetime) -> None:
        for owner_id in owner_ids:
            feed = self.feeds.setdefault(owner_id, {})
            feed.update(dict.fromkeys(entries, at + FEED_RETENTION))

    def remove(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry]) -> None:
        for owner_id in owner_ids:
            for entry in entries:
                self.feeds.get(owner_id, {}).pop(entry, None)
