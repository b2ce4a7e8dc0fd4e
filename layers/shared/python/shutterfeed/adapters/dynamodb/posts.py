"""Posts. The one write of `publish` is what makes a post exist for anybody but its author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import (
    epoch,
    plain,
    post_item,
    timestamp,
    to_post,
    upload_item,
)
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Put,
    Table,
    Update,
    Write,
    key_item,
)
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Medium, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import (
    DELETED_RETENTION,
    UNFINISHED_RETENTION,
    UNPUBLISHED,
    Place,
    Post,
    PostState,
)
from shutterfeed.ports import Creation
from shutterfeed.schema import (
    OPEN_PK,
    OPEN_SK,
    PK,
    PUBLISHED_INDEX,
    PUBLISHED_PK,
    PUBLISHED_SK,
    TTL_ATTRIBUTE,
)

IDEMPOTENCY_RETENTION: Final = timedelta(hours=24)

_STATE: Final = "state"
_OPEN: Final = (OPEN_PK, OPEN_SK)
_DELETED_FROM: Final = "deleted_from"
_DELETED_AT: Final = "deleted_at"
_REVISION: Final = "revision"
_UNPUBLISHED: Final = Attr(_STATE).is_in(UNPUBLISHED)


@dataclass(frozen=True, slots=True)
class DynamoPosts:
    table: Table

    def create(
        self, post: Post, uploads: Sequence[Upload], idempotency_key: str, fingerprint: str
    ) -> Creation | None:
        # Should the bytes never come, post and ledger entries go by themselves.
        unfinished = {TTL_ATTRIBUTE: epoch(post.created_at + UNFINISHED_RETENTION)}
        claim = keys.idempotency(post.author_id, idempotency_key)
        record = {
            **key_item(claim),
            "post_ulid": post.id.ulid,
            "fingerprint": fingerprint,
            TTL_ATTRIBUTE: epoch(post.created_at + IDEMPOTENCY_RETENTION),
        }
        # TTL removes items late; a record past its time is as good as gone.
        free = Attr(PK).not_exists() | Attr(TTL_ATTRIBUTE).lt(epoch(post.created_at))
        writes: list[Write] = [
            Put(record, free),
            Put(post_item(post) | unfinished | open_entry(post.id)),
        ]
        writes += [Put(upload_item(upload) | unfinished) for upload in uploads]
        try:
            self.table.transact(writes)
        except ConditionFailed:
            earlier = self.table.get(claim)
            if earlier is None:
                raise
            return Creation(PostId(post.author_id, earlier["post_ulid"]), earlier["fingerprint"])
        return None

    def get(self, post_id: PostId) -> Post | None:
        item = self.table.get(keys.post(post_id))
        return to_post(item) if item else None

    def edit(self, post_id: PostId, caption: str, place: Place | None) -> bool:
        changes: dict[str, object] = {"caption": caption}
        if place is not None:
            changes["place"] = plain(place)
        return self._applied(
            Update(
                keys.post(post_id),
                set=changes,
                remove=() if place is not None else ("place",),
                condition=Attr(PK).exists() & Attr(_STATE).ne(PostState.DELETED),
            )
        )

    def mark_processing(self, post_id: PostId) -> None:
        self._applied(
            Update(
                keys.post(post_id),
                set={_STATE: PostState.PROCESSING},
                remove=(TTL_ATTRIBUTE,),
                condition=Attr(_STATE).eq(PostState.PENDING),
            )
        )

    def publish(
        self, post_id: PostId, media: Sequence[Medium], position: str, at: datetime
    ) -> bool:
        post = Update(
            keys.post(post_id),
            set={
                _STATE: PostState.PUBLISHED,
                "media": [plain(medium) for medium in media],
                "position": position,
                "published_at": timestamp(at),
                PUBLISHED_PK: keys.published_partition(post_id.author_id),
                PUBLISHED_SK: position,
            },
            remove=(TTL_ATTRIBUTE, *_OPEN),
            condition=_UNPUBLISHED,
        )
        return self._counted(post, post_id.author_id, 1)

    def fail(self, post_id: PostId, media: Sequence[Medium], at: datetime) -> bool:
        return self._applied(
            Update(
                keys.post(post_id),
                set={
                    _STATE: PostState.FAILED,
                    "media": [plain(medium) for medium in media],
                    TTL_ATTRIBUTE: epoch(at + UNFINISHED_RETENTION),
                },
                remove=_OPEN,
                condition=_UNPUBLISHED,
            )
        )

    def delete(self, post: Post, at: datetime) -> bool:
        if post.state is PostState.DELETED:
            return False
        update = Update(
            keys.post(post.id),
            set={
                _STATE: PostState.DELETED,
                _DELETED_FROM: post.state,
                _DELETED_AT: timestamp(at),
                TTL_ATTRIBUTE: epoch(at + DELETED_RETENTION),
                PUBLISHED_PK: keys.deleted_partition(post.author_id),
                PUBLISHED_SK: keys.deleted_sort(at, post.id),
            },
            remove=_OPEN,
            condition=Attr(_STATE).eq(post.state),
        )
        if post.state is PostState.PUBLISHED:
            return self._counted(update, post.author_id, -1)
        return self._applied(update)

    def restore(self, post: Post, at: datetime) -> bool:
        if post.deleted_at is None:
            return False
        restored = post.restored()
        published = restored.state is PostState.PUBLISHED
        changes: dict[str, object] = {_STATE: restored.state}
        remove = [_DELETED_FROM, _DELETED_AT]
        if published:
            changes[PUBLISHED_PK] = keys.published_partition(post.author_id)
            changes[PUBLISHED_SK] = post.position
        else:
            remove += [PUBLISHED_PK, PUBLISHED_SK]
        if restored.state in (PostState.PENDING, PostState.FAILED):
            changes[TTL_ATTRIBUTE] = epoch(at + UNFINISHED_RETENTION)
        else:
            remove.append(TTL_ATTRIBUTE)
        if restored.state in UNPUBLISHED:
            changes |= open_entry(post.id)
        update = Update(
            keys.post(post.id),
            set=changes,
            remove=remove,
            # A post that was deleted a second time is not the one that was read.
            condition=Attr(_STATE).eq(PostState.DELETED)
            & Attr(_DELETED_AT).eq(timestamp(post.deleted_at)),
        )
        if published:
            return self._counted(update, post.author_id, 1)
        return self._applied(update)

    def published_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        return self._listed(keys.published_partition(author_id), before, limit)

    def deleted_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        return self._listed(keys.deleted_partition(author_id), before, limit)

    def _listed(self, partition: str, before: str | None, limit: int) -> Page[Post]:
        condition: ConditionBase = Key(PUBLISHED_PK).eq(partition)
        if before is not None:
            condition = condition & Key(PUBLISHED_SK).lt(before)
        rows = self.table.query(condition, index=PUBLISHED_INDEX, limit=limit, newest_first=True)
        posts = tuple(map(to_post, rows.items))
        return Page(posts, rows.items[-1][PUBLISHED_SK] if rows.last else None)

    def _counted(self, post: Update, author_id: str, by: int) -> bool:
        """The author's post count changes in the transaction that justifies it."""
        post = replace(post, add={_REVISION: 1})
        count = Update(keys.profile(author_id), add={"posts": by}, condition=Attr(PK).exists())
        try:
            self.table.transact((post, count))
        except ConditionFailed as error:
            if 0 in error.failed:
                return False
            raise
        return True

    def _applied(self, update: Update) -> bool:
        try:
            self.table.write(replace(update, add={_REVISION: 1}))
        except ConditionFailed:
            return False
        return True


def open_entry(post_id: PostId) -> dict[str, str]:
    """The attributes by which a post is found while it is unpublished."""
    return {
        OPEN_PK: keys.open_partition(keys.open_shard(post_id)),
        OPEN_SK: keys.open_sort(post_id),
    }
