"""The comments of posts as they are shown: lists, single ones, and those of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from shutterfeed.domain.comments import (
    FIRST_COMMENTS,
    Comment,
    CommentId,
    Order,
    comment_not_found,
    parse_id,
)
from shutterfeed.domain.errors import NotFound
from shutterfeed.domain.ids import MalformedId, PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.comments import Comments, Discussion
from shutterfeed.ports.system import Together
from shutterfeed.services.viewing import (
    CommentView,
    PostView,
    ViewingService,
    deleted_comment,
    post_not_found,
)

_READ_FOR_FIRST: Final = 6
"""How many of the newest roots are read to find those that come with a post: some may be hidden
from the viewer."""


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a page of roots begins: after a root, and the roots that were pinned when the first
    page was shown, which is where these were."""

    root: str
    pinned: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((self.root, *self.pinned))

    @classmethod
    def parse(cls, text: str) -> _Position:
        root, *pinned = text.split(" ")
        return cls(root, tuple(pinned))


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussionService:
    comments: Comments
    viewing: ViewingService
    together: Together

    def page(
        self, viewer: Viewer, post: str, order: Order, position: str | None, limit: int
    ) -> Page[CommentView]:
        """The roots of a post. The first page begins with the pinned ones, which come beyond
        `limit`, and are nowhere else. Raises `NotFound`."""
        post_id = self._visible_post(viewer, post).post.id
        start = None if position is None else _Position.parse(position)
        after = None if start is None else start.root
        found = self.comments.discussion(post_id, _id_of(viewer), order, after, limit)
        pinned = found.pinned if start is None else start.pinned
        first = self._pinned(post_id, pinned) if start is None else ()
        pinned = tuple(root.id.root for root in first) if start is None else pinned
        rest = [root for root in found.comments.items if root.id.root not in pinned]
        views = self._shown(viewer, (*first, *rest), found.liked, found.pinned)
        last = found.comments.next_position
        return Page(views, None if last is None else str(_Position(last, pinned)))

    def replies(
        self, viewer: Viewer, comment: str, position: str | None, limit: int
    ) -> Page[CommentView]:
        """The replies to a root, oldest first; for a reply, those to its root. Raises
        `NotFound`."""
        root_id = parse_id(comment).root_id
        self.post_of(viewer, root_id)
        root, page = self.comments.thread(root_id, _id_of(viewer), position, limit)
        comments = [*root.comments.items, *page.items]
        shown = self._shown(viewer, comments, root.liked)
        if root_id not in [view.comment.id for view in shown]:
            raise comment_not_found()
        return Page(shown[1:], page.next_position)

    def one(self, viewer: Viewer, comment: str) -> CommentView:
        """A comment by its id. Raises `NotFound`."""
        return self._below(viewer, parse_id(comment), self.post_of)

    def to_answer(self, viewer: Viewer, comment_id: CommentId) -> CommentView:
        """A comment that the viewer is about to answer. Raises `NotFound` and `SessionEnded`."""
        return self._below(viewer, comment_id, self._post_to_answer)

    def to_change(self, viewer: Viewer, comment_id: CommentId) -> tuple[PostView, Discussion]:
        """A comment that the viewer is about to change, if there is one, whether they may see it or
        not, and its post. Raises `NotFound` and `SessionEnded`."""
        return self._with_post(viewer, comment_id, self._post_to_answer)

    def changed(self, viewer: Viewer, comment: Comment, before: Discussion) -> CommentView:
        """A comment that has just been changed, of which all else is at hand. Raises `NotFound`."""
        changed = replace(before, comments=Page((comment,), None))
        return self._only(viewer, changed)

    def _below(
        self, viewer: Viewer, comment_id: CommentId, look: Callable[[Viewer, CommentId], PostView]
    ) -> CommentView:
        """A comment on a post at which `look` looks."""
        _, found = self._with_post(viewer, comment_id, look)
        return self._only(viewer, found)

    def _with_post(
        self, viewer: Viewer, comment_id: CommentId, look: Callable[[Viewer, CommentId], PostView]
    ) -> tuple[PostView, Discussion]:
        """A comment and its post, which are read together."""
        return self.together(
            partial(look, viewer, comment_id),
            partial(self.comments.look_up, comment_id, _id_of(viewer)),
        )

    def _post_to_answer(self, viewer: Viewer, comment_id: CommentId) -> PostView:
        try:
            return self.viewing.to_answer(viewer, comment_id.post_id).view
        except NotFound:
            raise comment_not_found() from None

    def post_of(self, viewer: Viewer, comment_id: CommentId) -> PostView:
        """The post of a comment. Raises `NotFound`, as of a comment that does not exist, if the
        viewer may not see it."""
        try:
            return self.viewing.post(viewer, comment_id.post_id)
        except NotFound:
            raise comment_not_found() from None

    def shown(self, viewer: Viewer, comment_id: CommentId) -> CommentView:
        """A comment on a post that the viewer may see. Raises `NotFound`."""
        return self._only(viewer, self.comments.look_up(comment_id, _id_of(viewer)))

    def _only(self, viewer: Viewer, found: Discussion) -> CommentView:
        views = self._shown(viewer, found.comments.items, found.liked, found.pinned, now=True)
        if not views:
            raise comment_not_found()
        return views[0]

    def first(self, viewer: Viewer, view: PostView) -> tuple[CommentView, ...]:
        """Those comments that come with a post that is read by its id: the pinned ones first, then
        the most liked of the newest."""
        if viewer.user_id is None or not view.counts.comments:
            return ()
        post_id = view.post.id
        found = self.comments.discussion(
            post_id, _id_of(viewer), Order.NEWEST, None, _READ_FOR_FIRST
        )
        pinned = self._pinned(post_id, found.pinned)
        ids = {root.id for root in pinned}
        newest = [root for root in found.comments.items if root.counts and root.id not in ids]
        newest.sort(key=lambda root: root.likes, reverse=True)
        views = self._shown(viewer, (*pinned, *newest), found.liked, found.pinned)
        return tuple(view for view in views if not view.is_deleted)[:FIRST_COMMENTS]

    def own(self, viewer: Viewer, position: str | None, limit: int) -> Page[CommentView]:
        """All comments of the viewer's, newest first, whoever may see them."""
        page = self.comments.made_by(_id_of(viewer), position, limit)
        return Page(self._each(viewer, page.items), page.next_position)

    def held(self, viewer: Viewer, position: str | None, limit: int) -> Page[CommentView]:
        """The comments that wait for the viewer, on posts that are not deleted, newest first."""
        page = self.comments.held_for(_id_of(viewer), position, limit)
        posts = sorted({comment_id.post_id for comment_id in page.items})
        shown = {view.post.id for view in self.viewing.posts(viewer, posts)}
        ids = [comment_id for comment_id in page.items if comment_id.post_id in shown]
        return Page(self._each(viewer, ids), page.next_position)

    def _each(self, viewer: Viewer, ids: Sequence[CommentId]) -> tuple[CommentView, ...]:
        """Comments on several posts, in this order, without the numbers of their replies."""
        views = self.viewing.comments(viewer, list(self.comments.get_many(ids).values()))
        return tuple(views[comment_id] for comment_id in ids if comment_id in views)

    def _visible_post(self, viewer: Viewer, text: str) -> PostView:
        try:
            return self.viewing.post(viewer, PostId.parse(text))
        except MalformedId:
            raise post_not_found() from None

    def _pinned(self, post_id: PostId, roots: Iterable[str]) -> tuple[Comment, ...]:
        """The pinned roots that everybody may see."""
        ids = [CommentId(post_id, root) for root in roots]
        found = self.comments.get_many(ids) if ids else {}
        return tuple(found[i] for i in ids if i in found and found[i].counts)

    def _shown(
        self,
        viewer: Viewer,
        comments: Sequence[Comment],
        liked: frozenset[CommentId],
        pinned: Sequence[str] = (),
        *,
        now: bool = False,
    ) -> tuple[CommentView, ...]:
        """What the viewer is shown of comments on one post. A root that they may not see stands
        there as deleted if others have replied to it."""
        seen = self.viewing.comments(viewer, comments, now=now)
        views = []
        for comment in comments:
            view = seen.get(comment.id)
            if view is None and comment.replies:
                view = deleted_comment(viewer, comment)
            if view is not None:
                is_pinned = comment.id.reply is None and comment.id.root in pinned
                views.append(
                    replace(
                        view,
                        replies=comment.replies,
                        pinned=is_pinned and not view.is_deleted,
                        liked_by_me=comment.id in liked and not view.is_deleted,
                    )
                )
        return tuple(views)


def _id_of(viewer: Viewer) -> str:
    """The viewer's id. Raises `NotFound` if they are not signed in: they are shown no comments."""
    if viewer.user_id is None:
        raise comment_not_found()
    return viewer.user_id
