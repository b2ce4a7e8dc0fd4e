"""Composes the service that renders photos."""

from __future__ import annotations

from functools import cache

from shutterfeed import config, runtime
from shutterfeed.adapters.buckets import S3Originals, S3Renditions
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.decoding import client as decoding
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.together import together
from shutterfeed.bootstrap import aws
from shutterfeed.services.rendering import RenderingService


@cache
def service(*, bulk: bool) -> RenderingService:
    # First: it loads the decoders while this process goes on.
    decoding.start(runtime.count_unsealed_decoder)
    niceness = aws.niceness(bulk=bulk)
    settings = config.ThumbnailSettings.from_env()
    return RenderingService(
        blobs=DynamoBlobs(aws.table(settings.metadata_table)),
        originals=S3Originals(aws.client("s3"), settings.originals_bucket),
        renditions=S3Renditions(aws.client("s3"), settings.renditions_bucket),
        codec=ConfinedCodec(decoding.photo_work(hashed=settings.hashes), niceness=niceness),
        together=together,
    )
