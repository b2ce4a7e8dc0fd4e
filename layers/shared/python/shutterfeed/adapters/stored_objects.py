"""Everything that a bucket holds: each object, each earlier version and each delete marker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from shutterfeed.domain.traces import Sought, Stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OBJECT: Final = "object"
EARLIER: Final = "earlier version"
MARKER: Final = "delete marker"
_LATE: Final = timedelta(days=2)
"""S3 removes at the next midnight, and may take a day for it."""
_HEADERS: Final = ("ContentDisposition", "ContentType", "CacheControl", "WebsiteRedirectLocation")
"""The headers that whoever stores an object may choose."""
_GONE: Final = frozenset(("NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed"))


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket. The tags and the metadata of an object are read if its key names somebody who is
    sought, and with `deep` in any case: two requests for each object."""

    client: S3Client
    name: str
    store: str
    deep: bool = False
    requests: Counter[str] = field(default_factory=Counter)
    """The numbers of list requests, and of others."""

    def read(self, sought: Sought) -> Iterator[Stored]:
        rules = Lifecycle.of(self.client, self.name)
        for _, entries in groupby(self._entries(), key=lambda entry: str(entry["Key"])):
            yield from self._stored(list(entries), rules, sought)

    def _entries(self) -> Iterator[dict[str, Any]]:
        """Objects, versions and delete markers: those of one key next to each other, newest
        first."""
        pages: Any = self.client.get_paginator("list_object_versions").paginate(Bucket=self.name)
        for page in pages:
            self.requests["lists"] += 1
            versions = [{**entry, "marker": False} for entry in page.get("Versions", [])]
            markers = [{**entry, "marker": True} for entry in page.get("DeleteMarkers", [])]
            yield from sorted(
                (*versions, *markers),
                key=lambda e: (e["Key"], not e["IsLatest"], -e["LastModified"].timestamp()),
            )

    def _stored(
        self, entries: Sequence[dict[str, Any]], rules: Lifecycle, sought: Sought
    ) -> Iterator[Stored]:
        ends: list[datetime | None] = []
        replaced_at: datetime | None = None
        markers: list[Stored] = []
        for entry in entries:
            key, version = str(entry["Key"]), str(entry.get("VersionId", "null"))
            kind = MARKER if entry["marker"] else OBJECT if entry["IsLatest"] else EARLIER
            where = f"{key} {version}"
            stored = Stored(self.store, kind, where, (key,), tuple(key.split("/")), owner=key)
            if entry["marker"]:
                markers.append(stored)
            else:
                tags: Mapping[str, str] = {}
                if self.deep or any(True for _ in sought.finds(stored)):
                    tags, texts = self._details(key, version)
                    stored = replace(stored, texts=(key, *texts))
                end = rules.end(key, tags, entry["LastModified"], replaced_at)
                ends.append(end)
                yield replace(stored, until=end)
            replaced_at = entry["LastModified"]
        known = [end for end in ends if end is not None]
        last = max(known, default=None) if len(known) == len(ends) else None
        for marker in markers:
            yield replace(marker, until=last if rules.removes_markers(marker.owner) else None)

    def _details(self, key: str, version: str) -> tuple[Mapping[str, str], Sequence[str]]:
        named: Any = {"Bucket": self.name, "Key": key}
        head: Any
        if version != "null":
            named["VersionId"] = version
        self.requests["details"] += 2
        try:
            head = self.client.head_object(**named)
            tagging = self.client.get_object_tagging(**named)["TagSet"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return {}, ()
            raise
        tags = {tag["Key"]: tag["Value"] for tag in tagging}
        texts = [str(head[name]) for name in _HEADERS if head.get(name)]
        pairs = (*head.get("Metadata", {}).items(), *tags.items())
        return tags, [*texts, *(text for pair in pairs for text in pair)]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The rules by which a bucket removes objects, as they are set."""

    rules: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, client: S3Client, bucket: str) -> Lifecycle:
        try:
            found: Any = client.get_bucket_lifecycle_configuration(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
                return cls(())
            raise
        return cls([rule for rule in found["Rules"] if rule["Status"] == "Enabled"])

    def end(
        self,
        key: str,
        tags: Mapping[str, str],
        modified_at: datetime,
        replaced_at: datetime | None,
    ) -> datetime | None:
        """When the first rule removes a version, at the latest; None if none does. `replaced_at` is
        when the next version was made, None for the newest."""
        ends = []
        for rule in self.rules:
            if not _matches(rule, key, tags):
                continue
            days = rule.get("Expiration", {}).get("Days")
            later = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
            if replaced_at is not None and later is not None:
                ends.append(replaced_at + timedelta(days=later) + _LATE)
            elif replaced_at is None and days is not None:
                ends.append(modified_at + timedelta(days=days + (later or 0)) + _LATE)
        return min(ends, default=None)

    def removes_markers(self, key: str) -> bool:
        """Whether a delete marker of this key goes once it hides nothing any more."""
        return any(
            rule.get("Expiration", {}).get("ExpiredObjectDeleteMarker") and _matches(rule, key, {})
            for rule in self.rules
        )


def _matches(rule: Mapping[str, Any], key: str, tags: Mapping[str, str]) -> bool:
    chosen = rule.get("Filter") or {}
    both = chosen.get("And", {})
    prefix = both.get("Prefix") or chosen.get("Prefix") or rule.get("Prefix") or ""
    wanted = [*both.get("Tags", []), *([chosen["Tag"]] if "Tag" in chosen else [])]
    return key.startswith(prefix) and all(
        tags.get(tag["Key"]) == tag.get("Value", "") for tag in wanted
    )
