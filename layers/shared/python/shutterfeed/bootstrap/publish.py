"""Composes the publish gate, which carries outcomes to media and publishes posts, and what marks
posts whose contents are withheld."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.albums import DynamoAlbums
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.drafts import DynamoDrafts
from shutterfeed.adapters.dynamodb.explore import DynamoContenders
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.scheduled import DynamoScheduledPosts
from shutterfeed.adapters.dynamodb.suggestions import DynamoNominations
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.adapters.dynamodb.withholdings import DynamoWithholdings
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.domain.messages import PublishMessage
from shutterfeed.services.copies import CopyService
from shutterfeed.services.people import PeopleService
from shutterfeed.services.publishing import PublishingService


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishServices:
    """The services that handle the messages of the publish queue."""

    gate: PublishingService
    copies: CopyService


@cache
def services() -> PublishServices:
    settings = config.PublishSettings.from_env()
    metadata = aws.table(settings.metadata_table)
    blobs, profiles = DynamoBlobs(metadata), DynamoProfiles(metadata)
    own_queue = aws.queue(settings.publish_queue_url, Codec[PublishMessage]("publish"))
    return PublishServices(
        gate=PublishingService(
            ledger=DynamoLedger(metadata),
            posts=DynamoPosts(metadata),
            scheduled=DynamoScheduledPosts(metadata),
            drafts=DynamoDrafts(metadata),
            albums=DynamoAlbums(metadata),
            profiles=profiles,
            people=PeopleService(
                profiles=profiles, reads=DynamoViewingReads(metadata, aws.clock())
            ),
            blobs=blobs,
            avatars=DynamoAvatars(metadata),
            nominations=DynamoNominations(metadata),
            later=own_queue,
            contenders=DynamoContenders(metadata),
            clock=aws.clock(),
            ids=aws.ids(),
        ),
        copies=CopyService(
            blobs=blobs,
            withholdings=DynamoWithholdings(metadata),
            steps=own_queue,
        ),
    )
