"""The journal's copy of the service's upload ledger, kept up to date with few requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.journal import Journal

_READ_WHOLE_AT: Final = "ledger_read_whole_at"
_WHOLE_AFTER_SECONDS: Final = 7 * 86_400.0
_OVERLAP: Final = 50
"""The number of entries at the end of a page that the copy must have. Of files that are declared at
the same time, one with an older id may be stored a moment after one with a newer id."""


def refresh_ledger(
    api: Api, journal: Journal, *, whole: bool = False, clock: Callable[[], float] = time.time
) -> int:
    """Bring the journal's copy of the ledger up to date. Returns the number of entries read.

    The ledger is read from its newest entry back to the point below which the copy is complete and
    nothing can have changed. It is read to its end the first time, with `whole`, and after
    `_WHOLE_AFTER_SECONDS`, to notice entries that were removed with their posts. What was read is
    stored at the end and at once: if the reading breaks off, the copy stays as complete as it was.
    """
    kept = journal.fact(_READ_WHOLE_AT)
    if whole or kept is None or float(kept) + _WHOLE_AFTER_SECONDS < clock():
        entries = [entry for page in api.pages("/me/uploads") for entry in page["items"]]
        journal.replace_ledger(entries)
        journal.set_fact(_READ_WHOLE_AT, str(clock()))
        return len(entries)
    entries = _newest(api, journal)
    journal.merge(entries)
    return len(entries)


def _newest(api: Api, journal: Journal) -> list[Json]:
    """The entries from the newest one back to some that the copy has, below which it is complete
    and nothing can have changed."""
    oldest = journal.oldest_open()
    entries: list[Json] = []
    for page in api.pages("/me/uploads"):
        entries += page["items"]
        last = [entry["media_id"] for entry in page["items"][-_OVERLAP:]]
        if last and journal.has_all(last) and (oldest is None or last[-1] <= oldest):
            break
    return entries
