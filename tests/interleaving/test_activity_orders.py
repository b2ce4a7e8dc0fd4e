"""Notices under any order of acts, looks and messages, and beside other workers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterfeed.domain.activity import (
    GROUP_SPAN,
    WAIT,
    Act,
    NoticeKind,
)
from shutterfeed.domain.ids import PostId
from tests import samples
from tests.activity_world import ADA, MINUTE, World
from tests.fakes.backend import Crash, Fuse


@pytest.mark.parametrize("after_a_look", [False, True])
@pytest.mark.parametrize("at", range(1, 9))
def test_two_workers_at_once_open_one_group(after_a_look: bool, at: int) -> None:
    """One of them stands still at some call while the other tells of another like."""
    world = World()
    post_id = world.post()
    if after_a_look:
        world.like(9, post_id)
        world.told()
        world.activity.mark_seen(ADA)
        world.wait(MINUTE)
    acts = []
    for number in (2, 3):
        world.like(number, post_id)
        person_id, now = samples.user_id(number), world.clock.now()
        acts.append(Act(ADA, NoticeKind.LIKE, str(post_id), person_id, now))
        world.wait(WAIT)
    world.fuse.pauses[world.fuse.calls + at] = lambda: world.notifying.tell(acts[1:])
    world.notifying.tell(acts[:1])
    world.fuse.pauses.clear()
    world.told()
    assert world.said()[:1] == [("like", [3, 2], 2)]
    assert len(world.metadata.notices) == 1 + after_a_look


steps = st.one_of(
    st.tuples(st.sampled_from(["like", "unlike"]), st.integers(2, 3), st.integers(0, 1)),
    st.tuples(st.sampled_from(["follow", "unfollow", "mute"]), st.integers(2, 3)),
    st.tuples(st.just("seen")),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 9, 3600, 90_000])),
    st.tuples(st.just("deliver"), st.integers(0, 5), st.booleans()),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25), st.integers(1, 60))
def test_the_list_is_what_its_definition_says_whatever_happens(
    events: list[tuple[str | int | bool, ...]], crash: int
) -> None:
    """Acts and looks in any order; messages come twice, out of order, and a worker dies once."""
    world = World(fuse=Fuse())
    posts = [world.post(number) for number in (1, 2)]
    world.fuse.crash_before = world.fuse.calls + crash * 3
    for name, *given_ in events:
        _play(world, posts, str(name), given_)
    world.fuse.crash_before = None
    world.told()
    groups = world.groups()
    for subject in (*map(str, posts), ADA):
        kind = NoticeKind.FOLLOW if subject == ADA else NoticeKind.LIKE
        people = [
            person.profile.user_id
            for group in groups
            if group.notice.subject == subject
            for person in group.people
        ]
        assert sorted(people) == sorted(_definition(world, kind, subject)), "each of them once"
    assert world.badge() == sum(group.is_new for group in groups)
    positions = [group.notice.position for group in groups]
    assert positions == sorted(positions, reverse=True)


def _definition(world: World, kind: NoticeKind, subject: str) -> set[str]:
    """Those who did it, have not undone it, and are not hidden."""
    data = world.metadata
    pairs = (
        data.edges
        if kind is NoticeKind.FOLLOW
        else {(person, str(post_id)): at for (person, post_id), at in data.likes.items()}
    )
    did = {person for person, to in pairs if to == subject}
    muted = {muted for muter, muted in data.mutes if muter == ADA}
    return did - muted


def _play(world: World, posts: list[PostId], name: str, given_: list[str | int | bool]) -> None:
    numbers = [int(value) for value in given_]
    match name:
        case "like" | "unlike":
            act = world.like if name == "like" else world.unlike
            _insist(lambda: act(numbers[0], posts[numbers[1]]))
        case "follow":
            _insist(lambda: world.follow(numbers[0]))
        case "unfollow":
            person, handle = samples.user_id(numbers[0]), world.handle(1)
            _insist(lambda: world.follows.unfollow(person, handle))
        case "mute":
            _insist(lambda: world.mutes.mute(ADA, world.handle(numbers[0]), None))
        case "seen":
            _insist(lambda: world.activity.mark_seen(ADA))
        case "wait":
            if numbers[0] > GROUP_SPAN.total_seconds():
                world.drain()  # Of what is told a day late, nobody may hear.
            world.wait(timedelta(seconds=numbers[0]))
        case "deliver":
            while (waiting := world.waiting()) and "stream" in waiting:
                world.deliver("stream")
            world.wait(WAIT)
            if count := world.backlog("notify"):
                world.deliver("notify", numbers[0] % count, again=bool(numbers[1]))


def _insist(act: Callable[[], object]) -> None:
    """Act, and once more if the request's process has died."""
    try:
        act()
    except Crash:
        act()
