"""Bringing posts to feeds: planning in chunks of followers, and writing the chunks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shutterfeed.domain.feed import BACKFILL_POSTS, FeedEntry
from shutterfeed.domain.messages import (
    Backfill,
    FanOut,
    FeedAction,
    FeedChunk,
    FeedMessage,
    Prune,
)
from shutterfeed.domain.posts import PostState
from shutterfeed.ports import Clock, Feeds, Follows, Posts, Profiles, Queue

CHUNK = 500
"""Followers per message: 20 batches of DynamoDB's 25 writes, about 15 KB of ids."""
PAGES_PER_STEP = 20
"""Chunks per step of the planner, before it leaves a checkpoint and starts a new message."""
_PRUNE_PAGE = 100


@dataclass(frozen=True, slots=True)
class FanOutPlanner:
    profiles: Profiles
    follows: Follows
    steps: Queue[FanOut]
    chunks: Queue[FeedMessage]

    def plan(self, step: FanOut) -> int:
        """Send chunks for the followers from the step's checkpoint on; the number of followers.

        Followers are read newest first: who follows meanwhile is above what is still to read, and
        gets the post by backfill. A repeated step sends the same chunks again, which write the
        same items again.
        """
        author_id = step.entry.post_id.author_id
        if step.shard == 0 and step.after is None:
            self.chunks.send([FeedChunk(step.action, step.entry, (author_id,))])
        shards = self._shards(author_id)
        planned = 0
        for _ in range(PAGES_PER_STEP):
            page = self.follows.followers(author_id, step.shard, step.after, CHUNK)
            if page.items:
                self.chunks.send([FeedChunk(step.action, step.entry, page.items)])
                planned += len(page.items)
            if page.next_position is not None:
                step = replace(step, after=page.next_position)
            elif step.shard + 1 < shards:
                step = replace(step, shard=step.shard + 1, after=None)
            else:
                return planned
        self.steps.send([step])
        return planned

    def _shards(self, author_id: str) -> int:
        profile = self.profiles.get(author_id)
        return 1 if profile is None else profile.follower_shards


@dataclass(frozen=True, slots=True)
class FeedWriter:
    feeds: Feeds
    posts: Posts
    follows: Follows
    clock: Clock

    def write(self, message: FeedMessage) -> None:
        """Carry out one message. Keys are derived from it, so that repeating it is harmless."""
        match message:
            case FeedChunk(FeedAction.INSERT, entry, owner_ids):
                self.feeds.put(owner_ids, [entry], self.clock.now())
            case FeedChunk(FeedAction.REMOVE, entry, owner_ids):
                # The post decides, not the message: it may be late, and the post restored.
                post = self.posts.get(entry.post_id)
                if post is None or post.state is not PostState.PUBLISHED:
                    self.feeds.remove(owner_ids, [entry])
            case Backfill(owner_id, followee_id):
                self._backfill(owner_id, followee_id)
            case Prune(owner_id, followee_id):
                self._prune(owner_id, followee_id)

    def _backfill(self, owner_id: str, followee_id: str) -> None:
        # The edge decides, not the message: it may be late, and the follow long undone.
        if not self.follows.exists(owner_id, followee_id):
            return
        page = self.posts.published_by(followee_id, None, BACKFILL_POSTS)
        entries = [FeedEntry(p.position, p.id) for p in page.items if p.position is not None]
        self.feeds.put([owner_id], entries, self.clock.now())

    def _prune(self, owner_id: str, followee_id: str) -> None:
        if self.follows.exists(owner_id, followee_id):
            return
        before: FeedEntry | None = None
        while True:
            page = self.feeds.page(owner_id, before, _PRUNE_PAGE)
            theirs = [e for e in page.items if e.post_id.author_id == followee_id]
            self.feeds.remove([owner_id], theirs)
            if page.next_position is None:
                return
            before = FeedEntry.parse(page.next_position)
