"""Composes the worker that tells users what others did."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.activity import DynamoCrowds, DynamoNotices
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.bootstrap import aws
from shutterfeed.services.notifying import NotifyingService
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.viewing import ViewingService


@cache
def service() -> NotifyingService:
    metadata, clock = aws.table(config.MetadataSettings.from_env().metadata_table), aws.clock()
    profiles = DynamoProfiles(metadata)
    return NotifyingService(
        notices=DynamoNotices(metadata),
        crowds=DynamoCrowds(metadata),
        comments=DynamoComments(metadata),
        profiles=profiles,
        viewing=ViewingService(
            reads=DynamoViewingReads(metadata, clock),
            profiles=profiles,
            progress=ProgressService(
                ledger=DynamoLedger(metadata), blobs=DynamoBlobs(metadata), clock=clock
            ),
        ),
        clock=clock,
        ids=aws.ids(),
    )
