"""Composes the service that transcodes videos."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.buckets import S3Originals, S3Renditions
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.bootstrap import aws
from shutterfeed.services.transcoding import TranscodingService


@cache
def service(*, bulk: bool) -> TranscodingService:
    niceness = aws.niceness(bulk=bulk)
    settings = config.TranscodeSettings.from_env()
    return TranscodingService(
        blobs=DynamoBlobs(aws.table(settings.metadata_table)),
        originals=S3Originals(aws.client("s3"), settings.originals_bucket),
        renditions=S3Renditions(aws.client("s3"), settings.renditions_bucket),
        codec=FfmpegVideoCodec(ConfinedCodec(PillowImageCodec(), niceness=niceness), niceness),
    )
