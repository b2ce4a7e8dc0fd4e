"""What a backend has in store, to know when two backends stand at the same point.

All that services keep is in what stands behind their ports. Two backends in which that is the same
go on in the same way, however they came there, so that a test which tries many ways has to look
once at each point that they lead to.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Final

from tests.fakes.backend import Backend

_ID: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_TIME: Final = 10
"""The characters of an id that say when it was made."""


def standing(backend: Backend) -> str:
    """All that decides how a backend goes on, once its stream is read.

    Ids stand for their times and their order, as the numbers in them are how many were made before.
    What merely records the past is left out.
    """
    assert "stream" not in backend.waiting()
    metadata = backend.metadata
    tables = [getattr(metadata, one.name) for one in fields(metadata) if one.name != "changes"]
    queues = [(queue.messages, queue.later) for queue in backend.queues.values()]
    found = backend.found.documents, backend.found.refusals
    stored = backend.feed_table, backend.buckets, backend.sign_ins
    text = repr((backend.clock.now(), tables, queues, found, stored))
    order = {one: number for number, one in enumerate(sorted(set(_ID.findall(text))))}
    return _ID.sub(lambda one: f"{one[0][:_TIME]}#{order[one[0]]}", text)
