"""Comments, their likes and pins, and the lists of them that people have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.comments import Comment, CommentId, Order, Thread
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


@dataclass(frozen=True, slots=True)
class Discussion:
    """A page of the comments of a post, as far as all of it is read at once."""

    threads: Page[Thread]
    pinned: tuple[str, ...] = ()
    """The ULIDs of the pinned roots, in the order in which they were pinned."""
    liked: frozenset[CommentId] = frozenset()
    """The comments of the post that the viewer likes."""


class Comments(Protocol):
    """Stored comments. Every read is strongly consistent. Every change of whether a comment counts
    changes the post's number of comments in the same transaction. Methods that write raise `Busy`
    if others change the same at the same time; then they have changed nothing."""

    def claimed(self, author_id: str, digest: str, since: datetime) -> Claim | None:
        """What the author made with this key since that moment, if it was used."""
        ...

    def claim(
        self, author_id: str, claim: Claim, since: datetime, spending: Spending = NOTHING
    ) -> Claim:
        """Note which comment the author is about to make, and make the charge, in one write.

        Returns what is noted: an earlier claim, if the key was used since that moment; then nothing
        is charged. Raises `LimitReached`.
        """
        ...

    def add(self, comment: Comment) -> bool:
        """Write a new comment; one that is held is listed for the post's owner. False if it was
        written already."""
        ...

    def get_many(self, comment_ids: Collection[CommentId]) -> dict[CommentId, Comment]:
        """Those of the comments that exist."""
        ...

    def change(self, before: Comment, after: Comment, spending: Spending = NOTHING) -> bool:
        """Change a comment's text and state, and make the charges. False if it has changed since it
        was read. Raises `LimitReached`."""
        ...

    def discussion(
        self, post_id: PostId, viewer_id: str, order: Order, after: str | None, limit: int
    ) -> Discussion:
        """A page of the roots of a post, each with the number of its replies that count, up to
        `MAX_COUNTED_REPLIES`, in one round trip unless threads are long. Roots that were removed
        are left out if no reply counts. Positions are the ULIDs of roots."""
        ...

    def look_up(self, comment_id: CommentId, viewer_id: str) -> Discussion:
        """One comment, in the form of a page that has it alone, or nothing: in one round trip."""
        ...

    def thread(
        self, root_id: CommentId, viewer_id: str, after: str | None, limit: int
    ) -> tuple[Discussion, Page[Comment]]:
        """A root, as `look_up` gives it, and a page of `replies`: in one round trip."""
        ...

    def threads_of(self, root_ids: Sequence[CommentId]) -> tuple[Thread, ...]:
        """Those of the roots that exist, each with the number of its replies that count: in one
        round trip."""
        ...

    def replies(self, root_id: CommentId, after: str | None, limit: int) -> Page[Comment]:
        """A page of the replies to a root, oldest first, in any state. Positions are their
        ULIDs."""
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

    def remove_all(self, post_id: PostId) -> None:
        """Remove everything that belongs to the comments of a post that is gone for good; repeated,
        it goes on where it broke off."""
        ...
