"""Followed hashtags, while messages are doubled, reordered and lost with their workers: in the end
every feed has what its definition says."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from functools import partial
from random import Random

import pytest

from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.hashtags import LISTED, OF_ONE_AUTHOR
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.text import hashtags
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
        act = self.random.choice((self.publish, self.follow, self.change, *(self.deliver,) * 6))
        act()

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
            at = fuse.calls + self.random.randint(1, 6)
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


@pytest.mark.parametrize("seed", range(40))
def test_in_the_end_every_feed_has_what_its_hashtags_have(seed: int) -> None:
    world = World(seed)
    for _ in range(STEPS):
        world.step()
    world.backend.drain()
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
