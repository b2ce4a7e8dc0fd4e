"""Drafts: one conditional write changes all of one, or posts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.posts import (
    DRAFT_UNTIL,
    expiry,
    open_entry,
    own_entry,
    same_revision,
)
from shutterfeed.adapters.dynamodb.records import (
    ALT_TEXTS,
    SENSITIVE,
    media_text,
    people_texts,
    plain,
    timestamp,
    to_post,
    upload_item,
)
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Put, Table, Update, Write
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.media import Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.schema import (
    OPEN_PK,
    OPEN_SK,
    PUBLISHED_INDEX,
    PUBLISHED_PK,
    PUBLISHED_SK,
    TTL_ATTRIBUTE,
)

_CAPTION: Final = "caption"
_REVISION: Final = "revision"
_LISTED: Final = (OPEN_PK, OPEN_SK, PUBLISHED_PK, PUBLISHED_SK, TTL_ATTRIBUTE)
"""The attributes by which a draft is listed, and expires."""


@dataclass(frozen=True, slots=True)
class DynamoDrafts:
    table: Table

    def write(
        self,
        before: Post,
        after: Post,
        at: datetime,
        *,
        uploads: Sequence[Upload] = (),
        spending: Spending = NOTHING,
    ) -> bool:
        update = _writing(before, after, at)
        writes: list[Write] = [update, *(Put(upload_item(upload)) for upload in uploads)]
        try:
            if len(writes) > 1 or spending.charges:
                transact(self.table, writes, spending)
            else:
                self.table.write(update)
        except ConditionFailed:
            return False
        return True

    def by_author(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        condition: ConditionBase = Key(PUBLISHED_PK).eq(keys.drafts_partition(author_id))
        if before is not None:
            condition = condition & Key(PUBLISHED_SK).lt(before)
        rows = self.table.query(condition, index=PUBLISHED_INDEX, limit=limit, newest_first=True)
        posts = tuple(map(to_post, rows.items))
        return Page(posts, rows.items[-1][PUBLISHED_SK] if rows.last else None)


def _writing(before: Post, after: Post, at: datetime) -> Update:
    fields: dict[str, object] = {
        _CAPTION: after.caption,
        "state": after.state,
        "media": media_text(after.media),
        "place": after.place and plain(after.place),
        ALT_TEXTS: list(after.alt_texts),
        SENSITIVE: after.sensitive,
        "comments_from": after.comments_from,
        "taken_at": after.taken_at and timestamp(after.taken_at),
        "publish_at": after.publish_at and timestamp(after.publish_at),
        DRAFT_UNTIL: after.draft_until and timestamp(after.draft_until),
        "posted_as": after.posted_as,
        **people_texts(after),
        **dict.fromkeys(_LISTED),
        **(open_entry(after.id) if after.awaits_media else {}),
        **own_entry(after),
        **expiry(after, at),
    }
    kept = {name: value for name, value in fields.items() if value or name == _CAPTION}
    return Update(
        keys.post(before.id),
        set=kept,
        remove=[name for name in fields if name not in kept],
        add={_REVISION: 1},
        condition=Attr(DRAFT_UNTIL).exists() & same_revision(before),
    )
