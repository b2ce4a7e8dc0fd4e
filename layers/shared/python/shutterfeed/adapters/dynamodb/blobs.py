"""Blobs and their references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import (
    AWAITS_RENDERING,
    BLOB_ID,
    blob_item,
    epoch,
    plain,
    to_blob,
)
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Put,
    Rows,
    Table,
    Update,
    item_key,
    key_item,
)
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.media import Blob, BlobState, Failure, Picture, Reference
from shutterfeed.domain.pages import Page
from shutterfeed.domain.perceptual import PerceptualHash
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE

_STATE = "state"
_PROGRESS = "progress"
_PAGE = 100


@dataclass(frozen=True, slots=True)
class DynamoBlobs:
    table: Table

    def claim(
        self,
        sha256: str,
        new_blob_id: str,
        content_type: str,
        size: int,
        crop: Crop | None = None,
    ) -> Blob:
        new = Blob(sha256, new_blob_id, content_type, size, crop=crop)
        fields = {name: value for name, value in plain(new).items() if name != "sha256"}
        upsert = Update(
            keys.blob(sha256),
            set_new={name: value for name, value in fields.items() if value is not None},
            remove=(TTL_ATTRIBUTE,),
        )
        return to_blob(self.table.write(upsert))

    def get(self, sha256: str) -> Blob | None:
        item = self.table.get(keys.blob(sha256))
        return to_blob(item) if item else None

    def mark_ready(
        self, blob: Blob, picture: Picture, perceptual_hash: PerceptualHash | None = None
    ) -> bool:
        changes = {_STATE: BlobState.READY, "picture": plain(picture)}
        if perceptual_hash is not None:
            changes["perceptual_hash"] = plain(perceptual_hash)
        return self._change(blob, Update(keys.blob(blob.sha256), set=changes, remove=("failure",)))

    def mark_failed(self, blob: Blob, failure: Failure) -> bool:
        changes = {_STATE: BlobState.FAILED, "failure": plain(failure)}
        update = Update(keys.blob(blob.sha256), set=changes)
        return self._change(blob, update, Attr(_STATE).eq(BlobState.STORED))

    def mark_progress(self, reference: Reference, percent: int) -> None:
        waiting = Attr(AWAITS_RENDERING).exists()
        update = Update(keys.reference(reference), set={_PROGRESS: percent}, condition=waiting)
        try:
            self.table.write(update)
        except ConditionFailed:
            return  # Nobody waits any more.

    def progress(self, reference: Reference) -> int:
        item = self.table.get(keys.reference(reference)) or {}
        return int(item.get(_PROGRESS, 0))

    def refer(self, reference: Reference) -> None:
        self.table.write(Put(key_item(keys.reference(reference))))

    def refer_once_rendered(self, reference: Reference, blob_id: str) -> None:
        key = key_item(keys.reference(reference))
        item = {**key, AWAITS_RENDERING: True, BLOB_ID: blob_id}
        try:
            self.table.write(Put(item, Attr(PK).not_exists()))
        except ConditionFailed:
            return  # An earlier delivery wrote it, and it may have been rendered since.

    def complete_rendering(self, reference: Reference) -> None:
        update = Update(
            keys.reference(reference),
            remove=(AWAITS_RENDERING,),
            condition=Attr(AWAITS_RENDERING).exists(),
        )
        try:
            self.table.write(update)
        except ConditionFailed:
            return  # An earlier delivery did this, or the reference was released meanwhile.

    def awaits_rendering(self, reference: Reference) -> bool:
        item = self.table.get(keys.reference(reference))
        return item is not None and AWAITS_RENDERING in item

    def is_referred_to_by(self, reference: Reference) -> bool:
        return self.table.get(keys.reference(reference)) is not None

    def release(self, reference: Reference) -> None:
        self.table.write(Delete(keys.reference(reference)))

    def is_shown(self, blob: Blob) -> bool:
        after = None
        while True:
            rows = self._references(blob.sha256, after, _PAGE)
            if any(item.get(BLOB_ID, blob.blob_id) == blob.blob_id for item in rows.items):
                return True
            if rows.last is None:
                return self.is_kept(blob.sha256)
            after = str(rows.last[SK])

    def is_kept(self, sha256: str) -> bool:
        partition = keys.blob_partition(sha256)
        kept = Key(PK).eq(partition) & Key(SK).begins_with(keys.KEPT_PREFIX)
        return bool(self.table.query(kept, limit=1, consistent=True).items)

    def references(self, sha256: str, after: str | None, limit: int) -> Page[Reference]:
        return _page(self._references(sha256, after, limit))

    def copies(self, sha256: str, after: str | None, limit: int) -> Page[Reference]:
        return _page(self._under(sha256, keys.COPIES_PREFIX, after, limit))

    def names(self, sha256: str) -> Iterator[str]:
        after = None
        while True:
            rows = self._under(sha256, keys.BLOB, after, _PAGE)
            yield from (keys.parse_blob(item_key(item)) for item in rows.items)
            if rows.last is None:
                return
            after = str(rows.last[SK])

    def _references(self, sha256: str, after: str | None, limit: int) -> Rows:
        return self._under(sha256, keys.references_prefix(sha256), after, limit)

    def _under(self, sha256: str, prefix: str, after: str | None, limit: int) -> Rows:
        """The items of a content with a prefix in their sort keys."""
        partition = keys.blob_partition(sha256)
        return self.table.query(
            Key(PK).eq(partition) & Key(SK).begins_with(prefix),
            after=None if after is None else {PK: partition, SK: after},
            limit=limit,
            consistent=True,
        )

    def expire(self, sha256: str, at: datetime) -> None:
        update = Update(
            keys.blob(sha256), set={TTL_ATTRIBUTE: epoch(at)}, condition=Attr(PK).exists()
        )
        try:
            self.table.write(update)
        except ConditionFailed:
            return  # The blob is gone already.

    def reopen(self, blob: Blob) -> bool:
        update = Update(
            keys.blob(blob.sha256),
            set={_STATE: BlobState.STORED},
            remove=("picture",),
            condition=Attr(_STATE).eq(BlobState.READY) & Attr(BLOB_ID).eq(blob.blob_id),
        )
        try:
            self.table.write(update)
        except ConditionFailed:
            return False
        return True

    def restore(self, blob: Blob) -> None:
        try:
            self.table.write(Put(blob_item(blob), Attr(PK).not_exists()))
        except ConditionFailed:
            return  # Restored by an earlier delivery, or claimed again.

    def _change(self, blob: Blob, update: Update, condition: ConditionBase | None = None) -> bool:
        """Update the blob. False if it is gone or has been replaced, or if the condition does not
        hold."""
        same = Attr(BLOB_ID).eq(blob.blob_id)
        try:
            self.table.write(replace(update, condition=same & condition if condition else same))
        except ConditionFailed:
            return False
        return True


def _page(rows: Rows) -> Page[Reference]:
    found = tuple(keys.parse_reference(item_key(item)) for item in rows.items)
    return Page(found, str(rows.last[SK]) if rows.last else None)
