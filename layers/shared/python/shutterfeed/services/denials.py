"""Takes media off the edge at once, and gives them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.errors import Busy
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.ports.denials import DenialNotes, Denials
from shutterfeed.ports.system import Clock

_ATTEMPTS: Final = 5


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyingService:
    """Makes the edge deny what is noted. It looks at the notes as they are now, so that messages
    may be late, repeated and in any order."""

    notes: DenialNotes
    edge: Denials

    def check(self, ids: Collection[str]) -> None:
        """Deny those of the media and blobs that are noted, and no others of them. Raises `Busy` if
        the notes change all the time, or if there is no room."""
        noted = self.notes.get(ids)
        for _ in range(_ATTEMPTS):
            self._follow(ids, noted)
            # Another worker may have followed later notes before this one ended.
            before, noted = noted, self.notes.get(ids)
            if noted == before:
                return
        raise Busy

    def _follow(self, ids: Collection[str], noted: Mapping[str, datetime | None]) -> None:
        by_time: defaultdict[datetime | None, list[str]] = defaultdict(list)
        for denied_id, until in noted.items():
            by_time[until].append(denied_id)
        for until, denied in by_time.items():
            self.edge.add(denied, until)
        if allowed := [denied_id for denied_id in ids if denied_id not in noted]:
            self.edge.remove(allowed)
