"""Scheduled posts: made ready at once, and published at a time that their author has chosen.

processing ──every medium is ready, and the time has not come──> scheduled ──it comes──> published
     └──every medium is ready, and the time has come──> published, late

A post keeps the time that was chosen, also once it is published. The time can be changed until the
write that publishes the post, which is made on the condition that it is still the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from shutterfeed.domain.errors import Conflict, InvalidInput
from shutterfeed.domain.ids import PostId

SOONEST: Final = timedelta(minutes=1)
"""How far ahead a time has to be at least."""
LATEST: Final = timedelta(days=75)
"""How far ahead a time may be at most."""
LOOK_EVERY: Final = timedelta(minutes=1)
"""How often it is looked for posts whose time comes."""
LOOK_AHEAD: Final = timedelta(seconds=90)
"""How long before its time the message of a post is sent, which then waits in its queue: longer
than `LOOK_EVERY`, since a schedule is some seconds late."""
DUE_SHARDS: Final = 4
"""The number of partitions over which the list of scheduled posts is spread. Each takes 1,000
changes a second."""
LATE: Final = timedelta(minutes=2)
"""How long after its time a post is published late: otherwise it is a matter of seconds."""
HELD_FOR: Final = timedelta(hours=1)
"""How long a post is held whose author's account is closed or suspended when its time comes, before
it is looked at again."""


@dataclass(frozen=True, slots=True)
class Due:
    """An entry of the list of scheduled posts: a post, and when to look at it."""

    post_id: PostId
    at: datetime


def check_publish_at(publish_at: datetime, now: datetime) -> None:
    """Raise `InvalidInput` unless the time is far enough ahead, and not too far."""
    if publish_at < now + SOONEST:
        raise InvalidInput(
            "publish_at_too_soon", "publish_at must be at least a minute from now.", "publish_at"
        )
    if publish_at > now + LATEST:
        raise InvalidInput(
            "publish_at_too_late",
            f"publish_at must be within {LATEST.days} days from now.",
            "publish_at",
        )


def is_late(publish_at: datetime | None, published_at: datetime | None) -> bool:
    """Whether a post was published well after the time that its author has chosen."""
    if publish_at is None or published_at is None:
        return False
    return published_at - publish_at >= LATE


def to_seconds(publish_at: datetime) -> datetime:
    """A time that a client has sent as it is stored: in UTC, in whole seconds."""
    return publish_at.astimezone(UTC).replace(microsecond=0)


def already_published() -> Conflict:
    return Conflict("already_published", "The post is published already.")
