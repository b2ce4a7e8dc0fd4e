"""Followed hashtags in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import (
    MAX_FOLLOWED,
    FollowedHashtag,
    TaggedPosts,
    too_many_hashtags,
)
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from tests.fakes.metadata import Metadata, page_of


@dataclass(frozen=True, slots=True)
class FakeFollowedHashtags:
    data: Metadata

    def follow(
        self,
        user_id: str,
        hashtag: FollowedHashtag,
        follow_ulid: str,
        spending: Spending = NOTHING,
        *,
        known: Sequence[FollowedHashtag] | None = None,  # noqa: ARG002
    ) -> FollowedHashtag:
        earlier = self.data.hashtags.get((user_id, hashtag.tag))
        if earlier is not None:
            return earlier
        if len(self.data.hashtags_of(user_id)) >= MAX_FOLLOWED:
            raise too_many_hashtags()
        self.data.spend(spending)
        self.data.hashtags[user_id, hashtag.tag] = hashtag
        self.data.hashtag_followers.setdefault(hashtag.tag, {})[user_id] = follow_ulid
        return hashtag

    def unfollow(self, user_id: str, tag: str) -> bool:
        self.data.hashtag_followers.get(tag, {}).pop(user_id, None)
        return self.data.hashtags.pop((user_id, tag), None) is not None

    def page(self, user_id: str, after: str | None, limit: int) -> Page[FollowedHashtag]:
        followed = [h for h in self.data.hashtags_of(user_id) if after is None or h.tag > after]
        return page_of(followed, limit, lambda hashtag: hashtag.tag)

    def followers(self, tag: str, after: str | None, limit: int) -> Page[str]:
        rows = sorted(
            (f"{ulid}#{user_id}" for user_id, ulid in self._followers(tag).items()), reverse=True
        )
        page = page_of([row for row in rows if after is None or row < after], limit, str)
        ids = tuple(row.partition("#")[2] for row in page.items)
        return Page(ids, page.next_position)

    def bring(self, posts: TaggedPosts, user_ids: Iterable[str]) -> None:
        for user_id in user_ids:
            row = self.data.hashtags.get((user_id, posts.tag))
            if row is not None and row.version < posts.version:
                row = replace(row, entries=posts.newest, version=posts.version)
                self.data.hashtags[user_id, posts.tag] = row

    def _followers(self, tag: str) -> Mapping[str, str]:
        return self.data.hashtag_followers.get(tag, {})


@dataclass(frozen=True, slots=True)
class FakeTaggedPosts:
    data: Metadata

    def get_many(self, tags: Collection[str]) -> Mapping[str, TaggedPosts]:
        return {tag: self.data.tagged_posts[tag] for tag in tags if tag in self.data.tagged_posts}

    def begin(self, tag: str, entries: Iterable[FeedEntry]) -> None:
        posts = replace(TaggedPosts(tag).including(entries), version=1, brought_version=1)
        self.data.tagged_posts.setdefault(tag, posts)

    def include(self, tag: str, entries: Iterable[FeedEntry]) -> TaggedPosts | None:
        before = self.data.tagged_posts.get(tag)
        if before is not None:
            self.data.tagged_posts[tag] = before.including(entries)
        return self.data.tagged_posts.get(tag)

    def note_message(self, posts: TaggedPosts, due_at: datetime) -> None:
        found = self.data.tagged_posts.get(posts.tag)
        if found is not None and found.brought_at == posts.brought_at:
            self.data.tagged_posts[posts.tag] = replace(found, due_at=due_at)

    def start(self, posts: TaggedPosts, now: datetime) -> TaggedPosts | None:
        found = self.data.tagged_posts.get(posts.tag)
        if found is None or found.brought_at != posts.brought_at:
            return None
        self.data.tagged_posts[posts.tag] = replace(found, brought_at=now, due_at=None)
        return self.data.tagged_posts[posts.tag]

    def note_brought(self, tag: str, version: int | None, followers: int | None) -> None:
        found = self.data.tagged_posts.get(tag)
        if found is None or (version is not None and version <= found.brought_version):
            return
        if version is not None:
            found = replace(found, brought_version=version)
        if followers is not None:
            found = replace(found, followers=followers)
        self.data.tagged_posts[tag] = found
