"""Composes the worker that tells devices of their users' activity."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.activity import DynamoCrowds
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.devices import DynamoDevices
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.push import HttpPushSender, Vapid
from shutterfeed.bootstrap import aws
from shutterfeed.domain.devices import PushServices
from shutterfeed.domain.messages import PushNotice
from shutterfeed.services.activity_entries import ActivityEntries
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.pushing import PushingService
from shutterfeed.services.viewing import ViewingService


@cache
def service() -> PushingService:
    settings = config.PushSettings.from_env()
    metadata, clock = aws.table(settings.metadata_table), aws.clock()
    profiles = DynamoProfiles(metadata)
    return PushingService(
        devices=DynamoDevices(metadata),
        profiles=profiles,
        entries=ActivityEntries(
            crowds=DynamoCrowds(metadata),
            viewing=ViewingService(
                reads=DynamoViewingReads(metadata, clock),
                profiles=profiles,
                progress=ProgressService(
                    ledger=DynamoLedger(metadata), blobs=DynamoBlobs(metadata), clock=clock
                ),
            ),
        ),
        services=PushServices.parse(settings.push_services),
        sender=HttpPushSender(Vapid.of(settings.push_key, settings.push_contact, clock), clock),
        retries=aws.queue(settings.push_queue_url, Codec[PushNotice]("push")),
        clock=clock,
    )
