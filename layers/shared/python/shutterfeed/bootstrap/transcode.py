"""Composes the service that transcodes videos."""

from __future__ import annotations

from functools import cache

from shutterfeed import config, runtime
from shutterfeed.adapters.buckets import S3Originals, S3Renditions
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.decoding import client as decoding
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.together import together
from shutterfeed.adapters.video import FfmpegVideoCodec
from shutterfeed.bootstrap import aws
from shutterfeed.services.transcoding import TranscodingService


@cache
def service(*, bulk: bool) -> TranscodingService:
    # First: it loads the decoders while this process goes on.
    decoding.start(runtime.count_unsealed_decoder)
    niceness = aws.niceness(bulk=bulk)
    settings = config.TranscodeSettings.from_env()
    return TranscodingService(
        blobs=DynamoBlobs(aws.table(settings.metadata_table)),
        originals=S3Originals(aws.client("s3"), settings.originals_bucket),
        renditions=S3Renditions(aws.client("s3"), settings.renditions_bucket),
        codec=FfmpegVideoCodec(
            ConfinedCodec(decoding.photo_work(hashed=settings.hashes), niceness=niceness), niceness
        ),
        together=together,
    )
