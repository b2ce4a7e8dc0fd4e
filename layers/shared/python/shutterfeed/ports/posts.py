"""Posts, the posts that are not published yet, and avatars, which are posts of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Medium, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Place, Post, PostState


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
