"""The upload ledger: one entry per medium, each change of state conditional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import freeing
from shutterfeed.adapters.dynamodb.records import plain, timestamp, to_upload
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Delete, Table, Update
from shutterfeed.domain.media import Failure, MediaState, Picture, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.schema import PK, SK

STATE = "state"
MULTIPART_ID = "multipart_id"
_ORDERED_AT = "ordered_at"
COPIED_AT = "copied_at"
_MOVING = (MediaState.AWAITING, MediaState.PROCESSING)


@dataclass(frozen=True, slots=True)
class DynamoLedger:
    table: Table

    def get(self, author_id: str, media_id: str) -> Upload | None:
        item = self.table.get(keys.upload(author_id, media_id))
        return to_upload(item) if item else None

    def of_post(self, post: Post) -> dict[str, Upload]:
        wanted = [keys.upload(post.author_id, medium.media_id) for medium in post.all_media]
        uploads = map(to_upload, self.table.get_many(wanted, consistent=True))
        return {upload.medium.media_id: upload for upload in uploads}

    def list(self, author_id: str, before: str | None, limit: int) -> Page[Upload]:
        # Without `before`, the start is the end of the prefix: no ULID begins with a tilde.
        upper = keys.upload(author_id, "~" if before is None else before).sk
        lower = keys.UPLOAD_PREFIX
        rows = self.table.query(
            Key(PK).eq(keys.user_partition(author_id)) & Key(SK).between(lower, upper),
            limit=limit + 1,
            newest_first=True,
            consistent=True,
        )
        # `between` includes its bound: the entry the last page ended with.
        entries = [u for u in map(to_upload, rows.items) if u.medium.media_id != before]
        shown = tuple(entries[:limit])
        more = rows.last is not None or len(entries) > limit
        return Page(shown, shown[-1].medium.media_id if more and shown else None)

    def begin_parts(self, author_id: str, media_id: str, multipart_id: str) -> str | None:
        update = Update(
            keys.upload(author_id, media_id),
            set_new={MULTIPART_ID: multipart_id},
            condition=Attr(STATE).eq(MediaState.AWAITING),
        )
        try:
            return str(self.table.write(update)[MULTIPART_ID])
        except ConditionFailed:
            return None

    def forget_parts(self, author_id: str, media_id: str, multipart_id: str) -> bool:
        update = Update(
            keys.upload(author_id, media_id),
            remove=(MULTIPART_ID,),
            condition=Attr(MULTIPART_ID).eq(multipart_id) & Attr(STATE).eq(MediaState.AWAITING),
        )
        try:
            self.table.write(update)
        except ConditionFailed:
            return False
        return True

    def mark_processing(self, author_id: str, media_id: str, at: datetime) -> Upload | None:
        update = Update(
            keys.upload(author_id, media_id),
            set={STATE: MediaState.PROCESSING, _ORDERED_AT: timestamp(at)},
            condition=Attr(STATE).eq(MediaState.AWAITING),
        )
        try:
            return to_upload(self.table.write(update))
        except ConditionFailed:
            return self.get(author_id, media_id)

    def mark_copied(self, author_id: str, media_id: str, at: datetime) -> None:
        update = Update(
            keys.upload(author_id, media_id),
            set={COPIED_AT: timestamp(at)},
            condition=Attr(PK).exists(),
        )
        with suppress(ConditionFailed):
            self.table.write(update)

    def mark_ordered(self, author_id: str, media_id: str, at: datetime) -> None:
        changes = {_ORDERED_AT: timestamp(at)}
        self._move(author_id, media_id, (MediaState.PROCESSING,), changes)

    def mark_ready(self, author_id: str, media_id: str, picture: Picture) -> None:
        changes = {STATE: MediaState.READY, "picture": plain(picture)}
        self._move(author_id, media_id, _MOVING, changes)

    def mark_failed(self, author_id: str, media_id: str, failure: Failure) -> None:
        changes = {STATE: MediaState.FAILED, "failure": plain(failure)}
        self._move(author_id, media_id, _MOVING, changes)

    def remove(self, author_id: str, media_id: str) -> None:
        upload = self.get(author_id, media_id)
        if upload is None:
            return
        # Only the removal that finds the entry counts its bytes.
        entry = Delete(keys.upload(author_id, media_id), Attr(PK).exists())
        with suppress(ConditionFailed):
            self.table.transact([entry, freeing(author_id, upload.medium.size)])

    def _move(
        self,
        author_id: str,
        media_id: str,
        sources: Sequence[MediaState],
        changes: Mapping[str, Any],
    ) -> None:
        update = Update(
            keys.upload(author_id, media_id),
            set=changes,
            condition=Attr(STATE).is_in(sources),
        )
        try:
            self.table.write(update)
        except ConditionFailed:
            return  # An earlier delivery of the same message has changed the entry's state.
