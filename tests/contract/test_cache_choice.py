"""Which cache of heads a deployment's API function builds from its settings."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from shutterfeed import config
from shutterfeed.adapters.caching.container import ContainerHeadCache
from shutterfeed.adapters.caching.feed_reads import CachedFeedReads
from shutterfeed.adapters.caching.tiers import TieredHeadCache
from shutterfeed.adapters.caching.valkey import ValkeyHeadCache
from shutterfeed.bootstrap.head_cache import cached
from tests import samples
from tests.fakes.feeds import FakeFeedReads, FakeFeeds
from tests.fakes.metadata import Metadata
from tests.unit.test_config import API

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
    assert isinstance(reads.cache, ContainerHeadCache)
    assert reads.cache._bounds.age == timedelta(seconds=2)
    assert reads.cache._bounds.bytes == 64 * 2**20


def test_none_for_no_seconds() -> None:
    assert cached(READS, _settings(HEAD_CACHE_SECONDS="0")) is READS


@pytest.mark.usefixtures("_shared")
def test_two_tiers_are_together_as_old_as_heads_may_be() -> None:
    reads = cached(READS, _settings(HEAD_CACHE="valkey", HEAD_CACHE_SECONDS="3"))
    assert isinstance(reads, CachedFeedReads)
    assert isinstance(reads.cache, TieredHeadCache)
    near, far = reads.cache.near, reads.cache.far
    assert isinstance(near, ContainerHeadCache)
    assert isinstance(far, ValkeyHeadCache)
    assert near._bounds.age == timedelta(seconds=1.5)
    assert far._milliseconds == 1500


@pytest.mark.usefixtures("_shared")
def test_a_failure_of_the_shared_one_is_counted_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reads = cached(READS, _settings(HEAD_CACHE="valkey"))
    assert isinstance(reads, CachedFeedReads)
    assert reads.cache.get_many([samples.user_id(1)]) == {}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["HeadCacheFailures"] for line in lines if "_aws" in line] == [[1]]
