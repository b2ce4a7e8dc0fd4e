"""Composes the services that bring published posts to readers, move readers between push and pull,
accept those who wait to follow, and bring the posts of hashtags."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.feeds import DynamoAudience, DynamoFeeds
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.hashtags import DynamoFollowedHashtags, DynamoTaggedPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.dynamodb.recent_posts import DynamoRecentPosts
from shutterfeed.adapters.dynamodb.requests import DynamoRequests
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.bootstrap.feed_policy import feed_policy
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.messages import DeliverMessage, FanOutMessage
from shutterfeed.ports.feeds import Audience, Feeds, Readers, RecentPostsStore
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.hashtags import FollowedHashtags, TaggedPostsStore
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import DelayingQueue, Queue
from shutterfeed.ports.requests import FollowRequests
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.acceptance import AcceptanceService
from shutterfeed.services.audience import AudienceService
from shutterfeed.services.fan_out import FanOutPlanner
from shutterfeed.services.hashtags import BringingService
from shutterfeed.services.migration import MigrationService


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOutServices:
    """The services that handle the messages of the fan-out queue."""

    planner: FanOutPlanner
    migrations: MigrationService
    acceptance: AcceptanceService
    bringing: BringingService


def wire(
    *,
    profiles: Profiles,
    recent_posts: RecentPostsStore,
    readers: Readers,
    audience: Audience,
    follows: Follows,
    requests: FollowRequests,
    hashtags: FollowedHashtags,
    tagged_posts: TaggedPostsStore,
    feeds: Feeds,
    steps: DelayingQueue[FanOutMessage],
    chunks: Queue[DeliverMessage],
    policy: FeedPolicy,
    clock: Clock,
    ids: Ids,
) -> FanOutServices:
    pushed_to = AudienceService(
        audience=audience, readers=readers, follows=follows, policy=policy, clock=clock
    )
    return FanOutServices(
        planner=FanOutPlanner(audience=pushed_to, steps=steps, chunks=chunks, clock=clock),
        migrations=MigrationService(
            profiles=profiles,
            recent_posts=recent_posts,
            readers=readers,
            audience=pushed_to,
            feeds=feeds,
            steps=steps,
            policy=policy,
            clock=clock,
        ),
        acceptance=AcceptanceService(
            profiles=profiles, requests=requests, steps=steps, clock=clock, ids=ids
        ),
        bringing=BringingService(followed=hashtags, lists=tagged_posts, steps=steps, clock=clock),
    )


@cache
def services() -> FanOutServices:
    settings = config.FanOutSettings.from_env()
    metadata, feed_table = aws.table(settings.metadata_table), aws.table(settings.feed_table)
    return wire(
        profiles=DynamoProfiles(metadata),
        recent_posts=DynamoRecentPosts(metadata),
        readers=DynamoReaders(metadata),
        audience=DynamoAudience(feed_table, metadata.name),
        follows=DynamoFollows(metadata, feed_table.name),
        requests=DynamoRequests(metadata),
        hashtags=DynamoFollowedHashtags(metadata),
        tagged_posts=DynamoTaggedPosts(metadata),
        feeds=DynamoFeeds(feed_table),
        steps=aws.queue(settings.fan_out_queue_url, Codec[FanOutMessage]("fan_out")),
        chunks=aws.queue(settings.deliver_queue_url, Codec[DeliverMessage]("deliver")),
        policy=feed_policy(settings),
        clock=aws.clock(),
        ids=aws.ids(),
    )
