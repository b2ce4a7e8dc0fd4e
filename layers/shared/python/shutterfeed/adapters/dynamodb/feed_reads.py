"""The two round trips of a feed page. Each makes a few requests at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from boto3.dynamodb.conditions import Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.feeds import DynamoFeeds, to_snapshot
from shutterfeed.adapters.dynamodb.own_edges import OwnEdges, finding_between, finding_own
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.dynamodb.recent_posts import to_recent_posts
from shutterfeed.adapters.dynamodb.records import to_post
from shutterfeed.adapters.dynamodb.table import Table, at_once
from shutterfeed.adapters.dynamodb.viewing import (
    blocks_with,
    by_kind,
    relation_keys,
    to_relations,
    to_stored,
    wanted_keys,
)
from shutterfeed.domain.delivery import RecentPosts, entry_of
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Viewer
from shutterfeed.keys import Kind
from shutterfeed.ports.feed_reads import FeedStart, FeedView, FeedWanted
from shutterfeed.schema import PUBLISHED_INDEX, PUBLISHED_PK, PUBLISHED_SK


@dataclass(frozen=True, slots=True)
class DynamoFeedReads:
    metadata: Table
    feeds: Table

    def start(
        self,
        reader_id: str,
        before: FeedEntry | None,
        limit: int,
        now: datetime,
        *,
        with_snapshot: bool = True,
    ) -> FeedStart:
        feeds = DynamoFeeds(self.feeds)
        calls: list[Any] = [partial(DynamoReaders(self.metadata).get, reader_id)]
        if before is None and with_snapshot:
            calls.append(partial(feeds.top, reader_id, limit, now))
            reader, (pushed, snapshot) = at_once(calls)
            return FeedStart(reader, pushed, snapshot)
        calls.append(partial(feeds.page, reader_id, before, limit, now))
        if with_snapshot:
            calls.append(partial(self._snapshot, reader_id))
        reader, pushed, *snapshots = at_once(calls)
        return FeedStart(reader, pushed, snapshots[0] if snapshots else None)

    def view(
        self, viewer: Viewer, wanted: FeedWanted, before: FeedEntry | None, limit: int
    ) -> FeedView:
        items = [
            *wanted_keys(viewer, wanted.shown),
            *relation_keys(viewer, wanted.strangers),
            *map(keys.recent_posts, wanted.recent_posts),
        ]
        posts = DynamoPosts(self.metadata)
        position = None if before is None else before.position
        authors = list(wanted.timelines)
        calls: list[Any] = self.metadata.getting(items)
        shown, ulids = (*wanted.shown.posts, *wanted.shown.at_hand), wanted.own_between
        own: list[Any] = []
        if ulids is None:
            calls += finding_own(self.metadata, viewer, shown)
        else:
            own = finding_between(self.metadata, viewer, shown, ulids)
        batches = len(calls)
        calls += [*own, *(partial(posts.published_by, a, position, limit) for a in authors)]
        answers = at_once(calls)
        edges: list[OwnEdges] = answers[batches : batches + len(own)]
        found = by_kind(chain(*answers[:batches], *(each.items for each in edges)))
        pages = answers[batches + len(own) :]
        timelines: Mapping[str, Page[Post]] = dict(zip(authors, pages, strict=True))
        recent_posts = {
            recent.author_id: recent for recent in map(to_recent_posts, found[Kind.RECENT_POSTS])
        }
        blocks = blocks_with(viewer, found, set(wanted.shown.people) - {viewer.user_id})
        relations = {**blocks, **to_relations(viewer, found, wanted.strangers)}
        stored = replace(to_stored(viewer, found), relations=relations)
        known = None if ulids is None else (max(each.above for each in edges), ulids[1])
        return FeedView(stored, recent_posts, timelines, known)

    def recent_posts(self, author_ids: Iterable[str]) -> dict[str, RecentPosts]:
        items = self.metadata.get_many(map(keys.recent_posts, author_ids))
        return {recent.author_id: recent for recent in map(to_recent_posts, items)}

    def timelines(
        self, before: Mapping[str, FeedEntry], limit: int
    ) -> Mapping[str, Page[FeedEntry]]:
        calls = [partial(self._entries, a, entry, limit) for a, entry in before.items()]
        return dict(zip(before, at_once(calls), strict=True))

    def _entries(self, author_id: str, before: FeedEntry, limit: int) -> Page[FeedEntry]:
        partition = keys.published_partition(author_id)
        condition = Key(PUBLISHED_PK).eq(partition) & Key(PUBLISHED_SK).lt(before.position)
        rows = self.metadata.query(condition, index=PUBLISHED_INDEX, limit=limit, newest_first=True)
        entries = tuple(entry_of(to_post(item)) for item in rows.items)
        return Page(entries, str(entries[-1]) if rows.last else None)

    def _snapshot(self, reader_id: str) -> Snapshot | None:
        items = self.feeds.get_many([keys.snapshot(reader_id)])
        return to_snapshot(items[0]) if items else None
