"""DynamoDB Local and OpenSearch for benchmarks that measure calls to them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tools import dynamodb_local, opensearch_node

DYNAMODB: Final = "SHUTTERFEED_BENCH_DYNAMODB"
OPENSEARCH: Final = "SHUTTERFEED_BENCH_OPENSEARCH"
"""The environment variables with the addresses of those that run already. The tests use them, since
starting one takes as long as all that most benchmarks do at their smallest size."""


@contextmanager
def dynamodb() -> Iterator[tuple[str, str]]:
    """The address of an engine, and an access key id for which it is empty: it keeps the tables of
    each by themselves."""
    key = f"bench{uuid.uuid4().hex[:10]}"
    shared = os.environ.get(DYNAMODB)
    if shared:
        yield shared, key
        return
    with dynamodb_local.running() as endpoint:
        yield endpoint, key


@contextmanager
def opensearch() -> Iterator[str]:
    """The address of an empty node."""
    shared = os.environ.get(OPENSEARCH)
    if not shared:
        with opensearch_node.running() as address:
            yield address
        return
    opensearch_node.empty(shared)
    yield shared
