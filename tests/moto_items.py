"""Shortcuts for what moto does with the items of DynamoDB's tables, with the same outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from itertools import count
from typing import Any, Final

from moto.dynamodb import responses
from moto.dynamodb.models import DynamoDBBackend, utilities
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

_MOST_BYTES: Final = 400_000
"""Below moto's limit of an item."""
_SCALARS: Final = frozenset(("S", "N", "BOOL", "NULL"))
_AS_THEY_ARE: Final = frozenset((str, int, float, bool, bytes, type(None)))
_updates: Final = count(1)
_latest: Final = [0]
"""The number of the latest update of an item, which changes it in place."""


def take() -> None:
    """Take them in this process."""
    for owner, name, shortcut in (
        (Item, "__init__", _measured_once),
        (Item, "size", _until_an_update),
        (DynamoDBBackend, "update_item", _counted),
        (DynamoType, "size", _size_of_text),
        (LimitedSizeDict, "__setitem__", _measured_by_what_is_added),
    ):
        setattr(owner, name, shortcut(getattr(owner, name)))
    cast_value = vars(DynamoType)["cast_value"].fget
    setattr(DynamoType, "cast_value", property(_as_text(cast_value)))  # noqa: B010
    plain = _in_one_look(utilities.dynamo_to_dict)
    for module in (utilities, responses):
        setattr(module, "dynamo_to_dict", plain)  # noqa: B010


def _as_text(cast_value: Callable[[DynamoType], Any]) -> Callable[[DynamoType], Any]:
    """Give the value of a text at once, by which most items are found and sorted. moto asks first
    whether it is something else."""

    def cast(value: DynamoType) -> Any:
        return value.value if value.type == "S" else cast_value(value)

    return cast


def _size_of_text(size: Callable[[DynamoType], int]) -> Callable[[DynamoType], int]:
    """Measure texts, which are most of an item, at once."""

    @wraps(size)
    def measured(value: DynamoType) -> int:
        return len(value.value.encode()) if value.type == "S" else size(value)

    return measured


def _until_an_update(size: Callable[[Item], int]) -> Callable[[Item], int]:
    """Measure an item once until some item is updated. A query measures all that it comes by, and
    most of them twice."""

    @wraps(size)
    def measured(item: Item) -> int:
        known: tuple[int, int] = vars(item).get("measured", (-1, 0))
        if known[0] != _latest[0]:
            known = vars(item)["measured"] = (_latest[0], size(item))
        return known[1]

    return measured


def _counted(update: Callable[..., Item]) -> Callable[..., Item]:
    @wraps(update)
    def updated(*arguments: Any, **named: Any) -> Item:
        try:
            return update(*arguments, **named)
        finally:
            _latest[0] = next(_updates)

    return updated


def _measured_once(init: Callable[..., None]) -> Callable[..., None]:
    """Let the size of a new item be looked at with its last attribute. moto measures all that are
    there with each attribute."""

    @wraps(init)
    def made(item: Item, hash_key: Any, range_key: Any, attrs: Mapping[str, Any]) -> None:
        init(item, hash_key, range_key, {})
        every = [(name, DynamoType(value)) for name, value in attrs.items()]
        dict.update(item.attrs, every[:-1])
        for name, value in every[-1:]:
            item.attrs[name] = value

    return made


def _measured_by_what_is_added(put: Callable[..., None]) -> Callable[..., None]:
    """Measure all attributes of an item only where what was added since they were measured last
    could make it too large. moto measures them with each attribute that is set."""

    @wraps(put)
    def measured(attributes: LimitedSizeDict, name: str, value: Any) -> None:
        size = _size(name) + _size(value)
        known = vars(attributes)
        if "most" not in known:
            known["most"] = sum(_size(key) + _size(one) for key, one in attributes.items())
        if known["most"] + size < _MOST_BYTES:
            known["most"] += size
            dict.__setitem__(attributes, name, value)
        else:
            put(attributes, name, value)

    return measured


def _size(value: Any) -> int:
    return value.size() if type(value) is DynamoType else len(str(value).encode())


def _in_one_look(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make plain values of items by one look at the type of each. moto tries one kind after the
    other."""

    def plain(value: Any) -> Any:
        kind = type(value)
        if kind is DynamoType:
            if value.type in _SCALARS:
                return {value.type: value.value}
            return convert(value) if value.type in ("B", "BS") else {value.type: plain(value.value)}
        if kind is dict:
            return {name: plain(part) for name, part in value.items()}
        if kind is list:
            return [plain(part) for part in value]
        if kind in _AS_THEY_ARE or isinstance(value, datetime):
            return value
        return plain(value.to_json()) if hasattr(value, "to_json") else convert(value)

    return plain
