"""The buckets on virtual time: what S3 tells of, and what the lifecycle rules take away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

import msgspec
from moto.s3.models import s3_backends

from tests import lifecycle
from tests.conftest import REGION
from tests.exploration import stack
from tests.integration.world import ACCOUNT, ORIGINALS, RENDITIONS, UPLOADS

BUCKETS: Final = (UPLOADS, ORIGINALS, RENDITIONS)
_CREATING: Final = frozenset(("PutObject", "CopyObject", "CompleteMultipartUpload"))
_WRITES: Final = _CREATING | {
    "PutObjectTagging",
    "DeleteObject",
    "CreateMultipartUpload",
    "AbortMultipartUpload",
}


def is_write(operation: str) -> bool:
    return operation in _WRITES


def objects(bucket: str) -> Iterator[tuple[str, bytes]]:
    """Keys and contents that a reader of the bucket sees."""
    for key, found in _bucket(bucket).keys.items():
        if hasattr(found, "value"):
            yield key, found.value


def versions(bucket: str) -> Iterator[str]:
    """The keys of all versions in a versioned bucket that are no delete markers, hidden or not."""
    for key in _bucket(bucket).keys:
        kept = _bucket(bucket).keys.getlist(key)
        yield from (key for version in kept if not lifecycle.is_marker(version))


@dataclass(slots=True)
class Storage:
    """`notify` is told the body of each S3 event."""

    now: Callable[[], datetime]
    notify: Callable[[str], None]
    since: dict[str, datetime] = field(default_factory=dict)
    """When each object of the uploads bucket was made."""
    tags: dict[str, set[str]] = field(default_factory=dict)
    begun: dict[str, datetime] = field(default_factory=dict)
    """When each upload in parts was begun, by its id."""

    def changed(self, operation: str, parameters: dict[str, Any], response: dict[str, Any]) -> None:
        """Note what a call has changed that succeeded."""
        if parameters.get("Bucket") == ORIGINALS and operation in {*_CREATING, "DeleteObject"}:
            lifecycle.stamp(_newest(parameters["Key"]), self.now())
        if parameters.get("Bucket") != UPLOADS or not is_write(operation):
            return
        key = parameters["Key"]
        if operation in _CREATING:
            self.since[key] = self.now()
            self.tags[key] = set()
            if key.startswith(stack.NOTIFYING_PREFIX):
                self.notify(_event(key))
        elif operation == "PutObjectTagging":
            self.tags[key] = {tag["Key"] for tag in parameters["Tagging"]["TagSet"]}
        elif operation == "DeleteObject":
            self._forget(key)
        elif operation == "CreateMultipartUpload":
            self.begun[response["UploadId"]] = self.now()
        if operation in {"CompleteMultipartUpload", "AbortMultipartUpload"}:
            self.begun.pop(parameters["UploadId"], None)

    def expire(self) -> None:
        """What the lifecycle rules of the uploads and the originals bucket do."""
        now = self.now()
        lifecycle.run(_backend(), ORIGINALS, stack.ORIGINALS_RULES, now)
        for key in [key for key in self.since if (due := self._due(key)) and due <= now]:
            _backend().delete_object(UPLOADS, key)
            self._forget(key)
        for upload_id in [
            u for u, at in self.begun.items() if _rule(at, stack.MULTIPART_KEPT) <= now
        ]:
            _backend().abort_multipart_upload(UPLOADS, upload_id)
            del self.begun[upload_id]

    def next_time(self) -> datetime | None:
        dues = [due for key in self.since if (due := self._due(key))]
        dues += [_rule(at, stack.MULTIPART_KEPT) for at in self.begun.values()]
        original = lifecycle.next_time(_backend(), ORIGINALS, stack.ORIGINALS_RULES)
        return min([*dues, *([original] if original else [])], default=None)

    def unfinished(self) -> list[str]:
        """Keys of uploads in parts that neither ended nor were dropped."""
        return [m.key_name for m in _bucket(UPLOADS).multiparts.values()]

    def _due(self, key: str) -> datetime | None:
        days = [d for prefix, d in stack.EXPIRING_PREFIXES.items() if key.startswith(prefix)]
        days += [d for tag, d in stack.EXPIRING_TAGS.items() if tag in self.tags[key]]
        return _rule(self.since[key], min(days)) if days else None

    def _forget(self, key: str) -> None:
        self.since.pop(key, None)
        self.tags.pop(key, None)


def clear() -> None:
    """Empty buckets, the originals' versioned, as in the stack."""
    backend = _backend()
    for name in BUCKETS:
        if name in backend.buckets:
            del backend.buckets[name]
            del s3_backends.bucket_accounts[name]
        backend.create_bucket(name, REGION)
    _bucket(ORIGINALS).versioning_status = "Enabled"


def _rule(since: datetime, kept: timedelta) -> datetime:
    """S3 rounds up to the next midnight."""
    return lifecycle.midnight_after(since + kept)


def _event(key: str) -> str:
    name = quote_plus(key, safe="/")
    return msgspec.json.encode({"Records": [{"s3": {"object": {"key": name}}}]}).decode()


def _backend() -> Any:
    return s3_backends[ACCOUNT]["aws"]


def _newest(key: str) -> Any:
    """The newest version of an original, or its delete marker."""
    return _bucket(ORIGINALS).keys[key]


def _bucket(name: str) -> Any:
    return _backend().buckets[name]
