"""The journal's copy of the service's upload ledger, kept up to date with few requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.journal import Journal

_READ_WHOLE_AT: Final = "ledger_read_whole_at"
_WHOLE_AFTER_SECONDS: Final = 7 * 86_400.0


def refresh_ledger(
    api: Api, journal: Journal, *, whole: bool = False, clock: Callable[[], float] = time.time
) -> int:
    """Bring the journal's copy of the ledger up to date. Returns the number of entries read.

    The ledger is read from its newest entry back to the point below which the copy is complete and
    nothing can have changed. It is read to its end the first time, with `whole`, and after
    `_WHOLE_AFTER_SECONDS`, to notice entries that were removed with their posts.
    """
    kept = journal.fact(_READ_WHOLE_AT)
    if whole or kept is None or float(kept) + _WHOLE_AFTER_SECONDS < clock():
        entries = [entry for page in api.pages("/me/uploads") for entry in page["items"]]
        journal.replace_ledger(entries)
        journal.set_fact(_READ_WHOLE_AT, str(clock()))
        return len(entries)
    oldest = journal.oldest_open()
    read = 0
    for page in api.pages("/me/uploads"):
        entries = page["items"]
        read += len(entries)
        same = journal.merge(entries)
        if same and entries and (oldest is None or entries[-1]["media_id"] <= oldest):
            break
    return read
