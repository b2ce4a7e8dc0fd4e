"""An empty search index on each engine."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.adapters.search.dynamodb import DynamoSearchIndex
from shutterfeed.adapters.search.opensearch import OpenSearchIndex
from shutterfeed.ports.search import SearchIndex
from tests.conftest import Aws
from tests.fakes.search import FakeSearchIndex
from tests.fakes.system import FakeClock
from tests.tables import create_search_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ENGINES = ("moto", "dynamodb-local", "opensearch")
ENGINES_AND_FAKE = (*ENGINES, "fake")
"""The fake ranks nothing and forgives no typing errors."""
_numbers = count(1)


def engine(request: pytest.FixtureRequest) -> SearchIndex:
    name = str(request.param)
    if name == "fake":
        return FakeSearchIndex()
    if name == "opensearch":
        opensearch: Any = request.getfixturevalue("opensearch")
        opensearch.indices.delete(index="_all")
        return OpenSearchIndex(opensearch, refresh=True)
    client: DynamoDBClient
    if name == "moto":
        aws: Aws = request.getfixturevalue("aws")
        client = aws.dynamodb
    else:
        client = request.getfixturevalue("local_dynamodb")
    table = Table(client, f"search-{next(_numbers)}")
    create_search_table(client, table.name)
    request.addfinalizer(lambda: client.delete_table(TableName=table.name))
    return DynamoSearchIndex(table, FakeClock())
