"""Uploads: the ledger of uploads, and the bucket in which the files arrive."""

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
    """The upload ledger. An entry stays until it is removed, after its post is gone."""

    def get(self, author_id: str, media_id: str) -> Upload | None: ...

    def of_post(self, post: Post) -> dict[str, Upload]:
        """The entries of a post's media, by media id."""
        ...

    def list(self, author_id: str, before: str | None, limit: int) -> Page[Upload]:
        """A page of the user's entries, newest first."""
        ...

    def begin_parts(self, author_id: str, media_id: str, multipart_id: str) -> str | None:
        """Note the storage's id of an upload in parts, unless one is noted. Returns the noted id,
        which all callers must use.

        None if the entry is no longer `awaiting`, or is gone.
        """
        ...

    def forget_parts(self, author_id: str, media_id: str, multipart_id: str) -> bool:
        """Remove the noted id, so that the next `begin_parts` notes its own. False if the entry is
        not `awaiting`, or has another id or none."""
        ...

    def mark_processing(self, author_id: str, media_id: str, at: datetime) -> Upload | None:
        """Make an `awaiting` entry `processing`, and note that its renditions were ordered at `at`.
        An entry in another state stays as it is.

        Returns the entry as it is then; None if it is gone.
        """
        ...

    def mark_copied(self, author_id: str, media_id: str, at: datetime) -> None:
        """Note that the original was copied for its owner at `at`. Does nothing if the entry is
        gone."""
        ...

    def mark_ordered(self, author_id: str, media_id: str, at: datetime) -> None:
        """Note that its renditions were ordered again at `at`. Does nothing if the entry is not
        `processing`."""
        ...

    def mark_ready(self, author_id: str, media_id: str, picture: Picture) -> None:
        """Make an `awaiting` or `processing` entry `ready`. Does nothing if the entry is in another
        state."""
        ...

    def mark_failed(self, author_id: str, media_id: str, failure: Failure) -> None:
        """Make an `awaiting` or `processing` entry `failed`. Does nothing if the entry is in
        another state."""
        ...

    def remove(self, author_id: str, media_id: str) -> None:
        """Remove an entry, and count its bytes as no longer stored by its user. Does nothing if
        there is none."""
        ...


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """A presigned POST: the form's address, and the fields to send before the file."""

    media_id: str
    url: str
    fields: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PartLink:
    """The address to which one part is PUT; it accepts exactly `size` bytes."""

    number: int
    url: str
    size: int


@dataclass(frozen=True, slots=True)
class PartsGrant:
    """Links for the parts of a large file. Every part but the last has `part_size` bytes."""

    media_id: str
    part_size: int
    links: tuple[PartLink, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an uploaded object really is, whatever was declared."""

    sha256: str
    size: int
    magic: bytes
    """The first bytes, which say what kind of file it is."""
    version: str
    """The storage's ETag for exactly these bytes."""


class UploadBucket(Protocol):
    def grant(self, upload: Upload, expires_at: datetime, now: datetime) -> UploadGrant:
        """A link that accepts only a file with the declared type, size and checksum, for one
        key."""
        ...

    def begin_parts(self, upload: Upload) -> str:
        """Begin an upload in parts and return its id. Every call begins another upload."""
        ...

    def grant_parts(
        self,
        upload: Upload,
        multipart_id: str,
        numbers: Sequence[int],
        expires_at: datetime,
        now: datetime,
    ) -> PartsGrant:
        """Links that accept exactly the size of each part. This makes no request to the storage."""
        ...

    def parts(self, upload: Upload, multipart_id: str) -> Mapping[int, Part] | None:
        """The parts that have arrived, by number. None if the upload was completed or aborted."""
        ...

    def assemble(self, upload: Upload, multipart_id: str, parts: Sequence[Part]) -> bool:
        """Make the object from its parts, which are given in order. False if the upload was
        completed or aborted.

        Raises `Busy` if a part has changed meanwhile.
        """
        ...

    def abort(self, upload: Upload, multipart_id: str) -> None:
        """Remove the parts. Does nothing if the upload was completed or aborted."""
        ...

    def inspect(self, post_id: PostId, media_id: str, magic_bytes: int) -> Arrival | None:
        """Read the object once, to its end, and keep its first `magic_bytes` bytes. None if there
        is none."""
        ...

    def holds(self, post_id: PostId, media_id: str) -> bool:
        """Whether the uploaded object exists."""
        ...

    def release(self, post_id: PostId, media_id: str) -> None:
        """Let the upload expire, as its bytes are stored as an original. Does nothing if it is
        gone."""
        ...

    def refuse(self, post_id: PostId, media_id: str) -> None:
        """Let a refused upload expire within a day. Does nothing if it is gone."""
        ...

    def abandon(self, post_id: PostId, media_id: str) -> None:
        """Let the upload expire later, as its post is gone and nobody needs the bytes.

        Does nothing if the upload is gone.
        """
        ...


class Intake(Protocol):
    """Moves the bytes of uploads into the originals bucket."""

    def holds(self, blob: Blob) -> bool:
        """Whether the blob's original exists, with its full size."""
        ...

    def adopt(self, blob: Blob, post_id: PostId, media_id: str, version: str) -> None:
        """Copy the exact bytes of an upload, named by `Arrival.version`, as the blob's original."""
        ...

    def discard(self, post_id: PostId, media_id: str, version: str) -> None:
        """Copy the bytes to a key under which they expire. It takes as long as `adopt`, so that
        nobody can tell from the time whether a content was already stored."""
        ...
