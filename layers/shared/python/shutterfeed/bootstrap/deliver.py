"""Composes the services that write feeds, chunk by chunk."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.dynamodb.appearances import DynamoAppearances
from shutterfeed.adapters.dynamodb.explore import DynamoContenders
from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
from shutterfeed.adapters.dynamodb.feeds import DynamoAudience, DynamoFeeds
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.dynamodb.recent_posts import DynamoRecentPosts
from shutterfeed.adapters.dynamodb.suggestions import (
    DynamoNominations,
    DynamoSuggestionLists,
)
from shutterfeed.adapters.messages import Codec
from shutterfeed.bootstrap import aws
from shutterfeed.bootstrap.feed_policy import feed_policy
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.messages import FanOutMessage
from shutterfeed.ports.appearances import Appearances
from shutterfeed.ports.explore import Contenders
from shutterfeed.ports.feed_reads import FeedReads
from shutterfeed.ports.feeds import Audience, Feeds, Readers, RecentPostsStore
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.suggestions import Nominations, SuggestionLists
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.acquaintances import AcquaintanceService
from shutterfeed.services.appearances import ListingService
from shutterfeed.services.audience import AudienceService
from shutterfeed.services.delivery import DeliveryService
from shutterfeed.services.like_counts import LikeCountService
from shutterfeed.services.migration import MigrationService


def wire(
    *,
    profiles: Profiles,
    posts: Posts,
    likes: Likes,
    appearances: Appearances,
    recent_posts: RecentPostsStore,
    readers: Readers,
    audience: Audience,
    follows: Follows,
    feeds: Feeds,
    reads: FeedReads,
    nominations: Nominations,
    contenders: Contenders,
    suggestion_lists: SuggestionLists,
    steps: Queue[FanOutMessage],
    policy: FeedPolicy,
    clock: Clock,
    ids: Ids,
) -> DeliveryService:
    migrations = MigrationService(
        profiles=profiles,
        recent_posts=recent_posts,
        readers=readers,
        audience=AudienceService(
            audience=audience, readers=readers, follows=follows, policy=policy, clock=clock
        ),
        feeds=feeds,
        steps=steps,
        policy=policy,
        clock=clock,
    )
    return DeliveryService(
        follows=follows,
        recent_posts=recent_posts,
        readers=readers,
        audience=audience,
        feeds=feeds,
        reads=reads,
        migrations=migrations,
        acquaintances=AcquaintanceService(
            follows=follows, lists=suggestion_lists, clock=clock, ids=ids
        ),
        likes=LikeCountService(
            likes=likes,
            posts=posts,
            recent_posts=recent_posts,
            contenders=contenders,
            clock=clock,
        ),
        listing=ListingService(posts=posts, appearances=appearances),
        nominations=nominations,
        policy=policy,
        clock=clock,
    )


@cache
def service() -> DeliveryService:
    settings = config.DeliverSettings.from_env()
    metadata, feed_table = aws.table(settings.metadata_table), aws.table(settings.feed_table)
    return wire(
        profiles=DynamoProfiles(metadata),
        posts=DynamoPosts(metadata),
        likes=DynamoLikes(metadata),
        appearances=DynamoAppearances(metadata),
        recent_posts=DynamoRecentPosts(metadata),
        readers=DynamoReaders(metadata),
        audience=DynamoAudience(feed_table, metadata.name),
        follows=DynamoFollows(metadata, feed_table.name),
        feeds=DynamoFeeds(feed_table),
        reads=DynamoFeedReads(metadata, feed_table),
        nominations=DynamoNominations(metadata),
        contenders=DynamoContenders(metadata),
        suggestion_lists=DynamoSuggestionLists(metadata),
        steps=aws.queue(settings.fan_out_queue_url, Codec[FanOutMessage]("fan_out")),
        policy=feed_policy(settings),
        clock=aws.clock(),
        ids=aws.ids(),
    )
