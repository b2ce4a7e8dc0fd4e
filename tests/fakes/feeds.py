"""The feed table in memory, and the reads of a feed page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Final

from shutterfeed import keys
from shutterfeed.domain.delivery import AUDIENCE_PARTS, PushSubscription, RecentPosts, entry_of
from shutterfeed.domain.feed import FEED_RETENTION, FeedEntry, Snapshot
from shutterfeed.domain.ids import CROCKFORD
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Relation, Viewer
from shutterfeed.ports.feed_reads import FeedStart, FeedView, FeedWanted
from tests.fakes.metadata import (
    FakePosts,
    FakeReaders,
    Metadata,
    page_of,
    relation_of,
    stored_of,
)

_ORDER: Final = attrgetter("position", "post_id")
"""That of entries themselves, which take several times as long to compare."""


@dataclass(frozen=True, slots=True)
class FakeFeeds:
    feeds: dict[str, dict[FeedEntry, datetime]] = field(default_factory=dict)
    """The entries of each owner, and when each expires."""
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    snapshots_expire: dict[str, datetime] = field(default_factory=dict)

    def expire(self, now: datetime) -> None:
        """Remove what is past its time."""
        for feed in self.feeds.values():
            for entry in [entry for entry, at in feed.items() if at <= now]:
                del feed[entry]
        for owner_id in [owner for owner, at in self.snapshots_expire.items() if at <= now]:
            del self.snapshots[owner_id], self.snapshots_expire[owner_id]

    def page(
        self, owner_id: str, before: FeedEntry | None, limit: int, now: datetime
    ) -> Page[FeedEntry]:
        feed = self.feeds.get(owner_id, {})
        entries = sorted(feed, key=_ORDER, reverse=True)
        page = page_of([e for e in entries if before is None or e < before], limit, str)
        return replace(page, items=tuple(e for e in page.items if feed[e] > now))

    def put(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry], at: datetime) -> None:
        for owner_id in owner_ids:
            feed = self.feeds.setdefault(owner_id, {})
            feed.update(dict.fromkeys(entries, at + FEED_RETENTION))

    def snapshot(self, owner_id: str) -> Snapshot | None:
        kept = self.snapshots.get(owner_id)
        return None if kept is None else replace(kept, until=self.snapshots_expire[owner_id])

    def keep_snapshot(self, owner_id: str, snapshot: Snapshot, at: datetime) -> bool:
        present = self.snapshots.get(owner_id)
        if (0 if present is None else present.version) != snapshot.version - 1:
            return False
        self.snapshots[owner_id] = snapshot
        self.snapshots_expire[owner_id] = at + FEED_RETENTION
        return True


@dataclass(frozen=True, slots=True)
class FakeAudience:
    data: Metadata

    def subscribe_followed(self, reader_id: str, author_id: str, until: datetime) -> bool:
        if (reader_id, author_id) not in self.data.edges:
            return False
        self.subscribe(reader_id, [author_id], until)
        return True

    def subscribe(self, reader_id: str, author_ids: Iterable[str], until: datetime) -> None:
        for author_id in author_ids:
            self.data.subscriptions.setdefault(author_id, {})[reader_id] = until

    def withdraw(self, reader_id: str, author_ids: Iterable[str]) -> None:
        for author_id in author_ids:
            if (reader_id, author_id) not in self.data.edges:
                self.data.subscriptions.get(author_id, {}).pop(reader_id, None)

    def page(
        self, author_id: str, part: int | None, after: str | None, limit: int
    ) -> Page[PushSubscription]:
        rows = sorted(
            (keys.push_subscription(author_id, reader).sk, PushSubscription(reader, until))
            for reader, until in self.data.subscriptions.get(author_id, {}).items()
        )
        chosen = [
            (sort, subscription)
            for sort, subscription in rows
            if (after is None or sort > after)
            and (part is None or CROCKFORD.index(sort[0]) * AUDIENCE_PARTS // 32 == part)
        ]
        page = page_of(chosen, limit, lambda row: row[0])
        return Page(tuple(subscription for _, subscription in page.items), page.next_position)

    def renew(
        self, author_id: str, subscriptions: Iterable[PushSubscription], until: datetime
    ) -> None:
        present = self.data.subscriptions.get(author_id, {})
        for subscription in subscriptions:
            if present.get(subscription.reader_id) == subscription.until:
                present[subscription.reader_id] = until

    def end(self, author_id: str, subscriptions: Iterable[PushSubscription]) -> None:
        present = self.data.subscriptions.get(author_id, {})
        for subscription in subscriptions:
            if present.get(subscription.reader_id) == subscription.until:
                del present[subscription.reader_id]


@dataclass(frozen=True, slots=True)
class FakeFeedReads:
    data: Metadata
    feeds: FakeFeeds

    def start(
        self,
        reader_id: str,
        before: FeedEntry | None,
        limit: int,
        now: datetime,
        *,
        with_snapshot: bool = True,
    ) -> FeedStart:
        return FeedStart(
            FakeReaders(self.data).get(reader_id),
            self.feeds.page(reader_id, before, limit, now),
            self.feeds.snapshot(reader_id) if with_snapshot else None,
        )

    def view(
        self,
        viewer: Viewer,
        wanted: FeedWanted,
        before: FeedEntry | None,
        limit: int,
    ) -> FeedView:
        position = None if before is None else before.position
        posts = FakePosts(self.data)
        strangers, own = set(wanted.strangers), wanted.own_between
        relations = {
            i: relation_of(self.data, str(viewer.user_id), i, (), strangers) for i in strangers
        }
        stored = stored_of(self.data, viewer, wanted.shown)
        if own is not None:
            liked, saved = (
                frozenset(i for who, i in edges if who == viewer.user_id)
                for edges in (self.data.likes, self.data.saves)
            )
            stored = replace(stored, liked=liked, saved=saved)
        return FeedView(
            replace(stored, relations={**self._blocks(viewer, wanted), **relations}),
            {
                i: self.data.recent_posts[i]
                for i in wanted.recent_posts
                if i in self.data.recent_posts
            },
            {i: posts.published_by(i, position, limit) for i in wanted.timelines},
            own,
        )

    def _blocks(self, viewer: Viewer, wanted: FeedWanted) -> dict[str, Relation]:
        """The relations to people in the posts: a feed has its reader's others already."""
        blocks = self.data.blocks
        relations = {
            i: Relation(
                has_blocked=(viewer.user_id, i) in blocks, is_blocked=(i, viewer.user_id) in blocks
            )
            for i in wanted.shown.people
        }
        return {i: relation for i, relation in relations.items() if relation.is_cut}

    def recent_posts(self, author_ids: Iterable[str]) -> dict[str, RecentPosts]:
        return {i: self.data.recent_posts[i] for i in author_ids if i in self.data.recent_posts}

    def timelines(
        self, before: Mapping[str, FeedEntry], limit: int
    ) -> Mapping[str, Page[FeedEntry]]:
        posts = FakePosts(self.data)
        pages = {}
        for author_id, entry in before.items():
            page = posts.published_by(author_id, entry.position, limit)
            entries = tuple(map(entry_of, page.items))
            more = page.next_position is not None
            pages[author_id] = Page(entries, str(entries[-1]) if more else None)
        return pages
