"""The search index: posts and users brought up to date in it, a batch of messages at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shutterfeed import bootstrap
from shutterfeed.adapters.messages import SEARCH, UnknownMessage
from shutterfeed.domain.messages import SearchMessage
from shutterfeed.runtime import batch_worker, preload


def index(bodies: Sequence[str]) -> Mapping[int, Exception]:
    failures: dict[int, Exception] = {}
    messages: dict[int, SearchMessage] = {}
    for place, body in enumerate(bodies):
        try:
            messages[place] = SEARCH.decode(body)
        except UnknownMessage as error:
            failures[place] = error
    failed = bootstrap.index_search().apply(tuple(messages.values()))
    failures |= {place: failed[message] for place, message in messages.items() if message in failed}
    return failures


handler = batch_worker(index)
preload(bootstrap.index_search)
