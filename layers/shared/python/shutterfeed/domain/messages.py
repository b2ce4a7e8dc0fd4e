"""What the workers' queues carry. Every message may come late, twice or out of order.

`topology.py` says which worker takes which of them, by the names of these classes.
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
    """A stored photo waits for its renditions; `reference` for having been told to wait for them,
    where it was an upload that asked."""

    sha256: str
    blob_id: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class TranscodeVideo:
    """A stored video, or animated picture, waits for its clip and poster; `reference` as in
    `RenderPhoto`."""

    sha256: str
    blob_id: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class PublishMedium:
    """A medium refers to a blob: if the blob is settled, so is the medium."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class PublishPost:
    """All that a post waits for may be there: publish it, or fail it."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class FanOut:
    """Bring an entry to the author's readers: to all, where they are few, else to those of one
    part, from a checkpoint on. `after` says where in the part the previous step stopped."""

    entry: FeedEntry
    part: int | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Cross:
    """Go on with an author's crossing, from a checkpoint on, as long as it is the present one."""

    author_id: str
    crossing: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class DeliverEntry:
    """Put one entry into the feeds of some users, who held leases at the moment of planning. None:
    the message is from before that was noted."""

    entry: FeedEntry
    owner_ids: tuple[str, ...]
    planned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """`follower_id` has followed `followee_id`: bring the newest posts, and those to come."""

    follower_id: str
    followee_id: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """`follower_id` has unfollowed `followee_id`, who may be no celebrity any more."""

    follower_id: str
    followee_id: str


@dataclass(frozen=True, slots=True)
class PrepareFeed:
    """A reader has become a regular one, or their leases run out: from now on push to them."""

    reader_id: str


@dataclass(frozen=True, slots=True)
class CollectMedia:
    """A post is gone for good: give up its references, and its entries in the ledger."""

    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class CollectBlob:
    """A blob's item went after its cooling-off: remove its objects, unless it is in use again."""

    blob: Blob


@dataclass(frozen=True, slots=True)
class IndexPost:
    """What can be found of a post may have changed; its item says what it is now."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class IndexUser:
    """The same for a user."""

    user_id: str


PublishMessage = PublishMedium | PublishPost
FanOutMessage = FanOut | Cross
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
