"""A worker or request suspended before any of its calls while its reader unfollows, follows or is
blocked, and perhaps killed later and started again: no subscription and no mark is left without
its edge, and nobody ever sees posts of whom they do not follow, or misses those of whom they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from shutterfeed.domain.delivery import Delivery
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import DeliverEntry, FanOut, Followed, MigrateReaders, PrepareFeed
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.search import popularity, user_document
from tests import samples
from tests.fakes.backend import Backend, Crash
from tests.fakes.metadata import FakePosts
from tests.fakes.standing import standing
from tests.feed_world import POLICY

ADA, BOB = samples.user_id(1), samples.user_id(2)
OTHERS = (3, 4, 5)
A_DAY = timedelta(days=1)
SOME_TIME = timedelta(days=20)
LONG = 15
"""Times `SOME_TIME`: longer than entry, subscription and unfollowed marker together."""


class Story:
    """Bob, who reads, and Ada, who publishes. `act` is the work that others overtake."""

    def __init__(self) -> None:
        self.backend = Backend(policy=POLICY)
        self.posts = FakePosts(self.backend.metadata)
        self.made = 0
        self.ada = self.backend.sign_up(1).handle
        self.bob = self.backend.sign_up(2).handle
        for number in OTHERS:
            self.backend.sign_up(number)
        self.act: Callable[[], None] = self.nothing

    def nothing(self) -> None: ...

    def follow(self, number: int = 2) -> None:
        self.backend.follows.follow(samples.user_id(number), self.ada)

    def unfollow(self, number: int = 2) -> None:
        self.backend.follows.unfollow(samples.user_id(number), self.ada)

    def block(self) -> None:
        self.backend.blocks.block(ADA, self.bob)

    def unblock(self) -> None:
        self.backend.blocks.unblock(ADA, self.bob)

    def publish(self) -> PostId:
        self.made += 1
        post = samples.post(1, self.made, at=self.backend.clock.now())
        self.posts.create(post, (), f"key {self.made}", "")
        position = self.backend.ids.new(self.backend.clock.now())
        assert self.posts.publish(post.id, post.media, position, self.backend.clock.now())
        return post.id

    def visit(self) -> None:
        self.backend.reader.page(BOB, None, 10)

    def come_regularly(self) -> None:
        for _ in range(2):
            self.visit()
            self.backend.drain()
            self.backend.wait(A_DAY)

    def worker(self, queue: str, kind: type[object]) -> Callable[[], None]:
        """Who acts on the one message of that kind, which is in its queue now."""
        while "stream" in self.backend.waiting():
            self.backend.deliver("stream")
        messages = self.backend.queues[queue].messages
        (index,) = [i for i, message in enumerate(messages) if isinstance(message, kind)]
        return lambda: self.backend.deliver(queue, index)

    def seen(self) -> set[PostId]:
        seen: set[PostId] = set()
        position = None
        while True:
            page = self.backend.reader.page(BOB, position, 100)
            seen |= {view.post.id for view in page.posts}
            position = page.next_position
            if position is None:
                return seen

    def expected(self) -> set[PostId]:
        data = self.backend.metadata
        published = {i for i, post in data.posts.items() if post.state is PostState.PUBLISHED}
        return published if (BOB, ADA) in data.edges else set()

    def stands(self) -> tuple[int, str]:
        """The point of the story after everything is delivered: what `check` finds depends on that
        alone."""
        self.backend.drain()
        return self.made, standing(self.backend)

    def check(self) -> None:
        """Now, and until everything that hides or shows a post has expired."""
        self.backend.drain()
        assert self.seen() == self.expected()
        ada = self.backend.users.me(ADA)
        assert ada.popularity == popularity(ada.followers)
        assert self.backend.found.documents[ADA] == user_document(ADA, ada)
        for _ in range(LONG):
            self.backend.drain()
            data = self.backend.metadata
            assert set(data.subscriptions.get(ADA, {})) <= {r for r, _ in data.edges}
            assert data.pulled <= data.edges.keys()
            assert self.seen() <= self.expected()
            self.publish()
            self.backend.drain()
            self.backend.wait(SOME_TIME)


def a_follow_is_handled(story: Story) -> None:
    story.come_regularly()
    story.publish()
    story.backend.drain()
    story.follow()
    story.act = story.worker("deliver", Followed)


def a_follow_of_a_celebrity_is_handled(story: Story) -> None:
    _become_a_celebrity(story)
    a_follow_is_handled(story)


def a_reader_becomes_a_regular_one(story: Story) -> None:
    story.follow()
    story.publish()
    story.visit()
    story.backend.drain()
    story.backend.wait(A_DAY)
    story.visit()
    story.act = story.worker("deliver", PrepareFeed)


def a_celebritys_reader_becomes_a_regular_one(story: Story) -> None:
    _become_a_celebrity(story)
    a_reader_becomes_a_regular_one(story)


def a_subscription_is_renewed(story: Story) -> None:
    story.follow()
    for _ in range(8):  # The subscription of the first days has run out, and Bob still comes.
        story.visit()
        story.backend.drain()
        story.backend.wait(A_DAY)
    story.publish()
    story.act = story.worker("fan_out", FanOut)


def a_chunk_is_written(story: Story) -> None:
    story.follow()
    story.come_regularly()
    story.publish()
    story.worker("fan_out", FanOut)()
    story.act = story.worker("deliver", DeliverEntry)


def an_author_becomes_a_celebrity(story: Story) -> None:
    story.follow()
    story.come_regularly()
    story.publish()
    story.backend.drain()
    _become_a_celebrity(story, until=Delivery.TO_PULL)
    story.act = story.worker("fan_out", MigrateReaders)


def an_author_ceases_to_be_a_celebrity(story: Story) -> None:
    story.follow()
    story.come_regularly()
    _become_a_celebrity(story)
    story.publish()
    story.backend.drain()
    for number in OTHERS[:2]:
        story.unfollow(number)
    _deliver_until(story, Delivery.TO_PUSH)
    story.act = story.worker("fan_out", MigrateReaders)


def a_returning_readers_feed_is_made_anew(story: Story) -> None:
    story.follow()
    story.publish()
    story.backend.drain()
    story.act = lambda: _repeated(story.visit)


SCENES = (
    a_follow_is_handled,
    a_follow_of_a_celebrity_is_handled,
    a_reader_becomes_a_regular_one,
    a_celebritys_reader_becomes_a_regular_one,
    a_subscription_is_renewed,
    a_chunk_is_written,
    an_author_becomes_a_celebrity,
    an_author_ceases_to_be_a_celebrity,
    a_returning_readers_feed_is_made_anew,
)


def unfollowing(story: Story) -> None:
    story.unfollow()


def unfollowing_and_all_that_follows(story: Story) -> None:
    story.unfollow()
    story.backend.drain()


def unfollowing_for_a_moment(story: Story) -> None:
    story.unfollow()
    story.follow()


def unfollowing_for_longer(story: Story) -> None:
    """Whatever can be done meanwhile is."""
    for step in (story.unfollow, story.publish, story.follow):
        story.backend.drain()
        step()
    story.backend.drain()


def unfollowing_in_the_end(story: Story) -> None:
    story.unfollow()
    story.follow()
    story.backend.drain()
    story.unfollow()


def blocking(story: Story) -> None:
    story.block()


def blocking_for_a_moment(story: Story) -> None:
    for step in (story.block, story.publish, story.unblock, story.follow):
        story.backend.drain()
        step()


def publishing(story: Story) -> None:
    story.publish()
    story.backend.drain()


OVERLAPS = (
    unfollowing,
    unfollowing_and_all_that_follows,
    unfollowing_for_a_moment,
    unfollowing_for_longer,
    unfollowing_in_the_end,
    blocking,
    blocking_for_a_moment,
    publishing,
)


@pytest.mark.parametrize("overlap", OVERLAPS)
@pytest.mark.parametrize("scene", SCENES)
def test_whoever_is_overtaken_leaves_nothing_behind(
    scene: Callable[[Story], None], overlap: Callable[[Story], None]
) -> None:
    checked = set()
    for pause, crash in _moments(scene):
        story = Story()
        scene(story)
        _act(story, overlap, pause, crash)
        # Hundreds of moments lead to a handful of points, which take longer to check than to reach.
        if (stands := story.stands()) not in checked:
            story.check()
            checked.add(stands)


def test_a_worker_of_an_earlier_migration_does_not_end_the_pulling_of_a_later_one() -> None:
    """The author was a celebrity again meanwhile, and published what nobody was pushed."""

    def become_one_for_a_while(story: Story) -> None:
        _become_a_celebrity(story)
        story.publish()
        for number in OTHERS[:2]:
            story.unfollow(number)
        _deliver_until(story, Delivery.TO_PUSH)

    calls = 0
    for pause, crash in _moments(an_author_ceases_to_be_a_celebrity):
        if crash is None:
            story = Story()
            an_author_ceases_to_be_a_celebrity(story)
            _act(story, become_one_for_a_while, pause, None)
            assert story.seen() == story.expected(), f"suspended before call {pause}"
            story.check()
            calls += 1
    assert calls > 4


def test_a_chunk_that_lay_among_the_dead_letters_brings_nothing_back() -> None:
    """However late it is sent back, and even after the unfollowing is forgotten."""
    story = Story()
    a_chunk_is_written(story)
    story.unfollow()
    (index,) = [
        i
        for i, m in enumerate(story.backend.queues["deliver"].messages)
        if isinstance(m, DeliverEntry)
    ]
    late = story.backend.queues["deliver"].messages.pop(index)
    story.backend.drain()
    for _ in range(LONG):
        story.backend.queues["deliver"].send([late])
        story.backend.drain()
        assert story.seen() == set()
        story.backend.wait(SOME_TIME)
    story.check()


def test_a_preparation_that_was_given_up_brings_nothing_back() -> None:
    """Its subscriptions were written, the reader unfollowed, the worker died and its message was
    lost: the subscriptions run out and are not renewed, and what they brought goes before the
    unfollowed marker."""
    for calls in range(1, 12):
        story = Story()
        a_reader_becomes_a_regular_one(story)
        fuse = story.backend.fuse
        fuse.pauses = {fuse.calls + calls: story.unfollow}
        fuse.crash_after = fuse.calls + calls
        story.act()
        fuse.crash_after = None
        fuse.pauses = {}
        story.backend.queues["deliver"].messages[:] = [
            message
            for message in story.backend.queues["deliver"].messages
            if not isinstance(message, PrepareFeed)
        ]
        for _ in range(LONG):
            story.publish()
            story.backend.drain()
            assert story.seen() <= story.expected()
            story.backend.wait(SOME_TIME)


def _moments(scene: Callable[[Story], None]) -> Iterator[tuple[int, int | None]]:
    """Each call that work may be suspended at, and each at or after it that may be its last."""
    story = Story()
    scene(story)
    before = story.backend.fuse.calls
    story.act()
    calls = story.backend.fuse.calls - before
    assert calls > 0
    for pause in range(1, calls + 1):
        yield pause, None
        yield from ((pause, crash) for crash in range(calls - pause + 1))


def _act(story: Story, overlap: Callable[[Story], None], pause: int, crash: int | None) -> None:
    fuse = story.backend.fuse
    call = fuse.calls + pause

    def overtake() -> None:
        overlap(story)
        if crash is not None:
            fuse.crash_after = fuse.calls + crash if crash else call

    fuse.pauses = {call: overtake}
    story.act()
    fuse.crash_after = None
    assert not fuse.pauses


def _become_a_celebrity(story: Story, until: Delivery = Delivery.PULL) -> None:
    for number in OTHERS:
        story.follow(number)
    _deliver_until(story, until)


def _deliver_until(story: Story, delivery: Delivery) -> None:
    while story.backend.metadata.recent_posts_of(ADA).delivery is not delivery:
        story.backend.deliver(story.backend.waiting()[0])


def _repeated(call: Callable[[], None]) -> None:
    """A client repeats what was not answered."""
    try:
        call()
    except Crash:
        call()
