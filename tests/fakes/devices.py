"""Devices in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shutterfeed import keys
from shutterfeed.domain.devices import Device, surplus
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.retention import DEVICE_RETENTION
from tests.fakes.metadata import Metadata


@dataclass(frozen=True, slots=True)
class FakeDevices:
    data: Metadata

    def put(self, device: Device, spending: Spending = NOTHING) -> Device:
        earlier = self.data.devices.get(_key(device))
        if earlier is not None:
            if not device.renews(earlier):
                return earlier
            device = replace(device, created_at=earlier.created_at)
        self.data.spend(spending)
        self.data.devices[_key(device)] = device
        self.data.expiries[_key(device)] = device.renewed_at + DEVICE_RETENTION
        for other in surplus(self.of(device.user_id)):
            self.remove(other.user_id, other.id)
        return device

    def of(self, user_id: str) -> Sequence[Device]:
        found = (device for device in self.data.devices.values() if device.user_id == user_id)
        return sorted(found, key=lambda device: device.id)

    def remove(self, user_id: str, device_id: str) -> None:
        key = keys.device(user_id, device_id)
        self.data.devices.pop(key, None)
        self.data.expiries.pop(key, None)

    def forget(self, device: Device) -> None:
        stored = self.data.devices.get(_key(device))
        if stored is not None and stored.renewed_at == device.renewed_at:
            self.remove(device.user_id, device.id)

    def rest(self, user_id: str, device_id: str, until: datetime) -> None:
        key = keys.device(user_id, device_id)
        if key in self.data.devices:
            self.data.devices[key] = replace(self.data.devices[key], rests_until=until)


def _key(device: Device) -> keys.Key:
    return keys.device(device.user_id, device.id)
