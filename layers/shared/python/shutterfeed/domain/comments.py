"""Comments on posts, and replies to them.

A **root** is a comment on the post itself; a **reply** answers a root. A reply to a reply belongs
to the same root. A comment **counts** if everybody who sees the post may see it:

    created ──no word of the owner's list──> counts <──owner shows──> hidden
       └──a word of the list──> held ──owner approves──> counts
    any of them ──author or owner deletes──> removed: only that it was there is kept

The number of comments of a post is that of those that count, replies included; every root has the
number of its replies. A reply that is written while its root does not count **waits** for the root:
it counts once the root has begun to. A root that stops counting keeps the replies that it has.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.characters import TEXT, check_characters, clean
from shutterfeed.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.ids import ULID, MalformedId, PostId, is_ulid, ulid_time
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.users import CommentsFrom, Profile

MAX_COMMENT: Final = 1000
"""The highest number of characters of a comment."""
MAX_PINNED: Final = 3
"""How many comments of a post may be pinned."""
FIRST_COMMENTS: Final = 2
"""How many comments come with a post that is read by its id."""
COMMENT_ID: Final = f"{ULID}(?:-{ULID}){{2,3}}"
"""The pattern of a whole comment id."""


_DIGEST: Final = 16
_FINGERPRINT: Final = 8
"""The numbers of hexadecimal digits that are kept of an idempotency key, and of what came with
it."""


class Order(StrEnum):
    """The order of the roots of a post."""

    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, order=True)
class CommentId:
    """A comment's public id: it contains the post's id, and a reply's also the root's ULID, so that
    it leads to the comment's item."""

    post_id: PostId
    root: str
    reply: str | None = None

    def __str__(self) -> str:
        return "-".join(filter(None, (str(self.post_id), self.root, self.reply)))

    @property
    def ulid(self) -> str:
        """The comment's own ULID, which says when it was made."""
        return self.reply or self.root

    @property
    def root_id(self) -> CommentId:
        """The id of the root; of a root, its own."""
        return replace(self, reply=None)

    @classmethod
    def parse(cls, text: str) -> CommentId:
        """The comment id in a text. Raises `MalformedId` for any text that is not the `str()` of a
        comment id."""
        author_id, *ulids = text.split("-")
        if len(ulids) not in (2, 3) or not all(map(is_ulid, (author_id, *ulids))):
            raise MalformedId(text)
        return cls(PostId(author_id, ulids[0]), *ulids[1:])


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. Text and mentions of a removed one are empty."""

    id: CommentId
    author_id: str
    text: str
    mentions: tuple[Mention, ...] = ()
    edited_at: datetime | None = None
    hidden: bool = False
    """Whether the post's owner has hidden it."""
    held: bool = False
    """Whether it waits for the post's owner, because of a word of their list."""
    removed: bool = False
    taken_down: str | None = None
    """The case in which a moderator has removed it; None if it was not. It goes on counting, so
    that undoing that changes no number."""
    likes: int = 0
    version: int = 0
    """The number of changes so far, without likes and replies."""
    replies: int = 0
    """The number of a root's replies that count; zero for a reply."""
    waiting: int = 0
    """The number of a root's replies that will count as soon as it begins to; zero for a reply."""
    shows: int = 0
    """How often a root has begun to count after it was written; zero for a reply."""
    waits: int | None = None
    """The `shows` of the root when the reply was written, if the reply waits for the root; None if
    it does not."""

    @property
    def counts(self) -> bool:
        """Whether everybody who sees the post may see it."""
        return self.stands and self.waits is None

    @property
    def stands(self) -> bool:
        """Whether nothing but its root may keep others from seeing it."""
        return not (self.hidden or self.held or self.removed)

    @property
    def created_at(self) -> datetime:
        return ulid_time(self.id.ulid)

    @property
    def owner_id(self) -> str:
        """The id of the user whose post it is on."""
        return self.id.post_id.author_id

    def without_text(self) -> Comment:
        """The comment, removed."""
        return replace(self, text="", mentions=(), hidden=False, held=False, removed=True)

    def below(self, root: Comment | None) -> Comment:
        """The reply as it is below its root: it no longer waits if the root has begun to count."""
        if self.waits is None or root is None or root.shows <= self.waits:
            return self
        return replace(self, waits=None)


@dataclass(frozen=True, slots=True)
class Effect:
    """The changes of numbers that come with a change of a comment."""

    comments: int
    """The post's number of comments."""
    replies: int
    """`Comment.replies` of the root."""
    waiting: int
    """`Comment.waiting` of the root."""
    shows: int = 0
    """`Comment.shows` of the root."""


def effect_of(before: Comment | None, after: Comment) -> Effect:
    """How numbers change with a comment; `before` is None for a new one."""
    counted = int(after.counts) - int(before is not None and before.counts)
    if after.id.reply is not None:
        waiting = int(_is_waiting(after)) - int(before is not None and _is_waiting(before))
        return Effect(counted, counted, waiting)
    if before is None or counted <= 0:
        return Effect(counted, 0, 0)
    return Effect(counted + before.waiting, before.waiting, -before.waiting, 1)


def as_changed(before: Comment, after: Comment) -> Comment:
    """A comment as it is stored once it is changed, if nothing else changes meanwhile."""
    if after == before:
        return before
    replies = effect_of(before, after).replies if after.id.reply is None else 0
    return replace(after, version=before.version + 1, replies=before.replies + replies)


def _is_waiting(reply: Comment) -> bool:
    return reply.stands and reply.waits is not None


def check_comment(text: str) -> str:
    """Return a comment's text, cleaned. Raises `InvalidInput` if it has no character that can be
    seen, is too long, or has control characters."""
    check_length(text)
    return clean_comment(text)


def check_length(text: str) -> None:
    """Raise `InvalidInput` if a comment is too long."""
    if len(text) > MAX_COMMENT:
        raise InvalidInput(
            "comment_too_long",
            f"A comment has at most {MAX_COMMENT:,} characters; this one has {len(text):,}.",
            "text",
        )


def clean_comment(text: str) -> str:
    """Return a comment's text, cleaned, whatever its length. Raises `InvalidInput` if it has no
    character that can be seen, or control characters."""
    check_characters(text, TEXT, "text")
    cleaned = clean(text).strip()
    if not cleaned:
        raise InvalidInput("empty_comment", "A comment needs at least one character.", "text")
    return cleaned


def fingerprint(post_id: PostId, text: str, reply_to: str | None) -> str:
    """A digest that is the same for the same request, to tell a repeated one from a reused key."""
    words = "\0".join((str(post_id), reply_to or "", text))
    return hashlib.sha256(words.encode()).hexdigest()[:_FINGERPRINT]


def settled(post: Post, owner: Profile) -> CommentsFrom:
    """Who may comment on the post: as it says itself, or else as its owner's account says."""
    return post.comments_from or owner.comments_from


def may_comment(user_id: str | None, post: Post, owner: Profile, *, follows: bool) -> bool:
    """Whether a user who may see the post may comment on it. `follows` says whether they follow its
    owner. The owner always may; who is not signed in never may."""
    if user_id is None or post.state is not PostState.PUBLISHED:
        return False
    if user_id == owner.user_id:
        return True
    match settled(post, owner):
        case CommentsFrom.EVERYONE:
            return True
        case CommentsFrom.FOLLOWERS:
            return follows
        case CommentsFrom.NOBODY:
            return False


def closed_to(post: Post, owner: Profile) -> Forbidden:
    """The error for somebody who may not comment on a post that they may see."""
    if post.state is PostState.PUBLISHED and settled(post, owner) is CommentsFrom.FOLLOWERS:
        return Forbidden("comments_for_followers", "Only followers may comment on this post.")
    return Forbidden("comments_closed", "Nobody may comment on this post.")


def comment_not_found() -> NotFound:
    return NotFound("comment_not_found", "There is no such comment.")


def too_many_pinned() -> Conflict:
    return Conflict("too_many_pinned", f"At most {MAX_PINNED} comments of a post can be pinned.")


def parse_id(text: str) -> CommentId:
    """The comment id in a path. Raises `NotFound`."""
    try:
        return CommentId.parse(text)
    except MalformedId:
        raise comment_not_found() from None


def key_digest(idempotency_key: str) -> str:
    """What is kept of a client's key, whose text may be long."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:_DIGEST]
