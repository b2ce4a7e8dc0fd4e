"""Feed reads with the cache of celebrities' newest posts that the deployment chose."""

from __future__ import annotations

from datetime import timedelta

from shutterfeed import config
from shutterfeed.adapters.caching.container import Bounds, ContainerRecentPostsCache
from shutterfeed.adapters.caching.feed_reads import CachedFeedReads
from shutterfeed.bootstrap import aws
from shutterfeed.ports.feed_reads import FeedReads, RecentPostsCache
from shutterfeed.runtime import count_cache_failure


def cached(reads: FeedReads, settings: config.ApiSettings) -> FeedReads:
    """`reads` with a cache around it, or `reads` itself if the settings turn caching off."""
    age = timedelta(seconds=int(settings.recent_posts_cache_seconds))
    if not age:
        return reads
    if settings.recent_posts_cache != "valkey":
        return CachedFeedReads(reads, _container(settings, age), aws.clock())
    from shutterfeed.adapters.caching.tiers import TieredRecentPostsCache

    # Together they are as old as they may be.
    tiers = TieredRecentPostsCache(_container(settings, age / 2), _shared(age / 2))
    return CachedFeedReads(reads, tiers, aws.clock())


def _container(settings: config.ApiSettings, age: timedelta) -> RecentPostsCache:
    megabytes = int(settings.recent_posts_cache_megabytes)
    bounds = Bounds(age, int(settings.recent_posts_cache_authors), megabytes * 1024 * 1024)
    return ContainerRecentPostsCache(bounds, aws.clock())


def _shared(age: timedelta) -> RecentPostsCache:
    # Only a function that is deployed with a shared cache has its client's layer.
    from shutterfeed.adapters.caching.valkey import ValkeyRecentPostsCache, connect_to_elasticache

    settings = config.SharedCacheSettings.from_env()
    client = connect_to_elasticache(
        settings.valkey_host, int(settings.valkey_port), settings.valkey_cache, settings.valkey_user
    )
    return ValkeyRecentPostsCache(client, age, aws.clock(), count_cache_failure)
