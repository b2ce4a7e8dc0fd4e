"""How posts come to readers: pushed into pre-generated feeds, or pulled when a feed is read.

The author's number of followers decides about the column, the reader's last visits about the row:

                         author below the threshold     celebrity
    reader comes often   pushed                         pulled: one item per celebrity and page
    reader comes rarely  pulled: the feed is made again from all they follow, and kept

    push ──followers reach the threshold──> to_pull ──all readers moved───> pull
      ^                                        |  ^                          |
      └──all readers served── to_push <────────┘  └──────────────────────────┘
                                        followers fall below 80 % of it

While an author is migrated, posts are pushed *and* pulled; a page holds each post once, whichever
way it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shutterfeed.domain.feed import FeedEntry, Source
from shutterfeed.domain.hashtags import FollowedHashtag
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.mutes import NO_MUTES, MutedUsers
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.reported import NOTHING_REPORTED, Reported
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Relation

RECENT_ENTRIES: Final = 25
"""The number of entries in an author's recent posts: they take just under 1 KB, one write unit.
A new follower gets this number of posts into their feed."""
RECENT_WHOLE_POSTS: Final = 20
"""How many of the newest posts the recent posts of a celebrity keep whole: as many as a page
has."""
RECENT_TEXT: Final = 60_000
"""How many characters the captions and alt texts of those posts may have together; with more, the
recent posts keep fewer posts. An item holds 400 KB, and text that people write compresses to two
bytes a character at worst."""
FOLLOWER_SHARDS: Final = 32
"""The number of items that count the followers of a celebrity, or of anybody whom more people
follow at once than one item can count, and of partitions of the followers index that list them. One
item takes 1,000 write units a second, and a count within a transaction costs two, so that one item
takes 500 follows a second at the most, and 32 take 16,000. What reads take besides is in
docs/scale.md."""
AUDIENCE_PARTS: Final = 32
"""The number of parts of a large audience that are read at the same time: one for each first
character of the subscriptions' sort keys."""
_SETTLING: Final = timedelta(hours=1)
"""Far longer than an eventually consistent read is late, and than clocks differ."""
_STAY: Final = 0.8
"""A celebrity stays one until the number of followers falls below this fraction of the
threshold."""


@dataclass(frozen=True, slots=True)
class FeedPolicy:
    """The deployment's choices; `docs/feed-cost.md` says where the defaults come from."""

    celebrity_followers: int
    """An author with this number of followers or more is a celebrity, whose posts are pulled."""
    active_days: int
    """Posts are not pushed to a reader who has not come for this number of days."""
    regular_after_days: int
    """When posts are pushed to a reader. 1: once they have come on a second day, within
    `active_days` of the visit before; 0: from the first visit on."""
    snapshot_posts: int
    """How many posts a snapshot has: the feed that is made when a reader returns."""

    def delivery_due(self, delivery: Delivery, followers: int) -> Delivery | None:
        """The state in which a delivery migration begins; None if the author needs none."""
        if delivery in (Delivery.PUSH, Delivery.TO_PUSH):
            return Delivery.TO_PULL if followers >= self.celebrity_followers else None
        return Delivery.TO_PUSH if followers < self.celebrity_followers * _STAY else None

    def is_regular(self, last_visit: date | None, today: date) -> bool:
        """Whether a reader who comes today is a regular one, to whom posts are pushed."""
        if self.regular_after_days == 0:
            return True
        if last_visit is None:
            return False
        return self.regular_after_days <= (today - last_visit).days <= self.active_days

    def pushed_until(self, visit: datetime) -> datetime:
        return visit + timedelta(days=self.active_days)

    def subscribed_until(self, pushed_until: datetime) -> datetime:
        """When a subscription runs out: a day after the reader stops being a regular one, as clocks
        may differ."""
        return pushed_until + timedelta(days=1)

    def is_settled(self, pushed_until: datetime | None, now: datetime) -> bool:
        """Whether posts have been pushed to a reader for so long that an eventually consistent read
        shows the snapshot that was made before that, if it has not expired."""
        if pushed_until is None or pushed_until <= now:
            return False
        return self.pushed_until(now) - pushed_until > _SETTLING

    def renewal_due(self, pushed_until: datetime, now: datetime) -> bool:
        """Whether to push to a reader for longer: after half of the time, so that posts never stop
        being pushed to a regular reader."""
        return pushed_until - now < timedelta(days=self.active_days) / 2


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """A push subscription: an author's posts are pushed to a reader until `until`.

    A subscription that has run out does not mean that the reader has left. It is renewed when there
    is a post to push, if the reader still comes; so visits cost nothing for authors who do not
    post.
    """

    reader_id: str
    until: datetime


class Delivery(StrEnum):
    PUSH = "push"
    TO_PULL = "to_pull"
    PULL = "pull"
    TO_PUSH = "to_push"


PULLED: Final = (Delivery.TO_PULL, Delivery.PULL)
"""The states of an author whose posts a new follower pulls."""


@dataclass(frozen=True, slots=True)
class RecentPosts:
    """An author's newest published posts, and how the author's posts are delivered.

    It changes in the transactions that publish, delete, restore and edit posts, so that posts and
    the author's migrations have one common order.
    """

    author_id: str
    entries: Sequence[FeedEntry] = ()
    """Every published post down to `oldest_known`, newest first."""
    oldest_known: FeedEntry | None = None
    """The author may have more posts below it; None if `entries` are all. It never moves down."""
    delivery: Delivery = Delivery.PUSH
    migration: str = ""
    """The name of the present migration, or of the last one."""
    version: int = 0
    posts: Sequence[Post] = ()
    """The whole posts of the newest entries, in the same order; empty unless the author is
    pulled."""
    counts: Sequence[PostCounts | None] = ()
    """The counts of these posts, in the same order, as last kept: see `PostCounts.rounded`. None
    for a post of which none were kept yet; recent posts of an earlier version have none at all."""

    @property
    def source(self) -> Source:
        return Source(self.entries, self.oldest_known)

    @property
    def timeline(self) -> Source:
        """The entries whose posts the recent posts keep whole, so that a page of them needs no
        other item."""
        if not self.posts or len(self.posts) == len(self.entries):
            return self.source
        shown = self.entries[: len(self.posts)]
        return Source(shown, shown[-1])

    def whole(self, entry: FeedEntry) -> tuple[Post, PostCounts | None] | None:
        """The post of an entry and its counts, if the recent posts keep it whole."""
        for index in range(len(self.posts)):
            if self.entries[index] == entry:
                counted = index < len(self.counts)
                return self.posts[index], self.counts[index] if counted else None
        return None

    @property
    def counted(self) -> dict[PostId, PostCounts]:
        """The counts that are kept, by post."""
        pairs = zip(self.posts, self.counts, strict=False)
        return {post.id: counts for post, counts in pairs if counts is not None}

    @property
    def uncounted(self) -> tuple[PostId, ...]:
        """The whole posts of which no counts are kept yet."""
        counted = self.counted
        return tuple(post.id for post in self.posts if post.id not in counted)

    def with_counts(self, post_id: PostId, counts: PostCounts) -> RecentPosts:
        """The recent posts after the numbers of a post were brought up to date."""
        changed = replace(self, version=self.version + 1)
        return changed.showing(self.posts, {post_id: counts})

    def with_post(self, post: Post) -> RecentPosts:
        """The recent posts after a post was published, restored or edited."""
        entry = entry_of(post)
        if self.oldest_known is not None and entry < self.oldest_known:
            return self
        entries = tuple(sorted({*self.entries, entry}, reverse=True))
        oldest_known = (
            self.oldest_known if len(entries) <= RECENT_ENTRIES else entries[RECENT_ENTRIES - 1]
        )
        kept = [other for other in self.posts if other.id != post.id]
        changed = replace(
            self,
            entries=entries[:RECENT_ENTRIES],
            oldest_known=oldest_known,
            version=self.version + 1,
        )
        return changed.showing([*kept, post])

    def without_post(self, post_id: PostId) -> RecentPosts:
        """The recent posts after a post was deleted."""
        entries = tuple(entry for entry in self.entries if entry.post_id != post_id)
        kept = [other for other in self.posts if other.id != post_id]
        return replace(self, entries=entries, version=self.version + 1).showing(kept)

    def with_delivery(self, delivery: Delivery, migration: str) -> RecentPosts:
        changed = replace(self, delivery=delivery, migration=migration, version=self.version + 1)
        return changed.showing(self.posts)

    @property
    def unshown(self) -> tuple[PostId, ...]:
        """The posts that the recent posts should keep whole, but do not yet."""
        if self.delivery is Delivery.PUSH:
            return ()
        return tuple(entry.post_id for entry in self.entries[len(self.posts) : RECENT_WHOLE_POSTS])

    def showing(
        self, posts: Iterable[Post], counts: Mapping[PostId, PostCounts] = MappingProxyType({})
    ) -> RecentPosts:
        """The recent posts with the given posts whole: those of the newest entries, up to the first
        entry whose post is not given. `counts` replace those that are kept. Notes for their author
        are left out: every reader of the author reads these posts."""
        known = {post.id: post for post in posts}
        counted = {**self.counted, **counts}
        shown: list[Post] = []
        room = RECENT_TEXT
        for entry in self.entries[:RECENT_WHOLE_POSTS]:
            if self.delivery is Delivery.PUSH or entry.post_id not in known:
                break
            post = known[entry.post_id]
            room -= len(post.caption) + sum(map(len, post.alt_texts))
            if shown and room < 0:
                break
            shown.append(post.for_others())
        kept = tuple(counted.get(post.id) for post in shown)
        return replace(self, posts=tuple(shown), counts=kept)


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known about a reader before their feed is read."""

    profile: Profile | None
    """The reader's profile; None before their first call to the API."""
    last_visit: date | None = None
    pushed_until: datetime | None = None
    """The time until which every post of a followed author is pushed into their feed, unless the
    author is a celebrity."""
    prepared: bool = False
    """Whether making the feed ready for pushing has begun."""
    recent_posts: RecentPosts | None = None
    pulled: frozenset[str] = frozenset()
    """The user ids of the celebrities that they follow."""
    unfollowed: frozenset[str] = frozenset()
    """The user ids of authors whom they no longer follow, but whose posts may still be in their
    feed."""
    muted: MutedUsers = NO_MUTES
    reported: Reported = NOTHING_REPORTED
    hashtags: tuple[FollowedHashtag, ...] = ()

    def is_pushed(self, now: datetime) -> bool:
        return self.pushed_until is not None and now < self.pushed_until

    def relation_to(self, author_id: str, now: datetime) -> Relation:
        """The reader's relation to the author of a post in their feed. A feed has only posts of
        authors whom the reader follows or has followed; if one has blocked the other since, that
        has ended the following."""
        follows = author_id not in self.unfollowed
        return Relation(
            follows=follows,
            has_muted=self.muted.has(author_id, now),
            has_reported=self.reported.has(author_id),
        )


def entry_of(post: Post) -> FeedEntry:
    """The feed entry of a post. Raises `ValueError` for a post that was never published."""
    if post.position is None:
        raise ValueError(f"post {post.id} has no position")
    return FeedEntry(post.position, post.id, tuple(sorted(post.person_ids)))
