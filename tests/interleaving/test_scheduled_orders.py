"""A scheduled post is published once, at its last time, whatever comes in between or dies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from shutterfeed.domain.changes import PostChanged
from shutterfeed.domain.errors import Conflict, NotFound
from shutterfeed.domain.posts import Post, PostState
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO
from tests.scheduled import ADA, MINUTE, fire, not_arrived, now, pass_minutes, scheduled

HOURS = timedelta(hours=2)
CALLS = range(1, 30)
"""The calls of the firing before which something else comes in between, or it dies."""
Act = Callable[[Backend, Post], object]


def _move(backend: Backend, post: Post) -> None:
    _try(lambda: backend.scheduling.move(str(post.id), ADA, backend.clock.now() + HOURS))


def _publish_now(backend: Backend, post: Post) -> None:
    _try(lambda: backend.scheduling.publish_now(str(post.id), ADA))


def _delete(backend: Backend, post: Post) -> None:
    backend.posts.delete(str(post.id), ADA)


def _restore(backend: Backend, post: Post) -> None:
    backend.posts.restore(str(post.id), ADA)


def _replace_by_itself(backend: Backend, post: Post) -> None:
    _delete(backend, post)
    _restore(backend, post)


def _close(backend: Backend, _: Post) -> None:
    at = backend.clock.now()
    profile = backend.metadata.profiles[ADA]
    backend.metadata.write_profile(replace(profile, closed_at=at, erase_at=at + timedelta(days=30)))


def _come_back(backend: Backend) -> None:
    profile = backend.metadata.profiles[ADA]
    backend.metadata.write_profile(replace(profile, closed_at=None, erase_at=None))


def _fire_too(backend: Backend, post: Post) -> None:
    fire(backend, post)
    backend.deliver("publish")


def _try(call: Callable[[], object]) -> None:
    """What a client asks for too late is refused, and changes nothing."""
    try:
        call()
    except (Conflict, NotFound):
        return


ACTS: dict[str, Act] = {
    "moved": _move,
    "published now": _publish_now,
    "deleted": _delete,
    "deleted and restored": _replace_by_itself,
    "closed": _close,
    "fired too": _fire_too,
}


def _due() -> tuple[Backend, Post]:
    """A post whose time has just come, and whose message waits."""
    backend = Backend()
    backend.sign_up(1)
    post = scheduled(backend, HOURS)
    backend.wait(HOURS)
    fire(backend, post)
    backend.fuse.calls = 0
    return backend, post


def _publications(backend: Backend, post: Post) -> int:
    """How often a post was published, not counting that it was restored."""
    return sum(
        change.after.state is PostState.PUBLISHED
        and (change.before is None or change.before.position is None)
        for change in backend.metadata.changes
        if isinstance(change, PostChanged) and change.after and change.after.id == post.id
    )


def _settle(backend: Backend, post: Post) -> Post:
    """The post, after its account is open, it is not deleted, and its last time has come."""
    _come_back(backend)
    backend.drain()
    if now(backend, post).state is PostState.DELETED:
        _restore(backend, post)
    backend.drain()
    pass_minutes(backend, 190)
    settled = now(backend, post)
    assert settled.state is PostState.PUBLISHED
    assert settled.published_at is not None
    assert settled.publish_at is None or settled.publish_at <= settled.published_at
    assert _publications(backend, post) == 1
    assert backend.metadata.profiles[ADA].posts == 1
    return settled


@pytest.mark.parametrize("name", list(ACTS))
def test_one_write_decides_what_comes_first(name: str) -> None:
    reached = 0
    for call in CALLS:
        backend, post = _due()
        backend.fuse.pauses = {call: partial(ACTS[name], backend, post)}
        backend.deliver("publish")
        if backend.fuse.pauses:
            break
        reached = call
        state = now(backend, post).state
        if name == "deleted":
            assert state is PostState.DELETED
        elif name == "closed":
            # The account was closed before the post was to be published, or after that.
            assert (state is PostState.PUBLISHED) is (_publications(backend, post) == 1)
        _settle(backend, post)
    assert reached >= 3, "the gate reads the post and its author, and writes"


def test_a_firing_that_dies_at_any_call_is_completed_when_it_comes_again() -> None:
    for when in ("crash_before", "crash_after"):
        for call in CALLS:
            backend, post = _due()
            setattr(backend.fuse, when, call)
            backend.deliver("publish")
            setattr(backend.fuse, when, None)
            died = bool(backend.queues["publish"].messages)
            _settle(backend, post)
            if not died:
                break


def test_a_scheduling_that_dies_at_any_call_is_completed_when_it_comes_again() -> None:
    for when in ("crash_before", "crash_after"):
        for call in CALLS:
            backend = Backend()
            backend.sign_up(1)
            post = not_arrived(backend, HOURS)
            backend.upload(post, 0, PHOTO)
            backend.drain_all_but("publish")
            backend.fuse.calls = 0
            setattr(backend.fuse, when, call)
            backend.deliver("publish")
            setattr(backend.fuse, when, None)
            died = bool(backend.queues["publish"].messages)
            backend.drain()
            assert now(backend, post).state is PostState.SCHEDULED
            pass_minutes(backend, 121)
            assert now(backend, post).state is PostState.PUBLISHED
            if not died:
                break


@pytest.mark.parametrize("seed", range(40))
def test_in_any_order_a_post_is_published_once_and_never_before_its_time(seed: int) -> None:
    chance, backend = Random(seed), Backend()
    backend.sign_up(1)
    post = not_arrived(backend, chance.choice([MINUTE, 10 * MINUTE, HOURS]))
    steps: list[Callable[[], object]] = [
        lambda: _move(backend, post),
        lambda: fire(backend, post),
        backend.due.send,
        lambda: backend.wait(chance.choice([MINUTE / 2, 10 * MINUTE, HOURS])),
        lambda: _close(backend, post),
        lambda: _come_back(backend),
        lambda: _delete(backend, post),
        lambda: _restore(backend, post),
        lambda: _deliver_some(backend, chance),
        lambda: _deliver_some(backend, chance),
    ]
    arrives_at = chance.randrange(15)
    for number in range(30):
        if number == arrives_at:
            backend.upload(post, 0, PHOTO)
        chance.choice(steps)()
        seen = now(backend, post)
        if seen.state is PostState.PUBLISHED and seen.publish_at is not None:
            assert seen.published_at is not None
            assert seen.publish_at <= seen.published_at
    _settle(backend, post)


def _deliver_some(backend: Backend, chance: Random) -> None:
    for _ in range(chance.randrange(6)):
        waiting = backend.waiting()
        if not waiting:
            return
        name = chance.choice(waiting)
        index = chance.randrange(backend.backlog(name))
        backend.deliver(name, index, again=chance.random() < 0.2)
