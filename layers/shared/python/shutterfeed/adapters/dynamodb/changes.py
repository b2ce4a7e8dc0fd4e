"""Turns records of the metadata table's stream into the domain's changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.likes import AT, SHARD
from shutterfeed.adapters.dynamodb.records import (
    ACCEPTED,
    AWAITS_RENDERING,
    to_blob,
    to_post,
    to_profile,
)
from shutterfeed.adapters.dynamodb.table import Item, item_key, unmarshal
from shutterfeed.adapters.dynamodb.threads import to_comment
from shutterfeed.domain.changes import (
    BlobRemoved,
    Change,
    CommentChanged,
    CommentLiked,
    FollowChanged,
    FollowRequested,
    Liked,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
)
from shutterfeed.domain.ids import ulid_time
from shutterfeed.keys import Key
from shutterfeed.schema import FOLLOWERS_PK, FOLLOWERS_SK

T = TypeVar("T")
Image = Mapping[str, Any]
"""An item as the stream has it: unread."""


_EDGES: Final = (
    keys.FOLLOWS_PREFIX,
    keys.REQUEST_PREFIX,
    keys.LIKES_PREFIX,
    keys.COMMENT_LIKES_PREFIX,
)


def change_of(record: Mapping[str, Any]) -> Change | None:
    """The change that one record (with old and new image) describes; None if it causes no work."""
    change = record["dynamodb"]
    key = item_key(unmarshal(change["Keys"]))
    before, after = change.get("OldImage"), change.get("NewImage")
    if key.sk.startswith(keys.POST_PREFIX):
        return PostChanged(_read(before, to_post), _read(after, to_post))
    if key.sk.startswith(keys.COMMENT_PREFIX):
        return CommentChanged(_read(before, to_comment), _read(after, to_comment))
    if key.sk == keys.PROFILE:
        return ProfileChanged(_read(before, to_profile), _read(after, to_profile))
    if key.sk.startswith(_EDGES):
        return _edge_changed(key, before, after)
    return _content_changed(key, before, after)


def _content_changed(key: Key, before: Image | None, after: Image | None) -> Change | None:
    """The change of a blob, or of a reference to one."""
    if key.sk == keys.BLOB:
        blob = _read(before, to_blob)
        return BlobRemoved(blob) if blob is not None and after is None else None
    if key.sk.startswith(keys.REFERENCE_PREFIX) and _waits(before) and not _waits(after):
        return ReferenceAdded(keys.parse_reference(key)) if after is not None else None
    return None


def _edge_changed(key: Key, before: Image | None, after: Image | None) -> Change | None:
    """The change of a follow edge; or of a request to follow or a like, on whose end nobody
    acts."""
    if (before is None) == (after is None):
        return None
    if key.sk.startswith(keys.FOLLOWS_PREFIX):
        return _follow_changed(key, after)
    if after is None:
        return None
    edge = unmarshal(after)
    if key.sk.startswith(keys.COMMENT_LIKES_PREFIX):
        comment_id, user_id = keys.parse_comment_like(key), keys.parse_comment_liker(key)
        return CommentLiked(user_id, comment_id, _edge_time(edge))
    if key.sk.startswith(keys.LIKES_PREFIX):
        return Liked(*keys.parse_like(key), ulid_time(edge[AT]), edge.get(SHARD, 0))
    return FollowRequested(*keys.parse_request(key), _edge_time(edge))


def _follow_changed(key: Key, after: Image | None) -> FollowChanged:
    ids = keys.parse_follow(key)
    if after is None:
        return FollowChanged(*ids, follows=False)
    edge = unmarshal(after)
    shard = keys.parse_shard(str(edge[FOLLOWERS_PK]))
    return FollowChanged(*ids, True, _edge_time(edge), shard, ACCEPTED in edge)  # noqa: FBT003


def _edge_time(edge: Item) -> datetime:
    """When an edge or a request was written."""
    return ulid_time(keys.parse_followers_sort(str(edge[FOLLOWERS_SK]))[0])


def _waits(reference: Image | None) -> bool:
    """Whether a reference does not count yet, or does not exist."""
    return reference is None or AWAITS_RENDERING in reference


def _read(image: Image | None, read: Callable[[Item], T]) -> T | None:
    return None if image is None else read(unmarshal(image))
