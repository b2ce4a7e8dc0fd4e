"""Appearances: the posts in which others have tagged a user, as that user sees them.

A worker keeps the lists like the posts: it reads the post after each change of who is in it. The
post decides what is shown, so a list that lags behind, or that an overtaken message has spoilt,
shows no tag that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import appearing_in
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.appearances import Appearances
from shutterfeed.ports.posts import Posts
from shutterfeed.services.viewing import PostView, ViewingService


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingService:
    """Keeps the lists."""

    posts: Posts
    appearances: Appearances

    def update(self, post_id: PostId, user_ids: Iterable[str]) -> None:
        """Bring a post into the lists of those of the users who appear in it now, and take it off
        those of the others. Repeating it is harmless."""
        post = self.posts.get(post_id)
        appearing, revision = appearing_in(post), None if post is None else post.revision
        for user_id in user_ids:
            if revision is not None and user_id in appearing:
                self.appearances.add(user_id, post_id, revision)
            else:
                self.appearances.remove(user_id, post_id, revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceService:
    """Shows them."""

    posts: Posts
    appearances: Appearances
    viewing: ViewingService

    def page(self, user_id: str, before: str | None, limit: int) -> Page[PostView]:
        """The posts in which others have tagged a user, and which the user may see, the newest post
        first. A page may have fewer than `limit`."""
        page = self.appearances.page(user_id, before, limit)
        views = self.viewing.own_list(Viewer(user_id), page.items)
        shown = tuple(view for view in views if user_id in appearing_in(view.post))
        self._forget_gone(user_id, set(page.items) - {view.post.id for view in shown})
        return Page(shown, page.next_position)

    def _forget_gone(self, user_id: str, left_out: set[PostId]) -> None:
        """Take off the list what an overtaken message has left on it: posts that are gone, and
        those in which the user does not appear any more. What is only hidden stays."""
        found = self.posts.get_many(left_out) if left_out else {}
        for post_id in sorted(left_out):
            post = found.get(post_id)
            if user_id not in appearing_in(post):
                revision = None if post is None else post.revision
                self.appearances.remove(user_id, post_id, revision)
