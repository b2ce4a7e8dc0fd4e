"""The deployed stack's numbers, as far as time and failure depend on them.

Importing the infrastructure takes seconds, so they are written down here once more;
`tests/infra/test_exploration.py` holds them against the template.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

VISIBILITY_PER_TIMEOUT: Final = 6
RETENTION: Final = timedelta(days=4)
DEAD_LETTER_RETENTION: Final = timedelta(days=14)
REDRIVEN_AFTER: Final = timedelta(days=9)
"""Not the stack's: a dead letter's alarm is heard after a holiday, which is longer than a content's
cooling-off."""
STREAM_BATCH: Final = 100
STREAM_RETRIES: Final = 10
RECONCILE_EVERY: Final = timedelta(minutes=5)
MULTIPART_KEPT: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Source:
    """A queue, the function that it sets off, and how."""

    queue: str
    function: str
    batch: int
    receives: int
    """Before a message is a dead letter."""

    @property
    def visibility(self) -> timedelta:
        return VISIBILITY_PER_TIMEOUT * TIMEOUTS[self.function]


TIMEOUTS: Final = {
    name: timedelta(seconds=seconds)
    for name, seconds in {
        "api": 15,
        "dedup_hash": 60,
        "thumbnail": 60,
        "transcode": 900,
        "route_changes": 30,
        "publish": 30,
        "fan_out": 60,
        "feed_writer": 60,
        "collect": 60,
        "index_search": 60,
        "reconcile": 300,
    }.items()
}
SOURCES: Final = (
    Source("uploads", "dedup_hash", 1, 10),
    Source("images", "thumbnail", 1, 10),
    Source("videos", "transcode", 1, 5),
    Source("publish", "publish", 10, 20),
    Source("fan-out", "fan_out", 1, 10),
    Source("feed", "feed_writer", 10, 10),
    Source("collect", "collect", 10, 10),
    Source("search", "index_search", 10, 10),
)
EXPIRING_TAGS: Final = {
    "settled": timedelta(days=1),
    "refused": timedelta(days=30),
    "abandoned": timedelta(days=30),
}
"""Of objects in the uploads bucket, and after how long they expire."""
EXPIRING_PREFIXES: Final = {"discarded/": timedelta(days=1), "downloads/": timedelta(days=1)}
NOTIFYING_PREFIX: Final = "uploads/"
"""Objects below it, in the uploads bucket, are told to the uploads queue."""
