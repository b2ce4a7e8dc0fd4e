"""The metadata table's stream: each change handed to the queues of those who act on it."""

from collections.abc import Iterator, Mapping
from typing import Any

from shutterfeed import bootstrap
from shutterfeed.adapters.dynamodb.changes import change_of
from shutterfeed.runtime import preload, stream_worker


def route(record: Mapping[str, Any]) -> Iterator[str]:
    change = change_of(record)
    if change is not None:
        bootstrap.route_changes().route(change)
        yield type(change).__name__


handler = stream_worker(route)
preload(bootstrap.route_changes)
