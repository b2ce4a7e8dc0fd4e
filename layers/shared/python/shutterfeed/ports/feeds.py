"""Feeds as they are written: entries, readers, newest posts, and who gets a post pushed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from shutterfeed.domain.delivery import Delivery, Head, Lease, Reader
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.pages import Page


class Heads(Protocol):
    """Authors' newest posts and how they are delivered. `Posts` keeps them."""

    def get_many(self, author_ids: Iterable[str]) -> dict[str, Head]:
        """An empty one for an author who has published nothing."""
        ...

    def change_delivery(self, head: Head, delivery: Delivery, crossing: str) -> bool:
        """False where the head is no longer the one that was read."""
        ...


class Readers(Protocol):
    """What is kept of readers, beside their profiles."""

    def get(self, reader_id: str) -> Reader: ...

    def pushed_until(self, reader_ids: Sequence[str]) -> dict[str, datetime]:
        """Of those readers who are, or were, pushed to."""
        ...

    def visit(self, reader_id: str, day: date) -> None:
        """Remember the reader's visit."""
        ...

    def prepare(self, reader_id: str) -> None:
        """Say that the reader's feed is being made ready for pushing."""
        ...

    def push_until(self, reader_id: str, until: datetime) -> None:
        """Say that it is ready. Never earlier than was said before."""
        ...

    def pull(self, reader_ids: Sequence[str], author_id: str) -> None:
        """Let the readers pull the author, those of them who follow the author: a reader who
        unfollows at the same time ends up not pulling."""
        ...

    def stop_pulling(self, reader_ids: Sequence[str], author_id: str, crossing: str) -> None:
        """The opposite, as long as that crossing is the author's last one: nothing changes where
        the author has become a celebrity again, even if only for a while."""
        ...


class Feeds(Protocol):
    """The feed table. Eventually consistent."""

    def page(self, owner_id: str, before: FeedEntry | None, limit: int) -> Page[FeedEntry]:
        """Newest first, below `before`."""
        ...

    def put(self, owner_ids: Iterable[str], entries: Sequence[FeedEntry], at: datetime) -> None:
        """Every entry into every owner's feed."""
        ...

    def trim(self, owner_id: str, keep: int) -> int:
        """Remove all but the newest `keep`; how many went."""
        ...

    def snapshot(self, owner_id: str) -> Snapshot | None:
        """Strongly consistent."""
        ...

    def keep_snapshot(self, owner_id: str, snapshot: Snapshot, at: datetime) -> bool:
        """In the place of the version before. False where that is not the present one."""
        ...


class Audience(Protocol):
    """Leases, also in the feed table: an author's posts are pushed to those who hold one. Strongly
    consistent, so that a lease that was written before a post is published gets the post.

    No lease is to be without its edge. `Follows.unfollow` removes both at once; whoever writes a
    lease either does so on condition of the edge, or withdraws it if the edge has gone meanwhile.
    """

    def lease_followed(self, reader_id: str, author_id: str, until: datetime) -> bool:
        """Write a lease on condition that the reader follows the author; False if they do not."""
        ...

    def lease(self, reader_id: str, author_ids: Iterable[str], until: datetime) -> None:
        """Write many leases, for a quarter of what `lease_followed` costs, whether or not there are
        edges: `withdraw` those whose edges went meanwhile."""
        ...

    def withdraw(self, reader_id: str, author_ids: Iterable[str]) -> None:
        """Remove the reader's leases for those of the authors whom the reader does not follow."""
        ...

    def page(self, author_id: str, part: int | None, after: str | None, limit: int) -> Page[Lease]:
        """Of all readers, or of one of `AUDIENCE_PARTS` parts; also leases that have run out."""
        ...

    def renew(self, author_id: str, leases: Iterable[Lease], until: datetime) -> None:
        """Prolong leases that are still as they were read: none comes back that was removed."""
        ...

    def end(self, author_id: str, leases: Iterable[Lease]) -> None:
        """Remove leases that are still as they were read."""
        ...
