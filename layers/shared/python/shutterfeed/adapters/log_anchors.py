"""Anchors of the log of moderation, in the bucket of originals.

The bucket is versioned, survives the stack, and no function may delete a version there. An anchor
is told by the key of its object, so that whoever writes it once more changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shutterfeed import keys
from shutterfeed.domain.moderation_log import Anchor

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class S3LogAnchors:
    client: S3Client
    bucket: str
    """The bucket of originals."""

    def note(self, anchor: Anchor, at: datetime) -> None:
        self.client.put_object(
            Bucket=self.bucket,
            Key=keys.log_anchor_object(anchor.number, anchor.hash),
            Body=json.dumps({"at": at.isoformat()}).encode(),
            ContentType="application/json",
        )

    def has(self, anchor: Anchor) -> bool:
        key = keys.log_anchor_object(anchor.number, anchor.hash)
        try:
            self.client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                return False
            raise
        return True

    def all(self) -> Iterator[Anchor]:
        # All versions, so that one which somebody hides behind a delete marker still counts.
        pages = self.client.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, Prefix=keys.LOG_ANCHORS
        )
        for page in pages:
            for key in dict.fromkeys(entry["Key"] for entry in page.get("Versions", [])):
                yield Anchor(*keys.parse_log_anchor_object(key))
