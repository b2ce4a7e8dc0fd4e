"""The whole backend over the fakes: services, queues, stream and TTL, to be run step by step.

A test decides which message is delivered next, and how often; and where a worker crashes: before
or after any of its calls to a port. A message whose worker crashed stays in its queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar, cast

from shutterfeed import keys
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import (
    CollectMessage,
    FanOut,
    FanOutMessage,
    FeedMessage,
    PublishMessage,
    RenderPhoto,
    SearchMessage,
    TranscodeVideo,
    UploadLanded,
)
from shutterfeed.domain.posts import Post
from shutterfeed.domain.users import Profile
from shutterfeed.services.audience import AudienceService
from shutterfeed.services.avatars import AvatarService
from shutterfeed.services.collection import CollectionService
from shutterfeed.services.crossing import CrossingService
from shutterfeed.services.delivery import DeliveryService
from shutterfeed.services.downloads import DownloadService
from shutterfeed.services.fan_out import FanOutPlanner
from shutterfeed.services.feed import FeedService
from shutterfeed.services.follows import FollowService
from shutterfeed.services.indexing import IndexingService
from shutterfeed.services.ingest import IngestService
from shutterfeed.services.posts import MediumDraft, PostDraft, PostService
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.publishing import PublishingService
from shutterfeed.services.reconciling import ReconcilingService
from shutterfeed.services.rendering import RenderingService
from shutterfeed.services.routing import ChangeRouter
from shutterfeed.services.transcoding import TranscodingService
from shutterfeed.services.uploads import UploadService
from tests import samples
from tests.fakes.feeds import FakeAudience, FakeFeedReads, FakeFeeds
from tests.fakes.metadata import (
    FakeAvatars,
    FakeBlobs,
    FakeFollows,
    FakeHeads,
    FakeLedger,
    FakeOpenPosts,
    FakePosts,
    FakeProfiles,
    FakeReaders,
    FakeRemovals,
    Metadata,
)
from tests.fakes.search import FakeSearchDocuments
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
)
from tests.fakes.system import FakeClock, FakeIds

P = TypeVar("P")
_MANY = 10_000
LATE_TTL = timedelta(days=7)
POLICY = FeedPolicy(
    celebrity_followers=1_000,
    active_days=30,
    regular_after_days=0,
    feed_posts=1_000,
    snapshot_posts=200,
)
"""Readers are pushed to from their first visit on."""


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
    meanwhile: tuple[int, Callable[[], object]] | None = None
    """What somebody else does just before a call, by its number."""
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
        if self.meanwhile is not None and self.calls == self.meanwhile[0]:
            _, act = self.meanwhile
            self.meanwhile = None
            act()
            return self.pass_through(call)
        result = call()
        if number == self.crash_after:
            raise Crash
        return result


@dataclass(frozen=True, slots=True)
class _Guarded:
    fuse: Fuse
    port: Any

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.port, name)

        def call(*args: Any) -> Any:
            self.fuse.log.append(name)
            return self.fuse.pass_through(lambda: method(*args))

        return call


@dataclass
class Backend:
    fuse: Fuse = field(default_factory=Fuse)
    clock: FakeClock = field(default_factory=FakeClock)
    ids: FakeIds = field(default_factory=FakeIds)
    metadata: Metadata = field(default_factory=Metadata)
    feed_table: FakeFeeds = field(default_factory=FakeFeeds)
    buckets: Buckets = field(default_factory=Buckets)
    policy: FeedPolicy = POLICY
    found: FakeSearchDocuments = field(default_factory=FakeSearchDocuments)

    def __post_init__(self) -> None:
        guard = self.fuse.guard
        profiles, follows = guard(FakeProfiles(self.metadata)), guard(FakeFollows(self.metadata))
        posts, ledger = guard(FakePosts(self.metadata)), guard(FakeLedger(self.metadata))
        blobs, feeds = guard(FakeBlobs(self.metadata)), guard(self.feed_table)
        bucket, intake = guard(FakeUploadBucket(self.buckets)), guard(FakeIntake(self.buckets))
        originals = guard(FakeOriginals(self.buckets))
        renditions = guard(FakeRenditions(self.buckets))
        clock, ids = self.clock, self.ids

        self.landed = FakeQueue[UploadLanded]()
        self.images = FakeQueue[RenderPhoto]()
        self.videos = FakeQueue[TranscodeVideo]()
        self.publish = FakeQueue[PublishMessage]()
        self.fan_out = FakeQueue[FanOutMessage]()
        self.feed = FakeQueue[FeedMessage]()
        self.collect = FakeQueue[CollectMessage]()
        self.search = FakeQueue[SearchMessage]()

        self.users = ProfileService(profiles, follows, clock)
        self.follows = FollowService(self.users, profiles, follows, clock, ids)
        self.uploads = UploadService(posts, ledger, bucket, clock)
        self.downloads = DownloadService(ledger, blobs, guard(FakeDownloads(self.buckets)), clock)
        self.posts = PostService(
            self.users, profiles, posts, ledger, self.uploads, clock, ids, blobs
        )
        readers, heads = guard(FakeReaders(self.metadata)), guard(FakeHeads(self.metadata))
        audience = guard(FakeAudience(self.metadata))
        reads = guard(FakeFeedReads(self.metadata, self.feed_table))
        self.reader = FeedService(
            reads, feeds, follows, readers, self.users, guard(self.feed), self.policy, clock
        )
        avatars = guard(FakeAvatars(self.metadata))
        self.avatars = AvatarService(self.users, posts, ledger, avatars, self.uploads, clock, ids)
        publishing = PublishingService(ledger, posts, blobs, avatars, clock, ids)
        self.ingest = IngestService(
            ledger,
            posts,
            blobs,
            bucket,
            intake,
            guard(self.images),
            guard(self.videos),
            publishing,
            clock,
            ids,
        )
        rendering = RenderingService(blobs, originals, renditions, FakePhotoCodec())
        transcoding = TranscodingService(blobs, originals, renditions, FakeVideoCodec())
        pushed_to = AudienceService(audience, readers, follows, self.policy, clock)
        planner = FanOutPlanner(pushed_to, guard(self.fan_out), guard(self.feed), clock)
        crossings = CrossingService(
            profiles, heads, readers, pushed_to, feeds, guard(self.fan_out), self.policy, clock
        )
        writer = DeliveryService(
            follows, heads, readers, audience, feeds, reads, crossings, self.policy, clock
        )

        def fan_out(step: FanOutMessage) -> None:
            planner.plan(step) if isinstance(step, FanOut) else crossings.cross(step)

        collection = CollectionService(
            blobs,
            ledger,
            bucket,
            originals,
            renditions,
            guard(FakeRemovals(self.metadata, 1_000)),
            clock,
        )
        self.reconciling = ReconcilingService(
            guard(FakeOpenPosts(self.metadata)),
            posts,
            ledger,
            blobs,
            bucket,
            intake,
            guard(self.landed),
            guard(self.images),
            guard(self.videos),
            guard(self.publish),
            clock,
        )
        self._router = ChangeRouter(
            guard(self.publish),
            guard(self.fan_out),
            guard(self.feed),
            guard(self.collect),
            guard(self.search),
        )
        indexing = IndexingService(posts, profiles, guard(self.found))
        self._routed = 0
        self._is_routing = False
        self._workers: dict[str, tuple[FakeQueue[Any], Callable[[Any], object]]] = {
            "landed": (self.landed, self.ingest.ingest),
            "images": (self.images, rendering.render),
            "videos": (self.videos, transcoding.transcode),
            "publish": (self.publish, publishing.settle),
            "fan_out": (self.fan_out, fan_out),
            "feed": (self.feed, writer.write),
            "collect": (self.collect, collection.collect),
            "search": (self.search, lambda message: _indexed(indexing, message)),
        }

    # What clients do.

    def sign_up(self, number: int) -> Profile:
        return self.users.me(samples.user_id(number))

    def create_post(self, author: int, contents: Sequence[bytes], key: str) -> Post:
        """A post of photos with these contents; a client repeats the call until it is answered."""
        media = tuple(MediumDraft("image/jpeg", len(c), samples.sha256(c)) for c in contents)
        draft = PostDraft("caption", None, media)
        return _insist(
            lambda: self.posts.create(samples.user_id(author), draft, key).view.post,
        )

    def upload(self, post: Post, index: int, content: bytes) -> None:
        """The storage takes any bytes here, and tells of them."""
        media_id = post.media[index].media_id
        self.buckets.uploads[keys.upload_object(post.id, media_id)] = content
        self.landed.send([UploadLanded(post.id, media_id)])

    def delete_post(self, post_id: PostId) -> None:
        _insist(lambda: self.posts.delete(str(post_id), post_id.author_id))

    # What the cloud does.

    def lose(self, name: str) -> int:
        """All messages of a queue, or the stream's records not yet read; how many there were."""
        if name == "stream":
            lost = len(self.metadata.changes) - self._routed
            self._routed = len(self.metadata.changes)
            return lost
        messages = self._workers[name][0].messages
        lost = len(messages)
        messages.clear()
        return lost

    def waiting(self) -> list[str]:
        """The queues that hold messages, and "stream" while it has records and nobody reads it.

        What a worker is busy with is not among the messages."""
        queues = [name for name, (queue, _) in self._workers.items() if queue.messages]
        unread = self._routed < len(self.metadata.changes) and not self._is_routing
        return queues + ["stream"] * unread

    def backlog(self, name: str) -> int:
        """How many messages there are to choose from. A stream is read in order."""
        return 1 if name == "stream" else len(self._workers[name][0].messages)

    def deliver(self, name: str, index: int = 0, again: bool = False) -> None:
        """Let a worker act on a message, which comes `again` if told, or if the worker crashed."""
        if name == "stream":
            self._route(again=again)
            return
        queue, act = self._workers[name]
        message = queue.messages.pop(index)
        try:
            act(message)
        except Crash:
            again = True
        if again:
            queue.messages.insert(index, message)

    def _route(self, *, again: bool) -> None:
        self._is_routing = True
        try:
            self._router.route(self.metadata.changes[self._routed])
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
        self.metadata.expire(now)
        self.feed_table.expire(now - LATE_TTL)


def _indexed(indexing: IndexingService, message: SearchMessage) -> None:
    for error in indexing.apply([message]).values():
        raise error


def _insist(call: Callable[[], P]) -> P:
    try:
        return call()
    except Crash:
        return call()
