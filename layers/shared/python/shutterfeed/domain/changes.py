"""Changes of the metadata table, as its stream reports them. `work_for` in `messages.py` says which
work follows from each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shutterfeed.domain.activity import Notice
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.exports import Export
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Reference
from shutterfeed.domain.moderation import Case
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.users import Profile


@dataclass(frozen=True, slots=True)
class PostChanged:
    """A post's item changed. `before` is None for a new post, `after` for one that is gone."""

    before: Post | None
    after: Post | None


@dataclass(frozen=True, slots=True)
class FollowChanged:
    """A follow edge was written or removed."""

    follower_id: str
    followee_id: str
    follows: bool
    at: datetime | None = None
    """When the edge was written; None if it was removed."""
    shard: int = 0
    """The part of the list of followers in which it stands."""
    accepted: bool = False
    """Whether the follower had asked, and was accepted."""


@dataclass(frozen=True, slots=True)
class FollowRequested:
    """Somebody has asked to follow a private account."""

    follower_id: str
    followee_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Liked:
    """Somebody likes a post."""

    user_id: str
    post_id: PostId
    at: datetime
    shard: int = 0
    """The part of the list of those who like it in which this one stands."""


@dataclass(frozen=True, slots=True)
class CommentChanged:
    """A comment's item changed. `before` is None for a new comment, `after` for one that is
    gone."""

    before: Comment | None
    after: Comment | None


@dataclass(frozen=True, slots=True)
class CommentLiked:
    """Somebody likes a comment."""

    user_id: str
    comment_id: CommentId
    at: datetime


@dataclass(frozen=True, slots=True)
class BlobRemoved:
    """A blob's item expired at the end of its cooling-off."""

    blob: Blob


@dataclass(frozen=True, slots=True)
class DenialChanged:
    """A medium or a blob was denied at the edge, or is denied no more."""

    denied_id: str


@dataclass(frozen=True, slots=True)
class ClosingEnded:
    """The days in which the user of a closed account may come back are over, or the user has come
    back; the profile says which."""

    user_id: str


@dataclass(frozen=True, slots=True)
class ReferenceAdded:
    """A reference to a blob counts from now on: when it was written, or when the rendering that it
    waited for was done."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """A profile's item changed. `before` is None for a new profile, `after` for one that is
    gone."""

    before: Profile | None
    after: Profile | None


@dataclass(frozen=True, slots=True)
class CountsChanged:
    """The counts of a post changed. `before` is None for a post's first answer."""

    post_id: PostId
    before: PostCounts | None
    after: PostCounts


@dataclass(frozen=True, slots=True)
class LikesCountedApart:
    """One of the items that count the likes of a hot post changed."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class NoticeOpened:
    """A user has something new in their activity. Only a deployment that tells devices hears of
    it."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class CaseDecided:
    """Something was decided about a case. `before` is None for a case that was not there."""

    before: Case | None
    after: Case


@dataclass(frozen=True, slots=True)
class WithholdingChanged:
    """A content is withheld in other cases than before: these were added or taken away."""

    sha256: str
    cases: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExportChanged:
    """An export's item changed. `before` is None for a user's first export, `after` for one that is
    gone."""

    before: Export | None
    after: Export | None


Change = (
    PostChanged
    | FollowChanged
    | FollowRequested
    | Liked
    | CommentChanged
    | CommentLiked
    | BlobRemoved
    | DenialChanged
    | ClosingEnded
    | ReferenceAdded
    | ProfileChanged
    | CountsChanged
    | LikesCountedApart
    | NoticeOpened
    | CaseDecided
    | WithholdingChanged
    | ExportChanged
)
