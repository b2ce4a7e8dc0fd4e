"""Lists of everything that is stored, for the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.crops import Crop
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Reference, Upload
from shutterfeed.domain.mutes import MutedUsers
from shutterfeed.domain.posts import PostState


@dataclass(frozen=True, slots=True)
class PostMedium:
    """The values of one medium in a post's item."""

    reference: Reference
    content_type: str
    state: PostState
    crop: Crop | None = None


@dataclass(frozen=True, slots=True)
class StoredBlock:
    """A block, as its owner's list has it, or as the pair of the two tells it."""

    blocker_id: str
    blocked_id: str
    in_pair: bool


@dataclass(frozen=True, slots=True)
class StoredMutes:
    """Mutes of one user: all of them as they are packed, or one of the list."""

    muter_id: str
    muted: MutedUsers
    are_packed: bool


Row = Blob | Reference | PostMedium | Upload | StoredBlock | StoredMutes
"""An item that the audit looks at, or a part of one."""


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
    """A copy of bytes that are stored elsewhere; the bucket removes it after a day."""

    key: str
    modified_at: datetime


class Inventory(Protocol):
    """Lists of everything that is stored, for maintenance only: it scans the tables. Eventually
    consistent. Several threads may call each method, each with another part."""

    def rows(self, part: int, parts: int) -> Iterable[Row]: ...

    def originals(self, prefix: str) -> Iterable[StoredOriginal]:
        """The originals whose SHA-256 begins with `prefix`."""
        ...

    def renditions(self) -> Iterable[tuple[str, str]]:
        """The blob id and the name of every rendition."""
        ...

    def uploads(self) -> Iterable[StoredUpload]: ...

    def copies(self) -> Iterable[StoredCopy]:
        """All copies in the uploads bucket: every object that has one of our keys but is no
        upload."""
        ...

    def is_kept(self, post_id: PostId, media_id: str) -> bool:
        """Whether the upload exists now and has no tag that makes it expire."""
        ...
