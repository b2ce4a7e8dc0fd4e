"""DynamoDB Local for benchmarks that measure calls to it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tools import dynamodb_local

SHARED: Final = "SHUTTERFEED_BENCH_DYNAMODB"
"""The environment variable with the address of one that runs already. The tests use it, since
starting one takes as long as all that most benchmarks do at their smallest size."""


@contextmanager
def dynamodb() -> Iterator[tuple[str, str]]:
    """The address of an engine, and an access key id for which it is empty: it keeps the tables of
    each by themselves."""
    key = f"bench{uuid.uuid4().hex[:10]}"
    shared = os.environ.get(SHARED)
    if shared:
        yield shared, key
        return
    with dynamodb_local.running() as endpoint:
        yield endpoint, key
