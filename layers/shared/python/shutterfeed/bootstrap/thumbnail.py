"""Composes the services that render photos."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shutterfeed import config, runtime
from shutterfeed.adapters.buckets import S3Originals, S3Renditions
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.decoding import client as decoding
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.zooms import DynamoZooms
from shutterfeed.adapters.together import together
from shutterfeed.bootstrap import aws
from shutterfeed.services.rendering import RenderingService, ZoomRenderingService


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderers:
    """The services of the step `render`, by what they make."""

    photos: RenderingService
    zooms: ZoomRenderingService


@cache
def renderers(*, bulk: bool) -> Renderers:
    # First: it loads the decoders while this process goes on.
    decoding.start(runtime.count_unsealed_decoder)
    niceness = aws.niceness(bulk=bulk)
    settings = config.ThumbnailSettings.from_env()
    table = aws.table(settings.metadata_table)
    blobs = DynamoBlobs(table)
    originals = S3Originals(aws.client("s3"), settings.originals_bucket)
    renditions = S3Renditions(aws.client("s3"), settings.renditions_bucket)
    return Renderers(
        photos=RenderingService(
            blobs=blobs,
            originals=originals,
            renditions=renditions,
            codec=ConfinedCodec(decoding.photo_work(hashed=settings.hashes), niceness=niceness),
            together=together,
        ),
        zooms=ZoomRenderingService(
            blobs=blobs,
            zooms=DynamoZooms(table),
            originals=originals,
            renditions=renditions,
            codec=ConfinedCodec(decoding.ZOOM, niceness=niceness),
            clock=aws.clock(),
        ),
    )
