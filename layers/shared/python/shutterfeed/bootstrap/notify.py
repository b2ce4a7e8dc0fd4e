"""Composes the worker that tells users what others did."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.activity import DynamoCrowds, DynamoNotices
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.domain.messages import NotifyMessage
from shutterfeed.services.notices import NoticeOpener
from shutterfeed.services.notifying import NotifyingService
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.verdicts import VerdictService
from shutterfeed.services.viewing import ViewingService


@cache
def service() -> NotifyingService:
    settings = config.NotifySettings.from_env()
    metadata, clock, ids = aws.table(settings.metadata_table), aws.clock(), aws.ids()
    profiles, notices = DynamoProfiles(metadata), DynamoNotices(metadata)
    opener = NoticeOpener(notices=notices, clock=clock, ids=ids)
    return NotifyingService(
        notices=notices,
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
        opener=opener,
        verdicts=VerdictService(
            cases=DynamoCases(metadata),
            blobs=DynamoBlobs(metadata),
            opener=opener,
            steps=aws.queue(settings.notify_queue_url, Codec[NotifyMessage]("notify")),
            clock=clock,
        ),
    )
