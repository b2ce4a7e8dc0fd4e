"""Uploads that landed."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters import messages
from shutterfeed.adapters.buckets import S3Intake, S3UploadBucket
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.bootstrap import aws
from shutterfeed.services.ingest import IngestService
from shutterfeed.services.publishing import PublishingService


@cache
def service() -> IngestService:
    settings = config.DedupHashSettings.from_env()
    metadata = aws.table(settings.metadata_table)
    ledger, posts, blobs = DynamoLedger(metadata), DynamoPosts(metadata), DynamoBlobs(metadata)
    return IngestService(
        ledger=ledger,
        posts=posts,
        blobs=blobs,
        bucket=S3UploadBucket(aws.s3, settings.uploads_bucket),
        intake=S3Intake(aws.client("s3"), settings.uploads_bucket, settings.originals_bucket),
        images=aws.queue(settings.images_queue_url, messages.RENDER_PHOTO),
        videos=aws.queue(settings.videos_queue_url, messages.TRANSCODE_VIDEO),
        publishing=PublishingService(
            ledger=ledger,
            posts=posts,
            blobs=blobs,
            avatars=DynamoAvatars(metadata),
            clock=aws.clock(),
            ids=aws.ids(),
        ),
        clock=aws.clock(),
        ids=aws.ids(),
    )
