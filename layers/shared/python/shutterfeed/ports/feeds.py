"""Writing feeds: entries, readers, authors' newest posts, and the readers to whom posts are
pushed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from shutterfeed.domain.delivery import Delivery, PushSubscription, Reader, RecentPosts
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import PostCounts


class RecentPostsStore(Protocol):
    """Authors' newest posts and how they are delivered. `Posts` keeps them."""

    def get_many(self, author_ids: Iterable[str]) -> dict[str, RecentPosts]:
        """The recent posts of the authors, by user id; empty recent posts for an author who has
        published nothing."""
        ...

    def change_delivery(self, recent: RecentPosts, delivery: Delivery, migration: str) -> bool:
        """Set the author's delivery and migration. False if the recent posts are no longer those
        that were read."""
        ...

    def keep_counts(self, recent: RecentPosts, post_id: PostId, counts: PostCounts) -> bool:
        """Keep the counts of one of the whole posts. False if the recent posts are no longer those
        that were read."""
        ...


class Readers(Protocol):
    """The data about readers that is kept beside their profiles."""

    def get(self, reader_id: str) -> Reader: ...

    def pushed_until(self, reader_ids: Sequence[str]) -> dict[str, datetime]:
        """The time until which posts are pushed to each reader. Readers to whom none were ever
        pushed are left out."""
        ...

    def record_visit(self, reader_id: str, day: date, pushed_until: datetime | None = None) -> None:
        """Remember the reader's visit, and with it until when posts are pushed to them, if that
        changes."""
        ...

    def prepare(self, reader_id: str) -> None:
        """Note that the reader's feed is being made ready for pushing."""
        ...

    def push_until(self, reader_id: str, until: datetime) -> None:
        """Note that the reader's feed is ready for pushing until `until`. An earlier time than the
        one noted before changes nothing."""
        ...

    def pull(self, reader_ids: Sequence[str], author_id: str) -> None:
        """Let those of the readers who follow the author pull the author. A reader who unfollows at
        the same time ends up not pulling."""
        ...

    def stop_pulling(self, reader_ids: Sequence[str], author_id: str, migration: str) -> None:
        """Let the readers no longer pull the author, if `migration` is still the author's last one:
        nothing changes if the author became a celebrity again meanwhile, even for a short time."""
        ...


class Feeds(Protocol):
    """The feed table. Eventually consistent."""

    def page(
        self, owner_id: str, before: FeedEntry | None, limit: int, now: datetime
    ) -> Page[FeedEntry]:
        """A page of entries below `before`, newest first, without those that have expired, even if
        they have not been removed yet. So a page may have fewer entries than `limit`, or none, and
        still have a next one."""
        ...

    def put(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry], at: datetime) -> None:
        """Put every entry into every owner's feed."""
        ...

    def snapshot(self, owner_id: str) -> Snapshot | None:
        """The owner's snapshot; None if there is none. Strongly consistent."""
        ...

    def keep_snapshot(self, owner_id: str, snapshot: Snapshot, at: datetime) -> bool:
        """Store a snapshot in place of the version before it. False if that version is not the
        present one."""
        ...


class Audience(Protocol):
    """Push subscriptions, also in the feed table: an author's posts are pushed to the readers who
    hold one. Strongly consistent, so that a subscription written before a post is published gets
    the post.

    No subscription may exist without its follow edge. `Follows.unfollow` removes both at once. Code
    that writes a subscription does so on condition of the edge, or withdraws the subscription
    afterwards if the edge was removed meanwhile.
    """

    def subscribe_followed(self, reader_id: str, author_id: str, until: datetime) -> bool:
        """Write a subscription on condition that the reader follows the author; False if they do
        not."""
        ...

    def subscribe(self, reader_id: str, author_ids: Iterable[str], until: datetime) -> None:
        """Write many subscriptions without a check of the edges, for a quarter of what
        `subscribe_followed` costs. Call `withdraw` afterwards for authors who were unfollowed
        meanwhile."""
        ...

    def withdraw(self, reader_id: str, author_ids: Iterable[str]) -> None:
        """Remove the reader's subscriptions for those of the authors whom the reader does not
        follow."""
        ...

    def page(
        self, author_id: str, part: int | None, after: str | None, limit: int
    ) -> Page[PushSubscription]:
        """A page of the author's subscriptions: of all readers, or of one of `AUDIENCE_PARTS`
        parts. Subscriptions that have run out are included."""
        ...

    def renew(
        self, author_id: str, subscriptions: Iterable[PushSubscription], until: datetime
    ) -> None:
        """Prolong the subscriptions that have not changed since they were read, so that a
        subscription that was removed does not come back."""
        ...

    def end(self, author_id: str, subscriptions: Iterable[PushSubscription]) -> None:
        """Remove the subscriptions that have not changed since they were read."""
        ...
