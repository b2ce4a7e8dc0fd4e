"""Scheduled posts: their times, and the list of those that wait for theirs.

The list stands in the index of open posts, since a post either waits for its media or for its time.
An author's own list stands in the index of published posts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.posts import (
    due_entry,
    open_entry,
    same_media,
    same_time,
    scheduled_entry,
)
from shutterfeed.adapters.dynamodb.records import media_text, timestamp, to_post
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Item, Table, Update, key_item
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.media import Medium
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import UNPUBLISHED, Post, PostState
from shutterfeed.domain.scheduling import Due
from shutterfeed.schema import (
    OPEN_INDEX,
    OPEN_PK,
    OPEN_SK,
    PUBLISHED_INDEX,
    PUBLISHED_PK,
    PUBLISHED_SK,
    TTL_ATTRIBUTE,
)

_STATE: Final = "state"
_PUBLISH_AT: Final = "publish_at"


@dataclass(frozen=True, slots=True)
class DynamoScheduledPosts:
    table: Table

    def schedule(self, post: Post, media: Sequence[Medium]) -> bool:
        if post.publish_at is None:
            return False
        return self._written(
            post,
            {
                _STATE: PostState.SCHEDULED,
                "media": media_text(media),
                **due_entry(Due(post.id, post.publish_at)),
            },
            Attr(_STATE).is_in(UNPUBLISHED) & same_media(media) & same_time(post),
            remove=(TTL_ATTRIBUTE,),
        )

    def move(self, post: Post, publish_at: datetime | None, spending: Spending = NOTHING) -> bool:
        waits = post.state is PostState.SCHEDULED
        unchanged = Attr(_STATE).eq(post.state) & same_time(post)
        if publish_at is None:
            going_on = {_STATE: PostState.PROCESSING, **open_entry(post.id)} if waits else {}
            gone = (_PUBLISH_AT, PUBLISHED_PK, PUBLISHED_SK)
            return self._written(post, going_on, unchanged, remove=gone, spending=spending)
        moved = scheduled_entry(replace(post, publish_at=publish_at))
        due = due_entry(Due(post.id, publish_at)) if waits else {}
        fields = {_PUBLISH_AT: timestamp(publish_at), **moved, **due}
        return self._written(post, fields, unchanged, spending=spending)

    def hold(self, post: Post, until: datetime) -> bool:
        unchanged = Attr(_STATE).eq(PostState.SCHEDULED) & same_time(post)
        return self._written(post, due_entry(Due(post.id, until)), unchanged)

    def due(self, shard: int, before: datetime, after: Due | None, limit: int) -> Page[Due]:
        partition = keys.due_partition(shard)
        rows = self.table.query(
            Key(OPEN_PK).eq(partition) & Key(OPEN_SK).lt(ulid(before, 0)),
            index=OPEN_INDEX,
            after=None if after is None else _start(after),
            limit=limit,
        )
        found = tuple(keys.parse_due_sort(item[OPEN_SK]) for item in rows.items)
        return Page(found, str(rows.last[OPEN_SK]) if rows.last else None)

    def by_author(self, author_id: str, after: str | None, limit: int) -> Page[Post]:
        condition: ConditionBase = Key(PUBLISHED_PK).eq(keys.scheduled_partition(author_id))
        if after is not None:
            condition = condition & Key(PUBLISHED_SK).gt(after)
        rows = self.table.query(condition, index=PUBLISHED_INDEX, limit=limit)
        posts = tuple(map(to_post, rows.items))
        return Page(posts, rows.items[-1][PUBLISHED_SK] if rows.last else None)

    def _written(
        self,
        post: Post,
        fields: Mapping[str, object],
        condition: ConditionBase,
        *,
        remove: Sequence[str] = (),
        spending: Spending = NOTHING,
    ) -> bool:
        update = Update(
            keys.post(post.id), set=fields, remove=remove, add={"revision": 1}, condition=condition
        )
        try:
            if spending.charges:
                transact(self.table, [update], spending)
            else:
                self.table.write(update)
        except ConditionFailed:
            return False
        return True


def _start(due: Due) -> Item:
    return {**key_item(keys.post(due.post_id)), **due_entry(due)}
