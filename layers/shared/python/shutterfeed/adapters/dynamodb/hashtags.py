"""Followed hashtags: a row for each reader and hashtag, which also holds the hashtag's newest
posts, and for each hashtag the list from which the rows are written.

Posts are packed into 48 bytes each: position, author and ULID, newest first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final, overload

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    at_once,
    chunks,
    is_now,
    item_key,
    key_item,
    retried,
)
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import (
    MAX_FOLLOWED,
    FollowedHashtag,
    TaggedPosts,
    too_many_hashtags,
)
from shutterfeed.domain.ids import PostId, id_number, random_id
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.schema import FOLLOWERS_INDEX, FOLLOWERS_PK, FOLLOWERS_SK, PK, SK

_POSTS: Final = "posts"
_VERSION: Final = "version"
_AT: Final = "at"
_FOLLOWERS: Final = "followers"
_BROUGHT_VERSION: Final = "brought_version"
_BROUGHT_AT: Final = "brought_at"
_DUE_AT: Final = "due_at"
_NO_LIST: Final = TaggedPosts("")
_ID: Final = 16
_ENTRY: Final = 3 * _ID
_AT_ONCE: Final = 25


class PackedTagged(Sequence[FeedEntry]):
    """Entries in packed form. Each is unpacked when it is needed: a page shows few of all that its
    reader's hashtags have."""

    __slots__ = ("_content",)

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __len__(self) -> int:
        return len(self._content) // _ENTRY

    @overload
    def __getitem__(self, index: int) -> FeedEntry: ...

    @overload
    def __getitem__(self, index: slice) -> PackedTagged: ...

    def __getitem__(self, index: int | slice) -> FeedEntry | PackedTagged:
        if isinstance(index, slice):
            start, stop, _ = index.indices(len(self))
            return PackedTagged(self._content[start * _ENTRY : stop * _ENTRY])
        return self._at(range(len(self))[index])

    def __iter__(self) -> Iterator[FeedEntry]:
        return (self._at(index) for index in range(len(self)))

    def _at(self, index: int) -> FeedEntry:
        start = index * _ENTRY
        position, author_id, ulid = (
            random_id(int.from_bytes(self._content[begin : begin + _ID]))
            for begin in range(start, start + _ENTRY, _ID)
        )
        return FeedEntry(position, PostId(author_id, ulid))


def packed(entries: Iterable[FeedEntry]) -> bytes:
    return b"".join(
        id_number(text).to_bytes(_ID)
        for entry in entries
        for text in (entry.position, entry.post_id.author_id, entry.post_id.ulid)
    )


@dataclass(frozen=True, slots=True)
class DynamoFollowedHashtags:
    table: Table

    def follow(
        self,
        user_id: str,
        hashtag: FollowedHashtag,
        follow_ulid: str,
        spending: Spending = NOTHING,
        *,
        known: Sequence[FollowedHashtag] | None = None,
    ) -> FollowedHashtag:
        followed = self.page(user_id, None, MAX_FOLLOWED + 1).items if known is None else known
        earlier = next((known for known in followed if known.tag == hashtag.tag), None)
        if earlier is not None:
            return earlier
        if len(followed) >= MAX_FOLLOWED:
            raise too_many_hashtags()
        item = {
            **key_item(keys.followed_hashtag(user_id, hashtag.tag)),
            FOLLOWERS_PK: keys.hashtag_partition(hashtag.tag),
            FOLLOWERS_SK: keys.followers_sort(follow_ulid, user_id),
            _AT: timestamp(hashtag.at),
            _VERSION: 0,
        }
        # Another request may have followed it meanwhile; whichever wrote it, it is followed.
        with suppress(ConditionFailed):
            transact(self.table, [Put(item, Attr(PK).not_exists())], spending)
        return hashtag

    def unfollow(self, user_id: str, tag: str) -> bool:
        try:
            self.table.write(Delete(keys.followed_hashtag(user_id, tag), Attr(PK).exists()))
        except ConditionFailed:
            return False
        return True

    def page(self, user_id: str, after: str | None, limit: int) -> Page[FollowedHashtag]:
        rows = self.table.query(
            Key(PK).eq(keys.user_partition(user_id))
            & Key(SK).begins_with(keys.READER_HASHTAGS_PREFIX),
            after=None if after is None else key_item(keys.followed_hashtag(user_id, after)),
            limit=limit,
            consistent=True,
        )
        found = tuple(map(to_followed_hashtag, rows.items))
        return Page(found, found[-1].tag if rows.last else None)

    def followers(self, tag: str, after: str | None, limit: int) -> Page[str]:
        condition: ConditionBase = Key(FOLLOWERS_PK).eq(keys.hashtag_partition(tag))
        if after is not None:
            condition = condition & Key(FOLLOWERS_SK).lt(after)
        rows = self.table.query(condition, index=FOLLOWERS_INDEX, limit=limit, newest_first=True)
        ids = tuple(keys.parse_followed_hashtag(item_key(item))[0] for item in rows.items)
        return Page(ids, str(rows.items[-1][FOLLOWERS_SK]) if rows.last else None)

    def bring(self, posts: TaggedPosts, user_ids: Iterable[str]) -> None:
        fields = {_POSTS: packed(posts.newest), _VERSION: posts.version}
        for some in chunks(list(user_ids), _AT_ONCE):
            at_once([partial(self._bring, posts, user_id, fields) for user_id in some])

    def _bring(self, posts: TaggedPosts, user_id: str, fields: Item) -> None:
        older = Attr(_VERSION).lt(posts.version)
        key = keys.followed_hashtag(user_id, posts.tag)
        with suppress(ConditionFailed):
            self.table.write(Update(key, set=fields, condition=older))


@dataclass(frozen=True, slots=True)
class DynamoTaggedPosts:
    table: Table

    def get_many(self, tags: Collection[str]) -> Mapping[str, TaggedPosts]:
        items = self.table.get_many(map(keys.tagged_posts, tags), consistent=True)
        return {posts.tag: posts for posts in map(to_tagged_posts, items)}

    def begin(self, tag: str, entries: Iterable[FeedEntry]) -> None:
        posts = replace(TaggedPosts(tag).including(entries), version=1, brought_version=1)
        with suppress(ConditionFailed):
            self.table.write(Put(_tagged_posts_item(posts), Attr(PK).not_exists()))

    def include(self, tag: str, entries: Iterable[FeedEntry]) -> TaggedPosts | None:
        wanted = tuple(entries)
        found = retried(lambda: self._include(tag, wanted))
        return None if found == _NO_LIST else found

    def _include(self, tag: str, entries: Sequence[FeedEntry]) -> TaggedPosts | None:
        """One attempt: `_NO_LIST` if there is none, None if it has changed meanwhile."""
        item = self.table.get(keys.tagged_posts(tag))
        if item is None:
            return _NO_LIST
        before = to_tagged_posts(item)
        after = before.including(entries)
        if after is before:
            return before
        unchanged = Attr(_VERSION).eq(before.version) & is_now(_DUE_AT, item.get(_DUE_AT))
        fields = {_POSTS: packed(after.entries), _VERSION: after.version}
        try:
            put_in = Update(keys.tagged_posts(tag), set=fields, condition=unchanged)
            return to_tagged_posts(self.table.write(put_in))
        except ConditionFailed:
            return None

    def note_message(self, posts: TaggedPosts, due_at: datetime) -> None:
        noted = {_DUE_AT: timestamp(due_at)}
        key, begun = keys.tagged_posts(posts.tag), _as_begun(posts)
        with suppress(ConditionFailed):
            self.table.write(Update(key, set=noted, condition=begun))

    def start(self, posts: TaggedPosts, now: datetime) -> TaggedPosts | None:
        begun = Update(
            keys.tagged_posts(posts.tag),
            set={_BROUGHT_AT: timestamp(now)},
            remove=[_DUE_AT],
            condition=_as_begun(posts),
        )
        try:
            return to_tagged_posts(self.table.write(begun))
        except ConditionFailed:
            return None

    def note_brought(self, tag: str, version: int | None, followers: int | None) -> None:
        noted = {_BROUGHT_VERSION: version, _FOLLOWERS: followers}
        later = Attr(PK).exists() if version is None else Attr(_BROUGHT_VERSION).lt(version)
        fields = {name: value for name, value in noted.items() if value is not None}
        with suppress(ConditionFailed):
            self.table.write(Update(keys.tagged_posts(tag), set=fields, condition=later))


def _as_begun(posts: TaggedPosts) -> ConditionBase:
    """The condition that bringing has not begun since the list was read."""
    at = None if posts.brought_at is None else timestamp(posts.brought_at)
    return Attr(PK).exists() & is_now(_BROUGHT_AT, at)


def to_followed_hashtag(item: Item) -> FollowedHashtag:
    _, tag = keys.parse_followed_hashtag(item_key(item))
    entries = PackedTagged(_bytes(item.get(_POSTS, b"")))
    return FollowedHashtag(tag, datetime.fromisoformat(item[_AT]), entries, item[_VERSION])


def to_tagged_posts(item: Item) -> TaggedPosts:
    brought_at, due_at = item.get(_BROUGHT_AT), item.get(_DUE_AT)
    return TaggedPosts(
        keys.parse_tagged_posts(item_key(item)),
        tuple(PackedTagged(_bytes(item.get(_POSTS, b"")))),
        item[_VERSION],
        item[_FOLLOWERS],
        item[_BROUGHT_VERSION],
        None if brought_at is None else datetime.fromisoformat(brought_at),
        None if due_at is None else datetime.fromisoformat(due_at),
    )


def _tagged_posts_item(posts: TaggedPosts) -> Item:
    return {
        **key_item(keys.tagged_posts(posts.tag)),
        _POSTS: packed(posts.entries) or None,
        _VERSION: posts.version,
        _FOLLOWERS: posts.followers,
        _BROUGHT_VERSION: posts.brought_version,
    }


def _bytes(value: Any) -> bytes:
    return bytes(value)
