"""Closing an account: everything of it is hidden at once, and erased some days later.

open ──its user closes it──> closed ──the days are over──> erasing ──slices──> gone
  └──────its user comes back──────┘

Requests that were let in before the closing end within `IN_FLIGHT`: erasing begins no earlier, so
what they have written is erased too. Messages may be later than that: when all is erased, it is
looked for once more, after `LATE`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shutterfeed.domain.errors import Conflict, Forbidden

RECENT_SIGN_IN: Final = timedelta(minutes=5)
"""How long after a sign-in somebody may close the account without giving the password again."""
IN_FLIGHT: Final = timedelta(minutes=1)
"""The time after which no request runs any more that was let in before: twice what the gateway
gives one."""
LATE: Final = timedelta(minutes=15)
"""How long after an erasure its remains are looked for once more."""
WAIT: Final = timedelta(seconds=30)
"""How long a step waits for what others remove."""


class Step(StrEnum):
    """The steps of an erasure, in their order."""

    POSTS = "posts"
    FOLLOWED = "followed"
    FOLLOWERS = "followers"
    REQUESTS = "requests"
    LIKES = "likes"
    COMMENTS = "comments"
    COMMENT_LIKES = "comment_likes"
    APPEARANCES = "appearances"
    BLOCKS = "blocks"
    LEDGER = "ledger"
    REST = "rest"
    """Everything else that stands in the user's own partitions."""
    ACCOUNT = "account"
    """The profile, the handle, and the account at the identity provider."""

    @property
    def next(self) -> Step | None:
        """The step after this one; None after the last."""
        steps = list(Step)
        following = steps[steps.index(self) + 1 :]
        return following[0] if following else None


def erase_at(closed_at: datetime, days: int) -> datetime:
    """When an account is erased that was closed at a moment."""
    return closed_at + max(timedelta(days=days), IN_FLIGHT)


def check_recent(began_at: datetime, now: datetime) -> None:
    """Raise `Forbidden` unless the session has begun, with the password, just now."""
    if now - began_at > RECENT_SIGN_IN:
        minutes = RECENT_SIGN_IN // timedelta(minutes=1)
        raise Forbidden(
            "recent_sign_in_required",
            f"Sign in again: an account is closed within {minutes} minutes of a sign-in.",
        )


def being_erased() -> Conflict:
    return Conflict("account_being_erased", "The days are over: the account is being erased.")
