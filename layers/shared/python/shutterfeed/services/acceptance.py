"""Acceptance: when a private account becomes public, all who have asked to follow it are accepted.

Why nobody is left waiting: a request is written on the condition that the account is private at
that moment, and counted in its profile in the same transaction. So no request comes after the
switch, and the work ends only when the count is zero, however late the list of requests is.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.errors import Busy
from shutterfeed.domain.messages import AcceptRequests, FanOutMessage
from shutterfeed.domain.users import Profile
from shutterfeed.ports.follows import FolloweeChanged
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.requests import FollowRequests
from shutterfeed.ports.system import Clock, Ids

PAGE: Final = 100
PAGES_PER_STEP: Final = 5
"""Five hundred requests, each accepted in a transaction, before the rest is left to a new message:
about ten seconds of the function's sixty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceService:
    profiles: Profiles
    requests: FollowRequests
    steps: Queue[FanOutMessage]
    clock: Clock
    ids: Ids

    def accept(self, step: AcceptRequests) -> int:
        """Accept those who wait, if the account is public now; how many were accepted.

        Raises `Busy` if the list of requests does not yet have all that are counted: the message
        comes again.
        """
        accepted, after = 0, None
        for _ in range(PAGES_PER_STEP):
            account = self.profiles.item(step.user_id)
            if account is None or account.private or account.requests == 0:
                return accepted
            page = self.requests.waiting(step.user_id, after, PAGE)
            accepted += sum(self._accept(account, follower_id) for follower_id in page.items)
            after = page.next_position
            if after is None:
                self._check_end(step.user_id)
                return accepted
        self.steps.send([step])
        return accepted

    def _accept(self, account: Profile, follower_id: str) -> bool:
        ulid = self.ids.new(self.clock.now())
        # An account that is private again has a switch to public before it once more.
        with suppress(FolloweeChanged):
            return self.requests.accept(follower_id, account, ulid, True)  # noqa: FBT003
        return False

    def _check_end(self, user_id: str) -> None:
        account = self.profiles.item(user_id)
        if account is not None and not account.private and account.requests > 0:
            raise Busy
