"""All that is stored at one moment, read without a call, for the invariants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import to_blob, to_post, to_profile, to_upload
from shutterfeed.adapters.dynamodb.table import item_key, unmarshal
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Upload
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.users import Profile
from shutterfeed.keys import Key
from tests.exploration import dynamo, storage
from tests.integration.world import FEED, METADATA, ORIGINALS, RENDITIONS, SEARCH, UPLOADS

Rows = dict[Key, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class State:
    metadata: Rows
    feed: Rows
    search: Rows
    uploads: dict[str, bytes]
    originals: dict[str, bytes]
    renditions: dict[str, bytes]
    posts: dict[PostId, Post]
    profiles: dict[str, Profile]
    entries: dict[tuple[str, str], Upload]
    """The ledger, by author and medium."""
    blobs: dict[str, Blob]
    edges: frozenset[tuple[str, str]]
    """Follower and followee."""
    requests: frozenset[tuple[str, str]]
    """Who waits for an answer, and of whom."""

    @classmethod
    def read(cls) -> State:
        metadata, feed, search = map(_rows, (METADATA, FEED, SEARCH))
        posts = [to_post(row) for row in _under(metadata, keys.POST_PREFIX)]
        profiles = [to_profile(row) for row in _under(metadata, keys.PROFILE)]
        entries = [to_upload(row) for row in _under(metadata, keys.UPLOAD_PREFIX)]
        blobs = [to_blob(row) for row in _under(metadata, keys.BLOB)]
        edges = (item_key(row) for row in _under(metadata, keys.FOLLOWS_PREFIX))
        requests = (item_key(row) for row in _under(metadata, keys.REQUEST_PREFIX))
        return cls(
            metadata=metadata,
            feed=feed,
            search=search,
            uploads=dict(storage.objects(UPLOADS)),
            originals=dict(storage.objects(ORIGINALS)),
            renditions=dict(storage.objects(RENDITIONS)),
            posts={post.id: post for post in posts},
            profiles={profile.user_id: profile for profile in profiles},
            entries={(e.post_id.author_id, e.medium.media_id): e for e in entries},
            blobs={blob.sha256: blob for blob in blobs},
            edges=frozenset(map(keys.parse_follow, edges)),
            requests=frozenset(map(keys.parse_request, requests)),
        )

    def published(self, *authors: str) -> list[Post]:
        """The published posts of these authors, newest first."""
        found = [
            post
            for post in self.posts.values()
            if post.state is PostState.PUBLISHED and post.author_id in authors
        ]
        return sorted(found, key=lambda post: (post.position or "", post.id), reverse=True)

    def shown(self, *authors: str) -> list[Post]:
        """Those of them that others are shown: no moderator has hidden them, or their author."""
        return [
            post
            for post in self.published(*authors)
            if not post.is_withdrawn and self._is_open(post.author_id)
        ]

    def _is_open(self, user_id: str) -> bool:
        profile = self.profiles.get(user_id)
        return profile is not None and not profile.is_closed and profile.suspension is None

    def followed_by(self, reader_id: str) -> set[str]:
        return {followee for follower, followee in self.edges if follower == reader_id}

    def followers_of(self, author_id: str) -> set[str]:
        return {follower for follower, followee in self.edges if followee == author_id}


def _rows(table: str) -> Rows:
    return {item_key(item): item for item in map(unmarshal, dynamo.items(table))}


def _under(rows: Rows, prefix: str) -> Iterator[dict[str, Any]]:
    return (row for key, row in rows.items() if key.sk.startswith(prefix))
