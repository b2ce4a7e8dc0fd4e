"""Feed reads with the cache of celebrities' newest posts that the deployment chose."""

from __future__ import annotations

from datetime import timedelta

from shutterfeed import config
from shutterfeed.adapters.caching.container import Bounds, ContainerHeadCache
from shutterfeed.adapters.caching.feed_reads import CachedFeedReads
from shutterfeed.bootstrap import aws
from shutterfeed.ports.feed_reads import FeedReads, HeadCache
from shutterfeed.runtime import count_cache_failure


def cached(reads: FeedReads, settings: config.ApiSettings) -> FeedReads:
    """`reads` with a cache around it, or `reads` itself if the settings turn caching off."""
    age = timedelta(seconds=int(settings.head_cache_seconds))
    if not age:
        return reads
    if settings.head_cache != "valkey":
        return CachedFeedReads(reads, _container(settings, age), aws.clock())
    from shutterfeed.adapters.caching.tiers import TieredHeadCache

    # Together they are as old as they may be.
    tiers = TieredHeadCache(_container(settings, age / 2), _shared(age / 2))
    return CachedFeedReads(reads, tiers, aws.clock())


def _container(settings: config.ApiSettings, age: timedelta) -> HeadCache:
    megabytes = int(settings.head_cache_megabytes)
    bounds = Bounds(age, int(settings.head_cache_heads), megabytes * 1024 * 1024)
    return ContainerHeadCache(bounds, aws.clock())


def _shared(age: timedelta) -> HeadCache:
    # Only a function that is deployed with a shared cache has its client's layer.
    from shutterfeed.adapters.caching.valkey import ValkeyHeadCache, connect_to_elasticache

    settings = config.SharedCacheSettings.from_env()
    client = connect_to_elasticache(
        settings.valkey_host, int(settings.valkey_port), settings.valkey_cache, settings.valkey_user
    )
    return ValkeyHeadCache(client, age, aws.clock(), count_cache_failure)
