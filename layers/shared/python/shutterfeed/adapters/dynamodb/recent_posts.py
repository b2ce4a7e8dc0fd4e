"""Authors' recent posts: the positions of their newest posts, and for celebrities the posts
themselves.

Positions are compressed text of a fixed width: as small as binary ids would be, and they are cut
out instead of computed. A page reads the recent posts of every celebrity, but unpacks only what it
needs.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, overload

import msgspec
from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import to_counts, to_post
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Item,
    Put,
    Table,
    Update,
    item_key,
    key_item,
    retried,
)
from shutterfeed.domain.delivery import Delivery, RecentPosts
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import Post, PostCounts, PostState
from shutterfeed.schema import PK

_ULID: Final = 26
_VERSION: Final = "version"
_COUNT: Final = "posts_count"
_SIZE: Final = "posts_size"
_COUNTS: Final = "counts"
_KEPT: Final = "kept"
"""The attribute of a post's counts that says that they are kept here."""
_post_of = msgspec.json.Decoder(Post).decode


class PackedEntries(Sequence[FeedEntry]):
    """An author's entries in one text. Each is made when it is needed."""

    __slots__ = ("_author_id", "_text")
    _WIDTH: Final = 2 * _ULID

    def __init__(self, author_id: str, text: str) -> None:
        self._author_id = author_id
        self._text = text

    def __len__(self) -> int:
        return len(self._text) // self._WIDTH

    @overload
    def __getitem__(self, index: int) -> FeedEntry: ...

    @overload
    def __getitem__(self, index: slice) -> PackedEntries: ...

    def __getitem__(self, index: int | slice) -> FeedEntry | PackedEntries:
        if isinstance(index, slice):
            start, stop, _ = index.indices(len(self))
            text = self._text[start * self._WIDTH : stop * self._WIDTH]
            return PackedEntries(self._author_id, text)
        offset = range(len(self))[index] * self._WIDTH
        position = self._text[offset : offset + _ULID]
        post_ulid = self._text[offset + _ULID : offset + self._WIDTH]
        return FeedEntry(position, PostId(self._author_id, post_ulid))

    def __iter__(self) -> Iterator[FeedEntry]:
        return (self[index] for index in range(len(self)))


class PackedPosts(Sequence[Post]):
    """Posts as compressed lines of JSON. They are unpacked when the first one is needed, and each
    is decoded by itself, since most celebrities have no post on a page."""

    __slots__ = ("_count", "_lines", "_packed", "size")

    def __init__(self, packed: Any, count: int, size: int) -> None:
        self._packed = packed
        self._count = count
        self.size = size
        """The size of the unpacked posts in bytes."""
        self._lines: list[bytes] = []

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Post: ...

    @overload
    def __getitem__(self, index: slice) -> list[Post]: ...

    def __getitem__(self, index: int | slice) -> Post | list[Post]:
        if not self._lines:
            self._lines = decompressed(self._packed).split(b"\n")
        found = self._lines[index]
        return _post_of(found) if isinstance(found, bytes) else list(map(_post_of, found))


class PackedCounts(Sequence[PostCounts | None]):
    """The counts of whole posts in one text, read when the first one is needed."""

    __slots__ = ("_each", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._each: list[PostCounts | None] | None = None

    def _read(self) -> list[PostCounts | None]:
        if self._each is None:
            self._each = list(map(_counts_of, self.text.split()))
        return self._each

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, index: int) -> PostCounts | None: ...

    @overload
    def __getitem__(self, index: slice) -> list[PostCounts | None]: ...

    def __getitem__(self, index: int | slice) -> PostCounts | list[PostCounts | None] | None:
        return self._read()[index]


def pack_counts(counts: Iterable[PostCounts | None]) -> str:
    """The packed text of the counts of an author's whole posts."""
    return " ".join("-" if one is None else f"{one.likes},{one.comments}" for one in counts)


def _counts_of(text: str) -> PostCounts | None:
    if text == "-":
        return None
    likes, comments = map(int, text.split(","))
    return PostCounts(likes, comments, kept=True)


def pack(entries: Iterable[FeedEntry]) -> str:
    """The packed text of one author's entries."""
    return "".join(entry.position + entry.post_id.ulid for entry in entries)


def compressed(text: str | bytes) -> bytes:
    return zlib.compress(text.encode() if isinstance(text, str) else text)


def decompressed(value: Any) -> bytes:
    return zlib.decompress(bytes(value))


def recent_posts_item(recent: RecentPosts) -> Item:
    posts = b"\n".join(map(msgspec.json.encode, recent.posts))
    return {
        **key_item(keys.recent_posts(recent.author_id)),
        "entries": compressed(pack(recent.entries)),
        "posts": compressed(posts) if posts else None,
        _COUNT: len(recent.posts) or None,
        _SIZE: len(posts) or None,
        _COUNTS: pack_counts(recent.counts) or None,
        "oldest_known": str(recent.oldest_known) if recent.oldest_known is not None else None,
        "delivery": recent.delivery,
        "migration": recent.migration,
        _VERSION: recent.version,
    }


def to_recent_posts(item: Item) -> RecentPosts:
    author_id = keys.parse_recent_posts(item_key(item))
    return RecentPosts(
        author_id,
        PackedEntries(author_id, decompressed(item["entries"]).decode()),
        FeedEntry.parse(item["oldest_known"]) if "oldest_known" in item else None,
        Delivery(item["delivery"]),
        item["migration"],
        item[_VERSION],
        PackedPosts(item["posts"], item[_COUNT], item[_SIZE]) if "posts" in item else (),
        PackedCounts(item[_COUNTS]) if _COUNTS in item else (),
    )


@dataclass(frozen=True, slots=True)
class DynamoRecentPosts:
    """Strongly consistent, over the metadata table."""

    table: Table

    def get_many(self, author_ids: Iterable[str]) -> dict[str, RecentPosts]:
        recent_posts = {author_id: RecentPosts(author_id) for author_id in author_ids}
        items = self.table.get_many(map(keys.recent_posts, recent_posts), consistent=True)
        return recent_posts | {recent.author_id: recent for recent in map(to_recent_posts, items)}

    def change_delivery(self, recent: RecentPosts, delivery: Delivery, migration: str) -> bool:
        try:
            self.table.write(self.replacing(recent, recent.with_delivery(delivery, migration)))
        except ConditionFailed:
            return False
        return True

    def keep_counts(self, recent: RecentPosts, post_id: PostId, counts: PostCounts) -> bool:
        changed = recent.with_counts(post_id, counts)
        update = Update(
            keys.recent_posts(recent.author_id),
            set={_COUNTS: pack_counts(changed.counts), _VERSION: changed.version},
            condition=Attr(_VERSION).eq(recent.version),
        )
        try:
            self.table.write(update)
        except ConditionFailed:
            return False
        return True

    def replacing(self, old: RecentPosts, new: RecentPosts) -> Put:
        """The write that replaces the recent posts `old` by `new`, with all posts that they should
        hold."""
        condition: ConditionBase = Attr(_VERSION).eq(old.version)
        if old.version == 0:
            condition = Attr(PK).not_exists()
        return Put(recent_posts_item(self._filled(new)), condition)

    def _filled(self, recent: RecentPosts) -> RecentPosts:
        if recent.unshown:
            items = self.table.get_many(map(keys.post, recent.unshown), consistent=True)
            found = [post for post in map(to_post, items) if post.state is PostState.PUBLISHED]
            recent = recent.showing([*recent.posts, *found])
        counts = {post_id: self._counts_to_keep(post_id) for post_id in recent.uncounted}
        return recent.showing(recent.posts, counts) if counts else recent

    def _counts_to_keep(self, post_id: PostId) -> PostCounts:
        """A post's counts, of which every later change is told. That is noted before the recent
        posts are written: if this fails, some changes are told for nothing."""
        update = Update(keys.counts(post_id), set={_KEPT: True})

        # Likes that come in transactions stand in the way of it.
        def attempt() -> PostCounts | None:
            try:
                return to_counts(self.table.write(update))
            except Busy:
                return None

        return retried(attempt)
