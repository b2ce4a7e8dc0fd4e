"""Uploads that landed: checked against their declaration, stored once, referred to."""

from collections.abc import Iterator

from shutterfeed import bootstrap
from shutterfeed.adapters.events import uploads_landed
from shutterfeed.runtime import preload, queue_worker
from shutterfeed.services.ingest import IngestOutcome


def ingest(body: str) -> Iterator[IngestOutcome]:
    for landed in uploads_landed(body):
        yield bootstrap.dedup_hash().ingest(landed)


handler = queue_worker(ingest)
preload(bootstrap.dedup_hash)
