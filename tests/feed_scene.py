"""A reader's feed in real tables, with given numbers of followed accounts and of celebrities.

Written to the tables directly, as the services would have left it: posts with two photos each, and
their counts; three hundred pushed entries of up to a hundred authors; celebrities' recent posts
with their newest posts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.feeds import DynamoFeeds
from shutterfeed.adapters.dynamodb.hashtags import DynamoFollowedHashtags
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.dynamodb.recent_posts import recent_posts_item
from shutterfeed.adapters.dynamodb.records import post_item, profile_item
from shutterfeed.adapters.dynamodb.table import Item, Table, key_item
from shutterfeed.domain.accounts import user_id_of
from shutterfeed.domain.delivery import (
    RECENT_ENTRIES,
    RECENT_WHOLE_POSTS,
    Delivery,
    RecentPosts,
    entry_of,
)
from shutterfeed.domain.feed import FeedEntry, Snapshot
from shutterfeed.domain.hashtags import BROUGHT, FollowedHashtag, TaggedPosts
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.media import MediaState, Medium, Picture
from shutterfeed.domain.photos import Rendition
from shutterfeed.domain.posts import Post, PostCounts, PostState
from shutterfeed.domain.users import Profile, initial_handle
from tests.samples import ACCOUNT_KEY

CASES: Final = ((0, 0), (10, 1), (1_000, 10), (7_500, 50))
"""Accounts followed, and celebrities among them."""
COUNTS: Final = PostCounts(likes=4_711, comments=42)
"""What people have answered to each post."""
_PUSHED: Final = 300
_AUTHORS: Final = 100
_STRANGERS: Final = 10**9
"""The case of those whom no reader follows."""
_SIZES: Final = ((150, "jpg"), (320, "jpg"), (640, "jpg"), (1080, "jpg"), (640, "webp"))
_CAPTION: Final = "Late light over the harbour, the last ferry and nobody else about. #evening #sea"


@dataclass(frozen=True, slots=True)
class Scene:
    metadata: Table
    feeds: Table
    now: datetime

    def reader(self, follows: int, celebrities: int) -> str:
        """Lay out one reader's world; the reader's subject at the identity provider."""
        case = _case(follows, celebrities)
        subject = _subject(case, 0)
        reader_id = _user_id(case, 0)
        authors = [_user_id(case, number) for number in range(1, follows + 1)]
        famous, others = famous_in(follows, celebrities), authors[celebrities:][:_AUTHORS]
        # The others are never shown: none of their posts is in the feed.
        self.metadata.write_many(map(self._profile, (reader_id, *famous, *others)))
        self.metadata.write_many(key_item(keys.follow(reader_id, author)) for author in authors)
        self.metadata.write_many(self._celebrity(number, a) for number, a in enumerate(famous))
        self.metadata.write_many(key_item(keys.pull_marker(reader_id, author)) for author in famous)
        pushed = [self._post(others[n % len(others)], n) for n in range(_PUSHED)] if others else []
        self.metadata.write_many(map(post_item, pushed))
        self.metadata.write_many(map(_counts, pushed))
        entries = sorted(map(entry_of, pushed), reverse=True)
        feeds = DynamoFeeds(self.feeds)
        feeds.put([reader_id], entries, self.now)
        feeds.keep_snapshot(reader_id, Snapshot(_older(entries), None, 1), self.now)
        readers = DynamoReaders(self.metadata)
        readers.record_visit(reader_id, self.now.date())
        readers.push_until(reader_id, self.now + timedelta(days=20))
        return subject

    def follow_hashtags(self, reader_id: str, number: int) -> None:
        """Let a reader follow hashtags, each with the newest posts of people whom they do not
        follow."""
        followed = DynamoFollowedHashtags(self.metadata)
        for index in range(number):
            tag = f"hashtag{index}"
            authors = [_user_id(_STRANGERS, index * BROUGHT + n) for n in range(BROUGHT)]
            posts = [
                replace(self._post(author, 7 * n + index % 7), caption=f"{_CAPTION} #{tag}")
                for n, author in enumerate(authors)
            ]
            self.metadata.write_many(map(self._profile, authors))
            self.metadata.write_many(map(post_item, posts))
            self.metadata.write_many(map(_counts, posts))
            followed.follow(reader_id, FollowedHashtag(tag, self.now), ulid(self.now, index))
            entries = sorted(map(entry_of, posts), reverse=True)
            followed.bring(TaggedPosts(tag, entries, 1), [reader_id])

    def strangers_posts(self, number: int) -> list[Post]:
        """A post of each of this many people, the newest first."""
        authors = [_user_id(_STRANGERS, n) for n in range(number)]
        posts = [self._post(author, n) for n, author in enumerate(authors)]
        self.metadata.write_many(map(self._profile, authors))
        self.metadata.write_many(map(post_item, posts))
        self.metadata.write_many(map(_counts, posts))
        return posts

    def _profile(self, user_id: str) -> Item:
        return profile_item(Profile(user_id, initial_handle(user_id), self.now, "Ada", "Hello"))

    def _celebrity(self, number: int, author_id: str) -> Item:
        posts = [self._post(author_id, 7 * n + number) for n in range(RECENT_ENTRIES)]
        recent = RecentPosts(author_id, delivery=Delivery.PULL)
        for post in posts:
            recent = recent.with_post(post)
        newest = sorted(posts, key=entry_of, reverse=True)[:RECENT_WHOLE_POSTS]
        return recent_posts_item(recent.showing(newest, {post.id: COUNTS for post in newest}))

    def _post(self, author_id: str, number: int) -> Post:
        at = self.now - timedelta(minutes=3 * number + 1)
        position = ulid(at, int(author_id[-5:].encode().hex(), 16) + number)
        post_id = PostId(author_id, ulid(at - timedelta(seconds=3), 11 * number))
        media = tuple(_medium(position, index) for index in range(2))
        return Post(
            post_id,
            _CAPTION,
            media,
            PostState.PUBLISHED,
            at,
            published_at=at,
            position=position,
        )


def famous_in(follows: int, celebrities: int) -> list[str]:
    """The ids of the celebrities whom the reader of such a scene follows."""
    case = _case(follows, celebrities)
    return [_user_id(case, number) for number in range(1, celebrities + 1)]


def _case(follows: int, celebrities: int) -> int:
    return follows * 1_000 + celebrities


def _counts(post: Post) -> Item:
    """What is read of a post that people have liked and commented on."""
    return key_item(keys.counts(post.id)) | asdict(COUNTS)


def _older(entries: list[FeedEntry]) -> tuple[FeedEntry, ...]:
    return tuple(entries[-200:])


def _medium(position: str, index: int) -> Medium:
    renditions = tuple(
        Rendition(f"{edge}.{kind}", f"image/{kind}", edge, edge * 3 // 4) for edge, kind in _SIZES
    )
    picture = Picture(position, 4000, 3000, "2OcNDYSYiHh3h4eAd4h3eHd3iHh3", renditions)
    media_id = ulid(datetime(2026, 1, 1, tzinfo=UTC), index)
    return Medium(media_id, "image/jpeg", 3_000_000, "0" * 64, MediaState.READY, picture=picture)


def _user_id(case: int, number: int) -> str:
    return user_id_of(_subject(case, number), ACCOUNT_KEY)


def _subject(case: int, number: int) -> str:
    return str(UUID(int=case << 80 | number))
