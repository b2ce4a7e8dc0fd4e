"""Comments: made, edited, removed and liked, and moderated by the owner of the post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shutterfeed.domain.comments import (
    MAX_PINNED,
    Comment,
    CommentId,
    as_changed,
    check_length,
    clean_comment,
    comment_not_found,
    parse_id,
    too_many_pinned,
)
from shutterfeed.domain.errors import Busy, Conflict, Forbidden, InvalidInput
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.commenting import Commenting
from shutterfeed.services.viewing import (
    CommentView,
    PostView,
)

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentService(Commenting):
    """Makes comments, and changes them."""

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


def _without(roots: tuple[str, ...], root: str) -> tuple[str, ...]:
    return tuple(other for other in roots if other != root)
