"""Saved posts: one item each, which also has the ids of the collections that the post is in.

The list of them is sorted when it is read, from all items: to keep it sorted by the moment of
saving would take another write for each. A thousand saves take 33 read units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import msgspec
from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import spend, transact
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    Write,
    item_key,
    key_item,
    retried,
)
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.saves import Collection, Save, collection_exists
from shutterfeed.schema import PK, SK

_AT: Final = "at"
"""The attribute of a save with the ULID of the moment at which it was made."""
_COLLECTIONS: Final = "collections"
"""The attribute of a save with the ids of its collections; missing if it is in none."""


@dataclass(frozen=True, slots=True)
class DynamoSaves:
    """Saves in the metadata table."""

    table: Table

    def save(
        self,
        user_id: str,
        post_id: PostId,
        save_ulid: str,
        spending: Spending = NOTHING,
        collection_id: str | None = None,
        *,
        left: Mapping[str, int] | None = None,
    ) -> bool:
        key, limits = keys.save(user_id, post_id), keys.limits(user_id)
        at_hand: list[Item | None] = [None]
        if left is None:
            read = {item_key(i): i for i in self.table.get_many([key, limits], consistent=True)}
            if _has(read.get(key), collection_id):
                return False
            at_hand, left = [read.get(key)], read.get(limits, {})
        spend(self.table, spending, left)

        def attempt() -> bool | None:
            found = at_hand.pop() if at_hand else self.table.get(key)
            if _has(found, collection_id):
                return False
            try:
                self.table.write(_saving(key, found, save_ulid, collection_id))
            except ConditionFailed:
                return None
            return True

        return retried(attempt)

    def unsave(self, user_id: str, post_id: PostId) -> None:
        self.table.write(Delete(keys.save(user_id, post_id)))

    def take_out(self, user_id: str, post_id: PostId, collection_id: str) -> None:
        retried(partial(self._taken_out, keys.save(user_id, post_id), collection_id))

    def _taken_out(self, key: keys.Key, collection_id: str) -> bool | None:
        found = self.table.get(key)
        if found is None or collection_id not in found.get(_COLLECTIONS, ()):
            return True
        left = [other for other in found[_COLLECTIONS] if other != collection_id]
        update = Update(
            key,
            set={_COLLECTIONS: left} if left else {},
            remove=() if left else (_COLLECTIONS,),
            condition=_unchanged(found),
        )
        try:
            self.table.write(update)
        except ConditionFailed:
            return None
        return True

    def saved(self, user_id: str) -> Sequence[Save]:
        saves = map(_to_save, self._all(user_id, keys.SAVES_PREFIX))
        return sorted(saves, key=lambda save: (save.save_ulid, save.post_id), reverse=True)

    def collections(self, user_id: str) -> Sequence[Collection]:
        found = map(_to_collection, self._all(user_id, keys.COLLECTION_PREFIX))
        return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)

    def _all(self, user_id: str, prefix: str) -> list[Item]:
        """All items of a user with a prefix, a megabyte at a time."""
        condition = Key(PK).eq(keys.user_partition(user_id)) & Key(SK).begins_with(prefix)
        items: list[Item] = []
        after = None
        while True:
            rows = self.table.query(condition, after=after, limit=None, consistent=True)
            items += rows.items
            after = rows.last
            if after is None:
                return items

    def create_collection(
        self, user_id: str, collection: Collection, spending: Spending = NOTHING
    ) -> bool:
        item = _collection_item(user_id, collection)
        try:
            transact(self.table, [Put(item, Attr(PK).not_exists())], spending)
        except ConditionFailed:
            return False
        return True

    def rename_collection(
        self, user_id: str, collection_id: str, name: str, spending: Spending = NOTHING
    ) -> bool:
        found = self._collection(user_id, collection_id)
        if found is None:
            return False
        before, after = (keys.collection(user_id, each) for each in (found.name, name))
        writes: list[Write] = [Update(before, set={"name": name}, condition=_is(collection_id))]
        if after != before:
            item = _collection_item(user_id, replace(found, name=name))
            writes = [Delete(before, _is(collection_id)), Put(item, Attr(PK).not_exists())]
        try:
            transact(self.table, writes, spending)
        except ConditionFailed as error:
            if 0 not in error.failed:
                raise collection_exists() from error
            return False
        return True

    def _collection(self, user_id: str, collection_id: str) -> Collection | None:
        return next((o for o in self.collections(user_id) if o.id == collection_id), None)

    def delete_collection(self, user_id: str, collection_id: str) -> None:
        # First it is gone for everybody; what is left of it in the saves is looked at by nobody.
        retried(partial(self._deleted, user_id, collection_id))
        for save in self.saved(user_id):
            if collection_id in save.collections:
                self.take_out(user_id, save.post_id, collection_id)

    def _deleted(self, user_id: str, collection_id: str) -> bool | None:
        """One attempt; None if it was given another name meanwhile."""
        found = self._collection(user_id, collection_id)
        if found is not None:
            key = keys.collection(user_id, found.name)
            try:
                self.table.write(Delete(key, _is(collection_id)))
            except ConditionFailed:
                return None
        return True


def _is(collection_id: str) -> ConditionBase:
    return Attr("id").eq(collection_id)


def _collection_item(user_id: str, collection: Collection) -> Item:
    return {
        **key_item(keys.collection(user_id, collection.name)),
        "id": collection.id,
        "name": collection.name,
        "created_at": timestamp(collection.created_at),
    }


def _saving(
    key: keys.Key, found: Item | None, save_ulid: str, collection_id: str | None
) -> Put | Update:
    """The write that saves a post, or puts a saved one into a collection, if it is as it was
    read."""
    added = [] if collection_id is None else [collection_id]
    if found is None:
        item = {**key_item(key), _AT: save_ulid, _COLLECTIONS: added or None}
        return Put(item, Attr(PK).not_exists())
    collections = [*found.get(_COLLECTIONS, ()), *added]
    return Update(key, set={_COLLECTIONS: collections}, condition=_unchanged(found))


def _has(item: Item | None, collection_id: str | None) -> bool:
    """Whether a post is saved, and in the collection if one is given."""
    if item is None:
        return False
    return collection_id is None or collection_id in item.get(_COLLECTIONS, ())


def _unchanged(item: Item) -> ConditionBase:
    """The condition that a save is in the same collections as when it was read."""
    if _COLLECTIONS not in item:
        return Attr(PK).exists() & Attr(_COLLECTIONS).not_exists()
    return Attr(_COLLECTIONS).eq(item[_COLLECTIONS])


def _to_save(item: Item) -> Save:
    post_id = keys.parse_save(item_key(item))[1]
    return Save(post_id, item[_AT], tuple(item.get(_COLLECTIONS, ())))


def _to_collection(item: Item) -> Collection:
    return msgspec.convert(item, Collection)
