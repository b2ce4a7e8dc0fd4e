"""A cache within one container: free, and lost with it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from shutterfeed.adapters.dynamodb.heads import PackedPosts
from shutterfeed.domain.delivery import Head
from shutterfeed.domain.posts import Post
from shutterfeed.ports.system import Clock

# What objects take in memory, at most; a test holds it against real sizes.
_HEAD: Final = 1_000
_ENTRY: Final = 52
_POST: Final = 1_600
_MEDIUM: Final = 1_500
_RENDITION: Final = 300
_CHARACTER: Final = 4
"""One character outside the basic plane makes a whole text so wide."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`age`: how old a head may be. `heads` and `bytes`: how many, and how much memory they take;
    those that were not asked for longest go first."""

    age: timedelta
    heads: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Kept:
    head: Head
    since: datetime
    bytes: int


class ContainerHeadCache:
    """Least recently used goes first. May be used by threads at once.

    Time is the wall clock: a container is frozen between two requests, for hours perhaps, and a
    monotonic clock may stand still with it. Set back, the clock makes heads old, never young.
    """

    def __init__(self, bounds: Bounds, clock: Clock) -> None:
        self._bounds = bounds
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """An upper estimate of what it takes now."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def get_many(self, author_ids: Collection[str]) -> dict[str, Head]:
        now = self._clock.now()
        found: dict[str, Head] = {}
        with self._lock:
            for author_id in author_ids:
                kept = self._fresh(author_id, now)
                if kept is not None:
                    self._kept.move_to_end(author_id)
                    found[author_id] = kept.head
        return found

    def put_many(self, heads: Collection[Head]) -> None:
        now = self._clock.now()
        new = [_Kept(head, now, bytes_of(head)) for head in heads]
        with self._lock:
            for kept in new:
                self._put(kept, now)

    def _put(self, kept: _Kept, now: datetime) -> None:
        author_id = kept.head.author_id
        present = self._fresh(author_id, now)
        if present is not None and present.head.version > kept.head.version:
            return
        self._forget(author_id)
        self._kept[author_id] = kept
        self._bytes += kept.bytes
        while self._bytes > self._bounds.bytes or len(self._kept) > self._bounds.heads:
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


def bytes_of(head: Head) -> int:
    """What a head takes in memory, at most; less than twice the truth for an ordinary one."""
    if isinstance(head.posts, PackedPosts):
        # Packed, and unpacked too once one of them was shown.
        posts = 2 * head.posts.size
    else:
        posts = sum(map(_bytes_of_post, head.posts))
    return _HEAD + _ENTRY * len(head.entries) + posts


def _bytes_of_post(post: Post) -> int:
    renditions = sum(len(m.picture.renditions) for m in post.media if m.picture is not None)
    media = _MEDIUM * len(post.media) + _RENDITION * renditions
    return _POST + _CHARACTER * len(post.caption) + media
