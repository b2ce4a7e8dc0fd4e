"""A cache that all containers share: Valkey, or anything that speaks its protocol.

It may be down or slow at any time without making a feed page fail: it then answers as if it were
empty, each failure is reported, and it is not asked for a while. Every command is about one key, so
that the keys may be spread over a cluster.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session
from valkey import CredentialProvider, Valkey
from valkey.exceptions import ValkeyError

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.recent_posts import (
    PackedCounts,
    PackedEntries,
    compressed,
    decompressed,
    pack,
    pack_counts,
)
from shutterfeed.domain.delivery import Delivery, RecentPosts
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import MalformedId
from shutterfeed.domain.posts import Post
from shutterfeed.ports.system import Clock

ANSWER_SECONDS: Final = 0.05
"""How long one command may take. Within an availability zone it takes less than a millisecond."""
CONNECT_SECONDS: Final = 0.2
"""How long TCP may take to connect, once in a container's life. TLS and signing in have
`ANSWER_SECONDS` for each step."""
_PAUSE: Final = timedelta(seconds=5)
"""How long a cache that failed is not asked: an outage delays one page in this time."""
_TOKEN_SECONDS: Final = 900
"""How long a token is valid, the longest that ElastiCache allows. A connection needs it only when
it is made."""

Failed = Callable[[Exception], object]
"""A function that is called with each failure, to count it."""


class Unreadable(Exception):
    """A cached value does not have the form that this version of the code writes."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """An author's recent posts as they are stored. Fields are only ever added, and with a
    default."""

    version: int
    entries: str
    oldest_known: str | None
    delivery: Delivery
    migration: str
    posts: tuple[Post, ...]
    counts: str = ""


_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(_Stored).decode


class ValkeyRecentPostsCache:
    """A cache in Valkey. Recent posts stay until they are `age` old; the container that reads it
    next from the table stores it again."""

    def __init__(self, client: Valkey, age: timedelta, clock: Clock, failed: Failed) -> None:
        self._client = client
        self._milliseconds = int(age.total_seconds() * 1000)
        self._clock = clock
        self._failed = failed
        self._failed_at: datetime | None = None

    def get_many(self, author_ids: Collection[str]) -> dict[str, RecentPosts]:
        ids = list(author_ids)
        values = self._do(lambda pipeline, author_id: pipeline.get(_key(author_id)), ids)
        found: dict[str, RecentPosts] = {}
        for author_id, value in zip(ids, values, strict=False):
            if value is None:
                continue
            try:
                found[author_id] = _to_recent_posts(author_id, value)
            except Unreadable as error:
                self._failed(error)
        return found

    def put_many(self, recent_posts: Collection[RecentPosts]) -> None:
        def put(pipeline: Any, recent: RecentPosts) -> object:
            key = _key(recent.author_id)
            return pipeline.set(key, _value(recent), px=self._milliseconds, nx=True)

        self._do(put, list(recent_posts))

    def _do(self, command: Callable[[Any, Any], object], values: list[Any]) -> list[Any]:
        """The answers to one command for each value, in one round trip; none if it failed."""
        if not values or self._pausing():
            return []
        try:
            pipeline: Any
            with self._client.pipeline(transaction=False) as pipeline:
                for value in values:
                    command(pipeline, value)
                answers: list[Any] = pipeline.execute()
        except ValkeyError as error:
            self._failed_at = self._clock.now()
            self._failed(error)
            return []
        self._failed_at = None
        return answers

    def _pausing(self) -> bool:
        failed_at = self._failed_at
        if failed_at is None:
            return False
        return timedelta(0) <= self._clock.now() - failed_at < _PAUSE


def connect(host: str, port: int, **options: Any) -> Valkey:
    """A client with short timeouts, unless `options` say otherwise. It connects with its first
    command."""
    usual = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": CONNECT_SECONDS}
    return Valkey(
        host=host,
        port=port,
        # Sending the client's name would take one more round trip and one more right.
        lib_name=None,
        lib_version=None,
        **{**usual, **options},
    )


def connect_to_elasticache(host: str, port: int, cache: str, user: str) -> Valkey:
    """A client of an ElastiCache cache, over TLS, signed in with the function's role: there is no
    password."""
    credentials = IamCredentials(cache, user)
    return connect(host, port, ssl=True, ssl_check_hostname=True, credential_provider=credentials)


class IamCredentials(CredentialProvider):
    """Makes a token for each new connection: a signed request to connect, valid for 15 minutes.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
    """

    def __init__(self, cache: str, user: str) -> None:
        self._cache = cache
        self._user = user
        self._session = Session()

    def get_credentials(self) -> tuple[str, str]:
        region = self._session.get_config_variable("region")
        credentials = self._session.get_credentials()
        if region is None or credentials is None:
            raise NoCredentialsError
        query = {"Action": "connect", "User": self._user, "ResourceType": "ServerlessCache"}
        request = AWSRequest("GET", f"https://{self._cache}/", params=query)
        SigV4QueryAuth(credentials, "elasticache", region, _TOKEN_SECONDS).add_auth(request)
        url = str(request.prepare().url)
        return self._user, url.removeprefix("https://")


def _key(author_id: str) -> str:
    return keys.cached_recent_posts(author_id)


def _value(recent: RecentPosts) -> bytes:
    stored = _Stored(
        recent.version,
        pack(recent.entries),
        None if recent.oldest_known is None else str(recent.oldest_known),
        recent.delivery,
        recent.migration,
        tuple(recent.posts),
        pack_counts(recent.counts),
    )
    return compressed(_encode(stored))


def _to_recent_posts(author_id: str, value: bytes) -> RecentPosts:
    try:
        stored = _decode(decompressed(value))
        oldest_known = None if stored.oldest_known is None else FeedEntry.parse(stored.oldest_known)
    except (zlib.error, msgspec.MsgspecError, MalformedId) as error:
        raise Unreadable(f"the cached recent posts of {author_id}") from error
    return RecentPosts(
        author_id,
        PackedEntries(author_id, stored.entries),
        oldest_known,
        stored.delivery,
        stored.migration,
        stored.version,
        stored.posts,
        PackedCounts(stored.counts),
    )
