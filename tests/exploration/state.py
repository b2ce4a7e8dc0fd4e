"""All that is stored at one moment, read without a call, for the invariants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import to_blob, to_post, to_profile, to_upload
from shutterfeed.adapters.dynamodb.table import unmarshal
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

    @classmethod
    def read(cls) -> State:
        metadata, feed, search = map(_rows, (METADATA, FEED, SEARCH))
        posts = {p.id: p for key, row in _under(metadata, keys.POST_PREFIX) if (p := to_post(row))}
        uploads = (to_upload(row) for _, row in _under(metadata, keys.UPLOAD_PREFIX))
        return cls(
            metadata,
            feed,
            search,
            *(dict(storage.objects(name)) for name in (UPLOADS, ORIGINALS, RENDITIONS)),
            posts,
            {p.user_id: p for _, row in _under(metadata, keys.PROFILE) if (p := to_profile(row))},
            {(u.post_id.author_id, u.medium.media_id): u for u in uploads},
            {
                b.sha256: b
                for key, row in metadata.items()
                if key.sk == keys.BLOB and (b := to_blob(row))
            },
            frozenset(keys.parse_follow(key) for key, _ in _under(metadata, keys.FOLLOWS_PREFIX)),
        )

    def published(self, *authors: str) -> list[Post]:
        """Of these authors, newest first."""
        found = [
            post
            for post in self.posts.values()
            if post.state is PostState.PUBLISHED and post.author_id in authors
        ]
        return sorted(found, key=lambda post: (post.position or "", post.id), reverse=True)

    def followed_by(self, reader_id: str) -> set[str]:
        return {followee for follower, followee in self.edges if follower == reader_id}

    def followers_of(self, author_id: str) -> set[str]:
        return {follower for follower, followee in self.edges if followee == author_id}


def _rows(table: str) -> Rows:
    items = map(unmarshal, dynamo.items(table))
    return {Key(item["pk"], item["sk"]): item for item in items}


def _under(rows: Rows, prefix: str) -> Iterator[tuple[Key, dict[str, Any]]]:
    return ((key, row) for key, row in rows.items() if key.sk.startswith(prefix))
