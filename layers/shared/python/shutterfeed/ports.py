"""What the services need from the outside world. `adapters/` implements each Protocol on AWS;
`tests/fakes` in memory; both pass the same contract tests.

Unless a method says otherwise, reads are strongly consistent and writes are idempotent: calling
one twice with the same arguments leaves the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol, TypeVar

from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Failure, Medium, Picture, Reference, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.photos import RenderedPhoto, Rendition
from shutterfeed.domain.posts import Place, Post
from shutterfeed.domain.users import Profile
from shutterfeed.domain.videos import RenderedVideo

M_contra = TypeVar("M_contra", contravariant=True)


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Ids(Protocol):
    def new(self, at: datetime) -> str:
        """A new ULID for the instant `at`."""
        ...


class HandleTaken(Exception):
    """Another user holds the handle."""


class Profiles(Protocol):
    def get(self, user_id: str) -> Profile | None: ...

    def get_many(self, user_ids: Sequence[str]) -> dict[str, Profile]:
        """Those that exist, by id. Eventually consistent."""
        ...

    def id_of(self, handle: str) -> str | None: ...

    def create(self, profile: Profile) -> bool:
        """False where the user already has a profile. Raises `HandleTaken`."""
        ...

    def edit(self, user_id: str, display_name: str | None, bio: str | None) -> None:
        """None leaves a field as it is."""
        ...

    def rename(self, user_id: str, old: str, new: str) -> None:
        """Claim `new`, release `old`, all or nothing. Raises `HandleTaken`, and `Busy` where the
        user's handle is no longer `old`."""
        ...


class Follows(Protocol):
    def follow(self, follower_id: str, followee_id: str, follow_ulid: str) -> bool:
        """Write the edge and both counters in one transaction. False where it was there."""
        ...

    def unfollow(self, follower_id: str, followee_id: str) -> bool:
        """Remove the edge and adjust both counters. False where it was not there."""
        ...

    def exists(self, follower_id: str, followee_id: str) -> bool: ...

    def following(self, follower_id: str, after: str | None, limit: int) -> Page[str]:
        """Ids of the followed, in the order of their ids."""
        ...

    def followers(self, followee_id: str, shard: int, after: str | None, limit: int) -> Page[str]:
        """Ids of one shard's followers, newest first. Eventually consistent."""
        ...


@dataclass(frozen=True, slots=True)
class Creation:
    """What an idempotency key stands for: the post it made, and a fingerprint of the request."""

    post_id: PostId
    fingerprint: str


class Posts(Protocol):
    def create(
        self, post: Post, uploads: Sequence[Upload], idempotency_key: str, fingerprint: str
    ) -> Creation | None:
        """Write post, ledger entries and idempotency record in one transaction.

        Not written, and the earlier creation returned, where the key was already used.
        """
        ...

    def get(self, post_id: PostId) -> Post | None: ...

    def edit(self, post_id: PostId, caption: str, place: Place | None) -> bool:
        """False where the post is gone or deleted."""
        ...

    def mark_processing(self, post_id: PostId) -> None:
        """From `pending`; nothing where the post has moved on."""
        ...

    def publish(
        self, post_id: PostId, media: Sequence[Medium], position: str, at: datetime
    ) -> bool:
        """From an unpublished state, with the author's post count, in one transaction.

        False where the post has moved on.
        """
        ...

    def fail(self, post_id: PostId, media: Sequence[Medium], at: datetime) -> bool:
        """From an unpublished state. False where the post has moved on."""
        ...

    def delete(self, post: Post, at: datetime) -> bool:
        """From the state `post` was read in, with the author's count if it was published.

        False where the post has moved on since it was read.
        """
        ...

    def published_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        """Newest first. Eventually consistent."""
        ...


class Ledger(Protocol):
    def get(self, author_id: str, media_id: str) -> Upload | None: ...

    def of_post(self, post: Post) -> dict[str, Upload]:
        """The entries of a post's media, by media id."""
        ...

    def list(self, author_id: str, before: str | None, limit: int) -> Page[Upload]:
        """Newest first."""
        ...

    def mark_processing(self, author_id: str, media_id: str) -> None:
        """From `awaiting`; nothing where the entry has moved on."""
        ...

    def mark_ready(self, author_id: str, media_id: str, picture: Picture, at: datetime) -> None:
        """From `awaiting` or `processing`; nothing where the entry has moved on."""
        ...

    def mark_failed(self, author_id: str, media_id: str, failure: Failure, at: datetime) -> None:
        """From `awaiting` or `processing`; nothing where the entry has moved on."""
        ...


class Blobs(Protocol):
    def claim(self, sha256: str, new_blob_id: str, content_type: str, size: int) -> Blob:
        """The blob of a content; made with `new_blob_id` where there is none.

        Stops a pending removal, and gives a blob that had failed another chance.
        """
        ...

    def get(self, sha256: str) -> Blob | None: ...

    def mark_ready(self, blob: Blob, picture: Picture) -> bool:
        """From `stored`. False where the blob has moved on."""
        ...

    def mark_failed(self, blob: Blob, failure: Failure) -> bool:
        """From `stored`. False where the blob has moved on."""
        ...

    def mark_progress(self, blob: Blob, percent: int) -> None:
        """While `stored`; nothing where the blob has moved on."""
        ...

    def refer(self, reference: Reference) -> None: ...

    def release(self, reference: Reference) -> None: ...

    def references(self, sha256: str, after: str | None, limit: int) -> Page[Reference]: ...

    def expire(self, sha256: str, at: datetime) -> None:
        """Let the blob's item go at `at`. Nothing where there is no blob."""
        ...

    def restore(self, blob: Blob) -> None:
        """Put back an item that went although references remain; nothing where there is one."""
        ...


@dataclass(frozen=True, slots=True)
class FeedView:
    """What a page of a feed is made of, from one round trip."""

    posts: Mapping[PostId, Post]
    profiles: Mapping[str, Profile]


class Feeds(Protocol):
    """The feed table. Eventually consistent."""

    def page(self, owner_id: str, before: FeedEntry | None, limit: int) -> Page[FeedEntry]:
        """Newest first, below `before`."""
        ...

    def put(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry], at: datetime) -> None:
        """Every entry into every owner's feed."""
        ...

    def remove(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry]) -> None: ...


class FeedDetails(Protocol):
    def view(self, post_ids: Sequence[PostId], user_ids: Iterable[str]) -> FeedView:
        """The posts and profiles that exist, in one round trip for up to 100 of both.

        Eventually consistent.
        """
        ...


class Secrets(Protocol):
    def cursor_key(self) -> bytes:
        """The key that signs cursors; made on first use, the same for every caller."""
        ...


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """A presigned POST: the form's address and its fields, to be sent before the file."""

    media_id: str
    url: str
    fields: Mapping[str, str]
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

    def inspect(self, post_id: PostId, media_id: str, head_bytes: int) -> Arrival | None:
        """Read the object once. None where there is none."""
        ...

    def settle(self, post_id: PostId, media_id: str) -> None:
        """The bytes are stored as an original: the upload may go. Nothing where it has gone."""
        ...

    def refuse(self, post_id: PostId, media_id: str) -> None:
        """The bytes were refused: keep them for a while, as evidence for their owner.

        Nothing where they have gone.
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


class Originals(Protocol):
    def open(self, blob_id: str) -> IO[bytes]:
        """The original's bytes, seekable."""
        ...

    def retire(self, blob_id: str) -> None:
        """Hide the original behind a delete marker. Its versions stay."""
        ...


class Renditions(Protocol):
    def put(self, blob_id: str, rendition: Rendition, content: bytes) -> None: ...

    def put_file(self, blob_id: str, name: str, content_type: str, path: Path) -> None:
        """A rendition too large for memory, read from disk."""
        ...

    def remove_all(self, blob_id: str) -> None: ...


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


class Queue(Protocol[M_contra]):
    def send(self, messages: Iterable[M_contra]) -> None:
        """Every message, or an error."""
        ...
