"""A cache in the memory of one container: it costs nothing, and is lost with the container."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from shutterfeed.adapters.dynamodb.recent_posts import PackedPosts
from shutterfeed.domain.delivery import RecentPosts
from shutterfeed.domain.posts import Post
from shutterfeed.ports.system import Clock

# The bytes of memory that objects take at most; a test compares them with real sizes.
_RECENT_POSTS: Final = 1_000
_ENTRY: Final = 52
_POST: Final = 1_600
_COUNTS: Final = 200
_MEDIUM: Final = 1_500
_RENDITION: Final = 300
_CHARACTER: Final = 4
"""The bytes of one character in memory at most: one character outside the basic plane makes all
characters of a text that wide."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a cache: how old recent posts may be (`age`), of how many authors
    they may be, and how many bytes of memory they may take. Those that were not used for the
    longest time are removed first."""

    age: timedelta
    authors: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Kept:
    recent_posts: RecentPosts
    since: datetime
    bytes: int


class ContainerRecentPostsCache:
    """A cache in memory. Several threads may use it at the same time.

    It measures age with the wall clock: a container may be frozen for hours between two requests,
    and a monotonic clock may stop with it. A clock that is set back makes recent posts too old,
    never too young.
    """

    def __init__(self, bounds: Bounds, clock: Clock) -> None:
        self._bounds = bounds
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """The memory that the recent posts take now, estimated from above."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def get_many(self, author_ids: Collection[str]) -> dict[str, RecentPosts]:
        now = self._clock.now()
        found: dict[str, RecentPosts] = {}
        with self._lock:
            for author_id in author_ids:
                kept = self._fresh(author_id, now)
                if kept is not None:
                    self._kept.move_to_end(author_id)
                    found[author_id] = kept.recent_posts
        return found

    def put_many(self, recent_posts: Collection[RecentPosts]) -> None:
        now = self._clock.now()
        new = [_Kept(recent, now, bytes_of(recent)) for recent in recent_posts]
        with self._lock:
            for kept in new:
                self._put(kept, now)

    def _put(self, kept: _Kept, now: datetime) -> None:
        author_id = kept.recent_posts.author_id
        present = self._fresh(author_id, now)
        if present is not None and present.recent_posts.version > kept.recent_posts.version:
            return
        self._forget(author_id)
        self._kept[author_id] = kept
        self._bytes += kept.bytes
        while self._bytes > self._bounds.bytes or len(self._kept) > self._bounds.authors:
            self._forget(next(iter(self._kept)))

    def _fresh(self, author_id: str, now: datetime) -> _Kept | None:
        kept = self._kept.get(author_id)
        if kept is None:
            return None
        if timedelta(0) <= now - kept.since < self._bounds.age:
            return kept
        self._forget(author_id)
        return None

    def _forget(self, author_id: str) -> None:
        gone = self._kept.pop(author_id, None)
        self._bytes -= 0 if gone is None else gone.bytes


def bytes_of(recent: RecentPosts) -> int:
    """The memory that an author's recent posts take at most; for ordinary ones less than twice the
    real size."""
    if isinstance(recent.posts, PackedPosts):
        # The packed posts, and the unpacked ones that are kept once one of them was shown.
        posts = 2 * recent.posts.size
    else:
        posts = sum(map(_bytes_of_post, recent.posts))
    counts = _COUNTS * len(recent.posts)
    return _RECENT_POSTS + _ENTRY * len(recent.entries) + posts + counts


def _bytes_of_post(post: Post) -> int:
    renditions = sum(len(m.picture.renditions) for m in post.media if m.picture is not None)
    media = _MEDIUM * len(post.media) + _RENDITION * renditions
    return _POST + _CHARACTER * len(post.caption) + media
