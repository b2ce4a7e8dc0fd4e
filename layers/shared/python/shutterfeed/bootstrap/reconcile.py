"""Composes the reconciler, which finds posts that make no progress, and what else runs on its
schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from shutterfeed import config
from shutterfeed.adapters.buckets import S3Intake, S3UploadBucket
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.explore import DynamoContenders, DynamoExploreLists
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.dynamodb.open_posts import DynamoOpenPosts
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.scheduled import DynamoScheduledPosts
from shutterfeed.adapters.dynamodb.suggestions import (
    DynamoNominations,
    DynamoSuggestionLists,
)
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.adapters.events import LandedEncoder
from shutterfeed.adapters.log_anchors import S3LogAnchors
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.domain.messages import PublishMessage, RenderPhoto, ScreenMessage, TranscodeVideo
from shutterfeed.domain.screening import Screened
from shutterfeed.ports.queues import BulkLane
from shutterfeed.services.due import DueService
from shutterfeed.services.exploring import ExploreListing
from shutterfeed.services.moderation_watch import ModerationWatch
from shutterfeed.services.popular import PopularService
from shutterfeed.services.reconciling import ReconcilingService
from shutterfeed.services.suspensions import SuspensionService


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    service: ReconcilingService
    popular: PopularService
    explored: ExploreListing
    suspensions: SuspensionService
    due: DueService
    moderation: ModerationWatch
    stands_still_after: timedelta


@cache
def reconciler() -> Reconciler:
    settings = config.ReconcileSettings.from_env()
    metadata, landed = aws.table(settings.metadata_table), LandedEncoder()
    photos, videos = Codec[RenderPhoto]("render"), Codec[TranscodeVideo]("transcode")
    publish = aws.queue(settings.publish_queue_url, Codec[PublishMessage]("publish"))
    return Reconciler(
        service=ReconcilingService(
            open_posts=DynamoOpenPosts(metadata),
            posts=DynamoPosts(metadata),
            ledger=DynamoLedger(metadata),
            blobs=DynamoBlobs(metadata),
            bucket=S3UploadBucket(aws.s3, settings.uploads_bucket),
            intake=S3Intake(aws.client("s3"), settings.uploads_bucket, settings.originals_bucket),
            ingest=BulkLane(
                aws.queue(settings.ingest_queue_url, landed),
                aws.queue(settings.ingest_bulk_queue_url, landed),
            ),
            render=BulkLane(
                aws.queue(settings.render_queue_url, photos),
                aws.queue(settings.render_bulk_queue_url, photos),
            ),
            transcode=BulkLane(
                aws.queue(settings.transcode_queue_url, videos),
                aws.queue(settings.transcode_bulk_queue_url, videos),
            ),
            publish=publish,
            screen=aws.queue(settings.screen_queue_url, Codec[ScreenMessage]("screen")),
            screened=Screened.parse(settings.screening),
            clock=aws.clock(),
        ),
        popular=PopularService(
            nominations=DynamoNominations(metadata),
            lists=DynamoSuggestionLists(metadata),
            reads=DynamoViewingReads(metadata, aws.clock()),
            clock=aws.clock(),
        ),
        explored=ExploreListing(
            contenders=DynamoContenders(metadata),
            lists=DynamoExploreLists(metadata),
            reads=DynamoViewingReads(metadata, aws.clock()),
            clock=aws.clock(),
            ids=aws.ids(),
        ),
        suspensions=SuspensionService(cases=DynamoCases(metadata), clock=aws.clock()),
        due=DueService(
            scheduled=DynamoScheduledPosts(metadata), publish=publish, clock=aws.clock()
        ),
        moderation=ModerationWatch(
            cases=DynamoCases(metadata),
            entries=DynamoModerationLog(metadata),
            anchors=S3LogAnchors(aws.client("s3"), settings.originals_bucket),
            clock=aws.clock(),
        ),
        stands_still_after=timedelta(minutes=int(settings.reconcile_after_minutes)),
    )
