"""Closing an account, and coming back to it: both are one write, and nothing else is changed until
the account is erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shutterfeed.domain.closing import being_erased, check_recent, erase_at
from shutterfeed.domain.errors import SessionEnded
from shutterfeed.domain.messages import EraseAccount
from shutterfeed.domain.users import EVERY_STANDING, Profile
from shutterfeed.ports.closing import Closings
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import LONGEST_DELAY, DelayingQueue
from shutterfeed.ports.sign_ins import SignIns
from shutterfeed.ports.system import Clock
from shutterfeed.services.profiles import ProfileService

_A_MOMENT: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingService:
    users: ProfileService
    profiles: Profiles
    closings: Closings
    sign_ins: SignIns
    orders: DelayingQueue[EraseAccount]
    clock: Clock
    days: int
    """The number of days in which a user may come back."""

    def close(self, user_id: str, account: str, began_at: datetime) -> Profile:
        """Close the account of a user, which has the name `account` at the identity provider, at
        the request of a session that began at that moment. All its sessions end, this one too.

        Repeated, also by the session that it has ended, it changes nothing more. Raises `Forbidden`
        if the sign-in is not recent, and `SessionEnded`.
        """
        check_recent(began_at, self.clock.now())
        profile = self.users.me(user_id)
        if not profile.is_closed:
            profile.check_session(began_at, open_to=EVERY_STANDING)
            # In this order: if the second step fails, this session can still repeat both.
            self.sign_ins.end_all(account)
            now = self.clock.now()
            closes = self.closings.close(user_id, now, erase_at(now, self.days), began_at)
            profile = self.users.me(user_id)
            if not closes and not profile.is_closed:
                # Closed by another request meanwhile, and opened again: this one comes too late.
                raise SessionEnded
        self._order(profile)
        return profile

    def come_back(self, user_id: str, began_at: datetime) -> None:
        """Undo the closing. Nothing changes if the account is open. Raises `SessionEnded`, and
        `Conflict` if the account is being erased."""
        profile = self.users.me(user_id)
        profile.check_session(began_at, open_to=EVERY_STANDING)
        if profile.closed_at is None or self.closings.reopen(user_id, profile.closed_at):
            return
        now = self.profiles.item(user_id)
        if now is None or now.is_closed:
            raise being_erased()

    def _order(self, profile: Profile) -> None:
        """Have an account erased that is due soon. For all others the table's TTL is early enough,
        and if this message is lost, it does it here too."""
        if profile.erase_at is None:
            return
        wait = profile.erase_at - self.clock.now()
        if wait <= LONGEST_DELAY:
            self.orders.send_later([EraseAccount(profile.user_id)], max(wait, _A_MOMENT))
