"""The whole backend over the fakes: services, queues, stream and TTL, to be run step by step.

A test decides which message is delivered next, and how often; and where a worker crashes: before
or after any of its calls to a port. A message whose worker crashed stays in its queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, cast

from shutterfeed import keys, topology
from shutterfeed.bootstrap import api, deliver, erase, fan_out
from shutterfeed.bootstrap.erase import EraseServices
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.devices import PushServices
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.messages import (
    AcceptRequests,
    BringTagged,
    DeliverMessage,
    EndSignIns,
    EraseMessage,
    FanOut,
    FanOutMessage,
    IndexMessage,
    IngestUpload,
    MarkCopies,
    MigrateReaders,
    NotifyMessage,
    PublishMessage,
    RenderMessage,
    RenderZoom,
)
from shutterfeed.domain.notes import Note
from shutterfeed.domain.posts import Post
from shutterfeed.domain.screening import NOTHING, Screened
from shutterfeed.domain.users import Profile
from shutterfeed.ports.queues import BulkLane, Lanes
from shutterfeed.services.answers_collection import Collector
from shutterfeed.services.collection import CollectionService
from shutterfeed.services.copies import CopyService
from shutterfeed.services.delivery import DeliveryService
from shutterfeed.services.due import DueService
from shutterfeed.services.exploring import ExploreListing
from shutterfeed.services.export_part import PartLimits
from shutterfeed.services.export_sections import ExportSections
from shutterfeed.services.exporting import ExportingService
from shutterfeed.services.hashtags import TaggingService
from shutterfeed.services.indexing import IndexingService
from shutterfeed.services.ingest import IngestService
from shutterfeed.services.notices import NoticeOpener
from shutterfeed.services.notifying import NotifyingService
from shutterfeed.services.people import PeopleService
from shutterfeed.services.popular import PopularService
from shutterfeed.services.posts import MediumDraft, PostDraft
from shutterfeed.services.publishing import PublishingService
from shutterfeed.services.reconciling import ReconcilingService
from shutterfeed.services.rendering import RenderingService, ZoomRenderingService
from shutterfeed.services.routing import ChangeRouter
from shutterfeed.services.search import SearchService
from shutterfeed.services.suspensions import SuspensionService
from shutterfeed.services.transcoding import TranscodingService
from shutterfeed.services.verdicts import VerdictService
from shutterfeed.services.viewing import ViewingService
from tests import samples
from tests.fakes.activity import FakeCrowds, FakeNotices
from tests.fakes.closing import (
    FakeAccounts,
    FakeClosings,
    FakeErasureList,
    FakeErasureRecords,
    FakeTraces,
)
from tests.fakes.comments import FakeComments
from tests.fakes.devices import FakeDevices
from tests.fakes.exports import FakeDirectory, FakeExportParts, FakeExports, FakeMailer
from tests.fakes.feeds import FakeAudience, FakeFeedReads, FakeFeeds
from tests.fakes.hashtags import FakeFollowedHashtags, FakeTaggedPosts
from tests.fakes.metadata import (
    FakeAlbums,
    FakeAllowances,
    FakeAppearances,
    FakeAvatars,
    FakeBlobs,
    FakeBlocks,
    FakeContenders,
    FakeCrops,
    FakeDrafts,
    FakeExploreLists,
    FakeFollows,
    FakeLedger,
    FakeLikes,
    FakeMutes,
    FakeNominations,
    FakeOpenPosts,
    FakePosts,
    FakeProfiles,
    FakeReaders,
    FakeRecentPosts,
    FakeRemovals,
    FakeRequests,
    FakeSaves,
    FakeScheduledPosts,
    FakeSecrets,
    FakeShares,
    FakeSuggestionLists,
    FakeViewingReads,
    FakeZooms,
    Metadata,
)
from tests.fakes.moderation import FakeCases, FakeModerationLog, FakeWithholdings
from tests.fakes.search import FakeSearchIndex
from tests.fakes.storage import (
    Buckets,
    FakeDownloads,
    FakeIntake,
    FakeOriginals,
    FakePhotoCodec,
    FakeQueue,
    FakeRenditions,
    FakeUploadBucket,
    FakeVideoCodec,
    FakeZoomCodec,
)
from tests.fakes.system import FakeClock, FakeIds, FakeSignIns, in_turn
from tests.limits import PLENTY

P = TypeVar("P")
_MANY = 10_000
LATE_TTL = timedelta(days=7)
POLICY = FeedPolicy(
    celebrity_followers=1_000,
    active_days=30,
    regular_after_days=0,
    snapshot_posts=200,
)
"""Readers are pushed to from their first visit on."""


CLOSING_DAYS = 30
"""The number of days in which somebody may come back to a closed account."""
RENAMES = 5
"""How often anybody may change the handle within 30 days."""


class Crash(Exception):
    """The process ended here."""


@dataclass(slots=True)
class Fuse:
    """Counts the calls to ports, and crashes once, before or after the one it is set to.

    It can also suspend a worker: what `pauses` holds for a call runs to its end before that call is
    made, as if others had overtaken.
    """

    calls: int = 0
    crash_before: int | None = None
    crash_after: int | None = None
    pauses: dict[int, Callable[[], object]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    """The names of the ports' methods that were called."""

    def guard(self, port: P) -> P:
        """The port, whose every call goes through the fuse."""
        return cast("P", _Guarded(self, port))

    def pass_through(self, call: Callable[[], Any]) -> Any:
        self.calls += 1
        number = self.calls  # Whoever runs meanwhile counts on.
        if number == self.crash_before:
            raise Crash
        if pause := self.pauses.pop(number, None):
            pause()
        result = call()
        if number == self.crash_after:
            raise Crash
        return result


@dataclass(frozen=True, slots=True)
class _Guarded:
    fuse: Fuse
    port: Any

    def __getattr__(self, name: str) -> Callable[..., Any]:
        fuse, method = self.fuse, getattr(self.port, name)

        def call(*args: Any, **named: Any) -> Any:
            fuse.log.append(name)
            return fuse.pass_through(partial(method, *args, **named))

        return call


@dataclass
class Backend:
    fuse: Fuse = field(default_factory=Fuse)
    clock: FakeClock = field(default_factory=FakeClock)
    ids: FakeIds = field(default_factory=FakeIds)
    metadata: Metadata = field(default_factory=Metadata)
    feed_table: FakeFeeds = field(default_factory=FakeFeeds)
    buckets: Buckets = field(default_factory=Buckets)
    sign_ins: FakeSignIns = field(default_factory=FakeSignIns)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    erased: FakeErasureRecords = field(default_factory=FakeErasureRecords)
    erasures: FakeErasureList = field(default_factory=FakeErasureList)
    policy: FeedPolicy = POLICY
    limits: Limits = PLENTY
    found: FakeSearchIndex = field(default_factory=FakeSearchIndex)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    part_limits: PartLimits = field(default_factory=PartLimits)
    notes: tuple[Note, ...] = ()
    """What the codecs say that they cannot keep of a file."""
    screened: Screened = NOTHING
    """What is screened: nothing, since nobody plays the step `screen` here."""

    def __post_init__(self) -> None:
        guard = self.fuse.guard
        profiles, follows = guard(FakeProfiles(self.metadata)), guard(FakeFollows(self.metadata))
        requests = guard(FakeRequests(self.metadata))
        posts, likes = guard(FakePosts(self.metadata)), guard(FakeLikes(self.metadata))
        scheduled, albums, drafts, ledger = (
            guard(FakeScheduledPosts(self.metadata)),
            guard(FakeAlbums(self.metadata)),
            guard(FakeDrafts(self.metadata)),
            guard(FakeLedger(self.metadata)),
        )
        blobs, zooms, feeds = (
            guard(FakeBlobs(self.metadata)),
            guard(FakeZooms(self.metadata)),
            guard(self.feed_table),
        )
        bucket, intake = guard(FakeUploadBucket(self.buckets)), guard(FakeIntake(self.buckets))
        originals, renditions = (
            guard(FakeOriginals(self.buckets)),
            guard(FakeRenditions(self.buckets)),
        )
        clock, ids = self.clock, self.ids

        self.queues: dict[str, FakeQueue[Any]] = {lane.name: FakeQueue() for lane in topology.LANES}
        queues = {step: guard(queue) for step, queue in self.queues.items()}

        readers, recent_posts = (
            guard(FakeReaders(self.metadata)),
            guard(FakeRecentPosts(self.metadata)),
        )
        audience, reads, avatars = (
            guard(FakeAudience(self.metadata)),
            guard(FakeFeedReads(self.metadata, self.feed_table)),
            guard(FakeAvatars(self.metadata)),
        )
        notices, crowds = guard(FakeNotices(self.metadata)), guard(FakeCrowds(self.metadata))
        hashtags, tagged_posts = (
            guard(FakeFollowedHashtags(self.metadata)),
            guard(FakeTaggedPosts(self.metadata)),
        )
        viewing_reads, nominations = (
            guard(FakeViewingReads(self.metadata, clock)),
            guard(FakeNominations(self.metadata)),
        )
        suggestion_lists, appearances = (
            guard(FakeSuggestionLists(self.metadata)),
            guard(FakeAppearances(self.metadata)),
        )
        contenders, explore_lists = (
            guard(FakeContenders(self.metadata)),
            guard(FakeExploreLists(self.metadata)),
        )
        people = api.wire(
            profiles=profiles,
            follows=follows,
            requests=requests,
            posts=posts,
            scheduled=scheduled,
            albums=albums,
            crops=guard(FakeCrops(self.metadata)),
            drafts=drafts,
            likes=likes,
            saves=guard(FakeSaves(self.metadata)),
            appearances=appearances,
            comments=guard(FakeComments(self.metadata)),
            ledger=ledger,
            blobs=blobs,
            zooms=zooms,
            avatars=avatars,
            bucket=bucket,
            downloads=guard(FakeDownloads(self.buckets)),
            viewing_reads=viewing_reads,
            feed_reads=reads,
            feeds=feeds,
            readers=readers,
            blocks=guard(FakeBlocks(self.metadata)),
            mutes=guard(FakeMutes(self.metadata)),
            hashtags=hashtags,
            tagged_posts=tagged_posts,
            search_index=guard(self.found),
            nominations=nominations,
            suggestion_lists=suggestion_lists,
            contenders=contenders,
            explore_lists=explore_lists,
            notices=notices,
            crowds=crowds,
            devices=guard(FakeDevices(self.metadata)),
            cases=guard(FakeCases(self.metadata)),
            moderation_log=guard(FakeModerationLog(self.metadata)),
            withholdings=guard(FakeWithholdings(self.metadata)),
            exports=guard(FakeExports(self.metadata)),
            export_parts=guard(FakeExportParts(self.buckets, self.fuse.pass_through)),
            push_services=PushServices(samples.PUSH_SERVICES),
            preparations=queues["deliver"],
            acquaintance_orders=queues["deliver"],
            zoom_orders=queues["render"],
            allowances=guard(FakeAllowances(self.metadata)),
            policy=self.policy,
            limits=self.limits,
            renames=RENAMES,
            sign_ins=guard(self.sign_ins),
            closings=guard(FakeClosings(self.metadata)),
            erasure_orders=queues["erase"],
            closing_days=CLOSING_DAYS,
            clock=clock,
            ids=ids,
            together=in_turn,
        )
        self._offer(people)
        self.popular, self.due = (
            PopularService(
                nominations=nominations, lists=suggestion_lists, reads=viewing_reads, clock=clock
            ),
            DueService(scheduled=scheduled, publish=queues["publish"], clock=clock),
        )
        self.explored = ExploreListing(
            contenders=contenders,
            lists=explore_lists,
            reads=viewing_reads,
            clock=clock,
            ids=ids,
        )
        publishing = PublishingService(
            ledger=ledger,
            posts=posts,
            scheduled=scheduled,
            albums=albums,
            drafts=drafts,
            profiles=profiles,
            people=PeopleService(profiles=profiles, reads=viewing_reads),
            blobs=blobs,
            avatars=avatars,
            nominations=nominations,
            later=queues["publish"],
            contenders=contenders,
            clock=clock,
            ids=ids,
        )
        self.ingest = IngestService(
            ledger=ledger,
            posts=posts,
            blobs=blobs,
            bucket=bucket,
            intake=intake,
            shares=guard(FakeShares(self.metadata)),
            bulk=queues["ingest_bulk"],
            render=Lanes(queues["render"], queues["render_bulk"]),
            transcode=Lanes(queues["transcode"], queues["transcode_bulk"]),
            publish=queues["publish"],
            clock=clock,
            ids=ids,
        )
        rendering = RenderingService(
            blobs=blobs,
            originals=originals,
            renditions=renditions,
            codec=FakePhotoCodec(self.notes),
            together=in_turn,
        )
        zooming = ZoomRenderingService(
            blobs=blobs,
            zooms=zooms,
            originals=originals,
            renditions=renditions,
            codec=FakeZoomCodec(),
            clock=clock,
        )
        transcoding = TranscodingService(
            blobs=blobs,
            originals=originals,
            renditions=renditions,
            codec=FakeVideoCodec(self.notes),
            together=in_turn,
        )
        steps = fan_out.wire(
            profiles=profiles,
            recent_posts=recent_posts,
            readers=readers,
            audience=audience,
            follows=follows,
            requests=requests,
            hashtags=hashtags,
            tagged_posts=tagged_posts,
            feeds=feeds,
            steps=queues["fan_out"],
            chunks=queues["deliver"],
            policy=self.policy,
            clock=clock,
            ids=ids,
        )
        writer = deliver.wire(
            profiles=profiles,
            posts=posts,
            likes=likes,
            appearances=appearances,
            recent_posts=recent_posts,
            readers=readers,
            audience=audience,
            follows=follows,
            feeds=feeds,
            reads=reads,
            nominations=nominations,
            contenders=contenders,
            suggestion_lists=suggestion_lists,
            steps=queues["fan_out"],
            policy=self.policy,
            clock=clock,
            ids=ids,
        )

        def take_step(step: FanOutMessage) -> None:
            match step:
                case FanOut():
                    steps.planner.plan(step)
                case MigrateReaders():
                    steps.migrations.migrate(step)
                case AcceptRequests():
                    steps.acceptance.accept(step)
                case BringTagged():
                    steps.bringing.bring(step)

        media = CollectionService(
            blobs=blobs,
            ledger=ledger,
            bucket=bucket,
            originals=originals,
            renditions=renditions,
            removals=guard(FakeRemovals(self.metadata, 1_000)),
            downloads=guard(FakeDownloads(self.buckets)),
            clock=clock,
        )
        collector = Collector(
            media=media,
            likes=likes,
            comments=guard(FakeComments(self.metadata)),
            posts=posts,
            erasures=guard(self.erasures),
            steps=queues["collect"],
            clock=clock,
        )
        self.reconciling = ReconcilingService(
            open_posts=guard(FakeOpenPosts(self.metadata)),
            posts=posts,
            ledger=ledger,
            blobs=blobs,
            bucket=bucket,
            intake=intake,
            ingest=BulkLane(queues["ingest"], queues["ingest_bulk"]),
            render=BulkLane(queues["render"], queues["render_bulk"]),
            transcode=BulkLane(queues["transcode"], queues["transcode_bulk"]),
            publish=queues["publish"],
            screen=queues["screen"],
            screened=self.screened,
            clock=clock,
        )
        self.notifying = notifying = self._notifying(people.viewing, queues["notify"])
        self._router = ChangeRouter(queues=queues, screened=self.screened)
        indexing = IndexingService(
            posts=posts,
            profiles=profiles,
            index=guard(self.found),
            tagging=TaggingService(lists=tagged_posts, steps=queues["fan_out"], clock=clock),
            steps=queues["index"],
        )
        self.search = SearchService(index=guard(self.found), viewing=people.viewing, clock=clock)
        self._routed = 0
        self._is_routing = False
        # Of the workers whose interplay the tests of this world are about: the messages of all
        # others stay in their queues, and nobody waits for them. All workers are played in
        # `tests/exploration`, whose worlds have the real handlers.
        acts: dict[str, Callable[[Any], object]] = {
            "ingest": self.ingest.ingest,
            "render": lambda message: _rendered(rendering, zooming, message),
            "transcode": transcoding.transcode,
            "publish": lambda message: _completed(publishing, self._copies(), message),
            "fan_out": take_step,
            "deliver": lambda message: _written(writer, message),
            "collect": collector.collect,
            "index": lambda message: _indexed(indexing, message),
            "notify": lambda message: _told(notifying, message),
            "erase": lambda message: _erased(self._erasing(), message),
            "export": self._exporting(people.viewing).handle,
        }
        self._acts = {
            lane.name: acts[lane.worker.step] for lane in topology.LANES if lane.worker.step in acts
        }

    def _copies(self) -> CopyService:
        return CopyService(
            blobs=self.fuse.guard(FakeBlobs(self.metadata)),
            withholdings=self.fuse.guard(FakeWithholdings(self.metadata)),
            steps=self.fuse.guard(self.queues["publish"]),
        )

    def _notifying(self, viewing: ViewingService, steps: Any) -> NotifyingService:
        guard = self.fuse.guard
        notices = guard(FakeNotices(self.metadata))
        opener = NoticeOpener(notices=notices, clock=self.clock, ids=self.ids)
        return NotifyingService(
            notices=notices,
            crowds=guard(FakeCrowds(self.metadata)),
            comments=guard(FakeComments(self.metadata)),
            profiles=guard(FakeProfiles(self.metadata)),
            viewing=viewing,
            opener=opener,
            verdicts=VerdictService(
                cases=guard(FakeCases(self.metadata)),
                blobs=guard(FakeBlobs(self.metadata)),
                opener=opener,
                steps=steps,
                clock=self.clock,
            ),
        )

    def _erasing(self) -> EraseServices:
        guard, data, queues = self.fuse.guard, self.metadata, self.queues
        return erase.wire(
            profiles=guard(FakeProfiles(data)),
            closings=guard(FakeClosings(data)),
            traces=guard(FakeTraces(data, self.feed_table)),
            posts=guard(FakePosts(data)),
            drafts=guard(FakeDrafts(data)),
            avatars=guard(FakeAvatars(data)),
            likes=guard(FakeLikes(data)),
            comments=guard(FakeComments(data)),
            appearances=guard(FakeAppearances(data)),
            blocks=guard(FakeBlocks(data)),
            ledger=guard(FakeLedger(data)),
            accounts=guard(self.accounts),
            records=guard(self.erased),
            erasures=guard(self.erasures),
            secrets=FakeSecrets(),
            collects=guard(queues["collect"]),
            steps=guard(queues["erase"]),
            clock=self.clock,
            ids=self.ids,
            together=in_turn,
        )

    def _exporting(self, viewing: ViewingService) -> ExportingService:
        guard, data, site_url = self.fuse.guard, self.metadata, "https://shutterfeed.example"
        directory = guard(self.directory)
        return ExportingService(
            exports=guard(FakeExports(data)),
            parts=guard(FakeExportParts(self.buckets, self.fuse.pass_through)),
            sections=ExportSections(
                profiles=guard(FakeProfiles(data)),
                posts=guard(FakePosts(data)),
                blobs=guard(FakeBlobs(data)),
                likes=guard(FakeLikes(data)),
                saves=guard(FakeSaves(data)),
                comments=guard(FakeComments(data)),
                follows=guard(FakeFollows(data)),
                requests=guard(FakeRequests(data)),
                blocks=guard(FakeBlocks(data)),
                mutes=guard(FakeMutes(data)),
                hashtags=guard(FakeFollowedHashtags(data)),
                appearances=guard(FakeAppearances(data)),
                cases=guard(FakeCases(data)),
                devices=guard(FakeDevices(data)),
                directory=directory,
                viewing=viewing,
                clock=self.clock,
                site_url=site_url,
            ),
            directory=directory,
            mailer=guard(self.mailer),
            site_url=site_url,
            clock=self.clock,
            ids=self.ids,
            limits=self.part_limits,
        )

    def _offer(self, people: api.People) -> None:
        """Have what clients may ask for as fields."""
        self.sessions, self.closing = people.sessions, people.closing
        self.users, self.follows, self.posts = people.users, people.follows, people.posts
        self.zooming = people.zooming
        self.mending, self.cropping = people.mending, people.cropping
        self.scheduling, self.albums, self.drafts = (
            people.scheduling,
            people.albums,
            people.drafts,
        )
        self.viewing, self.likes, self.saves = people.viewing, people.likes, people.saves
        self.liked_by, self.appearances = people.liked_by, people.appearances
        self.comments, self.discussions, self.people = (
            people.comments,
            people.discussions,
            people.people,
        )
        self.suspensions = SuspensionService(
            cases=self.fuse.guard(FakeCases(self.metadata)), clock=self.clock
        )
        self.reporting, self.moderation = people.reporting, people.moderation
        self.blocks, self.mutes, self.hashtags = people.blocks, people.mutes, people.hashtags
        self.uploads, self.downloads, self.avatars = (
            people.uploads,
            people.downloads,
            people.avatars,
        )
        self.reader = people.feed
        self.suggestions, self.activity = people.suggestions, people.activity
        self.exports, self.explore, self.places = people.exports, people.explore, people.places

    # What clients do.

    def sign_up(self, number: int) -> Profile:
        return self.users.me(samples.user_id(number))

    def create_post(
        self, author: int, contents: Sequence[bytes], key: str, caption: str = "caption"
    ) -> Post:
        """A post of photos with these contents; a client repeats the call until it is answered."""
        media = tuple(MediumDraft("image/jpeg", len(c), samples.sha256(c)) for c in contents)
        draft = PostDraft(caption, None, media)
        return _insist(
            lambda: self.posts.create(samples.user_id(author), draft, key).view.post,
        )

    def upload(self, post: Post, index: int, content: bytes) -> None:
        """The storage takes any bytes here, and tells of them."""
        media_id = post.media[index].media_id
        self.buckets.uploads[keys.upload_object(post.id, media_id)] = content
        self.queues["ingest"].send([IngestUpload(post.id, media_id)])

    def delete_post(self, post_id: PostId) -> None:
        _insist(lambda: self.posts.delete(str(post_id), post_id.author_id))

    # What the cloud does.

    def lose(self, name: str) -> int:
        """All messages of a queue, or the stream's records not yet read; how many there were."""
        if name == "stream":
            lost = len(self.metadata.changes) - self._routed
            self._routed = len(self.metadata.changes)
            return lost
        messages = self.queues[name].messages
        lost = len(messages)
        messages.clear()
        return lost

    def waiting(self) -> list[str]:
        """The queues that hold messages for a worker of this world, and "stream" while it has
        records and nobody reads it.

        What a worker is busy with is not among the messages."""
        queues = [name for name in self._acts if self.queues[name].messages]
        unread = self._routed < len(self.metadata.changes) and not self._is_routing
        return queues + ["stream"] * unread

    def backlog(self, name: str) -> int:
        """How many messages there are to choose from. A stream is read in order."""
        return 1 if name == "stream" else len(self.queues[name].messages)

    def deliver(self, name: str, index: int = 0, again: bool = False) -> None:
        """Let a worker act on a message, which comes `again` if told, or if the worker crashed, or
        found that it has to wait for others."""
        if name == "stream":
            self._route(again=again)
            return
        queue = self.queues[name]
        message = queue.messages.pop(index)
        try:
            self._acts[name](message)
        except (Crash, Busy):
            again = True
        if again:
            queue.messages.insert(index, message)

    def _route(self, *, again: bool) -> None:
        self._is_routing = True
        try:
            failed = self._router.route({0: self.metadata.changes[self._routed]})
            assert not failed, "a fake queue takes everything"
        except Crash:
            again = True
        finally:
            self._is_routing = False
        self._routed += not again

    def drain(self) -> None:
        """Deliver until nothing is left."""
        self.drain_all_but("")

    def drain_all_but(self, queue: str) -> None:
        """Deliver until nothing is left but the messages of one queue."""
        for _ in range(_MANY):
            waiting = [name for name in self.waiting() if name != queue]
            if not waiting:
                return
            self.deliver(waiting[-1])
        raise AssertionError(f"there is no end to {self.waiting()}")

    def wait(self, time: timedelta) -> None:
        """Time passes, and the tables' TTL removes what is due; nothing is delivered.

        TTL is late by some days. Here it is late in the feed table only, so that what is to hide an
        entry always goes first."""
        now = self.clock.advance(time)
        for queue in self.queues.values():
            queue.pass_time(time)
        self.metadata.expire(now)
        self.feed_table.expire(now - LATE_TTL)


def _rendered(
    photos: RenderingService, zooms: ZoomRenderingService, message: RenderMessage
) -> None:
    if isinstance(message, RenderZoom):
        zooms.render(message)
    else:
        photos.render(message)


def _written(writer: DeliveryService, message: DeliverMessage) -> None:
    for error in writer.write([message]).values():
        raise error


def _indexed(indexing: IndexingService, message: IndexMessage) -> None:
    for error in indexing.apply([message]).values():
        raise error


def _erased(services: EraseServices, message: EraseMessage) -> None:
    if isinstance(message, EndSignIns):
        services.sign_ins.end(message)
        services.drafts.keep(message)
    else:
        services.eraser.erase(message)


def _completed(gate: PublishingService, copies: CopyService, message: PublishMessage) -> object:
    if isinstance(message, MarkCopies):
        return copies.mark(message)
    return gate.complete(message)


def _told(notifying: NotifyingService, message: NotifyMessage) -> None:
    for error in notifying.take([message]).values():
        raise error


def _insist(call: Callable[[], P]) -> P:
    try:
        return call()
    except Crash:
        return call()
