"""Reads the metadata table's stream, and sends each change to the queues of its workers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shutterfeed.adapters.dynamodb.changes import change_of
from shutterfeed.bootstrap.route_changes import service
from shutterfeed.domain.changes import Change
from shutterfeed.runtime import Handled, preload, stream_worker


def route(records: Sequence[Mapping[str, Any]]) -> Handled:
    failures: dict[int, Exception] = {}
    changes: dict[int, Change] = {}
    for index, record in enumerate(records):
        try:
            change = change_of(record)
        except Exception as error:  # noqa: BLE001 - reported, and the other records go on
            failures[index] = error
            continue
        if change is not None:
            changes[index] = change
    failures |= service().route(changes)
    done = (type(change).__name__ for index, change in changes.items() if index not in failures)
    return Handled(failures, Counter(done))


handler = stream_worker(route)
preload(service)
