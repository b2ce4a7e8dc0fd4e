"""All rows and objects, for the audit: the only adapter that scans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import to_blob, to_post
from shutterfeed.adapters.dynamodb.table import Item, Table, item_key, unmarshal
from shutterfeed.domain.media import Blob, Reference
from shutterfeed.ports import PostMedium, StoredOriginal

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class AwsInventory:
    table: Table
    s3: S3Client
    originals_bucket: str
    renditions_bucket: str
    requests: Counter[str] = field(default_factory=Counter)
    """How many lists and read units it took."""

    def rows(self, part: int, parts: int) -> Iterator[Blob | Reference | PostMedium]:
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
        for key, size in self._listed(self.originals_bucket, prefix):
            try:
                yield StoredOriginal(*keys.parse_original_object(key), size)
            except keys.MalformedKey:
                continue  # Not one of ours; the bucket's owner may put what they like.

    def renditions(self) -> Iterator[tuple[str, str]]:
        for key, _ in self._listed(self.renditions_bucket, keys.MEDIA_PREFIX):
            try:
                yield keys.parse_rendition_object(key)
            except keys.MalformedKey:
                continue

    def _listed(self, bucket: str, prefix: str) -> Iterator[tuple[str, int]]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for page in pages:
            self.requests["lists"] += 1
            for entry in page.get("Contents", []):
                yield entry["Key"], entry["Size"]


def _row(item: Item) -> Iterator[Blob | Reference | PostMedium]:
    key = item_key(item)
    if key.sk == keys.BLOB:
        yield to_blob(item)
    elif key.sk.startswith(keys.REFERENCE_PREFIX):
        yield keys.parse_reference(key)
    elif key.sk.startswith(keys.POST_PREFIX):
        post = to_post(item)
        for medium in post.media:
            reference = Reference(medium.sha256, post.id, medium.media_id)
            yield PostMedium(reference, medium.content_type, post.state)
