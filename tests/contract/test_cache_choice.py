"""Which cache of recent posts a deployment's API function builds from its settings."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from shutterfeed import config
from shutterfeed.adapters.caching.container import ContainerRecentPostsCache
from shutterfeed.adapters.caching.feed_reads import CachedFeedReads
from shutterfeed.adapters.caching.tiers import TieredRecentPostsCache
from shutterfeed.adapters.caching.valkey import ValkeyRecentPostsCache
from shutterfeed.bootstrap.recent_posts_cache import cached
from tests import samples
from tests.fakes.feeds import FakeFeedReads, FakeFeeds
from tests.fakes.metadata import Metadata
from tests.settings import API

READS = FakeFeedReads(Metadata(), FakeFeeds())


@pytest.fixture
def _shared(monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    """A shared cache that is down."""
    monkeypatch.setenv("VALKEY_HOST", "127.0.0.1")
    monkeypatch.setenv("VALKEY_PORT", str(closed_port))
    monkeypatch.setenv("VALKEY_CACHE", "shutterfeed-dev")
    monkeypatch.setenv("VALKEY_USER", "shutterfeed-dev-api")


def _settings(**changes: str) -> config.ApiSettings:
    return config.ApiSettings.from_env(API | changes)


def test_a_containers_own_by_default() -> None:
    reads = cached(READS, _settings())
    assert isinstance(reads, CachedFeedReads)
    assert isinstance(reads.cache, ContainerRecentPostsCache)
    assert reads.cache._bounds.age == timedelta(seconds=2)
    assert reads.cache._bounds.bytes == 64 * 2**20


def test_none_for_no_seconds() -> None:
    assert cached(READS, _settings(RECENT_POSTS_CACHE_SECONDS="0")) is READS


@pytest.mark.usefixtures("_shared")
def test_two_tiers_are_together_as_old_as_recent_posts_may_be() -> None:
    reads = cached(READS, _settings(RECENT_POSTS_CACHE="valkey", RECENT_POSTS_CACHE_SECONDS="3"))
    assert isinstance(reads, CachedFeedReads)
    assert isinstance(reads.cache, TieredRecentPostsCache)
    near, far = reads.cache.near, reads.cache.far
    assert isinstance(near, ContainerRecentPostsCache)
    assert isinstance(far, ValkeyRecentPostsCache)
    assert near._bounds.age == timedelta(seconds=1.5)
    assert far._milliseconds == 1500


@pytest.mark.usefixtures("_shared")
def test_a_failure_of_the_shared_one_is_counted_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reads = cached(READS, _settings(RECENT_POSTS_CACHE="valkey"))
    assert isinstance(reads, CachedFeedReads)
    assert reads.cache.get_many([samples.user_id(1)]) == {}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["RecentPostsCacheFailures"] for line in lines if "_aws" in line] == [[1]]
