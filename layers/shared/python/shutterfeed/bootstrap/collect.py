"""Composes the collector, which removes what nothing refers to."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.buckets import S3Downloads, S3Originals, S3Renditions, S3UploadBucket
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.removals import DynamoRemovals
from shutterfeed.adapters.erasures import S3ErasureList
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.domain.messages import CollectMessage
from shutterfeed.services.answers_collection import Collector
from shutterfeed.services.collection import CollectionService


@cache
def service() -> Collector:
    settings = config.CollectSettings.from_env()
    metadata = aws.table(settings.metadata_table)
    media = CollectionService(
        blobs=DynamoBlobs(metadata),
        ledger=DynamoLedger(metadata),
        bucket=S3UploadBucket(aws.s3, settings.uploads_bucket),
        originals=S3Originals(aws.client("s3"), settings.originals_bucket),
        renditions=S3Renditions(aws.client("s3"), settings.renditions_bucket),
        removals=DynamoRemovals(metadata, int(settings.removals_per_hour)),
        downloads=S3Downloads(aws.s3, settings.uploads_bucket, settings.originals_bucket),
        clock=aws.clock(),
    )
    return Collector(
        media=media,
        likes=DynamoLikes(metadata),
        comments=DynamoComments(metadata),
        posts=DynamoPosts(metadata),
        erasures=S3ErasureList(aws.client("s3"), settings.originals_bucket),
        steps=aws.queue(settings.collect_queue_url, Codec[CollectMessage]("collect")),
        clock=aws.clock(),
    )
