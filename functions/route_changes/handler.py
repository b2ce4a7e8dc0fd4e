"""Reads the metadata table's stream, and sends each change to the queues of its workers."""

from collections.abc import Iterator, Mapping
from typing import Any

from shutterfeed.adapters.dynamodb.changes import change_of
from shutterfeed.bootstrap.route_changes import service
from shutterfeed.runtime import preload, stream_worker


def route(record: Mapping[str, Any]) -> Iterator[str]:
    change = change_of(record)
    if change is not None:
        service().route(change)
        yield type(change).__name__


handler = stream_worker(route)
preload(service)
