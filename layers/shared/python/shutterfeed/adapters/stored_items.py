"""Everything that the tables hold, item by item: this adapter scans them, and their indexes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, item_key, unmarshal
from shutterfeed.domain.activity import NoticeKind
from shutterfeed.domain.crops import sha256_of
from shutterfeed.domain.delivery import Delivery
from shutterfeed.domain.media import MediaState, Purpose
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.traces import Sought, Stored
from shutterfeed.domain.users import CommentsFrom, MentionsFrom, SensitiveView
from shutterfeed.schema import (
    FOLLOWERS_PK,
    FOLLOWERS_SK,
    OPEN_PK,
    OPEN_SK,
    PK,
    PUBLISHED_PK,
    PUBLISHED_SK,
    SK,
    TTL_ATTRIBUTE,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEYS: Final = (
    *(PK, SK, FOLLOWERS_PK, FOLLOWERS_SK, PUBLISHED_PK, PUBLISHED_SK, OPEN_PK, OPEN_SK),
)
_SEPARATORS: Final = str.maketrans(dict.fromkeys("#/\x1f", " "))
"""What stands between the parts of keys."""
_WORDS: Final = frozenset(("mentions", "caption", "text", "alt_texts", "bio"))
"""The attributes in which people write what they like, also about others, and whom they mention."""
_WRITTEN: Final = frozenset(("USER POST", "USER PROFILE", "POST COMMENT", "POST REPLY"))
"""The kinds of items that have them. They belong to those who are named elsewhere in them."""
_KEPT: Final = "BLOB KEPT"
"""The kind of an item that keeps a content for a case of moderation."""
_OWN_WORDS: Final = frozenset(
    str(word)
    for words in (
        *(NoticeKind, Delivery, MediaState, Purpose, PostState, CommentsFrom, MentionsFrom),
        SensitiveView,
    )
    for word in words
)
"""Values that the service itself writes. A handle may be the same word, and is not meant."""
_HANDLE: Final = "handle"


@dataclass(frozen=True, slots=True)
class TablePart:
    """A part of a table, or of one of its indexes."""

    client: DynamoDBClient
    table: str
    store: str
    index: str | None = None
    part: int = 0
    parts: int = 1
    requests: Counter[str] = field(default_factory=Counter)
    """The number of read units that were used."""

    def read(self, _sought: Sought) -> Iterator[Stored]:
        parameters: Any = {"IndexName": self.index} if self.index else {}
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table,
            Segment=self.part,
            TotalSegments=self.parts,
            ReturnConsumedCapacity="TOTAL",
            **parameters,
        )
        for page in pages:
            self.requests["read units"] += ceil(page["ConsumedCapacity"]["CapacityUnits"])
            for item in page["Items"]:
                yield stored_item(self.store, unmarshal(item), is_copy=self.index is not None)


def stored_item(store: str, item: Item, *, is_copy: bool = False) -> Stored:
    """An item with all that it holds; `is_copy` for one of an index."""
    key = item_key(item)
    kind = keys.shape(key)
    texts: list[str] = []
    contents: list[bytes] = []
    _gather(item, texts, contents)
    end = item.get(TTL_ATTRIBUTE)
    return Stored(
        store,
        kind,
        f"{key.pk} {key.sk}",
        texts,
        tuple(_words(item)),
        contents,
        owner=_owner(item, kind),
        until=None if end is None else datetime.fromtimestamp(int(end), UTC),
        is_copy=is_copy,
        reference=_reference(key, kind),
    )


def _gather(value: Any, texts: list[str], contents: list[bytes]) -> None:
    """Collect all texts and bytes in a value of an item, and the names of its attributes."""
    match value:
        case str():
            texts.append(value)
        case Mapping():
            for name, part in value.items():
                texts.append(str(name))
                _gather(part, texts, contents)
        case list() | set() | frozenset() | tuple():
            for part in value:
                _gather(part, texts, contents)
        case bool() | int() | float() | None:
            return
        case _:
            contents.append(bytes(value))


def _words(item: Item) -> Iterator[str]:
    """What may be a handle: the parts of keys, and whole values."""
    for name, value in item.items():
        if name in _KEYS:
            yield from str(value).translate(_SEPARATORS).split()
            continue
        whole: list[str] = []
        _gather(value, whole, [])
        yield from (word for word in whole if name == _HANDLE or word not in _OWN_WORDS)


def _owner(item: Item, kind: str) -> str:
    """What says whose an item is: its partition, and of what somebody has written all but the
    words."""
    texts = [str(item[PK])]
    if kind in _WRITTEN:
        _gather({n: value for n, value in item.items() if n not in _WORDS}, texts, [])
    return " ".join(texts)


def _reference(key: keys.Key, kind: str) -> tuple[str, str] | None:
    if kind == _KEPT:
        return sha256_of(keys.parse_blob(key)), kind
    if not key.sk.startswith(keys.REFERENCE_PREFIXES):
        return None
    reference = keys.parse_reference(key)
    return sha256_of(reference.sha256), reference.post_id.author_id
