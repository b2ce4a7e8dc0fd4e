"""Composes the services that keep the search index up to date, build it again, and compare it with
the table."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.hashtags import DynamoTaggedPosts
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.search.source import DynamoSearchable
from shutterfeed.bootstrap import aws
from shutterfeed.bootstrap.search_engine import search_index
from shutterfeed.domain.messages import FanOutMessage, IndexMessage
from shutterfeed.ports.search import SearchGenerations
from shutterfeed.services.hashtags import TaggingService
from shutterfeed.services.indexing import IndexingService
from shutterfeed.services.search_maintenance import SearchMaintenance


@cache
def _index() -> SearchGenerations:
    settings = config.IndexSettings.from_env()
    return search_index(settings.search_engine, settings.search_target, settings.search_reader)


@cache
def service() -> IndexingService:
    settings = config.IndexSettings.from_env()
    metadata = aws.table(settings.metadata_table)
    return IndexingService(
        posts=DynamoPosts(metadata),
        profiles=DynamoProfiles(metadata),
        index=_index(),
        tagging=TaggingService(
            lists=DynamoTaggedPosts(metadata),
            steps=aws.queue(settings.fan_out_queue_url, Codec[FanOutMessage]("fan_out")),
            clock=aws.clock(),
        ),
        steps=aws.queue(settings.index_queue_url, Codec[IndexMessage]("index")),
    )


@cache
def maintenance() -> SearchMaintenance:
    metadata = aws.table(config.IndexSettings.from_env().metadata_table)
    return SearchMaintenance(
        searchable=DynamoSearchable(metadata),
        posts=DynamoPosts(metadata),
        profiles=DynamoProfiles(metadata),
        index=_index(),
    )
