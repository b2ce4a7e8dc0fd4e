"""Turns records of the metadata table's stream into the domain's changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.activity import to_notice
from shutterfeed.adapters.dynamodb.case_items import to_case
from shutterfeed.adapters.dynamodb.exports import to_export
from shutterfeed.adapters.dynamodb.likes import AT, SHARD
from shutterfeed.adapters.dynamodb.records import (
    ACCEPTED,
    AWAITS_RENDERING,
    CASES,
    to_blob,
    to_counts,
    to_post,
    to_profile,
)
from shutterfeed.adapters.dynamodb.table import Item, item_key, unmarshal
from shutterfeed.adapters.dynamodb.threads import to_comment
from shutterfeed.domain.changes import (
    BlobRemoved,
    CaseDecided,
    Change,
    ClosingEnded,
    CommentChanged,
    CommentLiked,
    CountsChanged,
    DenialChanged,
    ExportChanged,
    FollowChanged,
    FollowRequested,
    Liked,
    LikesCountedApart,
    NoticeOpened,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
    WithholdingChanged,
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
    kind, separator, _ = key.sk.partition("#")
    read = _READERS.get(kind + separator)
    return read(key, change.get("OldImage"), change.get("NewImage")) if read else None


def _post(_: Key, before: Image | None, after: Image | None) -> Change:
    return PostChanged(_read(before, to_post), _read(after, to_post))


def _profile(_: Key, before: Image | None, after: Image | None) -> Change:
    return ProfileChanged(_read(before, to_profile), _read(after, to_profile))


def _blob(_: Key, before: Image | None, after: Image | None) -> Change | None:
    blob = _read(before, to_blob)
    return BlobRemoved(blob) if blob is not None and after is None else None


def _denial(key: Key, _: Image | None, __: Image | None) -> Change:
    return DenialChanged(keys.parse_denial(key))


def _case(_: Key, before: Image | None, after: Image | None) -> Change | None:
    return None if after is None else CaseDecided(_read(before, to_case), to_case(unmarshal(after)))


def _withheld(key: Key, before: Image | None, after: Image | None) -> Change:
    cases = _cases(before) ^ _cases(after)
    return WithholdingChanged(keys.parse_withheld(key), cases)


def _cases(image: Image | None) -> frozenset[str]:
    return frozenset() if image is None else frozenset(unmarshal(image)[CASES])


def _closing(key: Key, _: Image | None, after: Image | None) -> Change | None:
    return ClosingEnded(keys.parse_closing(key)) if after is None else None


def _comment(_: Key, before: Image | None, after: Image | None) -> Change:
    return CommentChanged(_read(before, to_comment), _read(after, to_comment))


def _reference(key: Key, before: Image | None, after: Image | None) -> Change | None:
    if after is None or not _waits(before) or _waits(after):
        return None
    return ReferenceAdded(keys.parse_reference(key))


def _counts(key: Key, before: Image | None, after: Image | None) -> Change | None:
    if after is None:
        return None
    counts = to_counts(unmarshal(after))
    return CountsChanged(keys.parse_counts(key), _read(before, to_counts), counts)


def _shard(key: Key, _: Image | None, after: Image | None) -> Change | None:
    return None if after is None else LikesCountedApart(keys.parse_counts(key))


def _notice(_: Key, before: Image | None, after: Image | None) -> Change | None:
    if before is not None or after is None:
        return None
    return NoticeOpened(to_notice(unmarshal(after)))


def _export(_: Key, before: Image | None, after: Image | None) -> Change:
    return ExportChanged(_read(before, to_export), _read(after, to_export))


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


_READERS: Final[Mapping[str, Callable[[Key, Image | None, Image | None], Change | None]]] = {
    keys.POST_PREFIX: _post,
    keys.PROFILE: _profile,
    keys.BLOB: _blob,
    keys.CROPPED_BLOB_PREFIX: _blob,
    keys.DENIED: _denial,
    keys.CLOSING: _closing,
    keys.COMMENT_PREFIX: _comment,
    keys.REPLY_PREFIX: _comment,
    **dict.fromkeys(keys.REFERENCE_PREFIXES, _reference),
    keys.COUNTS: _counts,
    keys.COUNTS_SHARD: _shard,
    keys.ACTIVITY_PREFIX: _notice,
    keys.EXPORT: _export,
    keys.CASE: _case,
    keys.WITHHELD: _withheld,
    **dict.fromkeys(_EDGES, _edge_changed),
}
"""What reads a change of an item, by the beginning of its sort key up to the first `#`."""


def _waits(reference: Image | None) -> bool:
    """Whether a reference does not count yet, or does not exist."""
    return reference is None or AWAITS_RENDERING in reference


def _read(image: Image | None, read: Callable[[Item], T]) -> T | None:
    return None if image is None else read(unmarshal(image))
