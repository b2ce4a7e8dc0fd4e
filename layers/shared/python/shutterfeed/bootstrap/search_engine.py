"""The search engine that the deployment chose."""

from __future__ import annotations

from shutterfeed.bootstrap import aws
from shutterfeed.ports.search import SearchGenerations


class UnknownEngine(ValueError):
    """The settings name a search engine that does not exist."""


def search_index(engine: str, target: str, reader: str | None = None) -> SearchGenerations:
    """The index of the engine. Raises `UnknownEngine`.

    `reader` is the role that is to be let in, if the engine has rights of its own.
    """
    if engine == "dynamodb":
        from shutterfeed.adapters.search.dynamodb import DynamoSearchIndex

        return DynamoSearchIndex(aws.table(target), aws.clock())
    if engine == "opensearch":
        # Only functions that are deployed with this engine have its client's layer.
        from shutterfeed.adapters.search.opensearch import OpenSearchIndex
        from shutterfeed.adapters.search.opensearch_client import connect

        return OpenSearchIndex(connect(target), reader=reader)
    raise UnknownEngine(engine)
