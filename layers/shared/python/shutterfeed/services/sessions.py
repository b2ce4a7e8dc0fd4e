"""Sessions: how long what somebody was let in with is good.

The identity provider refreshes no session that was ended, but an access token that it has made
stays good by itself for the rest of its life. So a profile names the moment before which no session
counts any more, and every request of somebody who is signed in looks at it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shutterfeed.domain.users import Standing
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.sign_ins import SignIns
from shutterfeed.ports.system import Clock
from shutterfeed.services.profiles import ProfileService


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionService:
    users: ProfileService
    profiles: Profiles
    sign_ins: SignIns
    clock: Clock

    def check(
        self,
        user_id: str,
        began_at: datetime,
        *,
        open_to: Collection[Standing] = (),
        lagging: bool = False,
    ) -> None:
        """Raises `SessionEnded` if the user's session that began at this moment was ended, and
        `Forbidden` if the account is closed or suspended, and what is asked for is not open to such
        people. `lagging` takes an answer that may be a second old, for half the price: for what
        changes nothing."""
        profile = self.profiles.item(user_id, lagging=lagging)
        if profile is not None:
            profile.check_session(began_at, open_to=open_to)

    def end_all(self, user_id: str, account: str, began_at: datetime) -> None:
        """End all sessions of a user, whose account has the name `account`, at the request of the
        one that began at this moment.

        Repeated by the same session, it changes nothing more: whoever has signed in since stays
        signed in.
        """
        if self.users.me(user_id).has_ended(began_at):
            return
        # In this order: if the second step fails, this session can still repeat both.
        self.sign_ins.end_all(account)
        self.profiles.end_sessions(user_id, self.clock.now())
