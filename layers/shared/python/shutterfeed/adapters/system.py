"""The clock, and random ids."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from shutterfeed.domain.ids import random_id, ulid


class SystemClock:
    def now(self) -> datetime:
        # ULIDs and items hold milliseconds; with no more digits a stored instant reads back equal.
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class RandomIds:
    def new(self, at: datetime) -> str:
        return ulid(at, secrets.randbits(80))

    def timeless(self) -> str:
        return random_id(secrets.randbits(128))
