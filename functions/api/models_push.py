"""The JSON of push subscriptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from api.models import Instant, RequestBody, shown_pattern
from shutterfeed.domain.devices import AUTH, ENDPOINT, MAX_ENDPOINT, P256DH, Device


class PutPushSubscription(RequestBody):
    """What a browser's `PushSubscription.toJSON()` has. `endpoint` is its address at a push
    service, `p256dh` its public key and `auth` its secret, both in base64url without padding."""

    endpoint: Annotated[str, Meta(max_length=MAX_ENDPOINT), shown_pattern(ENDPOINT)]
    p256dh: Annotated[str, shown_pattern(P256DH)]
    auth: Annotated[str, shown_pattern(AUTH)]


class PushSubscriptionBody(Struct):
    """A device of the caller's that is told of their activity. `service` is the host of its push
    service; its address there is not shown."""

    id: str
    service: str
    created_at: Instant
    renewed_at: Instant

    @classmethod
    def of(cls, device: Device) -> PushSubscriptionBody:
        return cls(device.id, device.service, device.created_at, device.renewed_at)


class PushSubscriptions(Struct):
    """All devices of the caller's that are told of their activity, at most 10."""

    items: list[PushSubscriptionBody]

    @classmethod
    def of(cls, devices: Iterable[Device]) -> PushSubscriptions:
        return cls([PushSubscriptionBody.of(device) for device in devices])
