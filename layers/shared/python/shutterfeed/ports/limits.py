"""What users have left of their allowances."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shutterfeed.domain.limits import Charge, Spending


class Shares(Protocol):
    """Each user's shares of the first queues."""

    def take(self, user_id: str, charge: Charge, now: datetime) -> bool:
        """Charge a user's share. False if it does not hold enough; then nothing is charged.

        A repeated call charges again. Charges of several processes at the same time give the same
        result as if they had been made one after another.
        """
        ...


class Allowances(Protocol):
    """Each user's limits, for actions that write nothing to the table themselves."""

    def spend(self, spending: Spending) -> None:
        """Make all charges, or none. Raises `LimitReached`."""
        ...
