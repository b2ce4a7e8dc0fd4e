"""Scheduled posts: hidden until their time, moved, published now, late, and of people who are
away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.ids import ulid_time
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.scheduling import HELD_FOR, LATEST, LOOK_AHEAD, SOONEST
from shutterfeed.domain.users import Suspension
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.due import wait_for
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO
from tests.fakes.system import START
from tests.scheduled import (
    ADA,
    BOB,
    MINUTE,
    SECOND,
    draft_of,
    fire,
    is_seen,
    listed,
    not_arrived,
    now,
    pass_minutes,
    scheduled,
)

HOURS = timedelta(hours=2)


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    for number in (1, 2):
        backend.sign_up(number)
    return backend


def test_a_scheduled_post_is_its_authors_alone_until_its_time_and_stands_where_that_is(
    backend: Backend,
) -> None:
    post = scheduled(backend)
    assert post.state is PostState.SCHEDULED
    assert post.media[0].picture is not None
    assert listed(backend) == [post]
    assert backend.posts.get(str(post.id), Viewer(ADA)).post == post
    with pytest.raises(NotFound):
        backend.posts.get(str(post.id), Viewer(BOB))
    assert not is_seen(backend, post)
    assert not is_seen(backend, post, ADA)
    assert backend.metadata.profiles[ADA].posts == 0
    pass_minutes(backend, 119)
    assert now(backend, post).state is PostState.SCHEDULED
    pass_minutes(backend, 2)
    published = now(backend, post)
    assert published.state is PostState.PUBLISHED
    assert post.publish_at is not None
    assert published.published_at is not None
    assert post.publish_at <= published.published_at <= post.publish_at + 2 * SECOND
    assert ulid_time(published.position or "") == published.published_at
    assert published.publish_at == post.publish_at
    assert listed(backend) == []
    assert is_seen(backend, post)
    assert backend.metadata.profiles[ADA].posts == 1


def test_a_post_whose_file_is_late_is_published_once_it_is_ready(backend: Backend) -> None:
    post = not_arrived(backend, 10 * MINUTE)
    assert listed(backend) == [post]
    pass_minutes(backend, 12)
    assert now(backend, post).state is PostState.PENDING
    backend.upload(post, 0, PHOTO)
    backend.drain()
    published = now(backend, post)
    assert published.state is PostState.PUBLISHED
    assert published.published_at == START + 12 * MINUTE
    # By this its author is told that it was late.
    assert published.publish_at == START + 10 * MINUTE


def test_a_post_that_is_ready_just_before_its_time_is_not_late(backend: Backend) -> None:
    post = not_arrived(backend, 2 * MINUTE)
    backend.wait(2 * MINUTE - 20 * SECOND)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    assert now(backend, post).state is PostState.SCHEDULED
    backend.wait(20 * SECOND)
    backend.drain()
    assert now(backend, post).state is PostState.PUBLISHED


def test_a_post_moves_to_another_time_and_is_not_published_at_the_first(backend: Backend) -> None:
    post = scheduled(backend)
    other = START + 2 * HOURS
    backend.scheduling.move(str(post.id), ADA, other)
    backend.drain()
    pass_minutes(backend, 125)
    fire(backend, post)
    backend.drain()
    assert now(backend, post).state is PostState.SCHEDULED
    backend.scheduling.move(str(post.id), ADA, backend.clock.now() + SOONEST)
    backend.drain()
    # The list is not looked at again before that.
    backend.wait(SOONEST)
    backend.drain()
    assert now(backend, post).state is PostState.PUBLISHED
    with pytest.raises(Conflict, match="published already"):
        backend.scheduling.move(str(post.id), ADA, other + HOURS)


@pytest.mark.parametrize("is_ready", [True, False])
def test_a_post_is_published_now(backend: Backend, is_ready: bool) -> None:
    post = scheduled(backend) if is_ready else not_arrived(backend, HOURS)
    backend.scheduling.publish_now(str(post.id), ADA)
    shown = backend.scheduling.publish_now(str(post.id), ADA).post
    assert (shown.state is PostState.PROCESSING, shown.publish_at) == (is_ready, None)
    assert listed(backend) == []
    backend.drain()
    if not is_ready:
        backend.upload(post, 0, PHOTO)
        backend.drain()
    published = now(backend, post)
    assert (published.state, published.published_at) == (PostState.PUBLISHED, START)
    assert backend.scheduling.publish_now(str(post.id), ADA).post == published


def test_a_cancelled_post_is_deleted_and_waits_again_when_it_is_restored(backend: Backend) -> None:
    post = scheduled(backend)
    backend.posts.delete(str(post.id), ADA)
    assert listed(backend) == []
    backend.posts.restore(str(post.id), ADA)
    assert listed(backend) == [now(backend, post)]
    backend.posts.delete(str(post.id), ADA)
    for act in (backend.scheduling.publish_now, backend.posts.get):
        with pytest.raises(NotFound):
            act(str(post.id), ADA if act == backend.scheduling.publish_now else Viewer(ADA))  # type: ignore[arg-type]
    pass_minutes(backend, 125)
    assert now(backend, post).state is PostState.DELETED
    # Its time is over.
    backend.posts.restore(str(post.id), ADA)
    backend.wait(SECOND)
    backend.drain()
    backend.wait(SECOND)
    backend.drain()
    assert now(backend, post).state is PostState.PUBLISHED


@pytest.mark.parametrize("away", ["closed", "suspended"])
def test_a_post_of_somebody_who_is_away_is_held_until_they_are_back(
    backend: Backend, away: str
) -> None:
    post, profile = scheduled(backend), backend.metadata.profiles[ADA]
    gone = {
        "closed": replace(profile, closed_at=START, erase_at=START + timedelta(days=30)),
        "suspended": replace(profile, suspension=Suspension("case", None)),
    }[away]
    backend.metadata.write_profile(gone)
    pass_minutes(backend, 125)
    assert now(backend, post).state is PostState.SCHEDULED
    # Meanwhile it costs little.
    backend.due.send()
    assert not backend.queues["publish"].later
    backend.metadata.write_profile(profile)
    pass_minutes(backend, int(HELD_FOR / MINUTE) + 2)
    assert now(backend, post).state is PostState.PUBLISHED


def test_a_time_is_between_a_minute_and_75_days_ahead(backend: Backend) -> None:
    for index, (wait, code) in enumerate(
        (
            (SOONEST - SECOND, "publish_at_too_soon"),
            (-HOURS, "publish_at_too_soon"),
            (LATEST + SECOND, "publish_at_too_late"),
        )
    ):
        with pytest.raises(InvalidInput) as refused:
            backend.posts.create(ADA, draft_of(START + wait), f"key {index}".replace(" ", "-"))
        assert (refused.value.code, refused.value.field) == (code, "publish_at")
    post = scheduled(backend, SOONEST, "soonest")
    with pytest.raises(InvalidInput, match="75 days"):
        backend.scheduling.move(str(post.id), ADA, START + LATEST + SECOND)
    backend.scheduling.move(str(post.id), ADA, START + LATEST)
    with pytest.raises(NotFound):
        backend.scheduling.move(str(post.id), BOB, START + HOURS)
    backend.scheduling.publish_now(str(post.id), ADA)
    backend.drain()
    with pytest.raises(Forbidden):
        backend.scheduling.publish_now(str(post.id), BOB)


def test_a_creation_is_repeated_also_when_its_time_is_over(backend: Backend) -> None:
    draft = draft_of(START + SOONEST)
    first = backend.posts.create(ADA, draft, "key").view.post
    backend.wait(HOURS)
    assert backend.posts.create(ADA, draft, "key").view.post.id == first.id


def test_each_run_sends_what_comes_before_the_next_one_to_the_second(backend: Backend) -> None:
    times = (SOONEST, LOOK_AHEAD - SECOND, LOOK_AHEAD + SECOND)
    posts = [scheduled(backend, wait, f"key-{n}") for n, wait in enumerate(times)]
    backend.queues["publish"].later.clear()
    assert backend.due.send() == 2
    waits = {message.post_id: wait for wait, message in backend.queues["publish"].later}
    assert waits == {posts[0].id: SOONEST, posts[1].id: LOOK_AHEAD - SECOND}
    # What is late, however it came about, is sent again by each run.
    backend.queues["publish"].later.clear()
    backend.wait(HOURS)
    assert [backend.due.send() for _ in range(2)] == [3, 3]


def test_a_message_waits_whole_seconds_and_never_less_than_its_time() -> None:
    at = START + 5 * SECOND
    half = timedelta(milliseconds=500)
    assert [wait_for(at, START + d) for d in (-half, half, 5 * SECOND, HOURS)] == [
        *(6 * SECOND, 5 * SECOND, SECOND, SECOND)
    ]
