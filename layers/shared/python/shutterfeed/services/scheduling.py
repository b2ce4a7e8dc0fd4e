"""Scheduled posts as their author sees them: listed, moved to another time, published now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.drafts import check_kept, posted
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.limits import Limits, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.scheduling import already_published, check_publish_at, to_seconds
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.posts import Drafts, Posts, ScheduledPosts
from shutterfeed.ports.system import Clock
from shutterfeed.services.posts import own_shown_post, parse_post_id
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.viewing import PostView, ViewingService

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulingService:
    posts: Posts
    scheduled: ScheduledPosts
    drafts: Drafts
    viewing: ViewingService
    progress: ProgressService
    limits: Limits
    clock: Clock

    def own(self, owner_id: str, after: str | None, limit: int) -> Page[PostView]:
        """The owner's posts that have a time and are not published, the earliest first, with the
        progress of their media."""
        page = self.scheduled.by_author(owner_id, after, limit)
        # The list is an index, which may still have what was published in this moment.
        waiting = [self.progress.of(post) for post in page.items if post.is_scheduled]
        views = self.viewing.posts_at_hand(Viewer(owner_id), waiting, Surface.SCHEDULED)
        return Page(views, page.next_position)

    def move(self, text: str, owner_id: str, publish_at: datetime) -> PostView:
        """Change the time at which a post is to be published, or give it one. A draft is posted
        with that. If it has that time already, nothing changes.

        Raises `InvalidInput`, `NotFound`, `Forbidden` for another's post, `Conflict` if it is
        published, or a draft that has expired, `LimitReached`, and `Busy`.
        """
        return self._moved(text, owner_id, to_seconds(publish_at))

    def publish_now(self, text: str, owner_id: str) -> PostView:
        """Let a post wait for its time no longer: it is published within seconds, or once its media
        are ready. A draft is posted with that. If it has no time, or is published, nothing changes.

        Raises `NotFound`, `Forbidden` for another's post, `Conflict` for a draft that has expired,
        `LimitReached`, and `Busy`.
        """
        return self._moved(text, owner_id, None)

    def _moved(self, text: str, owner_id: str, publish_at: datetime | None) -> PostView:
        post_id = parse_post_id(text)
        for _ in range(_ATTEMPTS):
            post = own_shown_post(self.posts, self.viewing, post_id, owner_id)
            if self._is_so(post, publish_at):
                break
            now = self.clock.now()
            if publish_at is not None:
                check_publish_at(publish_at, now)
            spending = self.limits.spending(owner_id, now, changes=1)
            if self._write(post, publish_at, spending, now):
                break
        else:
            raise Busy
        return self.viewing.post(Viewer(owner_id), post_id)

    def _write(
        self, post: Post, publish_at: datetime | None, spending: Spending, now: datetime
    ) -> bool:
        if not post.is_draft:
            return self.scheduled.move(post, publish_at, spending)
        check_kept(post, now)
        return self.drafts.write(post, posted(post, publish_at), now, spending=spending)

    def _is_so(self, post: Post, publish_at: datetime | None) -> bool:
        """Whether there is nothing to change. Raises `Conflict`."""
        if post.state is not PostState.PUBLISHED:
            return post.publish_at == publish_at and not post.is_draft
        if publish_at is not None:
            raise already_published()
        return True
