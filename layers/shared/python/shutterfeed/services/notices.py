"""Opening notices of what is told to one user alone, such as what moderators have decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.activity import APPEARS_AFTER, Act, Notice, Opening, opening
from shutterfeed.domain.errors import Busy
from shutterfeed.ports.activity import Notices
from shutterfeed.ports.system import Clock, Ids

_ATTEMPTS: Final = 3
"""For a subject whose notices other workers open and close at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOpener:
    notices: Notices
    clock: Clock
    ids: Ids

    def tell(self, act: Act) -> None:
        """Open a notice for an act, unless it is told already. Raises `Busy`."""
        for _ in range(_ATTEMPTS):
            newest = self.notices.newest(act.owner_id, act.kind, act.subject)
            next_one = opening(newest, act, None)
            if next_one is None or self.open(act, next_one):
                return
        raise Busy

    def open(self, act: Act, next_one: Opening) -> bool:
        """Write the next notice. False if another worker was faster."""
        closes, since = next_one.closes, next_one.since
        # Closed first: should this worker die in between, the message comes again and finds a
        # closed group, after which the next one begins.
        if closes is not None and not self.notices.close(closes, since):
            return False
        position = self.ids.new(self.clock.now() + APPEARS_AFTER)
        return self.notices.open(
            Notice(
                act.owner_id,
                act.kind,
                act.subject,
                next_one.number,
                position,
                since,
                shard=act.shard,
                openers=next_one.openers,
            )
        )
