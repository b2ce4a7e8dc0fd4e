"""Comments: made, edited, removed and liked, and moderated by the owner of the post."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from shutterfeed.domain.comments import (
    MAX_PINNED,
    Comment,
    CommentId,
    as_changed,
    check_comment,
    check_length,
    clean_comment,
    closed_to,
    comment_not_found,
    fingerprint,
    key_digest,
    parse_id,
    too_many_pinned,
)
from shutterfeed.domain.errors import Busy, Conflict, Forbidden, InvalidInput, NotFound
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
from shutterfeed.services.people import PeopleService, Written
from shutterfeed.services.posts import check_idempotency_key
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import (
    CommentView,
    PostView,
    ViewingService,
    new_comment,
    post_not_found,
)

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentService:
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
        found, notes, answered, ids = self.together(
            partial(self.viewing.to_answer, viewer, post_id),
            partial(self.comments.notes, author_id),
            partial(self._answered, post_id, reply_to),
            partial(self.people.ids_of, handles_in(text)),
        )
        author, owner = found.profile or self.users.create(author_id), found.view.author.profile
        try:
            if not found.view.can_comment:
                raise closed_to(found.view.post, owner)
            shown, people, words = self.together(
                partial(self.viewing.comments, viewer, [*answered.values()], now=True),
                partial(self.people.having, author_id, ids),
                partial(self._held_words, author_id, owner),
            )
            root = _root(post_id, reply_to, answered, shown)
        except (Forbidden, NotFound):
            earlier = self.comments.claimed(author_id, asked.digest, since)
            if earlier is None:
                raise
            return self._again(viewer, earlier, asked)
        new = self._id(post_id, root)
        claim = self._claimed(author_id, Claim(asked.digest, new, asked.fingerprint), since, notes)
        if claim.comment_id != new and self.comments.get_many([claim.comment_id]):
            return self._again(viewer, claim, asked)
        self._check(claim, asked)
        comment = _new(claim.comment_id, author_id, people.written(text), root)
        comment = replace(comment, held=holds(text, words))
        if self.comments.add(comment):
            return new_comment(comment, author, people.stored)
        return self._again(viewer, claim, asked)

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

    def edit(
        self, editor_id: str, comment: str, text: str, session_began: datetime | None = None
    ) -> CommentView:
        """Change the text of one's own comment. A comment that then has a word of the owner's list
        is held. The same text again changes nothing.

        Raises `InvalidInput`, `SessionEnded`, `NotFound`, `Forbidden` for another's comment, and
        `LimitReached`.
        """
        text = clean_comment(text)
        viewer = Viewer(editor_id, session_began)

        def edited(before: Comment, view: PostView) -> Comment:
            if before.author_id != editor_id:
                raise Forbidden("not_your_comment", "Only its author may change a comment.")
            written = self.people.written(editor_id, text, before.mentions)
            if (written.text, written.mentions) == (before.text, before.mentions):
                return before
            # As people wrote it: the handles that it is shown with may be longer.
            check_length(written.text)
            held = self._is_held(editor_id, text, view.author.profile)
            now = self.clock.now()
            return replace(
                before,
                text=written.text,
                mentions=written.mentions,
                edited_at=now,
                held=held,
            )

        return self._changed(viewer, comment, edited)

    def delete(self, user_id: str, comment: str) -> None:
        """Remove a comment of one's own, or on a post of one's own. Repeated, it changes nothing
        more. One's own words can be taken back also where one does not see the post any more.

        Raises `NotFound`, and `Forbidden` for a comment of somebody else's.
        """
        comment_id = parse_id(comment)
        for _ in range(_ATTEMPTS):
            found = self._found(comment_id)
            if found.author_id != user_id:
                self._check_removal(Viewer(user_id), found)
            if found.removed or self.comments.change(found, found.without_text()):
                return
        raise Busy

    def _check_removal(self, viewer: Viewer, comment: Comment) -> None:
        """Raise an error unless the viewer, who did not write the comment, may remove it."""
        view = self.discussions.post_of(viewer, comment.id)
        if viewer.is_user(comment.owner_id):
            return
        if comment.removed:
            raise comment_not_found()
        self._look_at(viewer, view, comment)
        raise Forbidden(
            "not_your_comment",
            "Only its author and the owner of the post may delete a comment.",
        )

    def hide(
        self, owner_id: str, comment: str, *, hidden: bool, session_began: datetime | None = None
    ) -> CommentView:
        """Hide a comment from all but its author and the owner of the post, or show it again; also
        a reply that waits for its root. Raises `SessionEnded`, `NotFound`, and `Forbidden` for a
        comment on somebody else's post."""

        def moderated(before: Comment) -> Comment:
            return replace(before, hidden=hidden, waits=before.waits if hidden else None)

        return self._moderated(Viewer(owner_id, session_began), comment, moderated)

    def approve(
        self, owner_id: str, comment: str, session_began: datetime | None = None
    ) -> CommentView:
        """Let everybody see a comment that is held. Raises `SessionEnded`, `NotFound`, and
        `Forbidden` for a comment on somebody else's post."""

        def approved(before: Comment) -> Comment:
            return replace(before, held=False, waits=None)

        return self._moderated(Viewer(owner_id, session_began), comment, approved)

    def pin(self, owner_id: str, comment: str, *, pinned: bool) -> CommentView:
        """Show a root above the others, or in its place again.

        Raises `NotFound`, `Forbidden` for a comment on somebody else's post, `InvalidInput` for a
        reply, `Conflict` for a comment that not everybody sees, or more than `MAX_PINNED`, and
        `LimitReached`.
        """
        viewer, comment_id = Viewer(owner_id), parse_id(comment)
        view = self.discussions.post_of(viewer, comment_id)
        found = self._found(comment_id)
        self._check_owner(viewer, view, found)
        if comment_id.reply is not None:
            raise InvalidInput("not_pinnable", "A reply cannot be pinned.", "comment_id")
        for _ in range(_ATTEMPTS):
            before = self.comments.pinned(comment_id.post_id)
            if (comment_id.root in before) is pinned:
                break
            after = self._with_pin(found, before) if pinned else _without(before, comment_id.root)
            spending = self.limits.spending(owner_id, self.clock.now(), changes=1)
            if self.comments.pin(comment_id.post_id, before, after, spending):
                break
        else:
            raise Busy
        return self.discussions.shown(viewer, comment_id)

    def like(
        self, user_id: str, comment: str, *, liked: bool, session_began: datetime | None = None
    ) -> CommentView:
        """Note that a user likes a comment, or does not any more. Raises `SessionEnded`, `NotFound`
        and `LimitReached`."""
        viewer, comment_id = Viewer(user_id, session_began), parse_id(comment)
        view = self.discussions.to_answer(viewer, comment_id)
        if view.is_deleted:
            raise comment_not_found()
        if view.liked_by_me is liked:
            return view
        if liked:
            now = self.clock.now()
            spending = self.limits.spending(user_id, now, likes=1)
            changed = self.comments.like(comment_id, user_id, self.ids.new(now), spending)
        else:
            changed = self.comments.unlike(comment_id, user_id)
        if not changed:
            # Others were faster: another request of the user's, or somebody who has removed it.
            return self.discussions.shown(viewer, comment_id)
        likes = view.comment.likes + (1 if liked else -1)
        return replace(view, comment=replace(view.comment, likes=likes), liked_by_me=liked)

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

    def _moderated(
        self, viewer: Viewer, comment: str, change: Callable[[Comment], Comment]
    ) -> CommentView:
        def moderated(before: Comment, view: PostView) -> Comment:
            self._check_owner(viewer, view, before)
            return change(before)

        return self._changed(viewer, comment, moderated)

    def _changed(
        self, viewer: Viewer, comment: str, change: Callable[[Comment, PostView], Comment]
    ) -> CommentView:
        """Write what `change` makes of a comment, and repeat that if others changed it meanwhile.
        Nothing is written or charged if it stays the same."""
        comment_id, user_id = parse_id(comment), viewer.user_id or ""
        view, found = self.discussions.to_change(viewer, comment_id)
        for _ in range(_ATTEMPTS):
            before = next(iter(found.comments.items), None)
            if before is None or before.removed:
                raise comment_not_found()
            self._look_at(viewer, view, before)
            after = change(before, view)
            spending = self.limits.spending(user_id, self.clock.now(), changes=1)
            if after == before or self.comments.change(before, after, spending):
                return self.discussions.changed(viewer, as_changed(before, after), found)
            found = self.comments.look_up(comment_id, user_id)
        raise Busy

    def _check_owner(self, viewer: Viewer, view: PostView, comment: Comment) -> None:
        """Raise `Forbidden` unless the viewer owns the post, and `NotFound` if they do not even see
        the comment."""
        self._look_at(viewer, view, comment)
        if not viewer.is_user(comment.owner_id):
            message = "Only the owner of the post may do this with its comments."
            raise Forbidden("not_your_post", message)

    def _look_at(self, viewer: Viewer, view: PostView, comment: Comment) -> None:
        """Raise `NotFound` unless the viewer sees the comment."""
        if comment.id.post_id != view.post.id or not self.viewing.comments(viewer, [comment]):
            raise comment_not_found()

    def _found(self, comment_id: CommentId) -> Comment:
        found = self.comments.get_many([comment_id]).get(comment_id)
        if found is None:
            raise comment_not_found()
        return found

    def _with_pin(self, comment: Comment, before: tuple[str, ...]) -> tuple[str, ...]:
        """The pinned roots with one more. Those that not everybody sees any more make room."""
        if not comment.counts:
            raise Conflict("not_visible", "Only a comment that everybody sees can be pinned.")
        ids = [CommentId(comment.id.post_id, root) for root in before]
        found = self.comments.get_many(ids)
        kept = tuple(i.root for i in ids if i in found and found[i].counts)
        if len(kept) >= MAX_PINNED:
            raise too_many_pinned()
        return (*kept, comment.id.root)


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


def _without(roots: tuple[str, ...], root: str) -> tuple[str, ...]:
    return tuple(other for other in roots if other != root)


def _post_id(text: str) -> PostId:
    try:
        return PostId.parse(text)
    except MalformedId:
        raise post_not_found() from None
