"""Checks uploads that arrived against their declaration, and stores each content once."""

from collections.abc import Iterator

from shutterfeed.adapters.events import uploads_landed
from shutterfeed.bootstrap.dedup_hash import service
from shutterfeed.runtime import preload, queue_worker
from shutterfeed.services.ingest import IngestOutcome


def ingest(body: str) -> Iterator[IngestOutcome]:
    for landed in uploads_landed(body):
        yield service().ingest(landed)


handler = queue_worker(ingest)
preload(service)
