"""A request, or a worker, suspended before any of its calls while others do what contradicts it,
and perhaps killed there: in the end there is no follow that nobody has agreed to and none across a
block, nothing that brings posts without a follow, and every count is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from unittest.mock import patch

import pytest

from shutterfeed.domain.messages import (
    AcceptRequests,
    DeliverEntry,
    FanOut,
    Followed,
    PublishPost,
)
from tests.fakes.metadata import FakeRequests
from tests.feed_world import small_sizes
from tests.graph_model import Kind
from tests.visibility_world import VisibilityWorld

T = TypeVar("T")
ADA = 0
"""Her number among the people."""


class Calm:
    """No choice leads to a fault: nothing goes wrong but what a test wants."""

    def pick(self, options: Sequence[T]) -> T:
        return options[-1]

    def number(self, lowest: int, highest: int) -> int:  # noqa: ARG002
        return highest


class Meeting(VisibilityWorld):
    """Ada, whose account is private, Ben, who wants to follow her, and a third who follows her."""

    def __init__(self) -> None:
        self.planned: tuple[int, Callable[[], None], bool] | None = None
        """The call before which what comes next is suspended, what is done meanwhile, and whether
        it is killed then."""
        super().__init__(Calm())
        self.ada, self.ben, self.eve = self.ids
        self.ask_for(Kind.BE_PRIVATE, self.ben, self.ben, value=False)
        self.ask_for(Kind.FOLLOW, self.eve, self.ada)
        self.ask_for(Kind.ACCEPT, self.ada, self.eve)
        self.publish(ADA)
        self.settle()

    @contextmanager
    def _disturbed(self) -> Iterator[None]:
        fuse = self.backend.fuse
        outer = fuse.crash_before, fuse.crash_after, fuse.pauses
        fuse.crash_before, fuse.crash_after, fuse.pauses = None, None, {}
        if self.planned is not None:
            (call, overtake, kill), self.planned = self.planned, None
            number = fuse.calls + call

            def meanwhile() -> None:
                self.suspended += 1
                overtake()
                self.suspended -= 1
                fuse.crash_after = number if kill else None

            fuse.pauses = {number: meanwhile}
        try:
            yield
        finally:
            fuse.crash_before, fuse.crash_after, fuse.pauses = outer

    def work(self, queue: str, kind: type[object], about: str = "") -> bool:
        """A worker acts on the first message of this kind that is about a user; whether there was
        one."""
        while "stream" in self.backend.waiting():
            self.backend.deliver("stream")
        for index, message in enumerate(self.backend.queues[queue].messages):
            if isinstance(message, kind) and about in str(message):
                with self._disturbed():
                    self.backend.deliver(queue, index)
                return True
        return False


Step = Callable[[Meeting], None]


def ask(world: Meeting) -> None:
    world.ask_for(Kind.FOLLOW, world.ben, world.ada)


def withdraw(world: Meeting) -> None:
    world.ask_for(Kind.UNFOLLOW, world.ben, world.ada)


def accept(world: Meeting) -> None:
    world.ask_for(Kind.ACCEPT, world.ada, world.ben)


def decline(world: Meeting) -> None:
    world.ask_for(Kind.DECLINE, world.ada, world.ben)


def remove(world: Meeting) -> None:
    world.ask_for(Kind.REMOVE, world.ada, world.ben)


def block(world: Meeting) -> None:
    world.ask_for(Kind.BLOCK, world.ada, world.ben)


def be_blocked(world: Meeting) -> None:
    world.ask_for(Kind.BLOCK, world.ben, world.ada)


def block_for_a_moment(world: Meeting) -> None:
    block(world)
    world.ask_for(Kind.UNBLOCK, world.ada, world.ben)


def become_public(world: Meeting) -> None:
    world.ask_for(Kind.BE_PRIVATE, world.ada, world.ada, value=False)


def become_private(world: Meeting) -> None:
    world.ask_for(Kind.BE_PRIVATE, world.ada, world.ada)


def become_public_for_a_moment(world: Meeting) -> None:
    become_public(world)
    become_private(world)


def publish(world: Meeting) -> None:
    world.publish(ADA)
    world.settle()


def accept_all(world: Meeting) -> None:
    """The worker that accepts all, after a switch to public."""
    world.work("fan_out", AcceptRequests)


def bring_posts(world: Meeting) -> None:
    """The worker that brings the newest posts, after a follow."""
    world.work("deliver", Followed)


def fan_out(world: Meeting) -> None:
    """The worker that reads to whom a new post is pushed."""
    world.work("fan_out", FanOut)


def write_entries(world: Meeting) -> None:
    """The worker that pushes it to Ben."""
    world.work("deliver", DeliverEntry, world.ben)


def nothing(world: Meeting) -> None:
    """Ben has not asked."""


def asked_and_became_public(world: Meeting) -> None:
    ask(world)
    become_public(world)


def was_accepted(world: Meeting) -> None:
    ask(world)
    accept(world)


def had_published(world: Meeting) -> None:
    was_accepted(world)
    world.settle()
    world.publish(ADA)
    world.work("publish", PublishPost)


def was_planned(world: Meeting) -> None:
    had_published(world)
    while world.work("fan_out", FanOut):
        pass


CONTRADICTIONS: dict[tuple[Step, Step], tuple[Step, ...]] = {
    (nothing, ask): (block, be_blocked, block_for_a_moment, become_public, withdraw),
    (ask, accept): (
        block,
        be_blocked,
        block_for_a_moment,
        withdraw,
        decline,
        become_public,
        become_public_for_a_moment,
        publish,
    ),
    (ask, decline): (accept, withdraw, become_public),
    (ask, withdraw): (accept, become_public, block),
    (ask, block): (accept, withdraw, become_public, be_blocked),
    (ask, be_blocked): (accept, become_public),
    (ask, become_public): (accept, ask, withdraw, decline, block),
    (asked_and_became_public, accept_all): (
        block,
        be_blocked,
        withdraw,
        decline,
        accept,
        become_private,
        publish,
    ),
    (asked_and_became_public, ask): (accept_all, block, become_private),
    (was_accepted, bring_posts): (remove, withdraw, block, publish),
    (was_accepted, remove): (publish, block, withdraw, ask),
    (was_accepted, block): (publish, remove),
    (had_published, fan_out): (remove, block, withdraw),
    (was_planned, write_entries): (remove, block),
}
"""What is suspended after some scene, and what is done meanwhile."""


@dataclass(frozen=True)
class Case:
    scene: Step
    act: Step
    overtake: Step

    def run(self, call: int, *, kill: bool) -> bool:
        """Whether there was such a call to be suspended at. Raises `AssertionError`."""
        with small_sizes(1_000), patch("tests.feed_world.PEOPLE", 3):
            world = Meeting()
            self.scene(world)
            overtaken = False

            def overtake() -> None:
                nonlocal overtaken
                overtaken = True
                self.overtake(world)

            world.planned = call, overtake, kill
            self.act(world)
            world.planned = None
            world.look()
            world.check()
        return overtaken


CASES = [
    pytest.param(scene, act, id=f"{scene.__name__}-{act.__name__}") for scene, act in CONTRADICTIONS
]


@pytest.mark.parametrize(("scene", "act"), CASES)
def test_whatever_overtakes_it_leaves_what_was_agreed(scene: Step, act: Step) -> None:
    for overtake in CONTRADICTIONS[scene, act]:
        case, call = Case(scene, act, overtake), 1
        while case.run(call, kill=False):
            case.run(call, kill=True)
            call += 1
        assert call > 1


def _accept_whatever(requests: FakeRequests, *asked: Any) -> bool:
    """An acceptance by the worker for an account that may be private again."""
    return _accept(requests, *asked[:3])


_accept = FakeRequests.accept


def test_an_acceptance_for_an_account_that_is_private_again_is_found() -> None:
    case = Case(asked_and_became_public, accept_all, become_private)
    with patch.object(FakeRequests, "accept", _accept_whatever):
        assert any(_is_violated(case, call) for call in range(1, 9))


def _is_violated(case: Case, call: int) -> bool:
    try:
        case.run(call, kill=False)
    except AssertionError:
        return True
    return False
