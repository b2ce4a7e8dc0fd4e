"""What the workers' queues carry. Every message may come late, twice or out of order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Reference


@dataclass(frozen=True, slots=True)
class UploadLanded:
    """The bytes of a medium are in the uploads bucket."""

    post_id: PostId
    media_id: str


@dataclass(frozen=True, slots=True)
class RenderPhoto:
    """A stored photo waits for its renditions."""

    sha256: str
    blob_id: str


@dataclass(frozen=True, slots=True)
class SettleReference:
    """A medium refers to a blob: if the blob is settled, so is the medium."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class SettleBlob:
    """A blob became ready or failed: so do all media that refer to it."""

    sha256: str


@dataclass(frozen=True, slots=True)
class ConcludePost:
    """All that a post waits for may be there: publish it, or fail it."""

    post_id: PostId


class FeedAction(StrEnum):
    INSERT = "insert"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class FanOut:
    """Bring an entry to (or take it from) the author's followers, from a checkpoint on.

    `shard` and `after` say where in the follower list the previous step stopped; `after` is None
    at a shard's beginning.
    """

    action: FeedAction
    entry: FeedEntry
    shard: int = 0
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FeedChunk:
    """Put one entry into (or take it out of) the feeds of some users."""

    action: FeedAction
    entry: FeedEntry
    owner_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Backfill:
    """`owner_id` has followed `followee_id`: bring the newest posts."""

    owner_id: str
    followee_id: str


@dataclass(frozen=True, slots=True)
class Prune:
    """`owner_id` has unfollowed `followee_id`: take their posts out."""

    owner_id: str
    followee_id: str


@dataclass(frozen=True, slots=True)
class ReleaseMedia:
    """A post is gone for good: give up its references."""

    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class RemoveBlob:
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


PublishMessage = SettleReference | SettleBlob | ConcludePost
FeedMessage = FeedChunk | Backfill | Prune
CollectMessage = ReleaseMedia | RemoveBlob
SearchMessage = IndexPost | IndexUser
