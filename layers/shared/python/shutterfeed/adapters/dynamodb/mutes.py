"""Mutes: an item for each, for the list of them, and all of them packed into one item, which every
page of a feed reads with its reader. Both change in one transaction. The same item has what the
reader has reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.records import epoch, timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    is_now,
    item_key,
    key_item,
)
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.mutes import MAX_MUTES, NO_MUTES, Mute, MutedUsers, too_many_mutes
from shutterfeed.domain.pages import Page
from shutterfeed.domain.reported import NOTHING_REPORTED, Reported
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE

_PACKED: Final = "packed"
_REPORTED: Final = "reported"
_ATTEMPTS: Final = 10


@dataclass(frozen=True, slots=True)
class DynamoMutes:
    table: Table

    def mute(self, muter_id: str, mute: Mute, spending: Spending = NOTHING) -> Mute:
        edge, packed = keys.mute(muter_id, mute.user_id), keys.reader_mutes(muter_id)
        for _ in range(_ATTEMPTS):
            items = self.table.get_many([edge, packed], consistent=True)
            found = {item_key(item): item for item in items}
            earlier = to_mute(found[edge]) if edge in found else None
            if earlier is not None and not earlier.is_over(mute.at) and earlier.until == mute.until:
                return earlier
            before = to_muted(found.get(packed))
            after = before.lasting(mute.at).including(mute)
            if len(after) > MAX_MUTES:
                raise too_many_mutes()
            changed = _repacked(muter_id, found.get(packed), after)
            writes = (Put(_mute_item(muter_id, mute)), changed)
            try:
                transact(self.table, writes, spending)
            except ConditionFailed:
                continue
            return mute
        raise Busy

    def unmute(self, muter_id: str, muted_id: str, now: datetime) -> bool:
        for _ in range(_ATTEMPTS):
            item = self.table.get(keys.reader_mutes(muter_id))
            before = to_muted(item)
            if not before.has(muted_id, now):
                return False
            after = before.lasting(now).without(muted_id)
            writes = (
                Delete(keys.mute(muter_id, muted_id)),
                _repacked(muter_id, item, after),
            )
            try:
                self.table.transact(writes)
            except ConditionFailed:
                continue
            return True
        raise Busy

    def page(self, muter_id: str, after: str | None, limit: int, now: datetime) -> Page[Mute]:
        rows = self.table.query(
            Key(PK).eq(keys.user_partition(muter_id)) & Key(SK).begins_with(keys.MUTES_PREFIX),
            after=None if after is None else key_item(keys.mute(muter_id, after)),
            limit=limit,
            consistent=True,
        )
        mutes = tuple(map(to_mute, rows.items))
        # TTL removes items late; a mute past its end is as good as gone.
        lasting = tuple(mute for mute in mutes if not mute.is_over(now))
        return Page(lasting, mutes[-1].user_id if rows.last else None)


def to_muted(item: Item | None) -> MutedUsers:
    if item is None or _PACKED not in item:
        return NO_MUTES
    return MutedUsers.unpacked(bytes(item[_PACKED]))


def to_reported(item: Item | None) -> Reported:
    """What the same item has of what its reader has reported."""
    if item is None or _REPORTED not in item:
        return NOTHING_REPORTED
    return Reported.unpacked(bytes(item[_REPORTED]))


def reporting(table: Table, reader_id: str, subject: str) -> Update:
    """The write that adds a subject to what somebody has reported, if that has not changed since it
    is read now."""
    key = keys.reader_mutes(reader_id)
    before = to_reported(table.get(key))
    after = before.including(subject)
    return Update(
        key, set={_REPORTED: after.packed()}, condition=is_now(_REPORTED, before.packed())
    )


def _repacked(muter_id: str, item: Item | None, after: MutedUsers) -> Update | Delete:
    """The write of all mutes, if they have not changed since the item was read. It goes with the
    last of them, unless it has what its reader has reported."""
    key, unchanged = keys.reader_mutes(muter_id), is_now(_PACKED, to_muted(item).packed())
    if after:
        return Update(key, set={_PACKED: after.packed()}, condition=unchanged)
    if to_reported(item):
        return Update(key, remove=(_PACKED,), condition=unchanged)
    return Delete(key, unchanged & Attr(_REPORTED).not_exists())


def _mute_item(muter_id: str, mute: Mute) -> Item:
    """The item of a mute. It goes by itself once the mute is over: then the packed mutes count it
    as none too, whoever writes them next."""
    return {
        **key_item(keys.mute(muter_id, mute.user_id)),
        "handle": mute.handle,
        "at": timestamp(mute.at),
        TTL_ATTRIBUTE: None if mute.until is None else epoch(mute.until),
    }


def to_mute(item: Item) -> Mute:
    _, muted_id = keys.parse_mute(item_key(item))
    end = item.get(TTL_ATTRIBUTE)
    until = None if end is None else datetime.fromtimestamp(end, UTC)
    return Mute(muted_id, item["handle"], datetime.fromisoformat(item["at"]), until)
