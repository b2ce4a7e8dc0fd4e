"""Stored contents: blobs, their originals and renditions, and the codecs that make these."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from shutterfeed.domain.media import Blob, Failure, Picture, Reference, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.photos import RenderedPhoto, Rendition
from shutterfeed.domain.videos import RenderedVideo


class Blobs(Protocol):
    def claim(self, sha256: str, new_blob_id: str, content_type: str, size: int) -> Blob:
        """The blob of a content; made with `new_blob_id` where there is none.

        Stops a pending removal. A blob that had failed stays so until a rendering goes well.
        """
        ...

    def get(self, sha256: str) -> Blob | None: ...

    def mark_ready(self, blob: Blob, picture: Picture) -> bool:
        """From any state, as what could be rendered once can be: a `ready` blob gets the newest
        picture. False where the blob is gone, or another by now."""
        ...

    def mark_failed(self, blob: Blob, failure: Failure) -> bool:
        """From `stored`. False where the blob has moved on."""
        ...

    def mark_progress(self, reference: Reference, percent: int) -> None:
        """Of the rendering that a reference waits for; nothing where it does not wait."""
        ...

    def progress(self, reference: Reference) -> int:
        """Percentage of that rendering; 0 where there is none."""
        ...

    def refer(self, reference: Reference) -> None: ...

    def refer_once_rendered(self, reference: Reference, blob_id: str) -> None:
        """Refer to a blob by its id, and wait: no outcome of the blob counts for this reference
        before it was `rendered`. Nothing where there is one, waiting or not."""
        ...

    def rendered(self, reference: Reference) -> None:
        """The rendering that a reference waited for is done. Nothing where it does not wait."""
        ...

    def awaits_rendering(self, reference: Reference) -> bool: ...

    def is_shown(self, blob: Blob) -> bool:
        """Whether any reference is to this very blob; one that names no id may be."""
        ...

    def is_referred_to_by(self, reference: Reference) -> bool: ...

    def release(self, reference: Reference) -> None: ...

    def references(self, sha256: str, after: str | None, limit: int) -> Page[Reference]: ...

    def expire(self, sha256: str, at: datetime) -> None:
        """Let the blob's item go at `at`. Nothing where there is no blob."""
        ...

    def reopen(self, blob: Blob) -> bool:
        """From `ready` back to `stored`, to be rendered again. False where it has moved on."""
        ...

    def restore(self, blob: Blob) -> None:
        """Put back an item that went although references remain; nothing where there is one."""
        ...


class Downloads(Protocol):
    """The way of an original back to its owner."""

    def offer(self, blob: Blob, upload: Upload, expires_at: datetime, now: datetime) -> str:
        """A link to a copy, made now, of the blob's exact bytes: to be saved as a file, under the
        medium's name and declared type. Nothing of the copy tells how old the original is."""
        ...


class Originals(Protocol):
    def open(self, blob: Blob) -> IO[bytes]:
        """The original's bytes, seekable."""
        ...

    def retire(self, blob: Blob) -> None:
        """Hide the original behind a delete marker. Its versions stay."""
        ...


class Renditions(Protocol):
    def put(self, blob_id: str, rendition: Rendition, content: bytes) -> None: ...

    def put_file(self, blob_id: str, name: str, content_type: str, path: Path) -> None:
        """A rendition too large for memory, read from disk."""
        ...

    def remove_all(self, blob_id: str) -> None: ...


class Removals(Protocol):
    """How much may be removed for good."""

    def take(self, at: datetime) -> bool:
        """Count one removal in the hour of `at`. False where that hour has had its share."""
        ...


class PhotoCodec(Protocol):
    def render(self, source: IO[bytes], content_type: str) -> RenderedPhoto:
        """All renditions from one decode. Raises `PhotoRefused`."""
        ...


class VideoCodec(Protocol):
    def render(
        self, source: IO[bytes], content_type: str, report: Callable[[int], None]
    ) -> AbstractContextManager[RenderedVideo]:
        """Clip and poster; the clip's file goes when the context ends. `report` is told the
        percentage done, again and again. Raises `VideoRefused`."""
        ...
