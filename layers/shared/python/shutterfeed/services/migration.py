"""Delivery migration: when an author becomes a celebrity, or ceases to be one, their readers are
moved from pushing to pulling or back, while posts come both ways. The author's popularity is noted
for the search index on the same occasion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.domain.delivery import (
    FOLLOWER_SHARDS,
    Delivery,
    FeedPolicy,
    RecentPosts,
)
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.messages import FanOutMessage, MigrateReaders
from shutterfeed.domain.search import popularity
from shutterfeed.domain.users import Profile
from shutterfeed.ports.feeds import Feeds, Readers, RecentPostsStore
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.system import Clock
from shutterfeed.services.audience import AudienceService

PAGE: Final = 500
PAGES_PER_STEP: Final = 4
"""Two thousand readers, each written in a transaction, before a checkpoint."""
_ATTEMPTS: Final = 5
_ENDS: Final = {Delivery.TO_PULL: Delivery.PULL, Delivery.TO_PUSH: Delivery.PUSH}


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationService:
    profiles: Profiles
    recent_posts: RecentPostsStore
    readers: Readers
    audience: AudienceService
    feeds: Feeds
    steps: Queue[FanOutMessage]
    policy: FeedPolicy
    clock: Clock

    def consider(self, author_id: str, causes: Sequence[str]) -> None:
        """Note how popular the author is, and begin a migration if the number of followers calls
        for one.

        `causes` name the changes of the number: of many one begins the migration, and begins it
        again if it crashed before it told the planner. Raises `Busy` if profile or recent posts
        change too often to be written.
        """
        profile = self._note_popularity(author_id)
        if profile is None:
            return
        for _ in range(_ATTEMPTS):
            recent = self.recent_posts.get_many([author_id])[author_id]
            if recent.delivery in _ENDS and recent.migration.partition("#")[0] in causes:
                self._tell(recent)  # And then look at what the other causes have changed.
            due = self.policy.delivery_due(recent.delivery, profile.followers)
            if due is None:
                return
            if due is Delivery.TO_PULL:
                self.profiles.spread_followers(author_id, FOLLOWER_SHARDS)
            if self.recent_posts.change_delivery(recent, due, f"{causes[0]}#{recent.version}"):
                self._tell(self.recent_posts.get_many([author_id])[author_id])
                return
        raise Busy

    def migrate(self, step: MigrateReaders) -> int:
        """Move readers from the step's checkpoint on; how many. Posts published meanwhile are
        pushed, too, until the last reader is moved."""
        moved = 0
        for _ in range(PAGES_PER_STEP):
            recent = self.recent_posts.get_many([step.author_id])[step.author_id]
            if recent.migration != step.migration or recent.delivery not in _ENDS:
                return moved
            page = self.audience.page(step.author_id, None, step.after, PAGE)
            if page.items:
                self._move(recent, page.items)
                moved += len(page.items)
            if page.next_position is None:
                self._end(step)
                return moved
            step = replace(step, after=page.next_position)
        self.steps.send([step])
        return moved

    def _note_popularity(self, author_id: str) -> Profile | None:
        """The author, with the popularity that their followers now make.

        Whoever notes it looks again: the last of all who note has then seen the last count, though
        many count at once, and a celebrity's count stands in items of its own.
        """
        for _ in range(_ATTEMPTS):
            profile = self.profiles.get(author_id)
            if profile is None:
                return None
            now = popularity(profile.followers)
            if profile.popularity == now:
                return profile
            self.profiles.note_popularity(author_id, profile.popularity, now)
        raise Busy

    def _tell(self, recent: RecentPosts) -> None:
        self.steps.send([MigrateReaders(recent.author_id, recent.migration)])

    def _move(self, recent: RecentPosts, reader_ids: tuple[str, ...]) -> None:
        if recent.delivery is Delivery.TO_PULL:
            self.readers.pull(reader_ids, recent.author_id)
        else:
            # First what they pulled is put into their feeds, then they stop pulling.
            self.feeds.put(reader_ids, recent.entries, self.clock.now())
            self.readers.stop_pulling(reader_ids, recent.author_id, recent.migration)

    def _end(self, step: MigrateReaders) -> None:
        for _ in range(_ATTEMPTS):
            recent = self.recent_posts.get_many([step.author_id])[step.author_id]
            end = _ENDS.get(recent.delivery)
            if recent.migration != step.migration or end is None:
                return
            if self.recent_posts.change_delivery(recent, end, step.migration):
                return
        raise Busy
