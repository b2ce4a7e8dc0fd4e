"""Changes of the metadata table, as its stream reports them, and the work that follows from
each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.media import Blob, Reference
from shutterfeed.domain.messages import (
    CollectBlob,
    CollectMedia,
    CollectMessage,
    DeliverMessage,
    FanOut,
    FanOutMessage,
    Followed,
    IndexMessage,
    IndexPost,
    IndexUser,
    PublishMedium,
    PublishMessage,
    PublishPost,
    Unfollowed,
)
from shutterfeed.domain.posts import Post, PostState
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
Work = PublishMessage | FanOutMessage | DeliverMessage | CollectMessage | IndexMessage


def work_for(change: Change) -> Iterator[Work]:
    """The messages that a change causes; most changes cause none."""
    match change:
        case PostChanged(before, after):
            yield from _post_work(before, after)
            yield from _post_indexing(before, after)
        case FollowChanged(follower_id, followee_id, follows):
            yield (Followed if follows else Unfollowed)(follower_id, followee_id)
        case BlobRemoved(blob):
            yield CollectBlob(blob)
        case ReferenceAdded(reference):
            yield PublishMedium(reference)
        case ProfileChanged(before, after):
            yield from _user_indexing(before, after)


def _post_work(before: Post | None, after: Post | None) -> Iterator[Work]:
    was_published = before is not None and before.state is PostState.PUBLISHED
    is_published = after is not None and after.state is PostState.PUBLISHED
    # A deleted post stays in feeds, where nobody sees it any more: whether a post is shown is
    # decided when the feed is read. A restored one goes out again, for readers who came meanwhile.
    if after is not None and is_published and not was_published and not after.pulled:
        yield FanOut(entry_of(after))
    was_deleted = before is not None and before.state is PostState.DELETED
    if after is not None and was_deleted and after.awaits_media:
        # Media that became ready or failed while the post was deleted sent no message.
        yield PublishPost(after.id)
    if before is not None and after is None:
        yield CollectMedia(
            tuple(Reference(m.sha256, before.id, m.media_id) for m in before.media),
        )


def _post_indexing(before: Post | None, after: Post | None) -> Iterator[Work]:
    seen, shown = _found_by(before), _found_by(after)
    changed = before or after
    if changed is not None and seen != shown:
        yield IndexPost(changed.id)


def _found_by(post: Post | None) -> object:
    """The values of a post that the search index has; None if the post is not in the index.

    The revision is one of them, since the index keeps it as its version: an edit that is repeated
    because its answer was lost changes nothing else, and the index would keep an older version.
    """
    if post is None or post.state is not PostState.PUBLISHED:
        return None
    shown = post.caption, post.place, post.media, post.position
    return *shown, post.revision


def _user_indexing(before: Profile | None, after: Profile | None) -> Iterator[Work]:
    seen, shown = (
        (p.handle, p.display_name, p.popularity, p.revision) if p else None for p in (before, after)
    )
    changed = before or after
    if changed is not None and seen != shown:
        yield IndexUser(changed.user_id)
