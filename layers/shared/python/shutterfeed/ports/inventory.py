"""All that is stored, for the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Reference, Upload
from shutterfeed.domain.posts import PostState


@dataclass(frozen=True, slots=True)
class PostMedium:
    """What a post's item says of one medium."""

    reference: Reference
    content_type: str
    state: PostState


@dataclass(frozen=True, slots=True)
class StoredOriginal:
    sha256: str
    blob_id: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredUpload:
    post_id: PostId
    media_id: str
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """Of bytes that are stored elsewhere; it goes by itself after a day."""

    key: str
    modified_at: datetime


class Inventory(Protocol):
    """Everything there is, for maintenance only: it scans. Eventually consistent;
    each may be called from several threads, with another part each."""

    def rows(self, part: int, parts: int) -> Iterable[Blob | Reference | PostMedium | Upload]: ...

    def originals(self, prefix: str) -> Iterable[StoredOriginal]:
        """Those whose SHA-256 begins so."""
        ...

    def renditions(self) -> Iterable[tuple[str, str]]:
        """Blob id and name."""
        ...

    def uploads(self) -> Iterable[StoredUpload]: ...

    def copies(self) -> Iterable[StoredCopy]:
        """Everything else in the uploads bucket that has one of our keys."""
        ...

    def is_kept(self, post_id: PostId, media_id: str) -> bool:
        """Whether there is such an upload now, and it has no tag by which it expires."""
        ...
