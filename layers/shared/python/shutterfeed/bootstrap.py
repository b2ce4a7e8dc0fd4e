"""The one composition root: builds each function's service from its settings.

Imports stand inside the factories, so that a function loads only what it uses; everything built
is kept for the lifetime of the container.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from shutterfeed import config

if TYPE_CHECKING:
    from shutterfeed.adapters.dynamodb.table import Table
    from shutterfeed.adapters.queues import Encoder, SqsQueue
    from shutterfeed.domain.delivery import FeedPolicy
    from shutterfeed.ports.feed_reads import FeedReads, HeadCache
    from shutterfeed.ports.search import SearchGenerations
    from shutterfeed.ports.system import Clock, Ids
    from shutterfeed.services.avatars import AvatarService
    from shutterfeed.services.collection import CollectionService
    from shutterfeed.services.crossing import CrossingService
    from shutterfeed.services.cursors import Cursors
    from shutterfeed.services.delivery import DeliveryService
    from shutterfeed.services.downloads import DownloadService
    from shutterfeed.services.fan_out import FanOutPlanner
    from shutterfeed.services.feed import FeedService
    from shutterfeed.services.follows import FollowService
    from shutterfeed.services.indexing import IndexingService
    from shutterfeed.services.ingest import IngestService
    from shutterfeed.services.posts import PostService
    from shutterfeed.services.profiles import ProfileService
    from shutterfeed.services.publishing import PublishingService
    from shutterfeed.services.reconciling import ReconcilingService
    from shutterfeed.services.rendering import RenderingService
    from shutterfeed.services.routing import ChangeRouter
    from shutterfeed.services.search import SearchService
    from shutterfeed.services.search_maintenance import SearchMaintenance
    from shutterfeed.services.transcoding import TranscodingService
    from shutterfeed.services.uploads import UploadService

M = TypeVar("M")


@cache
def client(service: str) -> Any:
    """The AWS client of a service, shared by all who use it."""
    from shutterfeed.adapters.clients import connect

    return connect(service, regional_hosts=not config.has_own_endpoint())


@cache
def clock() -> Clock:
    from shutterfeed.adapters.system import SystemClock

    return SystemClock()


@cache
def ids() -> Ids:
    from shutterfeed.adapters.system import RandomIds

    return RandomIds()


def _table(name: str) -> Table:
    from shutterfeed.adapters.dynamodb.table import Table

    return Table(client("dynamodb"), name)


def _queue(url: str, codec: Encoder[M]) -> SqsQueue[M]:
    from shutterfeed.adapters.queues import SqsQueue

    return SqsQueue(client("sqs"), url, codec)


class UnknownEngine(ValueError):
    """The settings name a search engine that there is not."""


@dataclass(frozen=True, slots=True)
class Api:
    """All that the API's routes use."""

    media_base_url: str
    users: ProfileService
    avatars: AvatarService
    follows: FollowService
    posts: PostService
    uploads: UploadService
    downloads: DownloadService
    feed: FeedService
    search: SearchService
    cursors: Cursors


@cache
def api() -> Api:
    from shutterfeed.adapters import messages
    from shutterfeed.adapters.buckets import S3Downloads, S3UploadBucket
    from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
    from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
    from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
    from shutterfeed.adapters.dynamodb.feeds import DynamoFeeds
    from shutterfeed.adapters.dynamodb.follows import DynamoFollows
    from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
    from shutterfeed.adapters.dynamodb.posts import DynamoPosts
    from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
    from shutterfeed.adapters.dynamodb.readers import DynamoReaders
    from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
    from shutterfeed.services.avatars import AvatarService
    from shutterfeed.services.cursors import Cursors
    from shutterfeed.services.downloads import DownloadService
    from shutterfeed.services.feed import FeedService
    from shutterfeed.services.follows import FollowService
    from shutterfeed.services.posts import PostService
    from shutterfeed.services.profiles import ProfileService
    from shutterfeed.services.search import SearchService
    from shutterfeed.services.uploads import UploadService

    settings = config.ApiSettings.from_env()
    metadata = _table(settings.metadata_table)
    feed_table = _table(settings.feed_table)
    profiles = DynamoProfiles(metadata)
    follows = DynamoFollows(metadata, settings.feed_table)
    users = ProfileService(profiles, follows, clock())
    posts, ledger, blobs = DynamoPosts(metadata), DynamoLedger(metadata), DynamoBlobs(metadata)
    bucket = S3UploadBucket(lambda: client("s3"), settings.uploads_bucket)
    uploads = UploadService(posts, ledger, bucket, clock())
    return Api(
        media_base_url=settings.media_base_url,
        users=users,
        avatars=AvatarService(
            users, posts, ledger, DynamoAvatars(metadata), uploads, clock(), ids()
        ),
        follows=FollowService(users, profiles, follows, clock(), ids()),
        posts=PostService(users, profiles, posts, ledger, uploads, clock(), ids(), blobs),
        uploads=uploads,
        downloads=DownloadService(
            ledger,
            blobs,
            S3Downloads(lambda: client("s3"), settings.uploads_bucket, settings.originals_bucket),
            clock(),
        ),
        feed=FeedService(
            _cached(DynamoFeedReads(metadata, feed_table), settings),
            DynamoFeeds(feed_table),
            follows,
            DynamoReaders(metadata),
            users,
            _queue(settings.feed_queue_url, messages.FEED),
            _policy(settings),
            clock(),
        ),
        search=SearchService(
            search_index(settings.search_engine, settings.search_target),
            DynamoFeedReads(metadata, feed_table),
            clock(),
        ),
        cursors=Cursors(DynamoSecrets(metadata)),
    )


def _cached(reads: FeedReads, settings: config.ApiSettings) -> FeedReads:
    age = timedelta(seconds=int(settings.head_cache_seconds))
    if not age:
        return reads
    from shutterfeed.adapters.caching.container import Bounds, ContainerHeadCache
    from shutterfeed.adapters.caching.feed_reads import CachedFeedReads

    def container(age: timedelta) -> HeadCache:
        megabytes = int(settings.head_cache_megabytes)
        bounds = Bounds(age, int(settings.head_cache_heads), megabytes * 1024 * 1024)
        return ContainerHeadCache(bounds, clock())

    if settings.head_cache != "valkey":
        return CachedFeedReads(reads, container(age), clock())
    from shutterfeed.adapters.caching.tiers import TieredHeadCache

    # Together they are as old as they may be.
    tiers = TieredHeadCache(container(age / 2), _shared_cache(age / 2))
    return CachedFeedReads(reads, tiers, clock())


def _shared_cache(age: timedelta) -> HeadCache:
    from shutterfeed.adapters.caching.valkey import ValkeyHeadCache, connect_to_elasticache
    from shutterfeed.runtime import count_cache_failure

    settings = config.SharedCacheSettings.from_env()
    client = connect_to_elasticache(
        settings.valkey_host, int(settings.valkey_port), settings.valkey_cache, settings.valkey_user
    )
    return ValkeyHeadCache(client, age, clock(), count_cache_failure)


def _publishing(metadata: Table) -> PublishingService:
    from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
    from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
    from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
    from shutterfeed.adapters.dynamodb.posts import DynamoPosts
    from shutterfeed.services.publishing import PublishingService

    return PublishingService(
        DynamoLedger(metadata),
        DynamoPosts(metadata),
        DynamoBlobs(metadata),
        DynamoAvatars(metadata),
        clock(),
        ids(),
    )


@cache
def dedup_hash() -> IngestService:
    from shutterfeed.adapters import messages
    from shutterfeed.adapters.buckets import S3Intake, S3UploadBucket
    from shutterfeed.services.ingest import IngestService

    settings = config.DedupHashSettings.from_env()
    publishing = _publishing(_table(settings.metadata_table))
    return IngestService(
        publishing.ledger,
        publishing.posts,
        publishing.blobs,
        S3UploadBucket(lambda: client("s3"), settings.uploads_bucket),
        S3Intake(client("s3"), settings.uploads_bucket, settings.originals_bucket),
        _queue(settings.images_queue_url, messages.RENDER_PHOTO),
        _queue(settings.videos_queue_url, messages.TRANSCODE_VIDEO),
        publishing,
        clock(),
        ids(),
    )


@cache
def thumbnail() -> RenderingService:
    from shutterfeed.adapters.buckets import S3Originals, S3Renditions
    from shutterfeed.adapters.confinement import ConfinedCodec
    from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
    from shutterfeed.adapters.imaging import PillowImageCodec
    from shutterfeed.services.rendering import RenderingService

    settings = config.ThumbnailSettings.from_env()
    return RenderingService(
        DynamoBlobs(_table(settings.metadata_table)),
        S3Originals(client("s3"), settings.originals_bucket),
        S3Renditions(client("s3"), settings.renditions_bucket),
        ConfinedCodec(PillowImageCodec()),
    )


@cache
def transcode() -> TranscodingService:
    from shutterfeed.adapters.buckets import S3Originals, S3Renditions
    from shutterfeed.adapters.confinement import ConfinedCodec
    from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
    from shutterfeed.adapters.imaging import PillowImageCodec
    from shutterfeed.adapters.video import FfmpegVideoCodec
    from shutterfeed.services.transcoding import TranscodingService

    settings = config.TranscodeSettings.from_env()
    return TranscodingService(
        DynamoBlobs(_table(settings.metadata_table)),
        S3Originals(client("s3"), settings.originals_bucket),
        S3Renditions(client("s3"), settings.renditions_bucket),
        FfmpegVideoCodec(ConfinedCodec(PillowImageCodec())),
    )


@cache
def route_changes() -> ChangeRouter:
    from shutterfeed.adapters import messages
    from shutterfeed.services.routing import ChangeRouter

    settings = config.RouteChangesSettings.from_env()
    return ChangeRouter(
        publish=_queue(settings.publish_queue_url, messages.PUBLISH),
        fan_out=_queue(settings.fan_out_queue_url, messages.FAN_OUT),
        feed=_queue(settings.feed_queue_url, messages.FEED),
        collect=_queue(settings.collect_queue_url, messages.COLLECT),
        search=_queue(settings.search_queue_url, messages.SEARCH),
    )


@cache
def publish() -> PublishingService:
    return _publishing(_table(config.PublishSettings.from_env().metadata_table))


def _policy(settings: config.FeedSettings) -> FeedPolicy:
    from shutterfeed.domain.delivery import FeedPolicy

    return FeedPolicy(
        celebrity_followers=int(settings.celebrity_followers),
        active_days=int(settings.active_days),
        regular_after_days=int(settings.regular_after_days),
        feed_posts=int(settings.feed_posts),
        snapshot_posts=int(settings.snapshot_posts),
    )


def _crossings(
    settings: config.FanOutSettings | config.FeedWriterSettings,
) -> CrossingService:
    from shutterfeed.adapters import messages
    from shutterfeed.adapters.dynamodb.feeds import DynamoAudience, DynamoFeeds
    from shutterfeed.adapters.dynamodb.follows import DynamoFollows
    from shutterfeed.adapters.dynamodb.heads import DynamoHeads
    from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
    from shutterfeed.adapters.dynamodb.readers import DynamoReaders
    from shutterfeed.services.audience import AudienceService
    from shutterfeed.services.crossing import CrossingService

    metadata, feeds = _table(settings.metadata_table), _table(settings.feed_table)
    readers, policy = DynamoReaders(metadata), _policy(settings)
    return CrossingService(
        DynamoProfiles(metadata),
        DynamoHeads(metadata),
        readers,
        AudienceService(
            DynamoAudience(feeds, metadata.name),
            readers,
            DynamoFollows(metadata, feeds.name),
            policy,
            clock(),
        ),
        DynamoFeeds(feeds),
        _queue(settings.fan_out_queue_url, messages.FAN_OUT),
        policy,
        clock(),
    )


@dataclass(frozen=True, slots=True)
class FanOutServices:
    """What the messages of the fan-out queue are for."""

    planner: FanOutPlanner
    crossings: CrossingService


@cache
def fan_out() -> FanOutServices:
    from shutterfeed.adapters import messages
    from shutterfeed.services.fan_out import FanOutPlanner

    settings = config.FanOutSettings.from_env()
    crossings = _crossings(settings)
    chunks = _queue(settings.feed_queue_url, messages.FEED)
    planner = FanOutPlanner(crossings.audience, crossings.steps, chunks, clock())
    return FanOutServices(planner, crossings)


@cache
def feed_writer() -> DeliveryService:
    from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
    from shutterfeed.services.delivery import DeliveryService

    settings = config.FeedWriterSettings.from_env()
    metadata, feeds = _table(settings.metadata_table), _table(settings.feed_table)
    crossings = _crossings(settings)
    return DeliveryService(
        crossings.audience.follows,
        crossings.heads,
        crossings.readers,
        crossings.audience.audience,
        crossings.feeds,
        DynamoFeedReads(metadata, feeds),
        crossings,
        crossings.policy,
        clock(),
    )


@cache
def collect() -> CollectionService:
    from shutterfeed.adapters.buckets import S3Originals, S3Renditions, S3UploadBucket
    from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
    from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
    from shutterfeed.adapters.dynamodb.removals import DynamoRemovals
    from shutterfeed.services.collection import CollectionService

    settings = config.CollectSettings.from_env()
    metadata = _table(settings.metadata_table)
    return CollectionService(
        DynamoBlobs(metadata),
        DynamoLedger(metadata),
        S3UploadBucket(lambda: client("s3"), settings.uploads_bucket),
        S3Originals(client("s3"), settings.originals_bucket),
        S3Renditions(client("s3"), settings.renditions_bucket),
        DynamoRemovals(metadata, int(settings.removals_per_hour)),
        clock(),
    )


def search_index(engine: str, target: str, reader: str | None = None) -> SearchGenerations:
    """The engine that the deployment chose. Raises `UnknownEngine`.

    `reader` is the role that is to be let in, where the engine has rights of its own.
    """
    if engine == "dynamodb":
        from shutterfeed.adapters.search.dynamodb import DynamoSearchIndex

        return DynamoSearchIndex(_table(target), clock())
    if engine == "opensearch":
        from shutterfeed.adapters.search.opensearch import OpenSearchIndex
        from shutterfeed.adapters.search.opensearch_client import connect

        return OpenSearchIndex(connect(target), reader=reader)
    raise UnknownEngine(engine)


@cache
def index_search() -> IndexingService:
    from shutterfeed.services.indexing import IndexingService

    maintained = search_maintenance()
    return IndexingService(maintained.posts, maintained.profiles, maintained.index)


@cache
def search_maintenance() -> SearchMaintenance:
    from shutterfeed.adapters.dynamodb.posts import DynamoPosts
    from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
    from shutterfeed.adapters.search.source import DynamoSearchable
    from shutterfeed.services.search_maintenance import SearchMaintenance

    settings = config.IndexSearchSettings.from_env()
    metadata = _table(settings.metadata_table)
    return SearchMaintenance(
        DynamoSearchable(metadata),
        DynamoPosts(metadata),
        DynamoProfiles(metadata),
        search_index(settings.search_engine, settings.search_target, settings.search_reader),
    )


@dataclass(frozen=True, slots=True)
class Reconciler:
    service: ReconcilingService
    stands_still_after: timedelta


@cache
def reconcile() -> Reconciler:
    from shutterfeed.adapters import messages
    from shutterfeed.adapters.buckets import S3Intake, S3UploadBucket
    from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
    from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
    from shutterfeed.adapters.dynamodb.open_posts import DynamoOpenPosts
    from shutterfeed.adapters.dynamodb.posts import DynamoPosts
    from shutterfeed.adapters.events import LandedEncoder
    from shutterfeed.services.reconciling import ReconcilingService

    settings = config.ReconcileSettings.from_env()
    metadata = _table(settings.metadata_table)
    return Reconciler(
        ReconcilingService(
            DynamoOpenPosts(metadata),
            DynamoPosts(metadata),
            DynamoLedger(metadata),
            DynamoBlobs(metadata),
            S3UploadBucket(lambda: client("s3"), settings.uploads_bucket),
            S3Intake(client("s3"), settings.uploads_bucket, settings.originals_bucket),
            _queue(settings.uploads_queue_url, LandedEncoder()),
            _queue(settings.images_queue_url, messages.RENDER_PHOTO),
            _queue(settings.videos_queue_url, messages.TRANSCODE_VIDEO),
            _queue(settings.publish_queue_url, messages.PUBLISH),
            clock(),
        ),
        timedelta(minutes=int(settings.reconcile_after_minutes)),
    )
