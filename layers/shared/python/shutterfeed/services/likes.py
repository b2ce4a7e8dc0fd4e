"""Likes: posts that people like, who they are, and how many."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.errors import NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import LIKE_SHARDS, PostCounts
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.likes import Crowded, Likes
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.posts import find_published, parse_post_id
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

    def like(self, user_id: str, text: str) -> PostCounts:
        """Let a user like a published post that they may see. Nothing changes if they like it
        already. The post's counts are returned. Raises `NotFound`, and `LimitReached`.

        If more people like a post at once than one item can count, they are counted in many items
        from then on.
        """
        view = find_published(self.viewing, Viewer(user_id), text)
        self.users.me(user_id)
        now = self.clock.now()
        spending = self.limits.spending(user_id, now, likes=1)
        ulid, post_id = self.ids.new(now), view.post.id
        try:
            self.likes.like(user_id, post_id, view.counts.like_shards, ulid, spending)
        except Crowded:
            # What is charged stays charged.
            self.likes.spread(post_id, LIKE_SHARDS)
            self.likes.like(user_id, post_id, LIKE_SHARDS, ulid)
        return self.likes.counts(post_id)

    def unlike(self, user_id: str, text: str) -> PostCounts:
        """Take a user's like back. Nothing changes if there is none. The post's counts are
        returned.

        One's own like can be taken back also where one does not see the post any more: then the
        counts are all zero. Raises `NotFound` for such a post if there is no like.
        """
        try:
            view = find_published(self.viewing, Viewer(user_id), text)
        except NotFound:
            post_id = parse_post_id(text)
            shards = self.likes.counts(post_id).like_shards
            if not self._take_back(user_id, post_id, shards):
                raise
            return PostCounts()
        self._take_back(user_id, view.post.id, view.counts.like_shards)
        return self.likes.counts(view.post.id)

    def _take_back(self, user_id: str, post_id: PostId, shards: int) -> bool:
        """Take a like back. False if there was none."""
        try:
            return self.likes.unlike(user_id, post_id, shards)
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
