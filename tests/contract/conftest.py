"""Each port's implementations: in memory, on moto, and on AWS's own DynamoDB Local."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Final

import pytest

from shutterfeed.adapters.caching.container import Bounds, ContainerRecentPostsCache
from shutterfeed.adapters.caching.tiers import TieredRecentPostsCache
from shutterfeed.adapters.caching.valkey import ValkeyRecentPostsCache
from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.dynamodb.activity import DynamoCrowds, DynamoNotices
from shutterfeed.adapters.dynamodb.albums import DynamoAlbums
from shutterfeed.adapters.dynamodb.allowances import DynamoAllowances, DynamoShares
from shutterfeed.adapters.dynamodb.appearances import DynamoAppearances
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.crops import DynamoCrops
from shutterfeed.adapters.dynamodb.devices import DynamoDevices
from shutterfeed.adapters.dynamodb.drafts import DynamoDrafts
from shutterfeed.adapters.dynamodb.explore import DynamoContenders, DynamoExploreLists
from shutterfeed.adapters.dynamodb.exports import DynamoExports
from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
from shutterfeed.adapters.dynamodb.feeds import DynamoAudience, DynamoFeeds
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.hashtags import DynamoFollowedHashtags, DynamoTaggedPosts
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.dynamodb.mutes import DynamoMutes
from shutterfeed.adapters.dynamodb.open_posts import DynamoOpenPosts
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.dynamodb.recent_posts import DynamoRecentPosts
from shutterfeed.adapters.dynamodb.removals import DynamoRemovals
from shutterfeed.adapters.dynamodb.requests import DynamoRequests
from shutterfeed.adapters.dynamodb.saves import DynamoSaves
from shutterfeed.adapters.dynamodb.scheduled import DynamoScheduledPosts
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.dynamodb.suggestions import (
    DynamoNominations,
    DynamoSuggestionLists,
)
from shutterfeed.adapters.dynamodb.table import ConditionFailed, Put, Table, key_item
from shutterfeed.adapters.dynamodb.traces import DynamoTraces
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.adapters.dynamodb.withholdings import DynamoWithholdings
from shutterfeed.adapters.dynamodb.zooms import DynamoZooms
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import PostCounts
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import NOBODY
from shutterfeed.keys import Key, feed
from shutterfeed.keys import counts as counts_key
from shutterfeed.ports.activity import Crowds, Notices
from shutterfeed.ports.appearances import Appearances
from shutterfeed.ports.blocks import Blocks, Mutes
from shutterfeed.ports.closing import Closings
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.devices import Devices
from shutterfeed.ports.explore import Contenders, ExploreLists
from shutterfeed.ports.exports import Exports
from shutterfeed.ports.feed_reads import FeedReads, RecentPostsCache
from shutterfeed.ports.feeds import Audience, Feeds, Readers, RecentPostsStore
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.hashtags import FollowedHashtags, TaggedPostsStore
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.limits import Allowances, Shares
from shutterfeed.ports.media import Blobs, Removals, Zooms
from shutterfeed.ports.moderation import Cases, ModerationLog, Withholdings
from shutterfeed.ports.posts import (
    Albums,
    Avatars,
    Crops,
    Drafts,
    OpenPosts,
    Posts,
    ScheduledPosts,
)
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.requests import FollowRequests
from shutterfeed.ports.saves import Saves
from shutterfeed.ports.suggestions import Nominations, SuggestionLists
from shutterfeed.ports.system import Secrets
from shutterfeed.ports.traces import Traces
from shutterfeed.ports.uploads import Ledger
from shutterfeed.ports.viewing import ViewingReads, Wanted
from shutterfeed.schema import PK, SK, TTL_ATTRIBUTE
from tests.conftest import REGION, Aws
from tests.fakes.activity import FakeCrowds, FakeNotices
from tests.fakes.closing import FakeClosings, FakeTraces
from tests.fakes.comments import FakeComments
from tests.fakes.devices import FakeDevices
from tests.fakes.exports import FakeExports
from tests.fakes.feeds import FakeAudience, FakeFeedReads, FakeFeeds
from tests.fakes.hashtags import FakeFollowedHashtags, FakeTaggedPosts
from tests.fakes.metadata import (
    FakeAlbums,
    FakeAllowances,
    FakeAppearances,
    FakeAvatars,
    FakeBlobs,
    FakeBlocks,
    FakeContenders,
    FakeCrops,
    FakeDrafts,
    FakeExploreLists,
    FakeFollows,
    FakeLedger,
    FakeLikes,
    FakeMutes,
    FakeNominations,
    FakeOpenPosts,
    FakePosts,
    FakeProfiles,
    FakeReaders,
    FakeRecentPosts,
    FakeRemovals,
    FakeRequests,
    FakeSaves,
    FakeScheduledPosts,
    FakeSecrets,
    FakeShares,
    FakeSuggestionLists,
    FakeViewingReads,
    FakeZooms,
    Metadata,
    NoSuchItem,
)
from tests.fakes.moderation import FakeCases, FakeModerationLog, FakeWithholdings
from tests.fakes.system import FakeClock
from tests.tables import create_tables
from tests.valkey_server import let_pass
from tools.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef
    from opensearchpy import OpenSearch
    from valkey import Valkey

RECENT_POSTS_AGE: Final = timedelta(seconds=2)
_REMOVED_AT_ONCE: Final = 25
"""As many as a batch may have."""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Tables:
    """Two empty tables."""

    metadata: Table
    feed: Table


@dataclass(frozen=True, slots=True)
class Store:
    """The repositories over two empty tables."""

    profiles: Profiles
    follows: Follows
    requests: FollowRequests
    blocks: Blocks
    mutes: Mutes
    notices: Notices
    crowds: Crowds
    devices: Devices
    exports: Exports
    hashtags: FollowedHashtags
    tagged_posts: TaggedPostsStore
    nominations: Nominations
    suggestion_lists: SuggestionLists
    posts: Posts
    likes: Likes
    comments: Comments
    saves: Saves
    appearances: Appearances
    avatars: Avatars
    open_posts: OpenPosts
    ledger: Ledger
    blobs: Blobs
    zooms: Zooms
    removals: Removals
    """Three an hour."""
    shares: Shares
    allowances: Allowances
    feeds: Feeds
    audience: Audience
    reads: FeedReads
    viewing: ViewingReads
    count: Callable[[PostId, PostCounts], object]
    """Write the counts of a post. No service does yet."""
    recent_posts: RecentPostsStore
    readers: Readers
    secrets: Callable[[], Secrets]
    """A new instance at every call, as in another container."""
    expiry: Callable[[Key], int | None]
    """When an item of the metadata table goes by itself, in seconds since the epoch."""
    feed_expiry: Callable[[str, FeedEntry], int | None]
    refusal: type[Exception]
    """What a write raises that needs an item which is not there."""
    cases: Cases
    withholdings: Withholdings
    moderation_log: ModerationLog
    closings: Closings
    traces: Traces
    scheduled: ScheduledPosts
    albums: Albums
    crops: Crops
    drafts: Drafts
    contenders: Contenders
    explore_lists: ExploreLists


@dataclass(frozen=True, slots=True)
class RecentPostsCaches:
    """An empty cache whose recent posts are at most `RECENT_POSTS_AGE` old."""

    cache: RecentPostsCache
    wait: Callable[[timedelta], object]
    """Let so much time pass for the cache."""


@pytest.fixture(scope="session")
def local_dynamodb(dynamodb_local_server: str | Unavailable) -> DynamoDBClient:
    if isinstance(dynamodb_local_server, Unavailable):
        pytest.skip(str(dynamodb_local_server))
    client: DynamoDBClient = connect(
        "dynamodb", region_name=REGION, endpoint_url=dynamodb_local_server
    )
    return client


@pytest.fixture(scope="session")
def emptied_tables() -> list[Tables]:
    """Tables of DynamoDB Local that were used and emptied. Making new ones takes it three times as
    long as removing what most tests write."""
    return []


@pytest.fixture(params=["container", "valkey", "tiers"])
def recent_posts_cache(request: pytest.FixtureRequest, clock: FakeClock) -> RecentPostsCaches:
    container = ContainerRecentPostsCache(Bounds(RECENT_POSTS_AGE, 100, 1_000_000), clock)
    if request.param == "container":
        return RecentPostsCaches(container, clock.advance)
    client: Valkey = request.getfixturevalue("valkey_client")
    cache: RecentPostsCache = ValkeyRecentPostsCache(client, RECENT_POSTS_AGE, clock, _fail)
    if request.param == "tiers":
        cache = TieredRecentPostsCache(container, cache)

    def wait(time: timedelta) -> None:
        clock.advance(time)
        let_pass(client, time)

    return RecentPostsCaches(cache, wait)


def _fail(error: Exception) -> None:
    raise error


@pytest.fixture(params=["moto", "dynamodb-local"])
def tables(request: pytest.FixtureRequest) -> Tables:
    return _tables(str(request.param), request)


@pytest.fixture(params=["fake", "moto", "dynamodb-local"])
def store(request: pytest.FixtureRequest) -> Store:
    return store_of(str(request.param), request)


def store_of(engine: str, request: pytest.FixtureRequest) -> Store:
    return _fake_store() if engine == "fake" else _dynamo_store(_tables(engine, request))


def _tables(engine: str, request: pytest.FixtureRequest) -> Tables:
    if engine == "moto":
        aws: Aws = request.getfixturevalue("aws")
        tables = _new_tables(aws.dynamodb)
        request.addfinalizer(lambda: _drop(tables))
        return tables
    emptied: list[Tables] = request.getfixturevalue("emptied_tables")
    tables = emptied.pop() if emptied else _new_tables(request.getfixturevalue("local_dynamodb"))

    def give_back() -> None:
        if _emptied(tables.metadata) and _emptied(tables.feed):
            emptied.append(tables)
        else:
            _drop(tables)

    request.addfinalizer(give_back)
    return tables


def _new_tables(client: DynamoDBClient) -> Tables:
    number = next(_numbers)
    tables = Tables(Table(client, f"metadata-{number}"), Table(client, f"feed-{number}"))
    create_tables(client, tables.metadata.name, tables.feed.name, with_stream=False)
    return tables


def _drop(tables: Tables) -> None:
    for table in (tables.metadata, tables.feed):
        table.client.delete_table(TableName=table.name)


def _emptied(table: Table) -> bool:
    """Remove all items of a table. Returns False if there are more than can be removed at once."""
    page = table.client.scan(
        TableName=table.name,
        Limit=_REMOVED_AT_ONCE,
        ProjectionExpression=f"{PK}, {SK}",
        ConsistentRead=True,
    )
    if "LastEvaluatedKey" in page:
        return False
    if page["Items"]:
        removals: list[WriteRequestTypeDef] = [
            {"DeleteRequest": {"Key": key}} for key in page["Items"]
        ]
        answer = table.client.batch_write_item(RequestItems={table.name: removals})
        assert not answer["UnprocessedItems"]
    return True


def people(store: Store, *user_ids: str) -> dict[str, Profile]:
    """The profiles that exist, read together."""
    return dict(store.viewing.read(NOBODY, Wanted(users=user_ids)).profiles)


def _fake_store() -> Store:
    data, feeds = Metadata(), FakeFeeds()

    def expiry(key: Key) -> int | None:
        at = data.expiries.get(key)
        return None if at is None else int(at.timestamp())

    def feed_expiry(owner_id: str, entry: FeedEntry) -> int | None:
        at = feeds.feeds.get(owner_id, {}).get(entry)
        return None if at is None else int(at.timestamp())

    return Store(
        FakeProfiles(data),
        FakeFollows(data),
        FakeRequests(data),
        FakeBlocks(data),
        FakeMutes(data),
        FakeNotices(data),
        FakeCrowds(data),
        FakeDevices(data),
        FakeExports(data),
        FakeFollowedHashtags(data),
        FakeTaggedPosts(data),
        FakeNominations(data),
        FakeSuggestionLists(data),
        FakePosts(data),
        FakeLikes(data),
        FakeComments(data),
        FakeSaves(data),
        FakeAppearances(data),
        FakeAvatars(data),
        FakeOpenPosts(data),
        FakeLedger(data),
        FakeBlobs(data),
        FakeZooms(data),
        FakeRemovals(data, 3),
        FakeShares(data),
        FakeAllowances(data),
        feeds,
        FakeAudience(data),
        FakeFeedReads(data, feeds),
        FakeViewingReads(data, FakeClock()),
        data.counts.__setitem__,
        FakeRecentPosts(data),
        FakeReaders(data),
        FakeSecrets,
        expiry,
        feed_expiry,
        NoSuchItem,
        FakeCases(data),
        FakeWithholdings(data),
        FakeModerationLog(data),
        FakeClosings(data),
        FakeTraces(data, feeds),
        FakeScheduledPosts(data),
        FakeAlbums(data),
        FakeCrops(data),
        FakeDrafts(data),
        FakeContenders(data),
        FakeExploreLists(data),
    )


def _dynamo_store(tables: Tables) -> Store:
    metadata = tables.metadata

    def expiry(key: Key) -> int | None:
        return _ttl(metadata, key)

    def feed_expiry(owner_id: str, entry: FeedEntry) -> int | None:
        return _ttl(tables.feed, feed(owner_id, entry))

    def count(post_id: PostId, counts: PostCounts) -> None:
        metadata.write(Put(key_item(counts_key(post_id)) | asdict(counts)))

    return Store(
        DynamoProfiles(metadata),
        DynamoFollows(metadata, tables.feed.name),
        DynamoRequests(metadata),
        DynamoBlocks(metadata, tables.feed.name),
        DynamoMutes(metadata),
        DynamoNotices(metadata),
        DynamoCrowds(metadata),
        DynamoDevices(metadata),
        DynamoExports(metadata),
        DynamoFollowedHashtags(metadata),
        DynamoTaggedPosts(metadata),
        DynamoNominations(metadata),
        DynamoSuggestionLists(metadata),
        DynamoPosts(metadata),
        DynamoLikes(metadata),
        DynamoComments(metadata),
        DynamoSaves(metadata),
        DynamoAppearances(metadata),
        DynamoAvatars(metadata),
        DynamoOpenPosts(metadata),
        DynamoLedger(metadata),
        DynamoBlobs(metadata),
        DynamoZooms(metadata),
        DynamoRemovals(metadata, 3),
        DynamoShares(metadata),
        DynamoAllowances(metadata),
        DynamoFeeds(tables.feed),
        DynamoAudience(tables.feed, metadata.name),
        DynamoFeedReads(metadata, tables.feed),
        DynamoViewingReads(metadata, FakeClock()),
        count,
        DynamoRecentPosts(metadata),
        DynamoReaders(metadata),
        lambda: DynamoSecrets(metadata),
        expiry,
        feed_expiry,
        ConditionFailed,
        DynamoCases(metadata),
        DynamoWithholdings(metadata),
        DynamoModerationLog(metadata),
        DynamoClosings(metadata),
        DynamoTraces(metadata, tables.feed),
        DynamoScheduledPosts(metadata),
        DynamoAlbums(metadata),
        DynamoCrops(metadata),
        DynamoDrafts(metadata),
        DynamoContenders(metadata),
        DynamoExploreLists(metadata),
    )


def _ttl(table: Table, key: Key) -> int | None:
    item = table.get(key) or {}
    return item.get(TTL_ATTRIBUTE)


@pytest.fixture(scope="session")
def opensearch(request: pytest.FixtureRequest) -> OpenSearch:
    """A real node: the one that `OPENSEARCH_URL` names, which is emptied, or one of our own."""
    from opensearchpy import OpenSearch

    given = os.environ.get("OPENSEARCH_URL")
    server: str | Unavailable = given or request.getfixturevalue("opensearch_server")
    if isinstance(server, Unavailable):
        pytest.skip(str(server))
    return OpenSearch(hosts=[server])
