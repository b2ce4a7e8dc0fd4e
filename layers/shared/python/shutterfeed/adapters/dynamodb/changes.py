"""Turns records of the metadata table's stream into the domain's changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


def change_of(record: Mapping[str, Any]) -> Change | None:
    """The change that one record (with old and new image) describes; None if it causes no work."""
    change = record["dynamodb"]
    key = item_key(unmarshal(change["Keys"]))
    before, after = _image(change, "OldImage"), _image(change, "NewImage")
    if key.sk.startswith(keys.POST_PREFIX):
        return PostChanged(before and to_post(before), after and to_post(after))
    if key.sk == keys.PROFILE:
        return ProfileChanged(before and to_profile(before), after and to_profile(after))
    if key.sk == keys.BLOB:
        return BlobRemoved(to_blob(before)) if before is not None and after is None else None
    if key.sk.startswith(keys.FOLLOWS_PREFIX) and (before is None) != (after is None):
        return FollowChanged(*keys.parse_follow(key), follows=after is not None)
    if key.sk.startswith(keys.REFERENCE_PREFIX) and _waits(before) and not _waits(after):
        return ReferenceAdded(keys.parse_reference(key)) if after is not None else None
    return None


def _waits(reference: Item | None) -> bool:
    """Whether a reference does not count yet, or does not exist."""
    return reference is None or AWAITS_RENDERING in reference


def _image(change: Mapping[str, Any], name: str) -> Any:
    """An item or None. The type is Any so that `image and to_post(image)` is possible."""
    image: Item | None = unmarshal(change[name]) if name in change else None
    return image
