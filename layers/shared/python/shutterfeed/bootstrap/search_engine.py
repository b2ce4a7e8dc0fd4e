"""The search engine that the deployment chose."""

from __future__ import annotations

from shutterfeed.bootstrap import aws
from shutterfeed.ports.search import SearchGenerations


class UnknownEngine(ValueError):
    """The settings name a search engine that does not exist."""


def search_index(engine: str, target: str, reader: str | None = None) -> SearchGenerations:
    """The search index of the engine that the settings name. Raises `UnknownEngine` if there is no
    such engine.

    `reader` is the role that may read the index, for an engine that has its own access control.
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
