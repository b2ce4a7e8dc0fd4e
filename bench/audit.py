"""The audit over many seeded mismatches: all found, nothing removed, and what it would cost."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed.adapters.evidence import SqliteEvidence
from tests.warehouse import seeded

FULL: Final = 100_000
"""How many mismatches are seeded."""
TOY: Final = 70
MINUTES: Final = 2.0


def run(mismatches: int) -> list[Figure]:
    show(f"seeding {mismatches:,} mismatches")
    house = seeded(mismatches)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    objects, renditions = len(house.buckets.originals), len(house.buckets.renditions)
    uploads = len(house.buckets.uploads)
    start = time.perf_counter()
    right = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        SqliteEvidence.create(str(Path(folder) / "audit.db")) as evidence,
    ):
        for found in house.service().audit(evidence, repair=True, progress=show):
            right += 1 if found.subject in house.seeded[found.kind] else -1
    seconds = time.perf_counter() - start
    clear()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    lost = objects + renditions - len(house.buckets.originals) - len(house.buckets.renditions)
    lost += uploads - len(house.buckets.uploads)
    return [
        Figure("mismatches found, less false ones", right, "", f">= {mismatches}"),
        Figure("objects removed", lost + len(house.buckets.retired), "", "<= 0"),
        Figure("originals audited", objects, ""),
        Figure("time", seconds, "s"),
        Figure("memory on top of the seed", grown / 1024, "MB"),
        Figure("lists", house.requests["lists"], ""),
        Figure("tags", house.requests["tags"], ""),
        Figure("read units", house.requests["read units"], ""),
        Figure("cost of a million originals", house.dollars_per_million(), "USD"),
    ]
