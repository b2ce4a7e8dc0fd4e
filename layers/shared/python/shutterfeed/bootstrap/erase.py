"""Composes the eraser of closed accounts, and what ends the sign-ins and keeps the drafts of the
suspended."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shutterfeed import config
from shutterfeed.adapters.cognito import CognitoAccounts
from shutterfeed.adapters.dynamodb.appearances import DynamoAppearances
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.drafts import DynamoDrafts
from shutterfeed.adapters.dynamodb.erasures import DynamoErasureRecords
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.dynamodb.traces import DynamoTraces
from shutterfeed.adapters.erasures import S3ErasureList
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.together import together
from shutterfeed.bootstrap import aws
from shutterfeed.domain.messages import CollectMedia, EraseAccount
from shutterfeed.ports.appearances import Appearances
from shutterfeed.ports.blocks import Blocks
from shutterfeed.ports.closing import Closings
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.erasures import ErasureList, ErasureRecords
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.posts import Avatars, Drafts, Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import DelayingQueue, Queue
from shutterfeed.ports.sign_ins import Accounts
from shutterfeed.ports.system import Clock, Ids, Secrets, Together
from shutterfeed.ports.traces import Traces
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.erasing import ErasureService
from shutterfeed.services.erasing_accounts import AccountEraser
from shutterfeed.services.suspensions import SuspendedDrafts, SuspendedSignIns


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseServices:
    """The services that handle the messages of the erase queue."""

    eraser: AccountEraser
    sign_ins: SuspendedSignIns
    drafts: SuspendedDrafts


def wire(
    *,
    profiles: Profiles,
    closings: Closings,
    traces: Traces,
    posts: Posts,
    drafts: Drafts,
    avatars: Avatars,
    likes: Likes,
    comments: Comments,
    appearances: Appearances,
    blocks: Blocks,
    ledger: Ledger,
    accounts: Accounts,
    records: ErasureRecords,
    erasures: ErasureList,
    secrets: Secrets,
    collects: Queue[CollectMedia],
    steps: DelayingQueue[EraseAccount],
    clock: Clock,
    ids: Ids,
    together: Together,
) -> EraseServices:
    eraser = AccountEraser(
        profiles=profiles,
        closings=closings,
        traces=traces,
        posts=posts,
        avatars=avatars,
        post_erasure=ErasureService(posts=posts, clock=clock),
        likes=likes,
        comments=comments,
        appearances=appearances,
        blocks=blocks,
        ledger=ledger,
        accounts=accounts,
        records=records,
        erasures=erasures,
        secrets=secrets,
        collects=collects,
        steps=steps,
        clock=clock,
        ids=ids,
        together=together,
    )
    sign_ins = SuspendedSignIns(profiles=profiles, accounts=accounts, secrets=secrets)
    kept = SuspendedDrafts(profiles=profiles, posts=posts, drafts=drafts, clock=clock)
    return EraseServices(eraser=eraser, sign_ins=sign_ins, drafts=kept)


@cache
def services() -> EraseServices:
    settings = config.EraseSettings.from_env()
    metadata, feeds = aws.table(settings.metadata_table), aws.table(settings.feed_table)
    return wire(
        profiles=DynamoProfiles(metadata),
        closings=DynamoClosings(metadata),
        traces=DynamoTraces(metadata, feeds),
        posts=DynamoPosts(metadata),
        drafts=DynamoDrafts(metadata),
        avatars=DynamoAvatars(metadata),
        likes=DynamoLikes(metadata),
        comments=DynamoComments(metadata),
        appearances=DynamoAppearances(metadata),
        blocks=DynamoBlocks(metadata, settings.feed_table),
        ledger=DynamoLedger(metadata),
        accounts=CognitoAccounts(lambda: aws.client("cognito-idp"), settings.user_pool_id),
        records=DynamoErasureRecords(metadata),
        erasures=S3ErasureList(aws.client("s3"), settings.originals_bucket),
        secrets=DynamoSecrets(metadata),
        collects=aws.queue(settings.collect_queue_url, Codec[CollectMedia]("collect")),
        steps=aws.queue(settings.erase_queue_url, Codec[EraseAccount]("erase")),
        clock=aws.clock(),
        ids=aws.ids(),
        together=together,
    )
