"""The shared cache of recent posts when it fails, and how one signs in to it."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from valkey import Valkey
from valkey.exceptions import ConnectionError as NotConnected
from valkey.exceptions import NoPermissionError
from valkey.exceptions import TimeoutError as TooSlow

from infra.cache_rights import RIGHTS
from shutterfeed import keys
from shutterfeed.adapters.caching.container import Bounds, ContainerRecentPostsCache
from shutterfeed.adapters.caching.tiers import TieredRecentPostsCache
from shutterfeed.adapters.caching.valkey import (
    IamCredentials,
    Unreadable,
    ValkeyRecentPostsCache,
    connect,
    connect_to_elasticache,
)
from shutterfeed.domain.delivery import Delivery, RecentPosts
from shutterfeed.schema import CACHED_RECENT_POSTS
from tests import samples
from tests.conftest import REGION
from tests.fakes.system import FakeClock
from tests.valkey_server import PATIENT

AGE = timedelta(seconds=1)
ADA = samples.user_id(1)
RECENT_POSTS = RecentPosts(ADA, delivery=Delivery.PULL, version=1)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """The port of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


@pytest.fixture
def failures() -> list[Exception]:
    return []


def _cache(
    port: int, clock: FakeClock, failures: list[Exception], **options: Any
) -> ValkeyRecentPostsCache:
    return ValkeyRecentPostsCache(
        connect("127.0.0.1", port, **options), AGE, clock, failures.append
    )


def _unexpected(error: Exception) -> None:
    raise error


def test_a_server_that_is_down_has_nothing(
    closed_port: int, clock: FakeClock, failures: list[Exception]
) -> None:
    cache = _cache(closed_port, clock, failures)
    assert cache.get_many([ADA]) == {}
    assert [type(failure) for failure in failures] == [NotConnected]


def test_a_server_that_is_slow_has_nothing(
    silent_port: int, clock: FakeClock, failures: list[Exception]
) -> None:
    cache = _cache(silent_port, clock, failures)
    cache.put_many([RECENT_POSTS])
    assert [type(failure) for failure in failures] == [TooSlow]


def test_after_a_failure_it_is_left_alone_for_a_while(
    silent_port: int, clock: FakeClock, failures: list[Exception]
) -> None:
    cache = _cache(silent_port, clock, failures)
    for _ in range(3):
        assert cache.get_many([ADA]) == {}
        cache.put_many([RECENT_POSTS])
    assert len(failures) == 1
    clock.advance(timedelta(seconds=5))
    assert cache.get_many([ADA]) == {}
    assert len(failures) == 2
    clock.advance(timedelta(seconds=-60))
    assert cache.get_many([ADA]) == {}
    assert len(failures) == 3


def test_it_is_asked_again_once_it_is_back(
    valkey_server: int, closed_port: int, clock: FakeClock, failures: list[Exception]
) -> None:
    cache = _cache(valkey_server, clock, failures, **PATIENT)
    client, cache._client = cache._client, connect("127.0.0.1", closed_port)
    assert cache.get_many([ADA]) == {}
    cache._client = client
    clock.advance(timedelta(seconds=5))
    cache.put_many([RECENT_POSTS])
    for _ in range(2):
        assert set(cache.get_many([ADA])) == {ADA}
    client.flushall()
    client.connection_pool.disconnect()
    assert len(failures) == 1


@pytest.mark.parametrize("value", [b"", b"no recent posts", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_value_of_another_kind_is_no_head(
    valkey_client: Valkey, clock: FakeClock, failures: list[Exception], value: bytes
) -> None:
    cache = ValkeyRecentPostsCache(valkey_client, AGE, clock, failures.append)
    valkey_client.set(keys.cached_recent_posts(ADA), value)
    assert cache.get_many([ADA]) == {}
    assert [type(failure) for failure in failures] == [Unreadable]


def test_the_rights_of_its_user_are_all_it_needs(
    valkey_client: Valkey, valkey_server: int, clock: FakeClock
) -> None:
    execute: Callable[..., object] = valkey_client.execute_command
    execute("ACL", "SETUSER", "api", "reset", "nopass", *RIGHTS.split())
    options = {"username": "api", "password": "any", **PATIENT}
    with connect("127.0.0.1", valkey_server, **options) as client:
        cache = ValkeyRecentPostsCache(client, AGE, clock, _unexpected)
        cache.put_many([RECENT_POSTS])
        assert set(cache.get_many([ADA])) == {ADA}
        for forbidden in (("GET", "other"), ("DEL", keys.cached_recent_posts(ADA)), ("KEYS", "*")):
            with pytest.raises(NoPermissionError):
                client.execute_command(*forbidden)


def test_keys_begin_with_what_the_rights_are_for() -> None:
    assert keys.cached_recent_posts(ADA) == f"{CACHED_RECENT_POSTS}{ADA}"


def test_recent_posts_go_by_themselves(valkey_client: Valkey, clock: FakeClock) -> None:
    cache = ValkeyRecentPostsCache(valkey_client, AGE, clock, _unexpected)
    cache.put_many([RECENT_POSTS])
    left = valkey_client.pttl(keys.cached_recent_posts(ADA))
    assert isinstance(left, int)
    assert 0 < left <= AGE.total_seconds() * 1000


def test_a_near_cache_is_asked_first_and_keeps_what_the_far_one_has(clock: FakeClock) -> None:
    near, far = (ContainerRecentPostsCache(Bounds(AGE, 10, 100_000), clock) for _ in range(2))
    tiers = TieredRecentPostsCache(near, far)
    far.put_many([RECENT_POSTS])
    assert tiers.get_many([ADA]) == {ADA: RECENT_POSTS}
    assert near.get_many([ADA]) == {ADA: RECENT_POSTS}
    newer = RecentPosts(samples.user_id(2), delivery=Delivery.PULL, version=2)
    tiers.put_many([newer])
    for cache in (near, far):
        assert cache.get_many([newer.author_id]) == {newer.author_id: newer}


def test_a_token_is_a_signed_request_to_connect() -> None:
    user, token = IamCredentials("shutterfeed-prod", "shutterfeed-prod-api").get_credentials()
    url = urlsplit(f"https://{token}")
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert user == "shutterfeed-prod-api"
    assert (url.netloc, url.path) == ("shutterfeed-prod", "/")
    assert query["Action"] == "connect"
    assert query["User"] == user
    assert query["ResourceType"] == "ServerlessCache"
    assert query["X-Amz-Expires"] == "900"
    assert query["X-Amz-SignedHeaders"] == "host"
    assert f"/{REGION}/elasticache/aws4_request" in query["X-Amz-Credential"]
    assert re.fullmatch("[0-9a-f]{64}", query["X-Amz-Signature"])


def test_elasticache_is_reached_over_verified_tls() -> None:
    with connect_to_elasticache("cache.example", 6379, "shutterfeed-prod", "api") as client:
        options = client.connection_pool.connection_kwargs
        connection = client.connection_pool.connection_class.__name__
    assert connection == "SSLConnection"
    assert (options["ssl_cert_reqs"], options["ssl_check_hostname"]) == ("required", True)
    assert isinstance(options["credential_provider"], IamCredentials)
