"""Likes: who likes which post, and how many do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import PostCounts

RECENT: Final = 30
"""The number of likes of a post among which somebody is looked for who may be named. They take half
a read unit."""
FOLLOWED: Final = 250
"""The number of followed users up to which they are preferred: in 6 read units. Of whoever follows
more, as many are, always the same."""


class Crowded(Busy):
    """More people like a post, or take their likes back, at once than one item can count."""


@dataclass(frozen=True, slots=True)
class Liker:
    """A user who likes a post. `like_ulid` says when they liked it."""

    user_id: str
    like_ulid: str


@dataclass(frozen=True, slots=True)
class OwnLike:
    """A user's like of a post, as it is stored: the ULID of the moment, and the part of the list of
    likes that has its entry."""

    ulid: str
    shard: int


@dataclass(frozen=True, slots=True)
class RecentLikers:
    """Those who have liked some posts last, and whom of them somebody follows."""

    of_posts: Mapping[PostId, tuple[str, ...]] = field(default_factory=dict)
    """The ids of up to `RECENT` users for each post, newest like first."""
    followed: frozenset[str] = frozenset()
    """The ids of up to `FOLLOWED` users whom somebody follows."""


class Likes(Protocol):
    """Likes of posts, and the numbers of them.

    `shards` is what `PostCounts.like_shards` says of the post. A caller may have read it before it
    grew: a like is counted all the same. A change that raises `Busy` has changed nothing that is
    shown, and can be repeated; it raises `Crowded` if one item counts the likes and is what too
    many write.
    """

    def like(
        self,
        user_id: str,
        post_id: PostId,
        shards: int,
        like_ulid: str,
        spending: Spending = NOTHING,
        *,
        left: Mapping[str, int] | None = None,
    ) -> bool:
        """Let a user like a post, and count the like in the same transaction. False if they like it
        already; then nothing is changed or charged. Raises `LimitReached`.

        `left` is what the caller has just read of the user's allowances, when there was no like:
        then nothing is read before the writes. If there is a like by now, the charge stays made.
        The charge is made first, and stays made if the process ends before the like is written.
        """
        ...

    def unlike(
        self, user_id: str, post_id: PostId, shards: int, known: OwnLike | None = None
    ) -> bool:
        """Take a like back, and count that in the same transaction. False if there was none.
        `known` is the like as the caller has just read it; otherwise it is read first."""
        ...

    def spread(self, post_id: PostId, shards: int) -> None:
        """Count further likes of a post in `shards` items, unless it has as many already."""
        ...

    def count(self, post_id: PostId) -> PostCounts | None:
        """Bring the number of a post's likes up to date with the items that count them, and return
        the counts; None if nobody has ever answered the post. Strongly consistent.

        A like that was written before the call is counted then, whatever happens at the same time.
        """
        ...

    def counts(self, post_id: PostId) -> PostCounts:
        """The counts of a post as everybody sees them. Strongly consistent."""
        ...

    def forget(self, post_id: PostId, most: int) -> bool:
        """Remove up to about `most` likes of a post that is gone for good, and its counts once none
        is left. Returns whether there may be more."""
        ...

    def likers(self, post_id: PostId, shards: int, before: str | None, limit: int) -> Page[Liker]:
        """A page of those who like a post, newest like first. Somebody whose like was being written
        or taken back when a process ended is left out, so a page may have fewer than `limit`."""
        ...

    def recent(self, viewer_id: str | None, post_ids: Collection[PostId]) -> RecentLikers:
        """Who likes each of some posts, newest like first, and whom a user follows; in one round
        trip. Eventually consistent.

        There may be somebody among them whose like was being taken back when a process ended. Of a
        post whose likes are listed in several parts, it is one part.
        """
        ...

    def liked_by(self, user_id: str, before: str | None, limit: int) -> Page[PostId]:
        """A page of the posts that a user likes, the newest post first."""
        ...
