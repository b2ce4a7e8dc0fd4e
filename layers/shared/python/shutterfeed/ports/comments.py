"""Comments, their likes and pins, and the lists of them that people have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shutterfeed.domain.comments import Comment, CommentId, Order
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page


@dataclass(frozen=True, slots=True)
class Claim:
    """An idempotency key, by its digest, the comment that is made with it, and a fingerprint of the
    request."""

    digest: str
    comment_id: CommentId
    fingerprint: str


Notes = Sequence[Mapping[str, Any]]
"""What is stored of somebody's last comments and their keys, in the form in which it is stored."""


@dataclass(frozen=True, slots=True)
class Discussion:
    """A page of the comments of a post, as far as all of it is read at once."""

    comments: Page[Comment]
    pinned: tuple[str, ...] = ()
    """The ULIDs of the pinned roots, in the order in which they were pinned."""
    liked: frozenset[CommentId] = frozenset()
    """The comments of the post that the viewer likes."""


class Comments(Protocol):
    """Stored comments. Every read is strongly consistent. Every change of whether a comment counts
    changes the post's number of comments, and that of its root's replies, in the same transaction.
    Whether a reply waits for its root is so at the moment of the read. Methods that write raise
    `Busy` if others change the same at the same time; then they have changed nothing."""

    def claimed(self, author_id: str, digest: str, since: datetime) -> Claim | None:
        """What the author made with this key since that moment, if it was used."""
        ...

    def notes(self, author_id: str) -> Notes:
        """What `claim` reads before it writes."""
        ...

    def claim(
        self,
        author_id: str,
        claim: Claim,
        since: datetime,
        spending: Spending = NOTHING,
        *,
        notes: Notes | None = None,
    ) -> Claim:
        """Note which comment the author is about to make, and make the charge, in one write.

        Returns what is noted: an earlier claim, if the key was used since that moment; then nothing
        is charged. `notes` are at hand if the caller has just read them. Raises `LimitReached`.
        """
        ...

    def add(self, comment: Comment) -> bool:
        """Write a new comment; one that is held is listed for the post's owner. A reply does not
        wait for its root if that has begun to count meanwhile. False if it was written already.
        Raises `NotFound` if the root does not exist."""
        ...

    def get_many(self, comment_ids: Collection[CommentId]) -> dict[CommentId, Comment]:
        """Those of the comments that exist."""
        ...

    def change(self, before: Comment, after: Comment, spending: Spending = NOTHING) -> bool:
        """Change a comment's text and state, and make the charges. The replies that wait for a root
        count from the moment when it begins to. False if the comment has changed since it was read,
        or what waits. Raises `LimitReached`."""
        ...

    def discussion(
        self, post_id: PostId, viewer_id: str, order: Order, after: str | None, limit: int
    ) -> Discussion:
        """A page of the roots of a post, in one round trip unless many were removed. Of these,
        only those are listed that have replies that count. Positions are the ULIDs of roots."""
        ...

    def look_up(self, comment_id: CommentId, viewer_id: str) -> Discussion:
        """One comment, in the form of a page that has it alone, or nothing: in one round trip,
        unless it is a reply that may wait for its root."""
        ...

    def thread(
        self, root_id: CommentId, viewer_id: str, after: str | None, limit: int
    ) -> tuple[Discussion, Page[Comment]]:
        """A root, as `look_up` gives it, and a page of the replies to it, oldest first, in any
        state: in one round trip. Positions are the ULIDs of replies."""
        ...

    def release(self, root_id: CommentId, number: int) -> None:
        """Take the marks off the replies that no longer wait for their root, until it has found
        `number` of them that are not held, hidden or removed. Repeating it changes nothing more. It
        reads the newest 2,000 replies at most: older ones may keep their marks, which have no
        effect."""
        ...

    def made_by(self, author_id: str, before: str | None, limit: int) -> Page[CommentId]:
        """A page of the comments that the author has claimed, newest first. Some may never have
        been made, or be gone. The caller checks that `before` is a position of this list."""
        ...

    def held_for(self, owner_id: str, before: str | None, limit: int) -> Page[CommentId]:
        """A page of the comments that wait for the owner of the posts, newest first. Positions are
        their ULIDs."""
        ...

    def liked(self, post_id: PostId, user_id: str) -> frozenset[CommentId]:
        """The comments of the post that the user likes."""
        ...

    def like(
        self, comment_id: CommentId, user_id: str, like_ulid: str, spending: Spending = NOTHING
    ) -> bool:
        """Note that the user likes the comment, count it, and make the charges. False if they did
        already, or if there is no such comment. Raises `LimitReached`."""
        ...

    def unlike(self, comment_id: CommentId, user_id: str) -> bool:
        """Take a like back. False if there is none."""
        ...

    def posts_with_likes(self, user_id: str, limit: int) -> tuple[PostId, ...]:
        """Posts of whose comments the user may like some, until `forget_likes`."""
        ...

    def forget_likes(self, user_id: str, post_id: PostId) -> None:
        """Note that the user likes no comment of a post any more."""
        ...

    def erase(self, comment: Comment) -> bool:
        """Remove a comment whose author's account is erased, and with it all that tells of the
        author. A root with replies stays as a deleted one of nobody. False if the comment has
        changed since it was read."""
        ...

    def pinned(self, post_id: PostId) -> tuple[str, ...]:
        """The ULIDs of the pinned roots, in the order in which they were pinned."""
        ...

    def pin(
        self,
        post_id: PostId,
        before: Sequence[str],
        after: Sequence[str],
        spending: Spending = NOTHING,
    ) -> bool:
        """Replace the pinned roots. False if they are not `before` any more; then nothing is
        charged. Raises `LimitReached`."""
        ...

    def forget(self, post_id: PostId, most: int) -> bool:
        """Remove up to that number of comments, of their likes and pins, of a post that is gone for
        good, and with the last of them their number. True if some may be left."""
        ...
