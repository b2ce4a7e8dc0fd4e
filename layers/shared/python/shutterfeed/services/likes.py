"""Likes: posts that people like, who they are, and how many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shutterfeed.domain.errors import NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import LIKE_SHARDS, PostCounts
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.likes import Crowded, Likes, OwnLike
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.posts import find_published, find_to_answer, parse_post_id
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import PostView, ProfileView, ViewingService


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeService:
    users: ProfileService
    likes: Likes
    viewing: ViewingService
    limits: Limits
    clock: Clock
    ids: Ids

    def like(self, user_id: str, text: str, session_began: datetime | None = None) -> PostCounts:
        """Let a user like a published post that they may see. Nothing changes if they like it
        already. The post's counts are returned. Raises `SessionEnded`, `NotFound`, and
        `LimitReached`.

        If more people like a post at once than one item can count, they are counted in many items
        from then on.
        """
        viewer = Viewer(user_id, session_began)
        found = find_to_answer(self.viewing, viewer, text, left=True)
        if found.like is not None:
            return found.view.counts
        if found.profile is None:
            self.users.create(user_id)
        now = self.clock.now()
        spending = self.limits.spending(user_id, now, likes=1)
        ulid, post_id, shards = self.ids.new(now), found.view.post.id, found.view.counts.like_shards
        try:
            is_new = self.likes.like(user_id, post_id, shards, ulid, spending, left=found.left)
        except Crowded:
            # What is charged stays charged.
            self.likes.spread(post_id, LIKE_SHARDS)
            is_new = self.likes.like(user_id, post_id, LIKE_SHARDS, ulid)
        return self._counts(found.view, 1 if is_new else None)

    def unlike(self, user_id: str, text: str, session_began: datetime | None = None) -> PostCounts:
        """Take a user's like back. Nothing changes if there is none. The post's counts are
        returned.

        One's own like can be taken back also where one does not see the post any more: then the
        counts are all zero. Raises `SessionEnded`, and `NotFound` for such a post if there is no
        like.
        """
        try:
            found = find_to_answer(self.viewing, Viewer(user_id, session_began), text)
        except NotFound:
            post_id = parse_post_id(text)
            shards = self.likes.counts(post_id).like_shards
            if not self._take_back(user_id, post_id, shards):
                raise
            return PostCounts()
        view, like = found.view, found.like
        if like is None:
            return view.counts
        is_gone = self._take_back(user_id, view.post.id, view.counts.like_shards, like)
        return self._counts(view, -1 if is_gone else None)

    def _counts(self, view: PostView, more: int | None) -> PostCounts:
        """The counts of a post after a change of its likes, counted from those that were read just
        before; read again if another request has made the change. The likes of a hot post are
        copied into its counts later."""
        if more is None:
            return self.likes.counts(view.post.id)
        if view.counts.like_shards > 1:
            return view.counts
        return replace(view.counts, likes=view.counts.likes + more)

    def _take_back(
        self, user_id: str, post_id: PostId, shards: int, like: OwnLike | None = None
    ) -> bool:
        """Take a like back, which may be at hand. False if there was none."""
        try:
            return self.likes.unlike(user_id, post_id, shards, like)
        except Crowded:
            self.likes.spread(post_id, LIKE_SHARDS)
            return self.likes.unlike(user_id, post_id, LIKE_SHARDS)

    def likers(
        self, viewer: Viewer, text: str, before: str | None, limit: int
    ) -> Page[ProfileView]:
        """The users who like a post, newest like first. Those whom the viewer may not see, or whom
        the post's owner has blocked, are left out. Raises `NotFound`."""
        view = find_published(self.viewing, viewer, text)
        page = self.likes.likers(view.post.id, view.counts.like_shards, before, limit)
        ids = [liker.user_id for liker in page.items]
        views = self.viewing.users(viewer, ids, host=view.post.id.author_id)
        return Page(views, page.next_position)

    def liked(self, user_id: str, before: str | None, limit: int) -> Page[PostView]:
        """The posts that a user likes and may see, the newest post first."""
        page = self.likes.liked_by(user_id, before, limit)
        return Page(self.viewing.own_list(Viewer(user_id), page.items), page.next_position)
