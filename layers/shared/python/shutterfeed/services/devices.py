"""A user's devices: which browsers are told of the user's activity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.devices import DEVICE_ID, Device, PushServices
from shutterfeed.domain.errors import NotFound
from shutterfeed.domain.limits import Limits
from shutterfeed.ports.devices import Devices
from shutterfeed.ports.system import Clock
from shutterfeed.services.profiles import ProfileService

_ID: Final = re.compile(DEVICE_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceService:
    users: ProfileService
    devices: Devices
    services: PushServices
    limits: Limits
    clock: Clock

    def put(
        self,
        user_id: str,
        device_id: str,
        endpoint: str,
        *,
        p256dh: str,
        auth: str,
        session_began: datetime,
    ) -> Device:
        """Tell a device of the user's activity from now on, until its session ends. A device that
        is known is renewed.

        Raises `InvalidInput`, `LimitReached`, `Conflict` if no device is told of anything, and
        `NotFound` for a text that cannot be a device's id.
        """
        _check_id(device_id)
        now = self.clock.now()
        device = Device(user_id, device_id, endpoint, p256dh, auth, now, now, session_began)
        self.services.check(device)
        self.users.me(user_id)
        return self.devices.put(device, self.limits.spending(user_id, now, changes=1))

    def all(self, user_id: str) -> Sequence[Device]:
        """The user's devices, the one that was renewed last first."""
        devices = self.devices.of(user_id)
        return sorted(devices, key=lambda one: (one.renewed_at, one.id), reverse=True)

    def remove(self, user_id: str, device_id: str) -> None:
        """Tell a device of nothing any more. Nothing changes if there is none.

        Raises `NotFound` for a text that cannot be a device's id.
        """
        _check_id(device_id)
        self.devices.remove(user_id, device_id)


def _check_id(text: str) -> None:
    if not _ID.fullmatch(text):
        raise NotFound("push_subscription_not_found", "There is no such push subscription.")
