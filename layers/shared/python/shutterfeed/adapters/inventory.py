"""Lists of all rows and objects, for maintenance: this adapter scans the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Final

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from shutterfeed import keys
from shutterfeed.adapters.buckets import EXPIRING
from shutterfeed.adapters.dynamodb.blocks import BY
from shutterfeed.adapters.dynamodb.mutes import to_mute, to_muted
from shutterfeed.adapters.dynamodb.records import BLOB_ID, to_blob, to_post, to_upload
from shutterfeed.adapters.dynamodb.table import Item, Table, item_key, unmarshal
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Reference
from shutterfeed.domain.mutes import NO_MUTES
from shutterfeed.domain.posts import PostState
from shutterfeed.ports.inventory import (
    PostMedium,
    Row,
    StoredBlock,
    StoredCopy,
    StoredMutes,
    StoredOriginal,
    StoredUpload,
)
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef

_PAGE: Final = 5000
"""The number of items that one request scans; a page ends earlier at one megabyte."""
_OF_A_BLOB: Final = (PK, SK, TTL_ATTRIBUTE, BLOB_ID)


@dataclass(frozen=True, slots=True)
class AwsInventory:
    table: Table
    s3: S3Client
    uploads_bucket: str
    originals_bucket: str
    renditions_bucket: str
    requests: Counter[str] = field(default_factory=Counter)
    """The numbers of list requests, tag requests and read units that were used."""

    def rows(self, part: int, parts: int) -> Iterator[Row]:
        pages = self.table.client.get_paginator("scan").paginate(
            TableName=self.table.name,
            Segment=part,
            TotalSegments=parts,
            ReturnConsumedCapacity="TOTAL",
        )
        for page in pages:
            self.requests["read units"] += ceil(page["ConsumedCapacity"]["CapacityUnits"])
            for item in page["Items"]:
                yield from _row(unmarshal(item))

    def originals(self, prefix: str) -> Iterator[StoredOriginal]:
        for entry in self._listed(self.originals_bucket, prefix):
            try:
                yield StoredOriginal(*keys.parse_original_object(entry["Key"]), entry["Size"])
            except keys.MalformedKey:
                continue  # The key is not ours; the bucket's owner may store anything.

    def renditions(self) -> Iterator[tuple[str, str]]:
        for entry in self._listed(self.renditions_bucket, keys.MEDIA_PREFIX):
            try:
                yield keys.parse_rendition_object(entry["Key"])
            except keys.MalformedKey:
                continue

    def uploads(self) -> Iterator[StoredUpload]:
        for entry in self._listed(self.uploads_bucket, keys.UPLOADED):
            try:
                yield StoredUpload(*keys.parse_upload_object(entry["Key"]), entry["LastModified"])
            except keys.MalformedKey:
                continue

    def copies(self) -> Iterator[StoredCopy]:
        for prefix in keys.COPIED:
            for entry in self._listed(self.uploads_bucket, prefix):
                yield StoredCopy(entry["Key"], entry["LastModified"])

    def is_kept(self, post_id: PostId, media_id: str) -> bool:
        self.requests["tags"] += 1
        key = keys.upload_object(post_id, media_id)
        try:
            tags = self.s3.get_object_tagging(Bucket=self.uploads_bucket, Key=key)["TagSet"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return False
            raise
        return EXPIRING.isdisjoint(tag["Key"] for tag in tags)

    def _listed(self, bucket: str, prefix: str) -> Iterator[ObjectTypeDef]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for page in pages:
            self.requests["lists"] += 1
            yield from page.get("Contents", [])


def unreferenced(metadata: Table) -> Iterator[tuple[datetime, str]]:
    """Contents without references: from when on each may be removed, and its blob's id."""
    blobs = Attr(SK).eq(keys.BLOB) | Attr(SK).begins_with(keys.CROPPED_BLOB_PREFIX)
    condition = blobs & Attr(TTL_ATTRIBUTE).exists()
    after: Item | None = None
    while True:
        rows = metadata.scan(condition, after=after, limit=_PAGE, attributes=_OF_A_BLOB)
        for item in rows.items:
            yield datetime.fromtimestamp(int(item[TTL_ATTRIBUTE]), UTC), str(item[BLOB_ID])
        after = rows.last
        if after is None:
            return


def _row(item: Item) -> Iterator[Row]:
    key = item_key(item)
    if key.sk == keys.BLOB or key.sk.startswith(keys.CROPPED_BLOB_PREFIX):
        yield to_blob(item)
    elif key.sk.startswith(keys.REFERENCE_PREFIXES):
        yield keys.parse_reference(key)
    elif key.sk.startswith(keys.UPLOAD_PREFIX):
        yield to_upload(item)
    elif key.sk.startswith(keys.POST_PREFIX):
        post = to_post(item)
        shown = {medium.media_id for medium in post.media}
        waiting = {one.medium.media_id for one in post.coming} - shown
        for medium in post.all_media:
            reference = Reference.of(post.id, medium)
            is_waiting = medium.media_id in waiting
            state = PostState.PROCESSING if is_waiting else post.state
            yield PostMedium(reference, medium.content_type, state, medium.crop)
    elif key.pk.startswith(keys.PAIR_PREFIX):
        one, other = keys.parse_pair(key)
        for by in item[BY]:
            yield StoredBlock(by, other if by == one else one, in_pair=True)
    elif key.sk.startswith(keys.BLOCKS_PREFIX):
        yield StoredBlock(*keys.parse_block(key), in_pair=False)
    elif key.sk.startswith(keys.MUTES_PREFIX):
        muter_id, _ = keys.parse_mute(key)
        yield StoredMutes(muter_id, NO_MUTES.including(to_mute(item)), are_packed=False)
    elif key.sk == keys.READER_MUTES:
        yield StoredMutes(keys.parse_profile(key), to_muted(item), are_packed=True)
