"""Stored contents: blobs, their originals and renditions, and the codecs that make these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from shutterfeed.domain.crops import Crop
from shutterfeed.domain.limits import Spending
from shutterfeed.domain.media import Blob, Failure, Picture, Reference, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.perceptual import PerceptualHash
from shutterfeed.domain.photos import RenderedPhoto, Rendition
from shutterfeed.domain.videos import RenderedVideo
from shutterfeed.domain.zooming import Zoom


class Blobs(Protocol):
    """Contents are named as in `Blob`: `sha256` is the name under which one is stored."""

    def claim(
        self,
        sha256: str,
        new_blob_id: str,
        content_type: str,
        size: int,
        crop: Crop | None = None,
    ) -> Blob:
        """The blob of a content. If there is none, it is created with `new_blob_id` and `crop`.

        A pending removal is stopped. A blob that has failed stays failed until a rendering
        succeeds.
        """
        ...

    def get(self, sha256: str) -> Blob | None: ...

    def mark_ready(
        self, blob: Blob, picture: Picture, perceptual_hash: PerceptualHash | None = None
    ) -> bool:
        """Make the blob `ready` from any state, since what was rendered once can be rendered: a
        `ready` blob gets the newest picture. It keeps the hash that it has if there is none now.
        False if the blob is gone or has been replaced."""
        ...

    def mark_failed(self, blob: Blob, failure: Failure) -> bool:
        """Make a `stored` blob `failed`. False if it is in another state."""
        ...

    def mark_progress(self, reference: Reference, percent: int) -> None:
        """Note the progress of the rendering that a reference waits for. Does nothing if the
        reference does not wait."""
        ...

    def progress(self, reference: Reference) -> int:
        """The progress in percent of the rendering that a reference waits for; 0 if none is
        noted."""
        ...

    def refer(self, reference: Reference) -> None: ...

    def refer_once_rendered(self, reference: Reference, blob_id: str) -> None:
        """Write a reference that waits: the blob's state does not count for it until
        `complete_rendering` is called. Does nothing if there already is such a reference, waiting
        or not."""
        ...

    def complete_rendering(self, reference: Reference) -> None:
        """End the wait of a reference, as its rendering is done. Does nothing if it does not
        wait."""
        ...

    def awaits_rendering(self, reference: Reference) -> bool: ...

    def is_kept(self, sha256: str) -> bool:
        """Whether a content is kept for the case of a moderator, whoever refers to it."""
        ...

    def is_shown(self, blob: Blob) -> bool:
        """Whether a reference to this very blob exists. A reference without a blob id counts too,
        since it may be one."""
        ...

    def is_referred_to_by(self, reference: Reference) -> bool: ...

    def release(self, reference: Reference) -> None: ...

    def references(self, sha256: str, after: str | None, limit: int) -> Page[Reference]: ...

    def copies(self, sha256: str, after: str | None, limit: int) -> Page[Reference]:
        """The references of all media that show a content, whole or cropped, by its SHA-256."""
        ...

    def names(self, sha256: str) -> Iterable[str]:
        """The names under which a content is stored: whole, and for each medium that shows it
        cropped."""
        ...

    def expire(self, sha256: str, at: datetime) -> None:
        """Let the blob's item expire at `at`. Does nothing if there is no blob."""
        ...

    def reopen(self, blob: Blob) -> bool:
        """Take a `ready` blob back to `stored`, to be rendered again. False if it is in another
        state."""
        ...

    def restore(self, blob: Blob) -> None:
        """Put back an item that was removed although references remain. Does nothing if there is
        an item."""
        ...


class Zooms(Protocol):
    """The state of the zoom size of each medium, beside the medium's reference to its blob."""

    def get(self, reference: Reference) -> Zoom | None:
        """The state as it is now. None if there is no such reference: then nobody sees the
        medium."""
        ...

    def order(self, reference: Reference, known: Zoom, at: datetime, spending: Spending) -> bool:
        """Note that it was ordered, and make the charges, if the state still is as `known`. False
        if it is not: then nothing is charged. Raises `LimitReached` and `Busy`."""
        ...

    def complete(self, reference: Reference, zoom: Zoom) -> None:
        """Note what has become of an order. Does nothing if the reference is gone."""
        ...


class Downloads(Protocol):
    """Copies of originals for their owners, and links through which they download them."""

    def copy(self, blob: Blob, upload: Upload) -> None:
        """Copy the blob's exact bytes for the upload's owner, in place of an earlier copy. The copy
        does not reveal how old the original is. It is kept for at least `COPY_RETENTION`."""
        ...

    def send_again(self, blob: Blob, upload: Upload) -> None:
        """Copy the blob's exact bytes to where the file of an upload arrives, as if its owner had
        sent the file again. Everything that follows from an arrival follows from this."""
        ...

    def offer(self, upload: Upload, expires_at: datetime, now: datetime) -> str:
        """A link to the upload's copy, which a browser saves as a file with the medium's name and
        declared type."""
        ...


class Originals(Protocol):
    def open(self, blob: Blob) -> IO[bytes]:
        """The original's bytes, seekable."""
        ...

    def retire(self, blob: Blob) -> int:
        """Let all versions of the original expire after `ERASED_RETENTION`, then hide it behind a
        delete marker. Returns the number of versions. For a content whose blob is gone: nobody
        adopts an original of that id again."""
        ...

    def discard(self, blob: Blob) -> int:
        """Do what `retire` does, but let the versions expire within a day. For a content that was
        refused as no picture."""
        ...


class Renditions(Protocol):
    def put(self, blob_id: str, rendition: Rendition, content: bytes) -> None: ...

    def put_zoom(self, blob_id: str, rendition: Rendition, content: bytes) -> None:
        """Store a zoom size, in place of an earlier one. It is kept for at least
        `ZOOM_RETENTION`."""
        ...

    def put_file(self, blob_id: str, name: str, content_type: str, path: Path) -> None:
        """Store a rendition from a file, since it is too large for memory."""
        ...

    def remove_all(self, blob_id: str) -> None: ...


class Removals(Protocol):
    """The limit on how many contents are removed for good in an hour."""

    def take(self, at: datetime) -> bool:
        """Count one removal in the hour of `at`. False if that hour has reached its limit."""
        ...


class PhotoCodec(Protocol):
    def render(
        self, source: IO[bytes], content_type: str, crop: Crop | None = None
    ) -> RenderedPhoto:
        """Make all renditions from one decode, of the part in `crop` if there is one. Raises
        `PhotoRefused`."""
        ...


class VideoCodec(Protocol):
    def render(
        self,
        source: IO[bytes],
        content_type: str,
        report: Callable[[int], None],
        crop: Crop | None = None,
    ) -> AbstractContextManager[RenderedVideo]:
        """Make the clip and the poster. The clip's file is deleted when the context ends. `report`
        is called repeatedly with the percentage done. Raises `VideoRefused`, also for what moves
        and is to be cropped: only a still picture is."""
        ...
