"""The messages of screening, in a deployment that screens contents or texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shutterfeed.domain.changes import (
    Change,
    CommentChanged,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
)
from shutterfeed.domain.comments import Comment
from shutterfeed.domain.messages import (
    PublishMedium,
    ScreenComment,
    ScreenMedium,
    ScreenMessage,
    ScreenPost,
    ScreenUser,
    Work,
)
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.screening import Screened, words_of


def with_screening(screened: Screened, change: Change, work: Iterable[Work]) -> Iterator[Work]:
    """The messages that a change causes, with those of screening.

    A content is screened before its medium is published: the message that would publish it becomes
    one that screens it first. Texts are screened when they are there.
    """
    for message in work:
        if screened.contents and isinstance(change, ReferenceAdded):
            assert isinstance(message, PublishMedium), "all that follows from a reference"
            yield ScreenMedium(message.reference)
        else:
            yield message
    if screened.texts:
        yield from _written(change)


def _written(change: Change) -> Iterator[ScreenMessage]:
    match change:
        case PostChanged(before, after) if after is not None:
            if _shown(after) and _shown(after) != _shown(before):
                yield ScreenPost(after.id)
        case CommentChanged(before, after) if after is not None:
            if _said(after) and _said(after) != _said(before):
                yield ScreenComment(after.id)
        case ProfileChanged(before, after) if after is not None:
            if before is None or words_of(after) != words_of(before):
                yield ScreenUser(after.user_id)


def _shown(post: Post | None) -> tuple[str, ...]:
    """What people read in a post; nothing before it is published."""
    if post is None or post.state is not PostState.PUBLISHED:
        return ()
    return words_of(post)


def _said(comment: Comment | None) -> str:
    return "" if comment is None or comment.removed else comment.text
