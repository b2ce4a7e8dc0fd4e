"""How a comment is made: all that decides is read, mostly at once; then its author's notes are
written, which hold the limit and the Idempotency-Key, and then the comment itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from shutterfeed.domain.comments import (
    Comment,
    CommentId,
    check_comment,
    closed_to,
    comment_not_found,
    fingerprint,
    key_digest,
    parse_id,
)
from shutterfeed.domain.errors import Conflict, Forbidden, NotFound
from shutterfeed.domain.holding import holds
from shutterfeed.domain.ids import MalformedId, PostId
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.mentions import handles_in
from shutterfeed.domain.retention import IDEMPOTENCY_RETENTION
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.comments import Claim, Comments, Notes
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.system import Clock, Ids, Together
from shutterfeed.services.discussions import DiscussionService
from shutterfeed.services.people import Candidates, PeopleService, Written
from shutterfeed.services.posts import check_idempotency_key
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import (
    Answering,
    CommentView,
    ViewingService,
    new_comment,
    post_not_found,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commenting:
    """Makes comments."""

    users: ProfileService
    profiles: Profiles
    comments: Comments
    discussions: DiscussionService
    viewing: ViewingService
    people: PeopleService
    limits: Limits
    clock: Clock
    ids: Ids
    together: Together

    def create(
        self,
        author_id: str,
        post: str,
        text: str,
        reply_to: str | None,
        idempotency_key: str,
        *,
        session_began: datetime | None = None,
    ) -> CommentView:
        """Comment on a post, or reply to a comment; a reply to a reply answers its root.

        Repeated with the same key and request it returns the first comment, and is not limited.
        Raises `InvalidInput`, `SessionEnded`, `NotFound`, `Forbidden` for somebody who may see the
        post and not comment on it, `LimitReached`, and `Conflict` if the key was used for another
        request, or the comment made with it was deleted.
        """
        check_idempotency_key(idempotency_key)
        text, post_id = check_comment(text), _post_id(post)
        viewer = Viewer(author_id, session_began)
        asked = _Asked(key_digest(idempotency_key), fingerprint(post_id, text, reply_to))
        since = self.clock.now() - IDEMPOTENCY_RETENTION
        read = self._read(viewer, author_id, post_id, text, reply_to)
        found = read.found
        author, owner = found.profile or self.users.create(author_id), found.view.author.profile
        try:
            if not found.view.can_comment:
                raise closed_to(found.view.post, owner)
            shown, people, words = self._looked(viewer, author_id, owner, read)
            root = _root(post_id, reply_to, read.answered, shown)
        except (Forbidden, NotFound):
            earlier = self.comments.claimed(author_id, asked.digest, since)
            if earlier is None:
                raise
            return self._again(viewer, earlier, asked)
        new = self._id(post_id, root)
        claim = self._claimed(
            author_id, Claim(asked.digest, new, asked.fingerprint), since, read.notes
        )
        if claim.comment_id != new and self.comments.get_many([claim.comment_id]):
            return self._again(viewer, claim, asked)
        self._check(claim, asked)
        comment = _new(claim.comment_id, author_id, people.written(text), root)
        comment = replace(comment, held=holds(text, words))
        if self.comments.add(comment):
            return new_comment(comment, author, people.stored)
        return self._again(viewer, claim, asked)

    def _read(
        self, viewer: Viewer, author_id: str, post_id: PostId, text: str, reply_to: str | None
    ) -> _Read:
        """The first round trip."""
        look = partial(self.viewing.to_answer, viewer, post_id)
        notes, handles = partial(self.comments.notes, author_id), handles_in(text)
        if reply_to is None and not handles:
            return _Read(*self.together(look, notes))
        answered = partial(self._answered, post_id, reply_to)
        return _Read(*self.together(look, notes, answered, partial(self.people.ids_of, handles)))

    def _looked(
        self, viewer: Viewer, author_id: str, owner: Profile, read: _Read
    ) -> tuple[Collection[CommentId], Candidates, tuple[str, ...]]:
        """The second round trip, if there is anything to read: which of the comments that are
        answered the author is shown, whom they may name, and for which words the owner of the post
        holds comments."""
        shown = partial(self.viewing.comments, viewer, [*read.answered.values()], now=True)
        people = partial(self.people.having, author_id, read.ids)
        words = partial(self._held_words, author_id, owner)
        if read.answered or read.ids:
            return self.together(shown, people, words)
        return shown(), people(), words()

    def _answered(self, post_id: PostId, reply_to: str | None) -> dict[CommentId, Comment]:
        """The comment on the post that is replied to, and its root, if they exist."""
        if reply_to is None:
            return {}
        try:
            answered = parse_id(reply_to)
        except NotFound:
            return {}
        if answered.post_id != post_id:
            return {}
        return self.comments.get_many({answered, answered.root_id})

    def _id(self, post_id: PostId, root: Comment | None) -> CommentId:
        """The id of a new comment."""
        own = self.ids.new(self.clock.now())
        return CommentId(post_id, own) if root is None else replace(root.id, reply=own)

    def _claimed(self, author_id: str, claim: Claim, since: datetime, notes: Notes) -> Claim:
        spending = self.limits.spending(author_id, self.clock.now(), comments=1)
        return self.comments.claim(author_id, claim, since, spending, notes=notes)

    def _is_held(self, author_id: str, text: str, owner: Profile) -> bool:
        return holds(text, self._held_words(author_id, owner))

    def _held_words(self, author_id: str, owner: Profile) -> tuple[str, ...]:
        """The words for which the owner of a post holds comments of an author."""
        is_own = author_id == owner.user_id
        return () if is_own or not owner.held_words else self.profiles.held_words(owner.user_id)

    def _again(self, viewer: Viewer, claim: Claim, asked: _Asked) -> CommentView:
        """The comment that was made with a key. Raises `Conflict` if there is none any more."""
        self._check(claim, asked)
        found = self.comments.get_many([claim.comment_id]).get(claim.comment_id)
        if found is None or found.removed:
            message = "The comment made with this Idempotency-Key was deleted since."
            raise Conflict("comment_deleted", message)
        return self.discussions.shown(viewer, claim.comment_id)

    def _check(self, claim: Claim, asked: _Asked) -> None:
        if claim.fingerprint != asked.fingerprint:
            raise Conflict(
                "idempotency_key_reused",
                "This Idempotency-Key was used for a different comment.",
                "Idempotency-Key",
            )


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read before a comment is made: the post, the author's notes, and the comment that is
    answered with its root, and the ids of those whom the text names, by handle."""

    found: Answering
    notes: Notes
    answered: Mapping[CommentId, Comment] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to make a comment: the digests of its key, and of what it asks for."""

    digest: str
    fingerprint: str


def _root(
    post_id: PostId,
    reply_to: str | None,
    answered: Mapping[CommentId, Comment],
    shown: Collection[CommentId],
) -> Comment | None:
    """The root to which a reply belongs, of the comments that were read for it; None for a comment
    on the post itself. Raises `NotFound` if what it replies to is not among those that the author
    is `shown`, or if its root was removed."""
    if reply_to is None:
        return None
    comment_id = parse_id(reply_to)
    root = answered.get(comment_id.root_id)
    is_there = comment_id.post_id == post_id and comment_id in shown
    if not is_there or root is None or root.removed:
        raise comment_not_found()
    return root


def _new(comment_id: CommentId, author_id: str, written: Written, root: Comment | None) -> Comment:
    # What answers a comment that others do not see is not seen by others before it.
    waits = None if root is None or root.counts else root.shows
    return Comment(comment_id, author_id, written.text, written.mentions, waits=waits)


def _post_id(text: str) -> PostId:
    try:
        return PostId.parse(text)
    except MalformedId:
        raise post_not_found() from None
