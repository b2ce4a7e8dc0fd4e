"""Devices, in the partitions of their users. Ten with endpoints of the usual length, up to 300
characters, take up to 7 KB, which is one read unit; ten with the longest possible take two."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import spend
from shutterfeed.adapters.dynamodb.records import epoch, timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    item_key,
    key_item,
)
from shutterfeed.domain.devices import Device, surplus
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.retention import DEVICE_RETENTION
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE

_RENEWED_AT: Final = "renewed_at"
_RESTS_UNTIL: Final = "rests_until"


@dataclass(frozen=True, slots=True)
class DynamoDevices:
    """Devices in the metadata table."""

    table: Table

    def put(self, device: Device, spending: Spending = NOTHING) -> Device:
        stored = {one.id: one for one in self._all(device.user_id, consistent=True)}
        earlier = stored.get(device.id)
        if earlier is not None:
            if not device.renews(earlier):
                return earlier
            device = replace(device, created_at=earlier.created_at)
        spend(self.table, spending, {})
        self.table.write(Put(_device_item(device)))
        for other in surplus([*(stored | {device.id: device}).values()]):
            self.remove(other.user_id, other.id)
        return device

    def of(self, user_id: str) -> Sequence[Device]:
        return self._all(user_id, consistent=False)

    def remove(self, user_id: str, device_id: str) -> None:
        self.table.write(Delete(keys.device(user_id, device_id)))

    def forget(self, device: Device) -> None:
        as_read = Attr(_RENEWED_AT).eq(timestamp(device.renewed_at))
        with suppress(ConditionFailed):
            self.table.write(Delete(keys.device(device.user_id, device.id), as_read))

    def rest(self, user_id: str, device_id: str, until: datetime) -> None:
        rests = Update(
            keys.device(user_id, device_id),
            {_RESTS_UNTIL: timestamp(until)},
            condition=Attr(PK).exists(),
        )
        with suppress(ConditionFailed):
            self.table.write(rests)

    def _all(self, user_id: str, *, consistent: bool) -> list[Device]:
        rows = self.table.query(
            Key(PK).eq(keys.user_partition(user_id)) & Key(SK).begins_with(keys.DEVICE_PREFIX),
            limit=None,
            consistent=consistent,
        )
        return list(map(to_device, rows.items))


def _device_item(device: Device) -> Item:
    return {
        **key_item(keys.device(device.user_id, device.id)),
        "endpoint": device.endpoint,
        "p256dh": device.p256dh,
        "auth": device.auth,
        "created_at": timestamp(device.created_at),
        _RENEWED_AT: timestamp(device.renewed_at),
        "session_began": timestamp(device.session_began),
        TTL_ATTRIBUTE: epoch(device.renewed_at + DEVICE_RETENTION),
    }


def to_device(item: Item) -> Device:
    user_id, device_id = keys.parse_device(item_key(item))
    until = item.get(_RESTS_UNTIL)
    return Device(
        user_id,
        device_id,
        item["endpoint"],
        item["p256dh"],
        item["auth"],
        datetime.fromisoformat(item["created_at"]),
        datetime.fromisoformat(item[_RENEWED_AT]),
        datetime.fromisoformat(item["session_began"]),
        None if until is None else datetime.fromisoformat(until),
    )
