"""The messages in the workers' queues. Every message may come late, twice or out of order.

`topology.py` says which worker gets which messages, by the names of these classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Reference


@dataclass(frozen=True, slots=True)
class IngestUpload:
    """The bytes of a medium are in the uploads bucket."""

    post_id: PostId
    media_id: str


@dataclass(frozen=True, slots=True)
class RenderPhoto:
    """A stored photo needs its renditions. `reference` is the upload's reference to the blob, which
    counts once they are made; None if no upload asked for them."""

    sha256: str
    blob_id: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class TranscodeVideo:
    """A stored video or animated picture needs its clip and poster. `reference` has the same
    meaning as in `RenderPhoto`."""

    sha256: str
    blob_id: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class PublishMedium:
    """A medium refers to a blob: if the blob is ready or has failed, the medium gets that state."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class PublishPost:
    """All media that a post waits for may be ready or have failed: publish the post, or fail it."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class FanOut:
    """Bring an entry to the author's readers: to all of them if they are few, otherwise to those of
    one part of the audience. `after` is the checkpoint at which the previous step stopped."""

    entry: FeedEntry
    part: int | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class MigrateReaders:
    """Continue an author's delivery migration from a checkpoint on, if no later one has begun."""

    author_id: str
    migration: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class DeliverEntry:
    """Put one entry into the feeds of some users, who held subscriptions when the audience was
    read. That time is None in messages from before it was recorded."""

    entry: FeedEntry
    owner_ids: tuple[str, ...]
    planned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """`follower_id` has followed `followee_id`: bring them the newest posts, and later ones."""

    follower_id: str
    followee_id: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """`follower_id` has unfollowed `followee_id`, who may no longer be a celebrity."""

    follower_id: str
    followee_id: str


@dataclass(frozen=True, slots=True)
class PrepareFeed:
    """A reader has become a regular one, or their subscriptions run out soon: push posts to them
    from now on."""

    reader_id: str


@dataclass(frozen=True, slots=True)
class CollectMedia:
    """A post is gone for good: give up its references, and its entries in the ledger."""

    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class CollectBlob:
    """A blob's item expired: remove its objects, unless the blob is in use again."""

    blob: Blob


@dataclass(frozen=True, slots=True)
class IndexPost:
    """What the search index holds of a post may have changed; the post's item says what it should
    hold now."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class IndexUser:
    """What the search index holds of a user may have changed; the profile says what it should hold
    now."""

    user_id: str


PublishMessage = PublishMedium | PublishPost
FanOutMessage = FanOut | MigrateReaders
DeliverMessage = DeliverEntry | Followed | Unfollowed | PrepareFeed
CollectMessage = CollectMedia | CollectBlob
IndexMessage = IndexPost | IndexUser
Message = (
    IngestUpload
    | RenderPhoto
    | TranscodeVideo
    | PublishMessage
    | FanOutMessage
    | DeliverMessage
    | CollectMessage
    | IndexMessage
)

KINDS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Message)}
"""Every kind of message, by its name."""
