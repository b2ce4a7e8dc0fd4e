"""Composes the services that the API's routes use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from shutterfeed import config
from shutterfeed.adapters.buckets import S3Downloads, S3UploadBucket
from shutterfeed.adapters.cognito import CognitoSignIns
from shutterfeed.adapters.dynamodb.activity import DynamoCrowds, DynamoNotices
from shutterfeed.adapters.dynamodb.albums import DynamoAlbums
from shutterfeed.adapters.dynamodb.allowances import DynamoAllowances
from shutterfeed.adapters.dynamodb.appearances import DynamoAppearances
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.crops import DynamoCrops
from shutterfeed.adapters.dynamodb.devices import DynamoDevices
from shutterfeed.adapters.dynamodb.drafts import DynamoDrafts
from shutterfeed.adapters.dynamodb.explore import DynamoContenders, DynamoExploreLists
from shutterfeed.adapters.dynamodb.exports import DynamoExports
from shutterfeed.adapters.dynamodb.feed_reads import DynamoFeedReads
from shutterfeed.adapters.dynamodb.feeds import DynamoFeeds
from shutterfeed.adapters.dynamodb.follows import DynamoFollows
from shutterfeed.adapters.dynamodb.hashtags import DynamoFollowedHashtags, DynamoTaggedPosts
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.likes import DynamoLikes
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.dynamodb.mutes import DynamoMutes
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.readers import DynamoReaders
from shutterfeed.adapters.dynamodb.requests import DynamoRequests
from shutterfeed.adapters.dynamodb.saves import DynamoSaves
from shutterfeed.adapters.dynamodb.scheduled import DynamoScheduledPosts
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.dynamodb.suggestions import DynamoNominations, DynamoSuggestionLists
from shutterfeed.adapters.dynamodb.viewing import DynamoViewingReads
from shutterfeed.adapters.dynamodb.withholdings import DynamoWithholdings
from shutterfeed.adapters.dynamodb.zooms import DynamoZooms
from shutterfeed.adapters.export_parts import S3ExportParts
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.site import S3SitePage
from shutterfeed.adapters.together import together
from shutterfeed.bootstrap import aws
from shutterfeed.bootstrap.feed_policy import feed_policy
from shutterfeed.bootstrap.limits import limits_of
from shutterfeed.bootstrap.recent_posts_cache import cached
from shutterfeed.bootstrap.search_engine import search_index
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.devices import PushServices
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.links import signing_key
from shutterfeed.domain.messages import EraseAccount, FindAcquaintances, PrepareFeed, RenderZoom
from shutterfeed.ports.activity import Crowds, Notices
from shutterfeed.ports.appearances import Appearances
from shutterfeed.ports.blocks import Blocks, Mutes
from shutterfeed.ports.closing import Closings
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.devices import Devices
from shutterfeed.ports.explore import Contenders, ExploreLists
from shutterfeed.ports.exports import ExportParts, Exports
from shutterfeed.ports.feed_reads import FeedReads
from shutterfeed.ports.feeds import Feeds, Readers
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.hashtags import FollowedHashtags, TaggedPostsStore
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.limits import Allowances
from shutterfeed.ports.media import Blobs, Downloads, Zooms
from shutterfeed.ports.moderation import Cases, ModerationLog, Withholdings
from shutterfeed.ports.posts import Albums, Avatars, Crops, Drafts, Posts, ScheduledPosts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import DelayingQueue, Queue
from shutterfeed.ports.requests import FollowRequests
from shutterfeed.ports.saves import Saves
from shutterfeed.ports.search import SearchIndex
from shutterfeed.ports.sign_ins import SignIns
from shutterfeed.ports.site import SitePage
from shutterfeed.ports.suggestions import Nominations, SuggestionLists
from shutterfeed.ports.system import Clock, Ids, Together
from shutterfeed.ports.uploads import Ledger, UploadBucket
from shutterfeed.ports.viewing import ViewingReads
from shutterfeed.services.accounts import AccountService
from shutterfeed.services.activity import ActivityService
from shutterfeed.services.albums import AlbumService
from shutterfeed.services.appearances import AppearanceService
from shutterfeed.services.avatars import AvatarService
from shutterfeed.services.blocks import BlockService
from shutterfeed.services.closing import ClosingService
from shutterfeed.services.comments import CommentService
from shutterfeed.services.cropping import CroppingService
from shutterfeed.services.cursors import Cursors
from shutterfeed.services.devices import DeviceService
from shutterfeed.services.discussions import DiscussionService
from shutterfeed.services.downloads import DownloadService
from shutterfeed.services.drafts import DraftService
from shutterfeed.services.erasing import ErasureService
from shutterfeed.services.exploring import ExploreListing, ExploreService
from shutterfeed.services.exports import ExportService
from shutterfeed.services.feed import FeedService
from shutterfeed.services.follows import FollowService
from shutterfeed.services.hashtags import HashtagService
from shutterfeed.services.liked_by import LikedByService
from shutterfeed.services.likes import LikeService
from shutterfeed.services.links import MediaLinks
from shutterfeed.services.mending import MendingService
from shutterfeed.services.moderation import ModerationService
from shutterfeed.services.mutes import MuteService
from shutterfeed.services.people import PeopleService
from shutterfeed.services.places import PlaceService
from shutterfeed.services.popular import PopularService
from shutterfeed.services.posts import PostService
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.reporting import ReportingService
from shutterfeed.services.saves import SaveService
from shutterfeed.services.scheduling import SchedulingService
from shutterfeed.services.search import SearchService
from shutterfeed.services.sessions import SessionService
from shutterfeed.services.suggestions import SuggestionService
from shutterfeed.services.uploads import UploadService
from shutterfeed.services.viewing import ViewingService
from shutterfeed.services.zooming import ZoomService


@dataclass(frozen=True, kw_only=True)
class People:
    """The services for all that people do with posts and with each other, except searching."""

    users: ProfileService
    sessions: SessionService
    closing: ClosingService
    viewing: ViewingService
    people: PeopleService
    avatars: AvatarService
    follows: FollowService
    blocks: BlockService
    mutes: MuteService
    hashtags: HashtagService
    posts: PostService
    mending: MendingService
    cropping: CroppingService
    scheduling: SchedulingService
    drafts: DraftService
    albums: AlbumService
    likes: LikeService
    liked_by: LikedByService
    comments: CommentService
    discussions: DiscussionService
    saves: SaveService
    appearances: AppearanceService
    uploads: UploadService
    downloads: DownloadService
    zooming: ZoomService
    feed: FeedService
    suggestions: SuggestionService
    places: PlaceService
    explore: ExploreService
    activity: ActivityService
    devices: DeviceService
    reporting: ReportingService
    moderation: ModerationService
    exports: ExportService


@dataclass(frozen=True, kw_only=True)
class Api(People):
    together: Together
    links: MediaLinks
    site_url: str
    site_page: SitePage
    accounts: AccountService
    search: SearchService
    cursors: Cursors


def wire(
    *,
    profiles: Profiles,
    follows: Follows,
    requests: FollowRequests,
    posts: Posts,
    scheduled: ScheduledPosts,
    albums: Albums,
    crops: Crops,
    drafts: Drafts,
    likes: Likes,
    comments: Comments,
    saves: Saves,
    appearances: Appearances,
    ledger: Ledger,
    blobs: Blobs,
    zooms: Zooms,
    avatars: Avatars,
    bucket: UploadBucket,
    downloads: Downloads,
    viewing_reads: ViewingReads,
    feed_reads: FeedReads,
    feeds: Feeds,
    readers: Readers,
    blocks: Blocks,
    mutes: Mutes,
    hashtags: FollowedHashtags,
    tagged_posts: TaggedPostsStore,
    search_index: SearchIndex,
    nominations: Nominations,
    suggestion_lists: SuggestionLists,
    contenders: Contenders,
    explore_lists: ExploreLists,
    notices: Notices,
    crowds: Crowds,
    devices: Devices,
    cases: Cases,
    moderation_log: ModerationLog,
    withholdings: Withholdings,
    exports: Exports,
    export_parts: ExportParts,
    push_services: PushServices,
    preparations: Queue[PrepareFeed],
    acquaintance_orders: Queue[FindAcquaintances],
    zoom_orders: Queue[RenderZoom],
    allowances: Allowances,
    policy: FeedPolicy,
    limits: Limits,
    renames: int,
    sign_ins: SignIns,
    closings: Closings,
    erasure_orders: DelayingQueue[EraseAccount],
    closing_days: int,
    clock: Clock,
    ids: Ids,
    together: Together,
) -> People:
    users = ProfileService(profiles=profiles, limits=limits, clock=clock, renames=renames)
    progress = ProgressService(ledger=ledger, blobs=blobs, clock=clock)
    viewing = ViewingService(reads=viewing_reads, profiles=profiles, progress=progress)
    people = PeopleService(profiles=profiles, reads=viewing_reads)
    uploads = UploadService(posts=posts, ledger=ledger, bucket=bucket, clock=clock)
    discussions = DiscussionService(comments=comments, viewing=viewing, together=together)
    return People(
        users=users,
        sessions=SessionService(users=users, profiles=profiles, sign_ins=sign_ins, clock=clock),
        closing=ClosingService(
            users=users,
            profiles=profiles,
            closings=closings,
            sign_ins=sign_ins,
            orders=erasure_orders,
            clock=clock,
            days=closing_days,
        ),
        viewing=viewing,
        people=people,
        avatars=AvatarService(
            users=users,
            posts=posts,
            ledger=ledger,
            avatars=avatars,
            uploads=uploads,
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        follows=FollowService(
            users=users,
            profiles=profiles,
            follows=follows,
            requests=requests,
            viewing=viewing,
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        blocks=BlockService(
            users=users, blocks=blocks, viewing=viewing, limits=limits, clock=clock
        ),
        mutes=MuteService(users=users, mutes=mutes, viewing=viewing, limits=limits, clock=clock),
        hashtags=HashtagService(
            users=users,
            followed=hashtags,
            lists=tagged_posts,
            index=search_index,
            reads=viewing_reads,
            limits=limits,
            clock=clock,
            ids=ids,
            together=together,
        ),
        posts=PostService(
            users=users,
            posts=posts,
            ledger=ledger,
            uploads=uploads,
            viewing=viewing,
            people=people,
            erasure=ErasureService(posts=posts, clock=clock),
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        mending=MendingService(
            posts=posts,
            ledger=ledger,
            uploads=uploads,
            viewing=viewing,
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        cropping=CroppingService(
            posts=posts,
            crops=crops,
            ledger=ledger,
            blobs=blobs,
            downloads=downloads,
            uploads=uploads,
            viewing=viewing,
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        albums=AlbumService(
            posts=posts,
            albums=albums,
            ledger=ledger,
            people=people,
            uploads=uploads,
            viewing=viewing,
            progress=progress,
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        scheduling=SchedulingService(
            posts=posts,
            scheduled=scheduled,
            drafts=drafts,
            viewing=viewing,
            progress=progress,
            limits=limits,
            clock=clock,
        ),
        drafts=DraftService(
            posts=posts,
            drafts=drafts,
            ledger=ledger,
            uploads=uploads,
            viewing=viewing,
            progress=progress,
            people=people,
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        likes=LikeService(
            users=users, likes=likes, viewing=viewing, limits=limits, clock=clock, ids=ids
        ),
        liked_by=LikedByService(likes=likes, viewing=viewing),
        appearances=AppearanceService(posts=posts, appearances=appearances, viewing=viewing),
        saves=SaveService(
            users=users,
            saves=saves,
            posts=posts,
            viewing=viewing,
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        comments=CommentService(
            users=users,
            profiles=profiles,
            comments=comments,
            discussions=discussions,
            viewing=viewing,
            people=people,
            limits=limits,
            clock=clock,
            ids=ids,
            together=together,
        ),
        discussions=discussions,
        uploads=uploads,
        downloads=DownloadService(
            ledger=ledger,
            blobs=blobs,
            withholdings=withholdings,
            downloads=downloads,
            allowances=allowances,
            limits=limits,
            clock=clock,
        ),
        zooming=ZoomService(
            viewing=viewing, zooms=zooms, orders=zoom_orders, limits=limits, clock=clock
        ),
        feed=FeedService(
            reads=feed_reads,
            feeds=feeds,
            follows=follows,
            readers=readers,
            users=users,
            viewing=viewing,
            preparations=preparations,
            policy=policy,
            clock=clock,
        ),
        explore=ExploreService(
            lists=explore_lists,
            listing=ExploreListing(
                contenders=contenders,
                lists=explore_lists,
                reads=viewing_reads,
                clock=clock,
                ids=ids,
            ),
            viewing=viewing,
        ),
        places=PlaceService(
            posts=posts, index=search_index, viewing=viewing, clock=clock, together=together
        ),
        suggestions=SuggestionService(
            lists=suggestion_lists,
            popular=PopularService(
                nominations=nominations,
                lists=suggestion_lists,
                reads=viewing_reads,
                clock=clock,
            ),
            viewing=viewing,
            orders=acquaintance_orders,
            clock=clock,
        ),
        activity=ActivityService(
            users=users,
            profiles=profiles,
            notices=notices,
            crowds=crowds,
            viewing=viewing,
            limits=limits,
            clock=clock,
            together=together,
        ),
        devices=DeviceService(
            users=users, devices=devices, services=push_services, limits=limits, clock=clock
        ),
        reporting=ReportingService(
            users=users,
            viewing=viewing,
            discussions=discussions,
            posts=posts,
            cases=cases,
            limits=limits,
            clock=clock,
            ids=ids,
        ),
        moderation=ModerationService(
            cases=cases, entries=moderation_log, profiles=profiles, clock=clock, ids=ids
        ),
        exports=ExportService(
            users=users, exports=exports, parts=export_parts, clock=clock, ids=ids
        ),
    )


@cache
def origin_keys() -> str:
    """The keys of which a request has to bring one. They are looked at before anything else."""
    return config.OriginSettings.from_env().origin_keys


@cache
def services() -> Api:
    settings = config.ApiSettings.from_env()
    metadata, feed_table = aws.table(settings.metadata_table), aws.table(settings.feed_table)
    secrets = DynamoSecrets(metadata)
    index = search_index(settings.search_engine, settings.search_target)
    people = wire(
        profiles=DynamoProfiles(metadata),
        follows=DynamoFollows(metadata, settings.feed_table),
        requests=DynamoRequests(metadata),
        posts=DynamoPosts(metadata),
        scheduled=DynamoScheduledPosts(metadata),
        drafts=DynamoDrafts(metadata),
        albums=DynamoAlbums(metadata),
        crops=DynamoCrops(metadata),
        likes=DynamoLikes(metadata),
        comments=DynamoComments(metadata),
        saves=DynamoSaves(metadata),
        appearances=DynamoAppearances(metadata),
        ledger=DynamoLedger(metadata),
        blobs=DynamoBlobs(metadata),
        zooms=DynamoZooms(metadata),
        avatars=DynamoAvatars(metadata),
        bucket=S3UploadBucket(aws.s3, settings.uploads_bucket),
        downloads=S3Downloads(aws.s3, settings.uploads_bucket, settings.originals_bucket),
        viewing_reads=DynamoViewingReads(metadata, aws.clock()),
        feed_reads=cached(DynamoFeedReads(metadata, feed_table), settings),
        feeds=DynamoFeeds(feed_table),
        readers=DynamoReaders(metadata),
        blocks=DynamoBlocks(metadata, settings.feed_table),
        mutes=DynamoMutes(metadata),
        hashtags=DynamoFollowedHashtags(metadata),
        tagged_posts=DynamoTaggedPosts(metadata),
        search_index=index,
        nominations=DynamoNominations(metadata),
        suggestion_lists=DynamoSuggestionLists(metadata),
        contenders=DynamoContenders(metadata),
        explore_lists=DynamoExploreLists(metadata),
        notices=DynamoNotices(metadata),
        crowds=DynamoCrowds(metadata),
        devices=DynamoDevices(metadata),
        cases=DynamoCases(metadata),
        moderation_log=DynamoModerationLog(metadata),
        withholdings=DynamoWithholdings(metadata),
        exports=DynamoExports(metadata),
        export_parts=S3ExportParts(
            aws.s3, settings.uploads_bucket, settings.originals_bucket, together
        ),
        push_services=PushServices.parse(settings.push_services),
        preparations=aws.queue(settings.deliver_queue_url, Codec[PrepareFeed]("deliver")),
        acquaintance_orders=aws.queue(
            settings.deliver_queue_url, Codec[FindAcquaintances]("deliver")
        ),
        zoom_orders=aws.queue(settings.render_queue_url, Codec[RenderZoom]("render")),
        allowances=DynamoAllowances(metadata),
        policy=feed_policy(settings),
        limits=limits_of(settings.limits),
        renames=int(settings.renames_in_30_days),
        sign_ins=CognitoSignIns(lambda: aws.client("cognito-idp"), settings.user_pool_id),
        closings=DynamoClosings(metadata),
        erasure_orders=aws.queue(settings.erase_queue_url, Codec[EraseAccount]("erase")),
        closing_days=int(settings.closing_days),
        clock=aws.clock(),
        ids=aws.ids(),
        together=together,
    )
    return Api(
        **vars(people),
        together=together,
        links=MediaLinks(
            base_url=settings.media_base_url,
            key=signing_key(settings.media_keys),
            clock=aws.clock(),
        ),
        site_url=settings.site_url,
        site_page=S3SitePage(aws.s3, settings.site_bucket, aws.clock()),
        accounts=AccountService(secrets=secrets),
        search=SearchService(
            index=index,
            viewing=people.viewing,
            clock=aws.clock(),
        ),
        cursors=Cursors(secrets=secrets),
    )
