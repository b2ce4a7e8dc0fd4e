"""Takes media off the edge at once, and gives them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.ports.denials import Denials
from shutterfeed.ports.system import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialService:
    """A denial is for what must not be seen for another two days: everything that is merely deleted
    or made private is gone when its last link has expired."""

    denials: Denials
    clock: Clock

    def deny(self, ids: Collection[str], *, hidden: bool) -> None:
        """Deny media or blobs. `hidden` says that the API shows them to nobody any more, so that
        the entry is needed only until the last link has expired; otherwise it stays until
        `allow`."""
        until = self.clock.now() + DENIAL_RETENTION if hidden else None
        self.denials.add(ids, until)

    def allow(self, ids: Collection[str]) -> None:
        """Let good links lead to these media and blobs again."""
        self.denials.remove(ids)

    def tidy(self) -> Mapping[str, datetime | None]:
        """Remove the entries that are not needed any more. Returns the others."""
        now, entries = self.clock.now(), self.denials.all()
        over = {key for key, until in entries.items() if until is not None and until <= now}
        if over:
            self.denials.remove(over)
        return {key: until for key, until in entries.items() if key not in over}
