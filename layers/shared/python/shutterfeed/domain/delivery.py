"""How posts come to readers: pushed into pre-generated feeds, or pulled when a feed is read.

Chosen by the author's number of followers and the reader's last visits, never by both together:

                         author below the threshold     celebrity
    reader comes often   pushed                         pulled: one item per celebrity and page
    reader comes rarely  pulled: the feed is made again from all they follow, and kept

    push ──followers reach the threshold──> to_pull ──all readers marked──> pull
      ^                                        |  ^                          |
      └──all readers served── to_push <────────┘  └──────────────────────────┘
                                        followers fall below 80 % of it

While an author crosses, posts are pushed *and* pulled; a page holds each post once, whichever way
it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from shutterfeed.domain.feed import FeedEntry, Source
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import Post
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Relation

HEAD_ENTRIES: Final = 25
"""Newest posts whose places an author's head keeps: just under 1 KB, one write unit. So many enter
the feed of a new follower."""
HEAD_POSTS: Final = 20
"""Newest posts that the head of a celebrity keeps whole: a page's worth."""
HEAD_TEXT: Final = 60_000
"""Characters of captions and alt texts that those posts have together, or there are fewer of them:
written by people, they compress to two bytes each at worst, and an item has 400 KB."""
CELEBRITY_SHARDS: Final = 32
"""Over how many items the followers of a celebrity are counted, and over how many partitions of
the followers index they are listed. One item takes 1,000 write units a second, and a count within
a transaction costs two: 32 take 16,000 follows a second."""
AUDIENCE_PARTS: Final = 32
"""In so many parts a large audience is read side by side: one for each first character of the
leases' sort keys."""
_STAY: Final = 0.8
"""A celebrity stays one until the followers fall below this part of the threshold."""


@dataclass(frozen=True, slots=True)
class FeedPolicy:
    """The deployment's choices; the defaults come from the cost simulation in `docs/feed.md`."""

    celebrity_followers: int
    """From so many followers on, an author's posts are pulled."""
    active_days: int
    """Whoever was not there for so many days is not pushed to."""
    regular_after_days: int
    """1: a reader is pushed to once they come again on another day, within `active_days` of the
    day before; 0: from the first visit on."""
    feed_posts: int
    """How many pushed entries a feed keeps."""
    snapshot_posts: int
    """How many posts a feed has that is made again."""

    def delivery_due(self, delivery: Delivery, followers: int) -> Delivery | None:
        """The crossing to begin; None where the author is on the right side."""
        if delivery in (Delivery.PUSH, Delivery.TO_PUSH):
            return Delivery.TO_PULL if followers >= self.celebrity_followers else None
        return Delivery.TO_PUSH if followers < self.celebrity_followers * _STAY else None

    def is_regular(self, last_visit: date | None, today: date) -> bool:
        """Whether a visit today makes a reader one to push to."""
        if self.regular_after_days == 0:
            return True
        if last_visit is None:
            return False
        return self.regular_after_days <= (today - last_visit).days <= self.active_days

    def pushed_until(self, visit: datetime) -> datetime:
        return visit + timedelta(days=self.active_days)

    def lease_until(self, pushed_until: datetime) -> datetime:
        """A day longer than anybody relies on, so that clocks need not agree."""
        return pushed_until + timedelta(days=1)

    def renewal_due(self, pushed_until: datetime, now: datetime) -> bool:
        """Halfway, so that a regular reader never ceases to be pushed to."""
        return pushed_until - now < timedelta(days=self.active_days) / 2


@dataclass(frozen=True, slots=True)
class Lease:
    """That an author's posts are pushed to a reader.

    One that has run out says nothing yet: it is renewed only when there is a post to push, if the
    reader still comes, so that a reader's coming costs nothing for authors who do not post.
    """

    reader_id: str
    until: datetime


class Delivery(StrEnum):
    PUSH = "push"
    TO_PULL = "to_pull"
    PULL = "pull"
    TO_PUSH = "to_push"


PULLED: Final = (Delivery.TO_PULL, Delivery.PULL)
"""The states in which a reader who gets to know the author is to pull."""


@dataclass(frozen=True, slots=True)
class Head:
    """An author's newest published posts, and how they are delivered.

    Changed in the transactions that publish, delete, restore and edit posts, so that the order of
    those and of the author's crossings is one.
    """

    author_id: str
    entries: Sequence[FeedEntry] = ()
    """Newest first: every published post down to `floor`."""
    floor: FeedEntry | None = None
    """Below it there may be more; None where `entries` are all. It never sinks."""
    delivery: Delivery = Delivery.PUSH
    crossing: str = ""
    """Names the present crossing, or the last one."""
    version: int = 0
    posts: Sequence[Post] = ()
    """Those of the newest entries, in their order, whole; none where the author is pushed."""

    @property
    def source(self) -> Source:
        return Source(self.entries, self.floor)

    @property
    def timeline(self) -> Source:
        """As far as the posts are here whole, so that a page of them needs no other item."""
        if not self.posts or len(self.posts) == len(self.entries):
            return self.source
        shown = self.entries[: len(self.posts)]
        return Source(shown, shown[-1])

    def post_of(self, entry: FeedEntry) -> Post | None:
        """The post of an entry, where it is here whole."""
        for index in range(len(self.posts)):
            if self.entries[index] == entry:
                return self.posts[index]
        return None

    def with_post(self, post: Post) -> Head:
        """The head once a post is published, restored or edited."""
        entry = entry_of(post)
        if self.floor is not None and entry < self.floor:
            return self
        entries = tuple(sorted({*self.entries, entry}, reverse=True))
        floor = self.floor if len(entries) <= HEAD_ENTRIES else entries[HEAD_ENTRIES - 1]
        kept = [other for other in self.posts if other.id != post.id]
        changed = replace(
            self, entries=entries[:HEAD_ENTRIES], floor=floor, version=self.version + 1
        )
        return changed.showing([*kept, post])

    def without_post(self, post_id: PostId) -> Head:
        """The head once a post is deleted."""
        entries = tuple(entry for entry in self.entries if entry.post_id != post_id)
        kept = [other for other in self.posts if other.id != post_id]
        return replace(self, entries=entries, version=self.version + 1).showing(kept)

    def crossed(self, delivery: Delivery, crossing: str) -> Head:
        changed = replace(self, delivery=delivery, crossing=crossing, version=self.version + 1)
        return changed.showing(self.posts)

    @property
    def unshown(self) -> tuple[PostId, ...]:
        """Posts that are to be in the head whole, and are not yet."""
        if self.delivery is Delivery.PUSH:
            return ()
        return tuple(entry.post_id for entry in self.entries[len(self.posts) : HEAD_POSTS])

    def showing(self, posts: Iterable[Post]) -> Head:
        """With those of the posts that follow each other from the newest entry on."""
        known = {post.id: post for post in posts}
        shown: list[Post] = []
        room = HEAD_TEXT
        for entry in self.entries[:HEAD_POSTS]:
            if self.delivery is Delivery.PUSH or entry.post_id not in known:
                break
            post = known[entry.post_id]
            room -= len(post.caption) + sum(map(len, post.alt_texts))
            if shown and room < 0:
                break
            shown.append(post)
        return replace(self, posts=tuple(shown))


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of a reader before their feed is read."""

    profile: Profile | None
    """None until their first call to the API."""
    last_visit: date | None = None
    pushed_until: datetime | None = None
    """Until then every post of a followed author who is not a celebrity is in their feed."""
    prepared: bool = False
    """Whether making the feed ready for pushing has begun."""
    head: Head | None = None
    pulled: frozenset[str] = frozenset()
    """Celebrities they follow."""
    unfollowed: frozenset[str] = frozenset()
    """Whom they no longer follow, and whose posts may still be in their feed."""

    def is_pushed(self, now: datetime) -> bool:
        return self.pushed_until is not None and now < self.pushed_until

    def relation_to(self, author_id: str) -> Relation:
        """To the author of something in their feed, which holds only those whom they follow, or
        have followed."""
        return Relation(follows=author_id not in self.unfollowed)


def entry_of(post: Post) -> FeedEntry:
    """Raises `ValueError` for a post that was never published."""
    if post.position is None:
        raise ValueError(f"post {post.id} has no position")
    return FeedEntry(post.position, post.id)
