"""Time that passes when the world says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
_TICK: Final = timedelta(milliseconds=1)


class VirtualClock:
    """Every reading is a millisecond later than the last, so that what happens has an order."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> datetime:
        self.instant += _TICK
        return self.instant

    def sleep(self) -> None:
        """What a function's pause takes: how long it is, is left to chance, and does not matter."""
        self.instant += _TICK

    def advance_to(self, instant: datetime) -> None:
        self.instant = max(self.instant, instant)
