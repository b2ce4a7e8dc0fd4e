"""Devices: the browsers in which a user wants to hear of their activity, by Web Push.

A browser subscribes at the push service of its maker, and gets an address, the *endpoint*, and two
keys. Whoever has the endpoint may push to the device, so it is kept secret.

    subscribed ──> kept, and renewed when its user opens the activity, at most once a day
                     └── removed by the user, with the session, by the push service (404, 410), by
                         the eleventh device of the user, or `DEVICE_RETENTION` after it was renewed
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shutterfeed.domain.errors import Conflict, InvalidInput

MAX_DEVICES: Final = 10
"""The number of devices that a user may have. The one that was renewed first gives way."""
RENEWED_AFTER: Final = timedelta(days=1)
"""A device is stored again only if its last renewal is longer ago."""

MAX_ENDPOINT: Final = 1024
ENDPOINT: Final = r"https://[a-z0-9.\-]+(:[0-9]{1,5})?/[!-~]*"
"""The form of an endpoint. It has no user, so the part before the path is the host that is
called."""
P256DH: Final = r"[A-Za-z0-9_\-]{87}"
AUTH: Final = r"[A-Za-z0-9_\-]{22}"
DEVICE_ID: Final = r"[A-Za-z0-9_\-]{22}"
_ID_BYTES: Final = 16
_ENDPOINT: Final = re.compile(ENDPOINT)
_HOST: Final = re.compile(r"https://([^/]+)/")
_ANY: Final = "*."

# The curve P-256: y² = x³ - 3x + b modulo p.
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_COORDINATE: Final = 32
_UNCOMPRESSED: Final = 4


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is told of a user's activity."""

    user_id: str
    id: str
    endpoint: str
    """The address at the push service."""
    p256dh: str
    """The browser's public key, for encryption: a point of P-256 in base64url."""
    auth: str
    """16 bytes in base64url that the browser shares with us, for encryption."""
    created_at: datetime
    renewed_at: datetime
    session_began: datetime
    """When the session began in which it was last renewed. It ends with that session."""
    rests_until: datetime | None = None
    """The moment before which the push service wants no message for it."""

    @property
    def service(self) -> str:
        """The host of its push service."""
        return host_of(self.endpoint)

    def renews(self, earlier: Device) -> bool:
        """Whether there is anything to store, if `earlier` is stored."""
        same = (self.endpoint, self.p256dh, self.auth, self.session_began) == (
            *(earlier.endpoint, earlier.p256dh, earlier.auth, earlier.session_began),
        )
        return not same or self.renewed_at - earlier.renewed_at >= RENEWED_AFTER

    def is_resting(self, now: datetime) -> bool:
        return self.rests_until is not None and now < self.rests_until


@dataclass(frozen=True, slots=True)
class PushServices:
    """The push services that a deployment calls; none if it tells devices of nothing.

    Endpoints come from strangers. A request to a host of theirs could reach what only we can reach,
    so no other host is ever called.
    """

    hosts: tuple[str, ...] = ()
    """Names of hosts; one that begins with `*.` stands for all hosts below it."""

    @classmethod
    def parse(cls, text: str) -> PushServices:
        """The hosts in a text, separated by commas; none in an empty one, or in `off`."""
        return cls(() if text == "off" else tuple(filter(None, text.split(","))))

    def takes(self, endpoint: str) -> bool:
        host = host_of(endpoint)
        return any(
            host.endswith(name[1:]) if name.startswith(_ANY) else host == name
            for name in self.hosts
        )

    def check(self, device: Device) -> None:
        """Raise `Conflict` if devices are told of nothing, and `InvalidInput` for a device that
        cannot be told."""
        if not self.hosts:
            raise Conflict("push_is_off", "This service does not send notifications to devices.")
        if len(device.endpoint) > MAX_ENDPOINT or not _ENDPOINT.fullmatch(device.endpoint):
            raise InvalidInput("invalid_endpoint", "endpoint must be an https address.", "endpoint")
        if not self.takes(device.endpoint):
            raise InvalidInput(
                "unknown_push_service",
                "endpoint must be an address of a push service that this service knows.",
                "endpoint",
            )
        if device.id != device_id(device.endpoint):
            raise InvalidInput(
                "wrong_subscription_id",
                "The id in the path must be made from the endpoint.",
                "endpoint",
            )
        if not re.fullmatch(P256DH, device.p256dh) or not is_point(decoded(device.p256dh)):
            raise InvalidInput("invalid_push_key", "p256dh must be a point of P-256.", "p256dh")
        if not re.fullmatch(AUTH, device.auth):
            raise InvalidInput("invalid_push_key", "auth must have 16 bytes.", "auth")


def device_id(endpoint: str) -> str:
    """The id of the device with this endpoint: 16 bytes of its SHA-256 in base64url. It can be
    told, as the endpoint cannot be found from it."""
    return encoded(hashlib.sha256(endpoint.encode()).digest()[:_ID_BYTES])


def host_of(endpoint: str) -> str:
    """The host of an endpoint, with its port if it names one; empty if it is no endpoint."""
    match = _HOST.match(endpoint)
    return match[1] if match else ""


def is_point(key: bytes) -> bool:
    """Whether the bytes are an uncompressed point of P-256. A library that computes with another
    point would fail, or give a part of its secret away."""
    if len(key) != 1 + 2 * _COORDINATE or key[0] != _UNCOMPRESSED:
        return False
    x, y = (int.from_bytes(part) for part in (key[1 : 1 + _COORDINATE], key[1 + _COORDINATE :]))
    return max(x, y) < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0


def surplus(devices: Sequence[Device]) -> Sequence[Device]:
    """Those of a user's devices that are too many."""
    by_age = sorted(devices, key=lambda device: (device.renewed_at, device.id), reverse=True)
    return by_age[MAX_DEVICES:]


def encoded(value: bytes) -> str:
    """Bytes in base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of a text in base64url without padding. Raises `ValueError`."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
