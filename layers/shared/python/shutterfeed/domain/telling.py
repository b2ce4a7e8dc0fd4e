"""Which acts a change of the metadata table holds, of which somebody is to be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from shutterfeed.domain.activity import Act, NoticeKind
from shutterfeed.domain.changes import (
    Change,
    CommentChanged,
    CommentLiked,
    FollowChanged,
    FollowRequested,
    Liked,
    PostChanged,
)
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import MalformedId, ulid_time
from shutterfeed.domain.media import MediaState, Purpose
from shutterfeed.domain.mentions import mentioned
from shutterfeed.domain.posts import (
    Post,
    PostState,
    newly_mentioned_in,
    newly_published,
    newly_tagged_in,
)
from shutterfeed.domain.scheduling import is_late


def acts_of(change: Change) -> Iterator[Act]:
    """The acts that a change holds; most changes hold none."""
    match change:
        case FollowChanged():
            yield from _follow(change)
        case FollowRequested(follower_id, followee_id, at):
            yield Act(followee_id, NoticeKind.FOLLOW_REQUEST, followee_id, follower_id, at)
        case Liked(user_id, post_id, at, shard):
            yield Act(post_id.author_id, NoticeKind.LIKE, str(post_id), user_id, at, shard)
        case CommentChanged(_, after) if after is not None:
            yield from _comment(change.before, after)
        case CommentLiked(user_id, comment_id, at):
            owner_id = comment_id.post_id.author_id
            yield Act(owner_id, NoticeKind.COMMENT_LIKE, str(comment_id), user_id, at)
        case PostChanged(before, after) if after is not None:
            yield from _failure(before, after)
            yield from _late(before, after)
            yield from _people(before, after)


def _follow(change: FollowChanged) -> Iterator[Act]:
    follower_id, followee_id, at = change.follower_id, change.followee_id, change.at
    if at is None:
        return
    if change.accepted:
        # Whoever has accepted somebody knows of it.
        yield Act(follower_id, NoticeKind.REQUEST_ACCEPTED, followee_id, followee_id, at)
    else:
        yield Act(followee_id, NoticeKind.FOLLOW, followee_id, follower_id, at, change.shard)


def _comment(before: Comment | None, after: Comment) -> Iterator[Act]:
    """A comment that everybody may see from now on, or that mentions more people than before."""
    if not after.counts:
        return
    known = before if before is not None and before.counts else None
    owner_id, person_id, subject = after.owner_id, after.author_id, str(after.id)
    told: frozenset[str] = frozenset() if known is None else mentioned(known.mentions)
    for user_id in dict.fromkeys(mention.user_id for mention in after.mentions):
        if user_id not in told:
            yield Act(user_id, NoticeKind.MENTION, subject, person_id, after.created_at)
    # Whom an edit mentions no longer was told of the mention alone.
    dropped = told - mentioned(after.mentions)
    if known is None or owner_id in dropped:
        yield Act(owner_id, NoticeKind.COMMENT, subject, person_id, after.created_at)
    if after.id.reply is not None and (known is None or dropped):
        yield Act(owner_id, NoticeKind.REPLY, subject, person_id, after.created_at)


def comment_of(subject: str) -> CommentId | None:
    """The comment that is the subject of an act; None if the subject is something else."""
    try:
        return CommentId.parse(subject)
    except MalformedId:
        return None


def addressed(act: Act, comments: Mapping[CommentId, Comment]) -> Act | None:
    """An act with the user whom it concerns; None if it concerns nobody any more.

    Of a reply, and a like of a comment, the act names the owner of the post, since the change does
    not say whose comment it is; `comments` has those that are there. Each comment tells a user
    once: of a mention, or else of a reply, or else of a comment on their post.
    """
    comment_id = comment_of(act.subject)
    if comment_id is None:
        return act
    comment, root = comments.get(comment_id), comments.get(comment_id.root_id)
    if comment is None or not comment.counts:
        return None
    owner_id = _concerned(act, comment, root)
    return None if owner_id is None else replace(act, owner_id=owner_id)


def _concerned(act: Act, comment: Comment, root: Comment | None) -> str | None:
    """The id of the user whom an act concerns of which the subject is a comment."""
    names = mentioned(comment.mentions)
    answered = None
    if comment.id.reply is not None and root is not None and not root.removed:
        answered = root.author_id
    match act.kind:
        case NoticeKind.COMMENT_LIKE:
            return comment.author_id
        case NoticeKind.MENTION:
            return act.owner_id if act.owner_id in names else None
        case NoticeKind.REPLY:
            return None if answered in names else answered
        case _:
            return None if act.owner_id in {answered, *names} else act.owner_id


def _people(before: Post | None, after: Post) -> Iterator[Act]:
    """The people whom a post tags or mentions since this change. Whoever is tagged is not told of a
    mention too."""
    tagged, at = newly_tagged_in(before, after), after.published_at or after.created_at
    for user_id in sorted(tagged):
        yield Act(user_id, NoticeKind.TAG, str(after.id), after.author_id, at)
    for user_id in sorted(newly_mentioned_in(before, after) - tagged):
        yield Act(user_id, NoticeKind.MENTION, str(after.id), after.author_id, at)


def _failure(before: Post | None, after: Post) -> Iterator[Act]:
    """A post that has failed, once more if a file failed that had taken the place of another. Of an
    avatar the client tells, which waits for it, and of a draft the list of drafts."""
    had_failed = before is not None and before.state is PostState.FAILED and not before.is_draft
    if after.state is not PostState.FAILED or had_failed or after.is_draft:
        return
    if after.purpose is Purpose.POST:
        author_id = after.author_id
        failed = (m for m in after.media if m.state is MediaState.FAILED and m.replaces is not None)
        at = max((after.created_at, *(ulid_time(medium.media_id) for medium in failed)))
        yield Act(author_id, NoticeKind.UPLOAD_FAILED, str(after.id), author_id, at)


def _late(before: Post | None, after: Post) -> Iterator[Act]:
    """A scheduled post that was published late, because its files or its author were not there."""
    if newly_published(before, after) and is_late(after.publish_at, after.published_at):
        at, author_id = after.published_at or after.created_at, after.author_id
        yield Act(author_id, NoticeKind.PUBLISHED_LATE, str(after.id), author_id, at)
