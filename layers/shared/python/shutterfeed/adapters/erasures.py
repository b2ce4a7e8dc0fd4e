"""The list of erasures, in the bucket of originals.

The bucket is versioned, survives the stack, is copied into another region if any is, and no
function may delete a version there: what is listed stays listed. A function that erases needs the
right `s3:PutObject` for `erasures/*` in it, and no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shutterfeed import keys
from shutterfeed.domain.erasures import Erasable, Erasure, digest_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class S3ErasureList:
    client: S3Client
    bucket: str
    """The bucket of originals."""

    def note(self, kind: Erasable, subject: str, at: datetime) -> None:
        self._put(keys.erasure_object(kind, digest_of(kind, subject)), at, {})

    def all(self) -> Iterator[Erasure]:
        # All versions, so that an entry which somebody hides behind a delete marker still counts.
        pages = self.client.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, Prefix=keys.ERASURE_LIST
        )
        for page in pages:
            for key in dict.fromkeys(entry["Key"] for entry in page.get("Versions", [])):
                kind, digest = keys.parse_erasure_object(key)
                yield Erasure(Erasable(kind), digest)

    def note_receipt(self, digest: str, receipt: str, at: datetime) -> None:
        self._put(keys.receipt_object(digest), at, {"receipt": receipt})

    def has_receipt(self, digest: str) -> bool:
        key = keys.receipt_object(digest)
        found = self.client.list_objects_v2(Bucket=self.bucket, Prefix=key, MaxKeys=1)
        return bool(found.get("Contents"))

    def _put(self, key: str, at: datetime, fields: dict[str, str]) -> None:
        content = json.dumps({"at": at.isoformat(), **fields})
        self.client.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=content.encode(),
            ContentType="application/json",
        )
