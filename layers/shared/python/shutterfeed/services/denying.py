"""The step `deny` makes the edge deny what is noted, and show again what is not noted any more.

Whoever hides media at once writes a note with the write that hides them. The worker looks at the
notes as they are now, so messages may be late, repeated and in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.errors import Busy
from shutterfeed.ports.denials import DenialNotes, Denials

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyingService:
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
