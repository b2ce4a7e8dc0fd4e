"""What somebody sends: the ledger of uploads, and the bucket in which they land."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Failure, Picture, Upload
from shutterfeed.domain.multipart import Part
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post


class Ledger(Protocol):
    """Entries stay until they are removed, after their posts have gone."""

    def get(self, author_id: str, media_id: str) -> Upload | None: ...

    def of_post(self, post: Post) -> dict[str, Upload]:
        """The entries of a post's media, by media id."""
        ...

    def list(self, author_id: str, before: str | None, limit: int) -> Page[Upload]:
        """Newest first."""
        ...

    def begin_parts(self, author_id: str, media_id: str, multipart_id: str) -> str | None:
        """The storage's upload that all callers are to send parts to: the first one they name.

        None where the entry is not `awaiting` any more, or gone.
        """
        ...

    def forget_parts(self, author_id: str, media_id: str, multipart_id: str) -> bool:
        """Let the next `begin_parts` begin again. False where the entry is not `awaiting`, or has
        another upload, or none."""
        ...

    def mark_processing(self, author_id: str, media_id: str, at: datetime) -> None:
        """From `awaiting`, ordered `at`; nothing where the entry has moved on."""
        ...

    def mark_ordered(self, author_id: str, media_id: str, at: datetime) -> None:
        """Note that its renditions were ordered once more; nothing where the entry is not
        `processing`."""
        ...

    def mark_ready(self, author_id: str, media_id: str, picture: Picture) -> None:
        """From `awaiting` or `processing`; nothing where the entry has moved on."""
        ...

    def mark_failed(self, author_id: str, media_id: str, failure: Failure) -> None:
        """From `awaiting` or `processing`; nothing where the entry has moved on."""
        ...

    def remove(self, author_id: str, media_id: str) -> None:
        """Nothing where there is no entry."""
        ...


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """A presigned POST: the form's address and its fields, to be sent before the file."""

    media_id: str
    url: str
    fields: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PartLink:
    """Where one part is PUT; it takes exactly `size` bytes."""

    number: int
    url: str
    size: int


@dataclass(frozen=True, slots=True)
class PartsGrant:
    """Links for parts of a large file, all but the last of which have `part_size` bytes."""

    media_id: str
    part_size: int
    links: tuple[PartLink, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """An uploaded object as it is, whatever was declared."""

    sha256: str
    size: int
    head: bytes
    version: str
    """The storage's tag of exactly these bytes."""


class UploadBucket(Protocol):
    def grant(self, upload: Upload, expires_at: datetime, now: datetime) -> UploadGrant:
        """A link that takes exactly the declared type, size and checksum under one key."""
        ...

    def begin_parts(self, upload: Upload) -> str:
        """Begin an upload in parts, another one at every call; its id."""
        ...

    def grant_parts(
        self,
        upload: Upload,
        multipart_id: str,
        numbers: Sequence[int],
        expires_at: datetime,
        now: datetime,
    ) -> PartsGrant:
        """Links that take exactly the bytes' number of each part. Nothing is asked of storage."""
        ...

    def parts(self, upload: Upload, multipart_id: str) -> Mapping[int, Part] | None:
        """The parts that arrived, by number. None where the upload has ended, one way or the
        other."""
        ...

    def assemble(self, upload: Upload, multipart_id: str, parts: Sequence[Part]) -> bool:
        """Make the object of its parts, given in order. False where the upload has ended.

        Raises `Busy` where a part is not any more what it was.
        """
        ...

    def abort(self, upload: Upload, multipart_id: str) -> None:
        """Drop the parts. Nothing where the upload has ended."""
        ...

    def inspect(self, post_id: PostId, media_id: str, head_bytes: int) -> Arrival | None:
        """Read the object once. None where there is none."""
        ...

    def holds(self, post_id: PostId, media_id: str) -> bool:
        """Whether there is an object."""
        ...

    def settle(self, post_id: PostId, media_id: str) -> None:
        """The bytes are stored as an original: the upload may go. Nothing where it has gone."""
        ...

    def refuse(self, post_id: PostId, media_id: str) -> None:
        """The bytes were refused: keep them for a while, as evidence for their owner.

        Nothing where they have gone.
        """
        ...

    def abandon(self, post_id: PostId, media_id: str) -> None:
        """The post has gone, and nobody will need the bytes: the upload may go after a while.

        Nothing where it has gone.
        """
        ...


class Intake(Protocol):
    """The way of an upload's bytes into the originals."""

    def holds(self, blob: Blob) -> bool:
        """Whether the blob's object is there, whole."""
        ...

    def adopt(self, blob: Blob, post_id: PostId, media_id: str, version: str) -> None:
        """Copy an upload's exact bytes, named by `Arrival.version`, to be the blob's original."""
        ...

    def discard(self, post_id: PostId, media_id: str, version: str) -> None:
        """Copy them to where they expire, which takes as long as adopting them."""
        ...
