"""A small world of people who follow, block, mute, publish and read, in which everything may go
wrong.

Messages are delivered late, twice and out of order, workers and requests crash before or after
any call, or are suspended there while others run to their end, days pass. Once all is delivered,
every feed has to be what one gets by collecting the posts of all whom a reader follows and has not
muted, and sorting them, and nothing may be left that would bring other posts later. Driven by
Hypothesis in the tests, by chance alone in the benchmark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any, Protocol, TypeVar
from unittest.mock import patch

from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.errors import NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.search import popularity, user_document
from tests import samples
from tests.fakes.backend import Backend, Crash
from tests.fakes.metadata import FakePosts
from tests.graph_model import FOR_EVER, NEVER, Kind

T = TypeVar("T")
PEOPLE = 7
TAG = "everybody"
"""The hashtag of all posts."""
POLICY = FeedPolicy(
    celebrity_followers=3,
    active_days=3,
    regular_after_days=1,
    snapshot_posts=10_000,
)
PULLING = replace(POLICY, regular_after_days=10_000)
"""Nobody is ever pushed to."""
_MANY = 10_000
MOST_DAYS = 80
"""Feed entries live longer."""
MOST_SUSPENDED = 2
"""Workers that wait for one another, and for the one that runs."""


class Chance(Protocol):
    """The source of all choices."""

    def pick(self, options: Sequence[T]) -> T: ...

    def number(self, lowest: int, highest: int) -> int: ...


@dataclass(frozen=True, slots=True)
class Dice:
    """Pure chance, the same for the same source."""

    source: Random

    def pick(self, options: Sequence[T]) -> T:
        return self.source.choice(options)

    def number(self, lowest: int, highest: int) -> int:
        return self.source.randint(lowest, highest)


@contextmanager
def small_sizes(recent_entries: int) -> Iterator[None]:
    """Sizes so small that a few people and posts fill pages, chunks, steps and recent posts."""
    with (
        patch("shutterfeed.domain.delivery.RECENT_ENTRIES", recent_entries),
        patch("shutterfeed.domain.delivery.RECENT_WHOLE_POSTS", 2),
        patch("shutterfeed.services.fan_out.CHUNK", 2),
        patch("shutterfeed.services.fan_out.PAGES_PER_STEP", 2),
        patch("shutterfeed.services.migration.PAGE", 2),
        patch("shutterfeed.services.migration.PAGES_PER_STEP", 1),
        patch("shutterfeed.services.migration.FOLLOWER_SHARDS", 3),
        patch("shutterfeed.services.follows.FOLLOWER_SHARDS", 3),
        patch("shutterfeed.services.feed._FOLLOWING_PAGE", 2),
    ):
        yield


@dataclass
class Walk:
    """A reader on their way through their feed, who began when everything was settled."""

    promised: set[PostId]
    """What has to have been seen at the end; without what was deleted or unfollowed meanwhile."""
    position: str | None = None
    seen: list[PostId] = field(default_factory=list)


class FeedWorld:
    """Each method but `check` is one step, and says what it did."""

    disturbed_within = 12
    """The number of calls of a request or worker at which something may go wrong."""

    def __init__(self, chance: Chance, policy: FeedPolicy = POLICY) -> None:
        self.chance = chance
        self.backend = Backend(policy=policy)
        self.posts = FakePosts(self.backend.metadata)
        self.people = [self.backend.sign_up(number) for number in range(PEOPLE)]
        self.late: list[tuple[Post, str]] = []
        """Posts that were given their position, and not yet published."""
        self.walks: dict[str, Walk] = {}
        self.days = 0
        self.made = 0
        self.happened: set[str] = set()
        self.suspended = 0
        self.tally = Counter[str]()
        for _ in range(2):  # All of them regular readers.
            for person in self.people:
                self.backend.reader.page(person.user_id, None, 1)
            self.backend.wait(timedelta(days=1))
            self.settle()

    def steps(self) -> list[Callable[[], None]]:
        often = [self.publish, self.deliver, self.deliver, self.deliver, self.follow, self.read_on]
        return [
            *often,
            *often,
            self.unfollow,
            self.block,
            self.unblock,
            self.follow,
            self.mute,
            self.unmute,
            self.publish_late,
            self.delete,
            self.restore,
            self.settle,
            self.begin_to_read,
            self.begin_to_read,
            self.let_a_day_pass,
        ]

    def step(self) -> None:
        self.chance.pick(self.steps())()

    # What people do.

    def follow(self) -> None:
        follower, followee = self._two()
        self.ask_for(Kind.FOLLOW, follower, followee)

    def unfollow(self) -> None:
        if edges := sorted(self.backend.metadata.edges):
            follower, followee = self._one_of(edges)
            self._forget(follower, self._posts_of(followee))
            self.ask_for(Kind.UNFOLLOW, follower, followee)

    def block(self) -> None:
        self.ask_to_block(*self._two())

    def ask_to_block(self, blocker: str, blocked: str) -> None:
        """Ask for a block, after which neither sees the other's posts on their way."""
        self._forget(blocker, self._posts_of(blocked))
        self._forget(blocked, self._posts_of(blocker))
        self.ask_for(Kind.BLOCK, blocker, blocked)

    def unblock(self) -> None:
        if blocks := sorted(self.backend.metadata.blocks):
            self.ask_for(Kind.UNBLOCK, *self._one_of(blocks))

    def mute(self) -> None:
        """Somebody mutes somebody, for ever or for some days."""
        muter, muted = self._two()
        self._forget(muter, self._posts_of(muted))
        days = self.chance.number(0, 3)
        until = self.backend.clock.now() + timedelta(days=days) if days else None
        self.ask_for(Kind.MUTE, muter, muted, until or FOR_EVER)

    def unmute(self) -> None:
        if mutes := sorted(self.backend.metadata.mutes):
            self.ask_for(Kind.MUTE, *self._one_of(mutes), NEVER)

    def publish(self) -> None:
        self._publish(*self._made())

    def publish_late(self) -> None:
        """Positions are clocks' readings: they need not be in the order of publishing."""
        if self.late and self.chance.number(0, 1):
            self._publish(*self.late.pop(self.chance.number(0, len(self.late) - 1)))
        else:
            self.late.append(self._made())

    def delete(self) -> None:
        if published := sorted(self._published()):
            post_id = self.chance.pick(published)
            for reader in self.people:
                self._forget(reader.user_id, {post_id})
            self.ask_for(Kind.SHOW, post_id.author_id, post_id, value=False)

    def restore(self) -> None:
        posts = self.backend.metadata.posts.values()
        now = self.backend.clock.now()
        if deleted := sorted(post.id for post in posts if post.restorable(now)):
            post_id = self.chance.pick(deleted)
            self.ask_for(Kind.SHOW, post_id.author_id, post_id)

    def begin_to_read(self) -> None:
        """Begin to page through a feed while nothing is under way, so that it is known what the
        pages should show."""
        self.settle()
        reader = self.chance.pick(self.people).user_id
        self.walks[reader] = Walk(set(self.expected(reader)))
        self._read(reader)

    def read_on(self) -> None:
        if self.walks:
            self._read(self.chance.pick(sorted(self.walks)))

    # What the cloud does.

    def deliver(self) -> None:
        if waiting := self.backend.waiting():
            name = self.chance.pick(waiting)
            index = self.chance.number(0, self.backend.backlog(name) - 1)
            with self._disturbed():
                self.backend.deliver(name, index, again=self.chance.number(0, 3) == 0)
            self._look()

    def settle(self) -> None:
        """Everything is delivered once more, in any order."""
        for _ in range(_MANY):
            waiting = self.backend.waiting()
            if not waiting:
                return
            name = self.chance.pick(waiting)
            self.backend.deliver(name, self.chance.number(0, self.backend.backlog(name) - 1))
            self._look()
        raise AssertionError(f"there is no end to {self.backend.waiting()}")

    def visit(self) -> None:
        """A reader looks at their first page, and nobody at the reader."""
        reader_id = self.chance.pick(self.people).user_id
        self._request(partial(self.backend.reader.page, reader_id, None, 3))

    def meanwhile(self) -> None:
        """What happens while a worker or a request is suspended: minutes at most."""
        self.suspended += 1
        self.tally["suspensions"] += 1
        for _ in range(self.chance.number(1, 3)):
            self.chance.pick(self.overtaking())()
        self.suspended -= 1

    def overtaking(self) -> list[Callable[[], None]]:
        """The steps that may happen meanwhile."""
        return [
            self.unfollow,
            self.follow,
            self.follow,
            self.block,
            self.unblock,
            self.mute,
            self.publish,
            self.visit,
            self.deliver,
        ]

    def let_a_day_pass(self) -> None:
        if self.days < MOST_DAYS:
            days = self.chance.number(1, 4)
            self.days += days
            self.backend.wait(timedelta(days=days))

    # What has to be so.

    def check(self) -> None:
        """Check, after everything is delivered, the feeds, the counts, what is new, and what brings
        posts."""
        for _ in range(2):  # Reading makes some of them regular readers, which is delivered, too.
            self.settle()
            for reader in self.people:
                self._check_feed(reader.user_id)
            self._check_ways()
        self._check_counts()

    def check_long_after(self) -> None:
        """Let time pass until every entry and marker has expired, while all go on publishing and
        reading, and check that nobody sees a post of somebody whom they do not follow."""
        for _ in range(7):
            self.settle()
            for reader in self.people:
                shown = self._whole_feed(reader.user_id, 100)
                wrong = set(shown) - set(self.expected(reader.user_id))
                assert not wrong, f"{reader.user_id} sees {wrong}"
            self._check_ways()
            for author in range(PEOPLE):
                self._publish(*self._made(author))
            self.backend.wait(timedelta(days=self.chance.number(30, 60)))

    def expected(self, reader_id: str) -> list[PostId]:
        """The feed by its definition: the posts of all they follow and have not muted, and their
        own, sorted."""
        data, now = self.backend.metadata, self.backend.clock.now()
        followed = {a for r, a in data.edges if r == reader_id}
        muted = {
            a for (r, a), mute in data.mutes.items() if r == reader_id and not mute.is_over(now)
        }
        authors = followed - muted | {reader_id}
        published = self._published()
        posts = [self.backend.metadata.posts[i] for i in published if i.author_id in authors]
        newest = sorted(posts, key=lambda post: (post.position or "", post.id), reverse=True)
        return [post.id for post in newest]

    def _look(self) -> None:
        data, feeds = self.backend.metadata, self.backend.feed_table.feeds
        self.happened |= {recent.delivery for recent in data.recent_posts.values()}
        if data.pulled:
            self.happened.add("a celebrity is pulled")
        if any(feeds.values()):
            self.happened.add("a post is pushed")

    def _check_feed(self, reader_id: str) -> None:
        limit = self.chance.number(1, 7)
        latest = self.backend.reader.page(reader_id, None, limit).latest
        seen = self._whole_feed(reader_id, limit)
        assert seen == self.expected(reader_id), f"feed of {reader_id}, page size {limit}"
        assert latest is not None
        assert self.backend.reader.new_posts(reader_id, latest).count == 0

    def _whole_feed(self, reader_id: str, limit: int) -> list[PostId]:
        seen, position = [], None
        while True:
            page = self.backend.reader.page(reader_id, position, limit)
            seen += [view.post.id for view in page.posts]
            position = page.next_position
            if position is None:
                return seen

    def _check_ways(self) -> None:
        """No subscription and no mark is without its edge, and no edge beside a block."""
        data = self.backend.metadata
        subscriptions = {
            (reader, author) for author, held in data.subscriptions.items() for reader in held
        }
        assert not subscriptions - data.edges.keys(), "subscriptions of whom nobody follows"
        assert not data.pulled - data.edges.keys(), "pull markers of whom nobody follows"
        blocks = data.blocks.keys() | {(blocked, blocker) for blocker, blocked in data.blocks}
        assert not blocks & data.edges.keys(), "edges between two of whom one has blocked the other"

    def _check_counts(self) -> None:
        edges, published = self.backend.metadata.edges, self._published()
        for person in self.people:
            profile = self.backend.users.me(person.user_id)
            assert profile.followers == sum(b == person.user_id for _, b in edges)
            assert profile.following == sum(a == person.user_id for a, _ in edges)
            assert profile.posts == sum(i.author_id == person.user_id for i in published)
            assert profile.popularity == popularity(profile.followers)
            document = self.backend.found.documents[person.user_id]
            assert document == user_document(person.user_id, profile), "what search knows of them"

    def _read(self, reader_id: str) -> None:
        walk = self.walks[reader_id]
        limit, suspensions = self.chance.number(1, 4), self.tally["suspensions"]
        page = self._request(partial(self.backend.reader.page, reader_id, walk.position, limit))
        if self.tally["suspensions"] != suspensions:
            del self.walks[reader_id]  # It shows something between before and after.
            return
        shown = [view.post.id for view in page.posts]
        assert set(shown) <= set(self.expected(reader_id)), "what nobody may see (any more)"
        walk.seen += shown
        assert len(set(walk.seen)) == len(walk.seen), "a post twice in one walk"
        walk.position = page.next_position
        if walk.position is None:
            missing = walk.promised - set(walk.seen)
            assert not missing, f"{reader_id} reached the end without {missing}"
            del self.walks[reader_id]

    def _forget(self, reader_id: str, post_ids: set[PostId]) -> None:
        if reader_id in self.walks:
            self.walks[reader_id].promised -= post_ids

    def _handle_of(self, user_id: str) -> str:
        return self.backend.metadata.profiles[user_id].handle

    def _posts_of(self, author_id: str) -> set[PostId]:
        return {post_id for post_id in self._published() if post_id.author_id == author_id}

    def _published(self) -> list[PostId]:
        posts = self.backend.metadata.posts.values()
        return [post.id for post in posts if post.state is PostState.PUBLISHED]

    def _made(self, author: int | None = None) -> tuple[Post, str]:
        if author is None:
            author = self.chance.number(0, PEOPLE - 1)
        self.made += 1
        post = samples.post(author, self.made, at=self.backend.clock.now())
        post = replace(post, caption=f"caption {self.made} #{TAG}")
        self.posts.create(post, (), f"key {self.made}", "")
        return post, self.backend.ids.new(self.backend.clock.now())

    def _publish(self, post: Post, position: str) -> bool:
        """False if the post has waited too long, and is gone."""
        return self.posts.publish(post.id, post.media, position, self.backend.clock.now())

    def _two(self) -> tuple[str, str]:
        """A follower and another; some are more popular than others."""
        follower = self.chance.number(0, PEOPLE - 1)
        popular = self.chance.number(0, self.chance.number(0, PEOPLE - 1))
        followee = popular if popular != follower else (popular + 1) % PEOPLE
        return self.people[follower].user_id, self.people[followee].user_id

    def _one_of(self, pairs: Sequence[tuple[str, str]]) -> tuple[str, str]:
        return self.chance.pick(pairs)

    def ask_for(self, kind: Kind, who: str, whom: str | PostId, value: Any = True) -> None:
        """Somebody asks for something that concerns another user, themselves or a post. Perhaps
        there is no such user, because of a block."""
        with suppress(NotFound):
            self._request(self._call(kind, who, whom, value))

    def _call(self, kind: Kind, who: str, whom: str | PostId, value: Any) -> Callable[[], object]:
        """The call of the service that does what is asked for."""
        backend = self.backend
        if isinstance(whom, PostId):
            change = backend.posts.restore if value else backend.posts.delete
            return lambda: change(str(whom), who)
        handle, until = self._handle_of(whom), None if value is FOR_EVER else value
        calls: dict[Kind, Callable[[], object]] = {
            Kind.FOLLOW: lambda: backend.follows.follow(who, handle),
            Kind.UNFOLLOW: lambda: backend.follows.unfollow(who, handle),
            Kind.REMOVE: lambda: backend.follows.remove_follower(who, handle),
            Kind.ACCEPT: lambda: backend.follows.accept(who, handle),
            Kind.DECLINE: lambda: backend.follows.decline(who, handle),
            Kind.BLOCK: lambda: backend.blocks.block(who, handle),
            Kind.UNBLOCK: lambda: backend.blocks.unblock(who, handle),
            Kind.MUTE: (
                partial(backend.mutes.unmute, who, handle)
                if value is NEVER
                else partial(backend.mutes.mute, who, handle, until)
            ),
            Kind.BE_PRIVATE: lambda: backend.users.edit(who, private=value),
            Kind.BE_OFF_PUBLIC_PAGES: lambda: backend.users.edit(who, public_page=not value),
        }
        return calls[kind]

    def _request(self, call: Callable[[], T]) -> T:
        """A client repeats what was not answered."""
        with self._disturbed():
            try:
                return call()
            except Crash:
                return call()

    @contextmanager
    def _disturbed(self) -> Iterator[None]:
        """What runs here may crash, be suspended, or both, at any of its calls."""
        fuse = self.backend.fuse
        outer = fuse.crash_before, fuse.crash_after, fuse.pauses
        crash, pause = self.chance.number(0, 9), self.chance.number(0, 2)
        fuse.crash_before = self._a_call() if crash < 3 else None
        fuse.crash_after = self._a_call() if 3 <= crash < 6 else None
        fuse.pauses = {}
        if pause == 0 and self.suspended < MOST_SUSPENDED:
            fuse.pauses[self._a_call()] = self.meanwhile
        try:
            yield
        finally:
            fuse.crash_before, fuse.crash_after, fuse.pauses = outer

    def _a_call(self) -> int:
        return self.backend.fuse.calls + self.chance.number(1, self.disturbed_within)
