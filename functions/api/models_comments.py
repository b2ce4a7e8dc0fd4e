"""The JSON of requests about comments, and of lists of them. A comment itself is in `models.py`."""

from __future__ import annotations

from msgspec import Struct

from api.models import Comment, CommentText, EditedComment, RequestBody


class CreateComment(RequestBody):
    """A new comment, or with `reply_to` a reply to that comment. A reply to a reply answers its
    root: replies are one level deep."""

    text: CommentText
    reply_to: str | None = None


class EditComment(RequestBody):
    """The new text of a comment."""

    text: EditedComment


class CommentPage(Struct):
    """Comments. `next_cursor` is null at the end of the list. A page may hold fewer comments than
    `limit`, and the first page of a post's comments the pinned ones besides."""

    items: list[Comment]
    next_cursor: str | None


class CommentLiked(Struct):
    """Whether the caller likes a comment, and how many do."""

    liked_by_me: bool
    likes: int
