"""Requests to follow private accounts, which wait for an answer."""

from __future__ import annotations

from typing import Protocol

from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import Profile


class FollowRequests(Protocol):
    """Requests, and the count of those that wait for each user (`Profile.requests`). Each change is
    one transaction; one that raises `Busy` has changed nothing."""

    def request(
        self, follower_id: str, followee_id: str, request_ulid: str, spending: Spending = NOTHING
    ) -> bool:
        """Write a request, count it, and make the charges. False if it already waits, or if the
        follower follows already; then nothing is charged. Raises `FolloweeChanged` if the account
        is not private now, or gone, and `LimitReached`."""
        ...

    def withdraw(self, follower_id: str, followee_id: str) -> bool:
        """Remove a request without an answer. False if there was none."""
        ...

    def accept(
        self, follower_id: str, followee: Profile, follow_ulid: str, if_public: bool = False
    ) -> bool:
        """Turn a request into all that `Follows.follow` writes. False if there was no request, or
        if the follower's account is gone or follows already; then the request goes. With
        `if_public`, nobody is accepted by an account that is private now: that raises
        `FolloweeChanged`."""
        ...

    def waiting(self, followee_id: str, after: str | None, limit: int) -> Page[str]:
        """A page of the ids of the users who wait for an answer, newest request first. Eventually
        consistent."""
        ...
