"""Composes the service that takes in uploads which have arrived."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.buckets import S3Intake, S3UploadBucket
from shutterfeed.adapters.dynamodb.allowances import DynamoShares
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.events import LandedEncoder
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.domain.messages import PublishMessage, RenderPhoto, TranscodeVideo
from shutterfeed.ports.queues import Lanes
from shutterfeed.services.ingest import IngestService


@cache
def service() -> IngestService:
    settings = config.DedupHashSettings.from_env()
    metadata = aws.table(settings.metadata_table)
    photos, videos = Codec[RenderPhoto]("render"), Codec[TranscodeVideo]("transcode")
    return IngestService(
        ledger=DynamoLedger(metadata),
        posts=DynamoPosts(metadata),
        blobs=DynamoBlobs(metadata),
        bucket=S3UploadBucket(aws.s3, settings.uploads_bucket),
        intake=S3Intake(aws.client("s3"), settings.uploads_bucket, settings.originals_bucket),
        shares=DynamoShares(metadata),
        bulk=aws.queue(settings.ingest_bulk_queue_url, LandedEncoder()),
        render=Lanes(
            aws.queue(settings.render_queue_url, photos),
            aws.queue(settings.render_bulk_queue_url, photos),
        ),
        transcode=Lanes(
            aws.queue(settings.transcode_queue_url, videos),
            aws.queue(settings.transcode_bulk_queue_url, videos),
        ),
        publish=aws.queue(settings.publish_queue_url, Codec[PublishMessage]("publish")),
        clock=aws.clock(),
        ids=aws.ids(),
    )
