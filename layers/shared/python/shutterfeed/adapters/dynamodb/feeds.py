"""Pre-generated feeds, and what a page of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from boto3.dynamodb.conditions import ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import epoch, to_post, to_profile
from shutterfeed.adapters.dynamodb.table import Table, key_item
from shutterfeed.domain.feed import FEED_RETENTION, FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.ports import FeedView
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class DynamoFeeds:
    """Over the feed table."""

    table: Table

    def page(self, owner_id: str, before: FeedEntry | None, limit: int) -> Page[FeedEntry]:
        condition: ConditionBase = Key(PK).eq(keys.feed_partition(owner_id))
        if before is not None:
            condition = condition & Key(SK).lt(str(before))
        rows = self.table.query(condition, limit=limit, newest_first=True)
        entries = tuple(FeedEntry.parse(item[SK]) for item in rows.items)
        return Page(entries, str(entries[-1]) if rows.last else None)

    def put(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry], at: datetime) -> None:
        fields = {TTL_ATTRIBUTE: epoch(at + FEED_RETENTION)}
        self.table.write_many(
            puts=(
                key_item(keys.feed(owner_id, entry)) | fields
                for owner_id in owner_ids
                for entry in entries
            )
        )

    def remove(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry]) -> None:
        self.table.write_many(
            deletes=(keys.feed(owner_id, entry) for owner_id in owner_ids for entry in entries)
        )


@dataclass(frozen=True, slots=True)
class DynamoFeedDetails:
    """Over the metadata table: posts and profiles in the same batch."""

    table: Table

    def view(self, post_ids: Sequence[PostId], user_ids: Iterable[str]) -> FeedView:
        wanted = [*map(keys.post, post_ids), *map(keys.profile, user_ids)]
        items = self.table.get_many(wanted)
        posts = [to_post(item) for item in items if item[SK] != keys.PROFILE]
        profiles = [to_profile(item) for item in items if item[SK] == keys.PROFILE]
        return FeedView(
            {post.id: post for post in posts},
            {profile.user_id: profile for profile in profiles},
        )
