"""The two round trips of a feed page. Each makes a few requests at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from boto3.dynamodb.conditions import Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.feeds import DynamoFeeds, to_snapshot
from shutterfeed.adapters.dynamodb.heads import to_head
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.dynamodb.records import to_post, to_profile
from shutterfeed.adapters.dynamodb.table import Item, Table, at_once
from shutterfeed.domain.delivery import Head, entry_of
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.ports.feed_reads import FeedStart, FeedView, Wanted
from shutterfeed.schema import PUBLISHED_INDEX, PUBLISHED_PK, PUBLISHED_SK, SK


@dataclass(frozen=True, slots=True)
class DynamoFeedReads:
    metadata: Table
    feeds: Table

    def start(self, reader_id: str, before: FeedEntry | None, limit: int) -> FeedStart:
        calls: list[Any] = [
            partial(DynamoReaders(self.metadata).get, reader_id),
            partial(DynamoFeeds(self.feeds).page, reader_id, before, limit),
            partial(self._snapshot, reader_id),
        ]
        reader, pushed, snapshot = at_once(calls)
        return FeedStart(reader, pushed, snapshot)

    def view(self, wanted: Wanted, before: FeedEntry | None, limit: int) -> FeedView:
        items = [*map(keys.post, wanted.posts), *map(keys.profile, wanted.profiles)]
        items += map(keys.head, wanted.heads)
        posts = DynamoPosts(self.metadata)
        position = None if before is None else before.position
        authors = list(wanted.timelines)
        calls: list[Any] = self.metadata.getting(items)
        batches = len(calls)
        calls += [partial(posts.published_by, a, position, limit) for a in authors]
        answers = at_once(calls)
        found = [item for batch in answers[:batches] for item in batch]
        timelines: Mapping[str, Page[Post]] = dict(zip(authors, answers[batches:], strict=True))
        return _view(found, timelines)

    def heads(self, author_ids: Iterable[str]) -> dict[str, Head]:
        items = self.metadata.get_many(map(keys.head, author_ids))
        return {head.author_id: head for head in map(to_head, items)}

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


def _view(items: Sequence[Item], timelines: Mapping[str, Page[Post]]) -> FeedView:
    by_kind: dict[str, list[Item]] = {keys.PROFILE: [], keys.HEAD: []}
    others: list[Item] = []
    for item in items:
        by_kind.get(item[SK], others).append(item)
    posts, profiles = map(to_post, others), map(to_profile, by_kind[keys.PROFILE])
    heads = map(to_head, by_kind[keys.HEAD])
    return FeedView(
        {post.id: post for post in posts},
        {profile.user_id: profile for profile in profiles},
        {head.author_id: head for head in heads},
        timelines,
    )
