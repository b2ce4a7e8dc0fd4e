"""The devices that are told of their users' activity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shutterfeed.domain.devices import Device
from shutterfeed.domain.limits import NOTHING, Spending


class Devices(Protocol):
    """Users' devices. Each goes by itself, `DEVICE_RETENTION` after it was last renewed."""

    def put(self, device: Device, spending: Spending = NOTHING) -> Device:
        """Store a device, or renew it, and make the charges; those that are then too many go.

        Returns what is stored. If that is the same already, nothing changes and nothing is charged.
        Raises `LimitReached`, and `Busy`.
        """
        ...

    def of(self, user_id: str) -> Sequence[Device]:
        """A user's devices, in the order of their ids. Eventually consistent."""
        ...

    def remove(self, user_id: str, device_id: str) -> None:
        """Remove a device. Nothing changes if there is none."""
        ...

    def forget(self, device: Device) -> None:
        """Remove a device, unless it was renewed or removed since it was read."""
        ...

    def rest(self, user_id: str, device_id: str, until: datetime) -> None:
        """Note until when nothing is sent to a device. Nothing changes if there is none."""
        ...
