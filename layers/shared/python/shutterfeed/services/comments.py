"""Comments: made, edited, removed and liked, and moderated by the owner of the post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.domain.comments import (
    MAX_PINNED,
    Comment,
    CommentId,
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
from shutterfeed.domain.retention import IDEMPOTENCY_RETENTION
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.comments import Claim, Comments
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.discussions import DiscussionService
from shutterfeed.services.people import PeopleService
from shutterfeed.services.posts import check_idempotency_key
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import (
    CommentView,
    PostView,
    ViewingService,
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

    def create(
        self, author_id: str, post: str, text: str, reply_to: str | None, idempotency_key: str
    ) -> CommentView:
        """Comment on a post, or reply to a comment; a reply to a reply answers its root.

        Repeated with the same key and request it returns the first comment, and is not limited.
        Raises `InvalidInput`, `NotFound`, `Forbidden` for somebody who may see the post and not
        comment on it, `LimitReached`, and `Conflict` if the key was used for another request, or
        the comment made with it was deleted.
        """
        check_idempotency_key(idempotency_key)
        text = check_comment(text)
        viewer = Viewer(author_id)
        view = self.viewing.post(viewer, _post_id(post))
        self.users.me(author_id)
        asked = _Asked(key_digest(idempotency_key), fingerprint(view.post.id, text, reply_to))
        since = self.clock.now() - IDEMPOTENCY_RETENTION
        try:
            root = self._allowed(viewer, view, reply_to)
        except (Forbidden, NotFound):
            earlier = self.comments.claimed(author_id, asked.digest, since)
            if earlier is None:
                raise
            return self._again(viewer, earlier, asked)
        now = self.clock.now()
        own = self.ids.new(now)
        comment_id = CommentId(view.post.id, own)
        if root is not None:
            comment_id = replace(root.id, reply=own)
        claim = Claim(asked.digest, comment_id, asked.fingerprint)
        spending = self.limits.spending(author_id, now, comments=1)
        claim = self.comments.claim(author_id, claim, since, spending)
        if claim.comment_id != comment_id and self.comments.get_many([claim.comment_id]):
            return self._again(viewer, claim, asked)
        self._check(claim, asked)
        comment = self._new(claim.comment_id, author_id, text, view.author.profile, root)
        if self.comments.add(comment):
            return self.discussions.new(viewer, comment)
        return self._again(viewer, claim, asked)

    def edit(self, editor_id: str, comment: str, text: str) -> CommentView:
        """Change the text of one's own comment. A comment that then has a word of the owner's list
        is held. The same text again changes nothing.

        Raises `InvalidInput`, `NotFound`, `Forbidden` for another's comment, and `LimitReached`.
        """
        text = clean_comment(text)
        viewer = Viewer(editor_id)

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

    def hide(self, owner_id: str, comment: str, *, hidden: bool) -> CommentView:
        """Hide a comment from all but its author and the owner of the post, or show it again; also
        a reply that waits for its root. Raises `NotFound`, and `Forbidden` for a comment on
        somebody else's post."""

        def moderated(before: Comment) -> Comment:
            return replace(before, hidden=hidden, waits=before.waits if hidden else None)

        return self._moderated(owner_id, comment, moderated)

    def approve(self, owner_id: str, comment: str) -> CommentView:
        """Let everybody see a comment that is held. Raises `NotFound`, and `Forbidden` for a
        comment on somebody else's post."""

        def approved(before: Comment) -> Comment:
            return replace(before, held=False, waits=None)

        return self._moderated(owner_id, comment, approved)

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

    def like(self, user_id: str, comment: str, *, liked: bool) -> CommentView:
        """Note that a user likes a comment, or does not any more. Raises `NotFound` and
        `LimitReached`."""
        viewer, comment_id = Viewer(user_id), parse_id(comment)
        view = self.discussions.one(viewer, comment)
        if view.is_deleted:
            raise comment_not_found()
        if view.liked_by_me is liked:
            return view
        if liked:
            now = self.clock.now()
            spending = self.limits.spending(user_id, now, likes=1)
            self.comments.like(comment_id, user_id, self.ids.new(now), spending)
        else:
            self.comments.unlike(comment_id, user_id)
        return self.discussions.shown(viewer, comment_id)

    def _allowed(self, viewer: Viewer, view: PostView, reply_to: str | None) -> Comment | None:
        """The root to which a reply belongs; None for a comment on the post itself. Raises
        `Forbidden` for somebody who may not comment on the post, and `NotFound` if they do not see
        what they reply to."""
        if not view.can_comment:
            raise closed_to(view.post, view.author.profile)
        if reply_to is None:
            return None
        answered = parse_id(reply_to)
        if answered.post_id != view.post.id:
            raise comment_not_found()
        found = self.comments.get_many({answered, answered.root_id})
        shown = self.viewing.comments(viewer, list(found.values()), now=True)
        root = found.get(answered.root_id)
        if answered not in shown or root is None or root.removed:
            raise comment_not_found()
        return root

    def _new(
        self, comment_id: CommentId, author_id: str, text: str, owner: Profile, root: Comment | None
    ) -> Comment:
        held = self._is_held(author_id, text, owner)
        # What answers a comment that others do not see is not seen by others before it.
        waits = None if root is None or root.counts else root.shows
        written = self.people.written(author_id, text)
        return Comment(
            comment_id, author_id, written.text, written.mentions, held=held, waits=waits
        )

    def _is_held(self, author_id: str, text: str, owner: Profile) -> bool:
        if author_id == owner.user_id or not owner.held_words:
            return False
        return holds(text, self.profiles.held_words(owner.user_id))

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
        self, owner_id: str, comment: str, change: Callable[[Comment], Comment]
    ) -> CommentView:
        viewer = Viewer(owner_id)

        def moderated(before: Comment, view: PostView) -> Comment:
            self._check_owner(viewer, view, before)
            return change(before)

        return self._changed(viewer, comment, moderated)

    def _changed(
        self, viewer: Viewer, comment: str, change: Callable[[Comment, PostView], Comment]
    ) -> CommentView:
        """Write what `change` makes of a comment, and repeat that if others changed it meanwhile.
        Nothing is written or charged if it stays the same."""
        comment_id = parse_id(comment)
        view = self.discussions.post_of(viewer, comment_id)
        for _ in range(_ATTEMPTS):
            before = self._found(comment_id)
            if before.removed:
                raise comment_not_found()
            self._look_at(viewer, view, before)
            after = change(before, view)
            spending = self.limits.spending(viewer.user_id or "", self.clock.now(), changes=1)
            if after == before or self.comments.change(before, after, spending):
                return self.discussions.shown(viewer, comment_id)
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


def _without(roots: tuple[str, ...], root: str) -> tuple[str, ...]:
    return tuple(other for other in roots if other != root)


def _post_id(text: str) -> PostId:
    try:
        return PostId.parse(text)
    except MalformedId:
        raise post_not_found() from None
