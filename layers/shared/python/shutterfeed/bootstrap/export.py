"""Composes the worker that builds exports."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.cognito import CognitoDirectory
from shutterfeed.adapters.dynamodb.appearances import DynamoAppearances
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.devices import DynamoDevices
from shutterfeed.adapters.dynamodb.exports import DynamoExports
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.hashtags import DynamoFollowedHashtags
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.mutes import DynamoMutes
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.requests import DynamoRequests
from shutterfeed.adapters.dynamodb.saves import DynamoSaves
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.adapters.export_parts import S3ExportParts
from shutterfeed.adapters.mails import OFF, SesMailer
from shutterfeed.adapters.together import together
from shutterfeed.bootstrap import aws
from shutterfeed.services.export_sections import ExportSections
from shutterfeed.services.exporting import ExportingService
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.viewing import ViewingService


@cache
def service() -> ExportingService:
    settings = config.ExportSettings.from_env()
    metadata, clock = aws.table(settings.metadata_table), aws.clock()
    profiles, blobs = DynamoProfiles(metadata), DynamoBlobs(metadata)
    directory = CognitoDirectory(lambda: aws.client("cognito-idp"), settings.user_pool_id)
    sender = settings.email_from
    return ExportingService(
        exports=DynamoExports(metadata),
        parts=S3ExportParts(aws.s3, settings.uploads_bucket, settings.originals_bucket, together),
        sections=ExportSections(
            profiles=profiles,
            posts=DynamoPosts(metadata),
            blobs=blobs,
            likes=DynamoLikes(metadata),
            saves=DynamoSaves(metadata),
            comments=DynamoComments(metadata),
            # It reads follows, and writes none, so it needs no table of feeds.
            follows=DynamoFollows(metadata, feeds=""),
            requests=DynamoRequests(metadata),
            blocks=DynamoBlocks(metadata, feeds=""),
            mutes=DynamoMutes(metadata),
            hashtags=DynamoFollowedHashtags(metadata),
            appearances=DynamoAppearances(metadata),
            cases=DynamoCases(metadata),
            devices=DynamoDevices(metadata),
            directory=directory,
            viewing=ViewingService(
                reads=DynamoViewingReads(metadata, clock),
                profiles=profiles,
                progress=ProgressService(ledger=DynamoLedger(metadata), blobs=blobs, clock=clock),
            ),
            clock=clock,
            site_url=settings.site_url,
        ),
        directory=directory,
        mailer=None if sender == OFF else SesMailer(lambda: aws.client("sesv2"), sender),
        site_url=settings.site_url,
        clock=clock,
        ids=aws.ids(),
    )
