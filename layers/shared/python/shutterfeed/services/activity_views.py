"""What a user sees of their notices: put together from notices, the people behind them, and what
may be shown of all these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from shutterfeed.domain.activity import (
    MAX_NAMED,
    OF_CASES,
    OF_OWN_POSTS,
    Notice,
    NoticeKind,
    ToldOf,
)
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.mentions import mentioned
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.telling import comment_of
from shutterfeed.domain.users import Profile
from shutterfeed.ports.activity import Crowd, Person
from shutterfeed.services.viewing import CommentView, NoticedPost, ProfileView, Told

_OF_NO_POST: Final = (
    NoticeKind.FOLLOW,
    NoticeKind.FOLLOW_REQUEST,
    NoticeKind.REQUEST_ACCEPTED,
    *OF_CASES,
)
"""The kinds of which the subject is a user, or a case."""
_ANSWERS: Final = (NoticeKind.COMMENT, NoticeKind.REPLY)


@dataclass(frozen=True, slots=True)
class GroupView:
    """An entry of the list of activity, as its owner sees it."""

    notice: Notice
    at: datetime
    """When the last of it happened."""
    is_new: bool
    """Whether it appeared after its owner last looked."""
    people: tuple[ProfileView, ...] = ()
    """Those who did it, up to `MAX_NAMED`, last first."""
    count: int = 0
    """How many did it."""
    post: NoticedPost | None = None
    comment: CommentView | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about, besides the user who is told."""

    post_id: PostId | None = None
    comment_id: CommentId | None = None

    @classmethod
    def of(cls, notice: Notice) -> Subject:
        if notice.kind in _OF_NO_POST:
            return cls()
        comment_id = comment_of(notice.subject)
        if comment_id is not None:
            return cls(comment_id.post_id, comment_id)
        return cls(PostId.parse(notice.subject))


@dataclass(slots=True)
class Crowded:
    """The people behind a notice, as far as they are read."""

    people: tuple[Person, ...] = ()
    """Everybody but the owner, last first."""
    is_full: bool = False
    """Whether there may be more of them."""
    more: int = 0
    """How many people there are besides `people`."""
    read: list[Person] = field(default_factory=list)
    """The first of `people`, whose profiles are asked for."""

    def leave_out(self, person: Person) -> None:
        self.people = tuple(one for one in self.people if one is not person)
        self.read.remove(person)


def crowd_of(notice: Notice, now: datetime) -> Crowd:
    return Crowd(notice.kind, notice.subject, notice.shard, notice.since, notice.told_until(now))


def without(people: Iterable[Person], user_id: str) -> tuple[Person, ...]:
    """Everybody else, once, as they come first."""
    others: dict[str, Person] = {}
    for person in people:
        others.setdefault(person.user_id, person)
    others.pop(user_id, None)
    return tuple(others.values())


def people_of(crowds: Iterable[Crowded]) -> set[str]:
    return {person.user_id for crowd in crowds for person in crowd.read}


def visible_people(
    owner: Profile, notice: Notice, crowd: Crowded, told: Told
) -> list[tuple[Person, ProfileView]]:
    """Those who were read and of whom the owner is to be told."""
    seen = ((person, told.people.get(person.user_id)) for person in crowd.read)
    return [
        (person, view)
        for person, view in seen
        if view is not None and owner.activity.wants(notice.kind, follows=view.relation.follows)
    ]


def view_of(owner: Profile, notice: Notice, crowd: Crowded, told: Told) -> GroupView | None:
    """What the owner sees of a notice and the people behind it; None if that is nothing."""
    is_new = notice.is_new(owner.activity_seen_at)
    if notice.is_replaced:
        return None
    if notice.kind in OF_OWN_POSTS or notice.kind in OF_CASES:
        return GroupView(notice, notice.appears_at, is_new)
    visible = visible_people(owner, notice, crowd, told)
    if not visible:
        return None
    if notice.kind is NoticeKind.REQUEST_ACCEPTED and not visible[0][1].relation.follows:
        return None
    named = tuple(view for _, view in visible[:MAX_NAMED])
    count = _count(owner, notice, crowd, len(visible), told)
    return GroupView(notice, visible[0][0].at, is_new, named, count)


def with_subject(
    view: GroupView, subject: Subject, told: Told, comments: Mapping[CommentId, CommentView]
) -> GroupView | None:
    """The entry with its post and comment; None if one of them may not be shown."""
    post_id, comment_id = subject.post_id, subject.comment_id
    post = told.posts.get(post_id) if post_id is not None else None
    comment = comments.get(comment_id) if comment_id is not None else None
    if (post is None) is not (post_id is None) or (comment is None) is not (comment_id is None):
        return None
    has_failed = post is not None and post.post.state is PostState.FAILED
    if has_failed is not (view.notice.kind is NoticeKind.UPLOAD_FAILED):
        return None
    owner_id, kind = view.notice.owner_id, view.notice.kind
    named = _named(kind, post, comment)
    if named is not None and owner_id not in named:
        return None
    # Whom an edited comment mentions now is told of that, and not of the comment too.
    if kind in _ANSWERS and comment is not None and owner_id in mentioned(comment.comment.mentions):
        return None
    return replace(view, post=post, comment=comment)


def _named(
    kind: NoticeKind, post: NoticedPost | None, comment: CommentView | None
) -> frozenset[str] | None:
    """The ids of those whom a comment or a caption mentions, or who are tagged in a post; None for
    another kind."""
    if kind is NoticeKind.MENTION and comment is not None:
        return mentioned(comment.comment.mentions)
    if kind is NoticeKind.MENTION and post is not None:
        return mentioned(post.post.mentions)
    if kind is NoticeKind.TAG and post is not None:
        return frozenset(person.user_id for person in post.post.people)
    return None


def alone(notice: Notice, subject: Subject, comments: Mapping[CommentId, Comment]) -> Person | None:
    """Who did what a notice tells that is about one person; None for what has become
    of the owner's own post, and if it is not known any more."""
    if notice.kind is NoticeKind.REQUEST_ACCEPTED:
        return Person(notice.subject, notice.appears_at)
    if subject.comment_id is not None:
        comment = comments.get(subject.comment_id)
        return None if comment is None else Person(comment.author_id, comment.created_at)
    if subject.post_id is None or notice.kind in OF_OWN_POSTS:
        return None
    return Person(subject.post_id.author_id, notice.appears_at)


def _count(owner: Profile, notice: Notice, crowd: Crowded, visible: int, told: Told) -> int:
    """How many did it: exact for those whose profiles were read; of the others, all count."""
    if owner.activity.of(notice.kind) is ToldOf.FOLLOWED:
        return visible
    counted = visible + len(crowd.people) - len(crowd.read) + crowd.more
    if notice.kind is NoticeKind.LIKE and crowd.is_full:
        return max(counted, told.likes.get(PostId.parse(notice.subject), 0))
    return counted
