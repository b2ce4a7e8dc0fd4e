"""Changes of the metadata table, as its stream reports them. `work_for` in `messages.py` says which
work follows from each."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.media import Blob, Reference
from shutterfeed.domain.posts import Post
from shutterfeed.domain.users import Profile


@dataclass(frozen=True, slots=True)
class PostChanged:
    """A post's item changed. `before` is None for a new post, `after` for one that is gone."""

    before: Post | None
    after: Post | None


@dataclass(frozen=True, slots=True)
class FollowChanged:
    follower_id: str
    followee_id: str
    follows: bool


@dataclass(frozen=True, slots=True)
class BlobRemoved:
    """A blob's item expired at the end of its cooling-off."""

    blob: Blob


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


Change = PostChanged | FollowChanged | BlobRemoved | ReferenceAdded | ProfileChanged
