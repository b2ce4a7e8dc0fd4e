"""Pushes: what a device is told when there is something new in its user's activity.

A push is quiet. It says of what kind the news is, which entry of the list of activity it is, and
how many people it is about: no name, no text, no picture. The browser decrypts it, and asks the API
for the rest, which decides what is shown at that time. All pushes are equally long, so that their
length does not tell the kind.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shutterfeed.domain.activity import Notice
from shutterfeed.domain.devices import Device, decoded, encoded

LIFETIME: Final = timedelta(days=1)
"""How long after a notice appeared devices are told of it. A push service keeps a push for a device
that is off for that long."""
RETRIED_FOR: Final = timedelta(minutes=45)
"""How long after a notice appeared a device is tried again that cannot be told. Then it is given
up, before its message would be a dead letter: operators can do nothing about it, and anybody can
name a push service that does not answer."""
LENGTH: Final = 192
"""The length of every push in bytes, before it is encrypted."""
LONGEST_REST: Final = timedelta(hours=1)
"""The longest rest that a push service may demand. A longer one is cut, so that no mistake of the
service silences a device for long."""
_TOPIC_BYTES: Final = 16
_GONE: Final = frozenset((404, 410))
_TIMEOUT: Final = 408
_TOO_MANY: Final = 429


class PushOutcome(StrEnum):
    """What became of a push, for one device or for all."""

    SENT = "sent"
    GONE = "gone"
    """The device is not subscribed any more."""
    LATER = "later"
    """It may be sent in some time."""
    GIVEN_UP = "given_up"
    """It could not be sent for `RETRIED_FOR`."""
    REFUSED = "refused"
    """The push service does not take it, and would not later."""
    NOBODY = "nobody"
    """There is no device to be told."""
    LATE = "late"
    """The news is too old."""
    SEEN = "seen"
    """The user has looked at their activity since, or may not see the entry."""


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """The answer of a push service."""

    outcome: PushOutcome
    rest: timedelta | None = None
    """How long it wants no further push for this device, if it says so."""

    @classmethod
    def of(cls, status: int, rest: timedelta | None = None) -> PushAnswer:
        """The meaning of a status. A redirection is not followed: it could lead anywhere."""
        if 200 <= status < 300:
            return cls(PushOutcome.SENT)
        if status in _GONE:
            return cls(PushOutcome.GONE)
        if status in (_TIMEOUT, _TOO_MANY) or status >= 500:
            return cls(PushOutcome.LATER, None if rest is None else min(rest, LONGEST_REST))
        return cls(PushOutcome.REFUSED)


@dataclass(frozen=True, slots=True)
class Push:
    """A push for one device."""

    device: Device
    topic: str
    """A push takes the place of an earlier one of the same topic that has not reached the device,
    or is shown there. It is made with the device's secret, so the push service learns nothing of
    the subject from it."""
    content: bytes
    expires_at: datetime


def push_for(device: Device, notice: Notice, count: int) -> Push:
    """The push that tells a device of a notice, which is about that number of people."""
    subject = f"{notice.kind}#{notice.subject}".encode()
    digest = hmac.digest(decoded(device.auth), subject, hashlib.sha256)
    topic = encoded(digest[:_TOPIC_BYTES])
    told = {"kind": notice.kind, "id": notice.position, "count": count, "topic": topic}
    content = json.dumps(told, separators=(",", ":")).encode().ljust(LENGTH)
    return Push(device, topic, content, notice.appears_at + LIFETIME)
