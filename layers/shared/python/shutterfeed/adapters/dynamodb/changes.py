"""Turns records of the metadata table's stream into the domain's changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import (
    AWAITS_RENDERING,
    to_blob,
    to_post,
    to_profile,
)
from shutterfeed.adapters.dynamodb.table import Item, item_key, unmarshal
from shutterfeed.domain.changes import (
    BlobRemoved,
    Change,
    FollowChanged,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
)

T = TypeVar("T")
Image = Mapping[str, Any]
"""An item as the stream has it: unread."""


def change_of(record: Mapping[str, Any]) -> Change | None:
    """The change that one record (with old and new image) describes; None if it causes no work."""
    change = record["dynamodb"]
    key = item_key(unmarshal(change["Keys"]))
    before, after = change.get("OldImage"), change.get("NewImage")
    if key.sk.startswith(keys.POST_PREFIX):
        return PostChanged(_read(before, to_post), _read(after, to_post))
    if key.sk == keys.PROFILE:
        return ProfileChanged(_read(before, to_profile), _read(after, to_profile))
    if key.sk == keys.BLOB:
        blob = _read(before, to_blob)
        return BlobRemoved(blob) if blob is not None and after is None else None
    if key.sk.startswith(keys.FOLLOWS_PREFIX) and (before is None) != (after is None):
        return FollowChanged(*keys.parse_follow(key), follows=after is not None)
    if key.sk.startswith(keys.REFERENCE_PREFIX) and _waits(before) and not _waits(after):
        return ReferenceAdded(keys.parse_reference(key)) if after is not None else None
    return None


def _waits(reference: Image | None) -> bool:
    """Whether a reference does not count yet, or does not exist."""
    return reference is None or AWAITS_RENDERING in reference


def _read(image: Image | None, read: Callable[[Item], T]) -> T | None:
    return None if image is None else read(unmarshal(image))
