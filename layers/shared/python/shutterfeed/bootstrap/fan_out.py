"""Composes the services that bring published posts to readers, and move readers between push and
pull."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.feeds import DynamoAudience, DynamoFeeds
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.heads import DynamoHeads
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.bootstrap.feed_policy import feed_policy
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.messages import DeliverMessage, FanOutMessage
from shutterfeed.ports.feeds import Audience, Feeds, Heads, Readers
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.system import Clock
from shutterfeed.services.audience import AudienceService
from shutterfeed.services.crossing import CrossingService
from shutterfeed.services.fan_out import FanOutPlanner


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOutServices:
    """The services that handle the messages of the fan-out queue."""

    planner: FanOutPlanner
    crossings: CrossingService


def wire(
    *,
    profiles: Profiles,
    heads: Heads,
    readers: Readers,
    audience: Audience,
    follows: Follows,
    feeds: Feeds,
    steps: Queue[FanOutMessage],
    chunks: Queue[DeliverMessage],
    policy: FeedPolicy,
    clock: Clock,
) -> FanOutServices:
    pushed_to = AudienceService(
        audience=audience, readers=readers, follows=follows, policy=policy, clock=clock
    )
    return FanOutServices(
        planner=FanOutPlanner(audience=pushed_to, steps=steps, chunks=chunks, clock=clock),
        crossings=CrossingService(
            profiles=profiles,
            heads=heads,
            readers=readers,
            audience=pushed_to,
            feeds=feeds,
            steps=steps,
            policy=policy,
            clock=clock,
        ),
    )


@cache
def services() -> FanOutServices:
    settings = config.FanOutSettings.from_env()
    metadata, feed_table = aws.table(settings.metadata_table), aws.table(settings.feed_table)
    return wire(
        profiles=DynamoProfiles(metadata),
        heads=DynamoHeads(metadata),
        readers=DynamoReaders(metadata),
        audience=DynamoAudience(feed_table, metadata.name),
        follows=DynamoFollows(metadata, feed_table.name),
        feeds=DynamoFeeds(feed_table),
        steps=aws.queue(settings.fan_out_queue_url, Codec[FanOutMessage]("fan_out")),
        chunks=aws.queue(settings.deliver_queue_url, Codec[DeliverMessage]("deliver")),
        policy=feed_policy(settings),
        clock=aws.clock(),
    )
