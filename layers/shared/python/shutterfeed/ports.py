"""What the services need from the outside world. `adapters/` implements each Protocol on AWS;
`tests/fakes` in memory; both pass the same contract tests.

Unless a method says otherwise, reads are strongly consistent and writes are idempotent: calling
one twice with the same arguments leaves the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Final, Protocol, TypeVar

from shutterfeed.domain.delivery import Delivery, Head, Lease, Reader
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Failure, Medium, Picture, Reference, Upload
from shutterfeed.domain.multipart import Part
from shutterfeed.domain.pages import Page
from shutterfeed.domain.photos import RenderedPhoto, Rendition
from shutterfeed.domain.posts import Place, Post, PostState
from shutterfeed.domain.search import Document, Query, SuggestionKind
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

    def timeless(self) -> str:
        """A new id in the form of a ULID that is random throughout: it tells nobody its age."""
        ...


class HandleTaken(Exception):
    """Another user holds the handle, or gave it up less than `HANDLE_REST` ago."""


class Profiles(Protocol):
    def get(self, user_id: str) -> Profile | None: ...

    def get_many(self, user_ids: Sequence[str]) -> dict[str, Profile]:
        """Those that exist, by id. Eventually consistent."""
        ...

    def id_of(self, handle: str) -> str | None:
        """The user who holds the handle; None also for one that was given up."""
        ...

    def create(self, profile: Profile) -> bool:
        """False where the user already has a profile. Raises `HandleTaken`."""
        ...

    def edit(self, user_id: str, display_name: str | None, bio: str | None) -> None:
        """None leaves a field as it is."""
        ...

    def spread_followers(self, user_id: str, shards: int) -> None:
        """Count and list the followers to come over so many items. Never fewer than before."""
        ...

    def note_popularity(self, user_id: str, old: int, new: int) -> None:
        """Note the order of magnitude of the followers, and count up the revision; nothing changes
        if what is noted is no longer `old`."""
        ...

    def rename(self, user_id: str, old: str, new: str, at: datetime) -> bool:
        """Claim `new` and keep `old` for the user until it has rested, all or nothing. False if the
        user's handle is no longer `old`. Raises `HandleTaken`."""
        ...


class Follows(Protocol):
    """Profiles are given for `Profile.follower_shards`: over how many items followers are
    counted. A count in an item that is not among the present ones counts all the same."""

    def follow(self, follower_id: str, followee: Profile, follow_ulid: str) -> bool:
        """Write the edge and both counts in one transaction, and forget an earlier unfollowing.
        False where the edge was there."""
        ...

    def unfollow(self, follower_id: str, followee: Profile, at: datetime) -> bool:
        """Remove the edge and all that brings the followee's posts to the follower, adjust both
        counts, and remember it for as long as a post may linger: all in one transaction. False
        where the edge was not there."""
        ...

    def exists(self, follower_id: str, followee_id: str) -> bool: ...

    def followers_among(self, followee_id: str, user_ids: Iterable[str]) -> set[str]:
        """Those of the users who follow the followee. Strongly consistent."""
        ...

    def followed_among(self, follower_id: str, user_ids: Iterable[str]) -> frozenset[str]:
        """Those of the users that the follower follows. Eventually consistent."""
        ...

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
    """Every change of a published post changes the author's `Head` in the same transaction."""

    def create(
        self, post: Post, uploads: Sequence[Upload], idempotency_key: str, fingerprint: str
    ) -> Creation | None:
        """Write post, ledger entries and idempotency record in one transaction.

        Not written, and the earlier creation returned, where the key was already used.
        """
        ...

    def get(self, post_id: PostId) -> Post | None: ...

    def edit(
        self, post_id: PostId, caption: str, place: Place | None, alt_texts: Sequence[str]
    ) -> bool:
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
        """From an unpublished state; or again, with what has become of the media meanwhile, as
        long as the failed post `awaits_media`. False where the post has moved on."""
        ...

    def delete(self, post: Post, at: datetime) -> bool:
        """From the state `post` was read in, with the author's count if it was published.

        False where the post has moved on since it was read, or was deleted then.
        """
        ...

    def restore(self, post: Post, at: datetime) -> bool:
        """A deleted post to the state it was deleted from, with the author's count if it was
        published, and to its old place in the order. Whether it is too late, the caller asks.

        False where the post has moved on since it was read, or was not deleted then.
        """
        ...

    def published_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        """Newest first. Eventually consistent."""
        ...

    def deleted_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        """Last deleted first, some of them past their time. Eventually consistent."""
        ...


class Avatars(Protocol):
    """Each call changes profile and hidden posts in one transaction. A hidden post that is deleted
    is in no list and expires at once."""

    def show(self, post_id: PostId, medium: Medium, at: datetime) -> PostState | None:
        """Make the photo of an unpublished hidden post its author's avatar, and delete the post of
        the one before; where a later one was decided on, delete the post itself.

        The post's new state; None where it has moved on.
        """
        ...

    def remove(self, user_id: str, version: str, at: datetime) -> None:
        """Take the avatar away, and keep away what was asked for before the ULID `version`.
        Nothing where there is no such user."""
        ...


class OpenPosts(Protocol):
    """Posts that await media (`Post.awaits_media`), in `OPEN_SHARDS` lists."""

    def page(
        self, shard: int, created_before: datetime, after: str | None, limit: int
    ) -> Page[PostId]:
        """Oldest first. Eventually consistent."""
        ...

    def places(self) -> dict[int, str]:
        """By shard, the position after which to go on; none where the last run saw the end."""
        ...

    def keep_places(self, places: Mapping[int, str]) -> None: ...


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


class Heads(Protocol):
    """Authors' newest posts and how they are delivered. `Posts` keeps them."""

    def get_many(self, author_ids: Iterable[str]) -> dict[str, Head]:
        """An empty one for an author who has published nothing."""
        ...

    def change_delivery(self, head: Head, delivery: Delivery, crossing: str) -> bool:
        """False where the head is no longer the one that was read."""
        ...


class Readers(Protocol):
    """What is kept of readers, beside their profiles."""

    def get(self, reader_id: str) -> Reader: ...

    def pushed_until(self, reader_ids: Sequence[str]) -> dict[str, datetime]:
        """Of those readers who are, or were, pushed to."""
        ...

    def visit(self, reader_id: str, day: date) -> None:
        """Remember the reader's visit."""
        ...

    def prepare(self, reader_id: str) -> None:
        """Say that the reader's feed is being made ready for pushing."""
        ...

    def push_until(self, reader_id: str, until: datetime) -> None:
        """Say that it is ready. Never earlier than was said before."""
        ...

    def pull(self, reader_ids: Sequence[str], author_id: str) -> None:
        """Let the readers pull the author, those of them who follow the author: a reader who
        unfollows at the same time ends up not pulling."""
        ...

    def stop_pulling(self, reader_ids: Sequence[str], author_id: str, crossing: str) -> None:
        """The opposite, as long as that crossing is the author's last one: nothing changes where
        the author has become a celebrity again, even if only for a while."""
        ...


@dataclass(frozen=True, slots=True)
class FeedStart:
    """The first round trip of a feed page."""

    reader: Reader
    pushed: Page[FeedEntry]
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the second round trip asks for; heads and timelines by their authors."""

    posts: Collection[PostId]
    profiles: Collection[str] = ()
    heads: Collection[str] = ()
    timelines: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class FeedView:
    """The second round trip: what a page of a feed is made of."""

    posts: Mapping[PostId, Post]
    profiles: Mapping[str, Profile]
    heads: Mapping[str, Head]
    timelines: Mapping[str, Page[Post]]


class FeedReads(Protocol):
    """Reads for a page of a feed, each one round trip however much it asks for."""

    def start(self, reader_id: str, before: FeedEntry | None, limit: int) -> FeedStart:
        """The reader strongly consistent, so that whom they have unfollowed is gone; the rest
        eventually."""
        ...

    def view(self, wanted: Wanted, before: FeedEntry | None, limit: int) -> FeedView:
        """What exists of what is wanted; timelines are so many published posts below `before`.
        Eventually consistent; heads may be seconds old."""
        ...

    def heads(self, author_ids: Iterable[str]) -> dict[str, Head]:
        """Of any number of authors. Eventually consistent."""
        ...

    def timelines(
        self, before: Mapping[str, FeedEntry], limit: int
    ) -> Mapping[str, Page[FeedEntry]]:
        """By author, so many of their published posts' places below a place. Eventually
        consistent."""
        ...


class Feeds(Protocol):
    """The feed table. Eventually consistent."""

    def page(self, owner_id: str, before: FeedEntry | None, limit: int) -> Page[FeedEntry]:
        """Newest first, below `before`."""
        ...

    def put(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry], at: datetime) -> None:
        """Every entry into every owner's feed."""
        ...

    def trim(self, owner_id: str, keep: int) -> int:
        """Remove all but the newest `keep`; how many went."""
        ...

    def snapshot(self, owner_id: str) -> Snapshot | None:
        """Strongly consistent."""
        ...

    def keep_snapshot(self, owner_id: str, snapshot: Snapshot, at: datetime) -> bool:
        """In the place of the version before. False where that is not the present one."""
        ...


class Audience(Protocol):
    """Leases, also in the feed table: an author's posts are pushed to those who hold one. Strongly
    consistent, so that a lease that was written before a post is published gets the post.

    No lease is to be without its edge. `Follows.unfollow` removes both at once; whoever writes a
    lease either does so on condition of the edge, or withdraws it if the edge has gone meanwhile.
    """

    def lease_followed(self, reader_id: str, author_id: str, until: datetime) -> bool:
        """Write a lease on condition that the reader follows the author; False if they do not."""
        ...

    def lease(self, reader_id: str, author_ids: Iterable[str], until: datetime) -> None:
        """Write many leases, for a quarter of what `lease_followed` costs, whether or not there are
        edges: `withdraw` those whose edges went meanwhile."""
        ...

    def withdraw(self, reader_id: str, author_ids: Iterable[str]) -> None:
        """Remove the reader's leases for those of the authors whom the reader does not follow."""
        ...

    def page(self, author_id: str, part: int | None, after: str | None, limit: int) -> Page[Lease]:
        """Of all readers, or of one of `AUDIENCE_PARTS` parts; also leases that have run out."""
        ...

    def renew(self, author_id: str, leases: Iterable[Lease], until: datetime) -> None:
        """Prolong leases that are still as they were read: none comes back that was removed."""
        ...

    def end(self, author_id: str, leases: Iterable[Lease]) -> None:
        """Remove leases that are still as they were read."""
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


class Queue(Protocol[M_contra]):
    def send(self, messages: Iterable[M_contra]) -> None:
        """Every message, or an error."""
        ...


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


class WatchedQueue(Queue[M_contra], Protocol[M_contra]):
    def backlog(self) -> int:
        """About how many messages wait to be delivered."""
        ...


class HeadCache(Protocol):
    """Heads of celebrities for a few seconds, each at most as old as the implementation says.

    What it has of them is never promised: it may forget any at any time.
    """

    def get_many(self, author_ids: Collection[str]) -> dict[str, Head]:
        """Those it has."""
        ...

    def put_many(self, heads: Collection[Head]) -> None:
        """Heads that were just read. One does not take the place of a newer version."""
        ...


# --- Search -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody may be about to type; for a user, the id in place of the text."""

    kind: SuggestionKind
    text: str


class SearchDocuments(Protocol):
    """The search index as those see it who keep it like the metadata table."""

    def apply(self, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        """Put or remove documents; one older than what is there changes nothing.

        Those that could not be written, by their subject, and why: the others are done.
        """
        ...


class SearchIndex(SearchDocuments, Protocol):
    """What can be found. Eventually consistent.

    It finds what was indexed: whether that may still be seen, the caller asks.
    """

    def posts(self, query: Query, as_of: datetime, offset: int, limit: int) -> Page[PostId]:
        """Best first, of those published until `as_of`; the next position is an offset."""
        ...

    def users(self, query: Query, offset: int, limit: int) -> Page[str]:
        """Ids, best first; the next position is an offset."""
        ...

    def hashtags(self, query: Query, limit: int) -> tuple[str, ...]:
        """Those in use, without their mark: the tag asked for, then by use."""
        ...

    def tagged(self, tag: str, before: str | None, limit: int) -> Page[PostId]:
        """Newest first; the next position is one of publishing."""
        ...

    def suggest(self, query: Query, limit: int) -> tuple[Suggestion, ...]:
        """What begins like the query, most popular first."""
        ...


class Searchable(Protocol):
    """Everything in the metadata table that may be found, for maintenance only: it scans."""

    def page(self, after: str | None, limit: int) -> Page[PostId | str]:
        """Ids of posts in any state and of users, by the way of about `limit` items of any kind."""
        ...


UNFINISHED: Final = -1
"""In place of a document's version."""


@dataclass(frozen=True, slots=True)
class StraySearch:
    """How many entries were looked at, were of no document, and were removed."""

    looked_at: int
    found: int
    removed: int
    next_position: str | None


class SearchGenerations(SearchIndex, Protocol):
    """The search index as maintenance sees it: of several generations, searches see one.

    Between `begin` and `switch`, `apply` writes to the new one too, once every container has
    noticed: within `NOTICED_AFTER_SECONDS`.
    """

    def begin(self) -> str:
        """A new, empty generation; one that was begun before and not switched to is given up."""
        ...

    def fill(self, generation: str, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        """`apply`, to this generation alone."""
        ...

    def switch(self, generation: str) -> None:
        """From now on it is the one that is searched."""
        ...

    def drop_others(self) -> bool:
        """Remove a part of what belongs to other generations. False where nothing is left."""
        ...

    def versions(self, subjects: Sequence[PostId | str]) -> Mapping[PostId | str, int]:
        """Of the documents that can be found now; `UNFINISHED` for one that is not written, or not
        taken out, to the last entry."""
        ...

    def held(self, after: str | None, limit: int) -> Page[PostId | str]:
        """The subjects of all documents of which something can be found."""
        ...

    def stray_entries(self, after: str | None, limit: int, *, repair: bool) -> StraySearch:
        """Hold a page of entries against the documents they are of. Those that no document has are
        removed, when told so, unless the document changes at the same time."""
        ...


NOTICED_AFTER_SECONDS: Final = 6.0
"""Containers look every five seconds which generations there are."""
