"""Followed hashtags, while messages are doubled, reordered and lost with their workers: in the end
every feed has what its definition says."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from shutterfeed.domain import hashtags as domain
from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import LISTED, OF_ONE_AUTHOR
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.text import hashtags
from shutterfeed.services import hashtags as services
from tests import samples
from tests.fakes.backend import Backend, Crash
from tests.fakes.storage import PHOTO

AUTHORS = (1, 2, 3)
READERS = (4, 5)
TAGS = ("sea", "dunes")
STEPS = 40
_CAPTIONS = ("#sea", "#dunes", "#sea #dunes", "no hashtag")


class World:
    """People who post and follow hashtags; each choice comes from the seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.backend = Backend()
        for number in (*AUTHORS, *READERS):
            self.backend.sign_up(number)
        self.backend.drain()

    def step(self) -> None:
        others = (self.publish, self.follow, self.change, self.wait)
        self.random.choice((*others, *(self.deliver,) * 6))()

    def burst_step(self) -> None:
        """One in which more posts come to be indexed."""
        others = (self.publish_soon, self.publish_soon, self.follow, self.wait)
        self.random.choice((*others, *(self.deliver,) * 4))()

    def publish_soon(self) -> None:
        self.publish()
        self.backend.drain_all_but("index")

    def wait(self) -> None:
        self.backend.wait(timedelta(minutes=self.random.randint(1, 30)))

    def settle(self) -> None:
        """Nothing more happens, until nothing is left to do."""
        self.backend.drain()
        while any(queue.later for queue in self.backend.queues.values()):
            self.backend.wait(timedelta(minutes=15))
            self.backend.drain()

    def publish(self) -> None:
        author = self.random.choice(AUTHORS)
        caption = self.random.choice(_CAPTIONS)
        key = str(len(self.backend.metadata.posts))
        post = self.backend.create_post(author, (PHOTO,), key, caption)
        self.backend.upload(post, 0, PHOTO)

    def follow(self) -> None:
        reader, tag = samples.user_id(self.random.choice(READERS)), self.random.choice(TAGS)
        if self.random.random() < 0.3:
            self._tried(lambda: self.backend.hashtags.unfollow(reader, tag))
        else:
            self._insisted(lambda: self.backend.hashtags.follow(reader, tag))

    def change(self) -> None:
        """Somebody deletes or restores a post, or becomes private or public."""
        made = [p for p in self.backend.metadata.posts.values() if p.position is not None]
        if not made or self.random.random() < 0.3:
            author = samples.user_id(self.random.choice(AUTHORS))
            private = self.random.random() < 0.5
            self._insisted(lambda: self.backend.users.edit(author, private=private))
            return
        post = self.random.choice(made)
        posts, is_deleted = self.backend.posts, post.state is PostState.DELETED
        act = posts.restore if is_deleted else posts.delete
        self._insisted(partial(act, str(post.id), post.author_id))

    def deliver(self) -> None:
        """A worker takes any message that waits; it may crash, and the message may come again."""
        waiting = self.backend.waiting()
        if waiting:
            name = self.random.choice(waiting)
            index = self.random.randrange(self.backend.backlog(name))
            self._break()
            self.backend.deliver(name, index, again=self.random.random() < 0.2)
            self._mend()

    def _break(self) -> None:
        fuse = self.backend.fuse
        if self.random.random() < 0.3:
            at = fuse.calls + self.random.randint(1, 8)
            if self.random.random() < 0.5:
                fuse.crash_before = at
            else:
                fuse.crash_after = at

    def _mend(self) -> None:
        self.backend.fuse.crash_before = self.backend.fuse.crash_after = None

    def _tried(self, call: Callable[[], object]) -> None:
        self._break()
        with suppress(Crash):
            call()
        self._mend()

    def _insisted(self, call: Callable[[], object]) -> None:
        """A client repeats a request that was not answered."""
        self._tried(call)
        call()


def _visible(world: World, tag: str) -> set[FeedEntry]:
    """The posts with a hashtag that a stranger may see."""
    data = world.backend.metadata
    return {
        entry_of(post)
        for post in data.posts.values()
        if post.state is PostState.PUBLISHED
        and tag in hashtags(post.caption)
        and not data.profiles[post.author_id].private
    }


def _seen(world: World, reader: str) -> list[PostId]:
    seen: list[PostId] = []
    position = None
    while True:
        page = world.backend.reader.page(reader, position, 8)
        seen += [view.post.id for view in page.posts]
        position = page.next_position
        if position is None:
            return seen


def _check_list(listed: Sequence[FeedEntry], visible: Set[FeedEntry]) -> None:
    """A post that may be seen is in the list, unless newer ones have its place."""
    for entry in visible - set(listed):
        newer = [other for other in listed if other > entry]
        authors = [other.post_id.author_id for other in newer]
        assert len(newer) == LISTED or authors.count(entry.post_id.author_id) == OF_ONE_AUTHOR


@pytest.mark.parametrize("many", [False, True], ids=["few follow", "many follow"])
@pytest.mark.parametrize("seed", range(40))
def test_in_the_end_every_feed_has_what_its_hashtags_have(
    seed: int, many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If one follower counts as many, posts are brought at intervals of ten minutes for each, which
    is longer than a queue holds a message back. The last post of a burst comes without another."""
    if many:
        monkeypatch.setattr(domain, "FEW_FOLLOWERS", 1)
        monkeypatch.setattr(domain, "ROWS_PER_SECOND", 1 / 600)
    monkeypatch.setattr(services, "_ROWS", 1 + seed % 2)
    world = World(seed)
    for _ in range(STEPS):
        world.burst_step() if many else world.step()
    world.settle()
    data = world.backend.metadata
    for tag, posts in data.tagged_posts.items():
        _check_list(posts.entries, _visible(world, tag))
    for reader in map(samples.user_id, READERS):
        shown = set()
        for row in data.hashtags_of(reader):
            posts = data.tagged_posts[row.tag]
            assert (tuple(row.entries), row.version) == (posts.newest, posts.version)
            shown |= {e.post_id for e in row.entries if e in _visible(world, row.tag)}
        seen = _seen(world, reader)
        assert (len(seen), set(seen)) == (len(shown), shown)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("worker", ["index", "fan_out"])
def test_wherever_a_worker_dies_the_last_post_of_a_burst_is_brought(
    worker: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "FEW_FOLLOWERS", 1)
    monkeypatch.setattr(domain, "ROWS_PER_SECOND", 1 / 600)
    monkeypatch.setattr(services, "_ROWS", 1)
    at, has_died = 1, True
    while has_died:
        has_died = _last_post_is_brought(worker, at, after)
        at += 1
    assert at > 5, "each of several calls"


def _last_post_is_brought(worker: str, at: int, after: bool) -> bool:
    """Play a burst of two posts, and let a worker die at one of its calls for the last one.
    Returns whether it has died."""
    world = World(0)
    backend, fuse = world.backend, world.backend.fuse
    for reader in map(samples.user_id, READERS):
        backend.hashtags.follow(reader, "sea")
    for key in ("first", "second", "last"):
        post = backend.create_post(AUTHORS[0], (PHOTO,), key, f"#sea at {key}")
        backend.upload(post, 0, PHOTO)
        backend.drain_all_but(worker if key == "last" else "")
    if worker == "fan_out":
        backend.wait(timedelta(minutes=20))
    last = fuse.calls + at
    fuse.crash_after, fuse.crash_before = (last, None) if after else (None, last)
    while backend.backlog(worker):
        backend.deliver(worker)
    has_died = fuse.calls >= last
    fuse.crash_after = fuse.crash_before = None
    world.settle()
    posts = backend.metadata.tagged_posts["sea"]
    for row in map(backend.metadata.hashtags_of, map(samples.user_id, READERS)):
        assert [(tuple(one.entries), one.version) for one in row] == [(posts.newest, posts.version)]
    assert len(posts.newest) == OF_ONE_AUTHOR
    captions = [backend.metadata.posts[entry.post_id].caption for entry in posts.newest]
    assert captions[0] == "#sea at last"
    return has_died
