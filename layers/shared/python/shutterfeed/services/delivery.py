"""Delivery keeps feeds ready: it carries out what a follow needs, and a reader who becomes regular.

Why no post is missed: a subscription is written before the author's recent posts are read. A post
published before that read is in the recent posts; one published after it finds the subscription,
because both the recent posts and the audience are read strongly consistent, and a post enters its
author's recent posts in the very transaction that publishes it.

Why nothing comes from whom the reader has unfollowed: an edge and its subscription go in one
transaction, and a subscription is written on condition of the edge, or the edges are looked at
again after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.delivery import PULLED, FeedPolicy, RecentPosts
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.feed import FEED_RETENTION, FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import (
    CountLikes,
    DeliverEntry,
    DeliverMessage,
    FindAcquaintances,
    Followed,
    ListAppearances,
    PrepareFeed,
    Unfollowed,
)
from shutterfeed.domain.suggestions import Nomination
from shutterfeed.ports.feed_reads import FeedReads
from shutterfeed.ports.feeds import Audience, Feeds, Readers, RecentPostsStore
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.suggestions import Nominations
from shutterfeed.ports.system import Clock
from shutterfeed.services.acquaintances import AcquaintanceService
from shutterfeed.services.appearances import ListingService
from shutterfeed.services.feed import following, make_snapshot
from shutterfeed.services.like_counts import LikeCountService
from shutterfeed.services.migration import MigrationService

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryService:
    follows: Follows
    recent_posts: RecentPostsStore
    readers: Readers
    audience: Audience
    feeds: Feeds
    reads: FeedReads
    migrations: MigrationService
    acquaintances: AcquaintanceService
    likes: LikeCountService
    listing: ListingService
    nominations: Nominations
    policy: FeedPolicy
    clock: Clock

    def write(self, messages: Sequence[DeliverMessage]) -> Mapping[int, Exception]:
        """Carry out messages. Returns the errors of those that are to come again, by their indexes.
        Keys are derived from the messages, so that repeating them is harmless.

        An author is considered once, however many of the messages tell of a follower who came or
        went, and so are the likes of a post: somebody who gets a thousand followers a second is
        read for every batch and not for every follower, which one item could not bear.
        """
        failures: dict[int, Exception] = {}
        liked: defaultdict[PostId, list[int]] = defaultdict(list)
        changes: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for index, message in enumerate(messages):
            if isinstance(message, CountLikes):
                liked[message.post_id].append(index)
                continue
            try:
                self._carry_out(message)
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures[index] = error
                continue
            if isinstance(message, Followed | Unfollowed):
                changes[message.followee_id][index] = message.follower_id
        for post_id, indexes in liked.items():
            try:
                self.likes.update(post_id)
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures |= dict.fromkeys(indexes, error)
        for author_id, followers in changes.items():
            try:
                self.migrations.consider(author_id, tuple(followers.values()))
                if gained := [i for i in followers if isinstance(messages[i], Followed)]:
                    self._nominate(author_id, [followers[i] for i in gained])
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures |= dict.fromkeys(followers, error)
        return failures

    def _nominate(self, author_id: str, follower_ids: Sequence[str]) -> None:
        """Nominate somebody for the list of popular users, once for all who came."""
        now = self.clock.now()
        self.nominations.nominate(Nomination.of_followed(author_id, follower_ids, now))

    def _carry_out(
        self,
        message: DeliverEntry
        | Followed
        | Unfollowed
        | PrepareFeed
        | FindAcquaintances
        | ListAppearances,
    ) -> None:
        """Do what a message asks for, except for considering the author."""
        match message:
            case DeliverEntry(entry, owner_ids, planned_at):
                self._push(entry, owner_ids, planned_at)
            case Followed(follower_id, followee_id):
                self._begin_delivery(follower_id, followee_id)
            case Unfollowed():
                pass  # The posts were hidden when the edge was removed.
            case PrepareFeed(reader_id):
                self._prepare(reader_id)
            case FindAcquaintances(reader_id):
                self.acquaintances.find(reader_id)
            case ListAppearances(post_id, user_ids):
                self.listing.update(post_id, user_ids)

    def _push(
        self, entry: FeedEntry, owner_ids: Iterable[str], planned_at: datetime | None
    ) -> None:
        """The entry expires, however late it is written, before the unfollowed marker of whoever
        has unfollowed since the audience was read."""
        now = self.clock.now()
        at = planned_at or now
        if at + FEED_RETENTION > now:
            self.feeds.put(owner_ids, [entry], at)

    def _begin_delivery(self, follower_id: str, followee_id: str) -> None:
        # Whose preparation begins after this will find the edge.
        if self.readers.get(follower_id).prepared:
            self._bring(follower_id, followee_id)

    def _bring(self, follower_id: str, followee_id: str) -> None:
        now = self.clock.now()
        until = self.policy.subscribed_until(self.policy.pushed_until(now))
        # The edge decides, not the message: it may be late, and the follow long undone.
        if not self.audience.subscribe_followed(follower_id, followee_id, until):
            return
        recent = self.recent_posts.get_many([followee_id])[followee_id]
        if recent.delivery in PULLED:
            self.readers.pull([follower_id], followee_id)
        else:
            self.feeds.put([follower_id], recent.entries, now)

    def _prepare(self, reader_id: str) -> None:
        """Subscribe the reader to all whom they follow, and once these subscriptions hold, keep
        what was published before. For a reader who is pushed to already this has been done: the
        message is a repetition."""
        now = self.clock.now()
        reader, until = self.readers.get(reader_id), self.policy.pushed_until(now)
        if reader.profile is None or reader.is_pushed(now):
            return
        # From here on a follow brings its posts into the feed itself: whom this list of the
        # followed misses has been followed after it.
        self.readers.prepare(reader_id)
        followed = list(following(self.follows, reader_id))
        self.audience.subscribe(reader_id, followed, self.policy.subscribed_until(until))
        # Whom the reader has unfollowed since the list was read, now or in an attempt at this
        # preparation that broke off: each has an unfollowed marker. A later unfollowing finds the
        # subscription.
        self.audience.withdraw(reader_id, self.readers.get(reader_id).unfollowed)
        self._serve(reader_id, followed, now)
        self.readers.push_until(reader_id, until)

    def _serve(self, reader_id: str, followed: list[str], now: datetime) -> None:
        for _ in range(_ATTEMPTS):
            old = self.feeds.snapshot(reader_id)
            recent_posts = self.recent_posts.get_many(followed)
            self._pull_celebrities(reader_id, recent_posts.values())
            new = make_snapshot(
                recent_posts.values(), old, self.policy.snapshot_posts, self.reads, now
            )
            if new is old or self.feeds.keep_snapshot(reader_id, new, now):
                return
        raise Busy

    def _pull_celebrities(self, reader_id: str, recent_posts: Iterable[RecentPosts]) -> None:
        for recent in recent_posts:
            if recent.delivery in PULLED:
                self.readers.pull([reader_id], recent.author_id)
