"""The deployed stack's numbers, as far as time and failure depend on them.

Those of queues and workers are the table's. Importing the infrastructure takes seconds, so the
others are written down here once more; `tests/infra/test_exploration.py` holds all of them against
the template.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shutterfeed import topology

RETENTION: Final = timedelta(seconds=topology.MESSAGE_RETENTION_S)
DEAD_LETTER_RETENTION: Final = timedelta(seconds=topology.DEAD_LETTER_RETENTION_S)
REDRIVEN_AFTER: Final = timedelta(days=9)
"""Not the stack's: a dead letter's alarm is heard after a holiday, which is longer than a content's
cooling-off."""
STREAM_BATCH: Final = topology.STREAM_BATCH
STREAM_RETRIES: Final = topology.STREAM_RETRIES
RECONCILE_EVERY: Final = timedelta(minutes=5)
MULTIPART_KEPT: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Source:
    """A queue, the function that it sets off, and how."""

    queue: str
    function: str
    batch: int
    receives: int
    """How often a message is received before it is a dead letter."""
    visibility: timedelta


TIMEOUTS: Final = {
    name: timedelta(seconds=seconds)
    for name, seconds in {
        "api": 15,
        topology.ROUTER: 30,
        "reconcile": 300,
        "tokens": 5,
        **{worker.function: worker.timeout_s for worker in topology.WORKERS},
    }.items()
}
SOURCES: Final = tuple(
    Source(
        lane.queue,
        lane.worker.function,
        lane.worker.batch,
        lane.worker.receives,
        timedelta(seconds=lane.worker.visibility_s),
    )
    for lane in topology.LANES
)
EXPIRING_TAGS: Final = {
    "released": timedelta(days=1),
    "refused": timedelta(days=1),
    "abandoned": timedelta(days=30),
}
"""The tags of objects in the uploads bucket, and after how long these expire."""
EXPIRING_PREFIXES: Final = {
    "discarded/": timedelta(days=1),
    "downloads/": timedelta(days=1),
    "exports/": timedelta(days=7),
}
ORIGINALS_RULES: Final = (
    {
        "Id": "refused",
        "Status": "Enabled",
        "TagFilters": [{"Key": "refused", "Value": "true"}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    },
    {
        "Id": "erased",
        "Status": "Enabled",
        "TagFilters": [{"Key": "erased", "Value": "true"}],
        "ExpirationInDays": 35,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 35},
    },
    {"Id": "markers", "Status": "Enabled", "ExpiredObjectDeleteMarker": True},
)
"""The lifecycle rules of the originals bucket that remove something."""
NOTIFYING_PREFIX: Final = "uploads/"
"""Objects below it, in the uploads bucket, are told to the queue of `ingest`."""
