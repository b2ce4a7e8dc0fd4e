"""Composes the publish gate, which carries outcomes to media and publishes posts."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.suggestions import DynamoNominations
from shutterfeed.bootstrap import aws
from shutterfeed.services.publishing import PublishingService


@cache
def service() -> PublishingService:
    metadata = aws.table(config.MetadataSettings.from_env().metadata_table)
    return PublishingService(
        ledger=DynamoLedger(metadata),
        posts=DynamoPosts(metadata),
        blobs=DynamoBlobs(metadata),
        avatars=DynamoAvatars(metadata),
        nominations=DynamoNominations(metadata),
        clock=aws.clock(),
        ids=aws.ids(),
    )
