"""Composes the service that renders photos."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.buckets import S3Originals, S3Renditions
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.bootstrap import aws
from shutterfeed.services.rendering import RenderingService


@cache
def service(*, bulk: bool) -> RenderingService:
    niceness = aws.niceness(bulk=bulk)
    settings = config.ThumbnailSettings.from_env()
    return RenderingService(
        blobs=DynamoBlobs(aws.table(settings.metadata_table)),
        originals=S3Originals(aws.client("s3"), settings.originals_bucket),
        renditions=S3Renditions(aws.client("s3"), settings.renditions_bucket),
        codec=ConfinedCodec(PillowImageCodec(), niceness=niceness),
    )
