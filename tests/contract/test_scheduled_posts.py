"""Scheduled posts: which write moves, holds and publishes them, and the lists in which they
stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.media import Medium
from shutterfeed.domain.posts import OPEN_SHARDS, UNFINISHED_RETENTION, Post, PostState
from shutterfeed.domain.scheduling import DUE_SHARDS, Due
from tests import samples
from tests.contract.conftest import Store
from tests.fakes.system import START
from tests.limits import plenty_but
from tests.paging import whole

ADA = samples.user_id(1)
AT = START + timedelta(days=2)
LATER = AT + timedelta(days=3)
FOREVER = START + timedelta(days=100)


def _ready(post: Post) -> tuple[Medium, ...]:
    return tuple(medium.ready(samples.picture()) for medium in post.media)


def _pending(store: Store, number: int = 1, at: timedelta = timedelta()) -> Post:
    if store.profiles.get(ADA) is None:
        store.profiles.create(samples.profile(1))
    post = replace(samples.post(number=number, media=2), publish_at=AT + at)
    uploads = samples.uploads(post)
    assert store.posts.create(post, uploads, post.id.ulid, "fingerprint") is None
    return _now(store, post)


def _scheduled(store: Store, number: int = 1, at: timedelta = timedelta()) -> Post:
    post = _pending(store, number, at)
    assert store.scheduled.schedule(post, _ready(post))
    return _now(store, post)


def _now(store: Store, post: Post) -> Post:
    found = store.posts.get(post.id)
    assert found is not None
    return found


def _publish(store: Store, post: Post, at: timedelta = timedelta()) -> bool:
    return store.posts.publish(post.id, _ready(post), samples.position(9), AT + at)


def _due(store: Store, limit: int = 100) -> list[Due]:
    found: list[Due] = []
    for shard in range(DUE_SHARDS):
        after: Due | None = None
        while True:
            page = store.scheduled.due(shard, FOREVER, after, limit)
            found += page.items
            if page.next_position is None or not page.items:
                break
            after = page.items[-1]
    return found


def _listed(store: Store, limit: int = 100) -> list[Post]:
    return list(whole(partial(store.scheduled.by_author, ADA), limit))


def _open(store: Store) -> list[object]:
    return [
        i for n in range(OPEN_SHARDS) for i in store.open_posts.page(n, FOREVER, None, 100).items
    ]


def test_a_post_waits_for_its_media_then_for_its_time_and_is_published(store: Store) -> None:
    post = _pending(store)
    assert (_open(store), _due(store), _listed(store)) == ([post.id], [], [post])
    assert store.expiry(keys.post(post.id)) is not None
    assert store.scheduled.schedule(post, _ready(post))
    waiting = _now(store, post)
    assert (waiting.state, waiting.media) == (PostState.SCHEDULED, _ready(post))
    assert (_open(store), _due(store)) == ([], [Due(post.id, AT)])
    assert _listed(store) == [waiting]
    assert store.expiry(keys.post(post.id)) is None
    assert not store.scheduled.schedule(post, _ready(post))
    assert not _publish(store, post, -timedelta(seconds=1))
    assert _publish(store, post)
    assert not _publish(store, post)
    published = _now(store, post)
    assert (published.state, published.publish_at) == (PostState.PUBLISHED, AT)
    assert (_open(store), _due(store), _listed(store)) == ([], [], [])
    assert [p.id for p in store.posts.published_by(ADA, None, 10).items] == [post.id]
    profile = store.profiles.get(ADA)
    assert profile is not None
    assert profile.posts == 1


def test_a_post_of_which_the_time_is_over_is_published_without_waiting(store: Store) -> None:
    post = _pending(store)
    assert _publish(store, post, timedelta(hours=1))
    assert _listed(store) == []


def test_only_an_unpublished_post_with_these_media_and_this_time_is_scheduled(
    store: Store,
) -> None:
    post = _pending(store)
    assert not store.scheduled.schedule(replace(post, publish_at=LATER), _ready(post))
    assert not store.scheduled.schedule(post, _ready(samples.post(number=2)))
    store.posts.fail(post.id, post.media, START)
    assert not store.scheduled.schedule(post, _ready(post))
    # It has failed, and still has its time.
    assert _listed(store) == [_now(store, post)]


@pytest.mark.parametrize("is_ready", [True, False])
def test_a_post_moves_to_another_time_or_to_none(store: Store, is_ready: bool) -> None:
    post = _scheduled(store) if is_ready else _pending(store)
    assert store.scheduled.move(post, LATER)
    moved = _now(store, post)
    assert (moved.state, moved.publish_at, moved.revision) == (post.state, LATER, post.revision + 1)
    assert _due(store) == ([Due(post.id, LATER)] if is_ready else [])
    # Whoever has read it before comes too late.
    assert not store.scheduled.move(post, AT + timedelta(days=1))
    assert not store.scheduled.hold(post, LATER)
    assert not _publish(store, post)
    assert store.scheduled.move(moved, None)
    free = _now(store, post)
    assert free.publish_at is None
    assert free.state is (PostState.PROCESSING if is_ready else PostState.PENDING)
    assert (_due(store), _listed(store), _open(store)) == ([], [], [post.id])
    assert store.scheduled.move(free, AT)
    assert _listed(store) == [_now(store, post)]
    assert store.scheduled.move(_now(store, post), None)
    assert _publish(store, post, -timedelta(days=1))
    assert not store.scheduled.move(free, LATER)


def test_a_change_of_the_time_is_charged_and_refused_when_it_is_one_too_many(store: Store) -> None:
    post = _scheduled(store)
    limits = plenty_but(changes=Allowance(1, 1))
    assert not store.scheduled.move(
        replace(post, publish_at=LATER), AT, limits.spending(ADA, START, changes=1)
    )
    assert store.scheduled.move(post, LATER, limits.spending(ADA, START, changes=1))
    with pytest.raises(LimitReached):
        store.scheduled.move(_now(store, post), AT, limits.spending(ADA, START, changes=1))
    assert _now(store, post).publish_at == LATER


def test_a_post_is_held_and_keeps_its_time(store: Store) -> None:
    post, until = _scheduled(store), AT + timedelta(hours=1)
    assert store.scheduled.hold(post, until)
    assert _due(store) == [Due(post.id, until)]
    assert _now(store, post) == post
    assert store.scheduled.move(_now(store, post), LATER)
    assert _due(store) == [Due(post.id, LATER)]


def test_a_closed_account_publishes_nothing_at_a_time(store: Store) -> None:
    post = _scheduled(store)
    store.closings.close(ADA, START, START + timedelta(days=30))
    assert not _publish(store, post)
    assert _now(store, post) == post
    profile = store.profiles.get(ADA)
    assert profile is not None
    assert profile.posts == 0
    store.closings.reopen(ADA, START)
    assert _publish(store, post)


@pytest.mark.parametrize("is_ready", [True, False])
def test_a_deleted_post_is_in_no_list_and_is_back_where_it_was(
    store: Store, is_ready: bool
) -> None:
    post = _scheduled(store) if is_ready else _pending(store)
    assert store.posts.delete(post, START)
    assert (_open(store), _due(store), _listed(store)) == ([], [], [])
    assert [p.id for p in store.posts.deleted_by(ADA, None, 10).items] == [post.id]
    assert not _publish(store, post)
    assert not store.scheduled.move(post, LATER)
    assert store.posts.restore(_now(store, post), START)
    assert _now(store, post) == post
    assert _due(store) == ([Due(post.id, AT)] if is_ready else [])
    assert _listed(store) == [post]
    expiry = store.expiry(keys.post(post.id))
    until = int((START + UNFINISHED_RETENTION).timestamp())
    assert expiry == (None if is_ready else until)
    assert store.posts.erase(post.id, START)
    assert (_open(store), _due(store), _listed(store)) == ([], [], [])


def test_lists_are_in_the_order_of_the_times_however_they_are_paged(store: Store) -> None:
    order = [4, 2, 5, 1, 3]
    posts = [_scheduled(store, number, timedelta(hours=number)) for number in order]
    expected = [post.id for post in sorted(posts, key=lambda post: post.publish_at or START)]
    for limit in (1, 2, 5, 100):
        assert [post.id for post in _listed(store, limit)] == expected
        found = _due(store, limit)
        assert {due.post_id for due in found} == set(expected)
        for shard in range(DUE_SHARDS):
            times = [due.at for due in found if keys.due_shard(due.post_id) == shard]
            assert times == sorted(times)
    early = [
        due.post_id
        for shard in range(DUE_SHARDS)
        for due in store.scheduled.due(shard, AT + timedelta(hours=2, seconds=1), None, 9).items
    ]
    assert set(early) == set(expected[:2])


def test_what_a_key_has_made_is_known(store: Store) -> None:
    post = _pending(store)
    made = store.posts.created(ADA, post.id.ulid)
    assert made is not None
    assert (made.post_id, made.fingerprint) == (post.id, "fingerprint")
    assert store.posts.created(ADA, "another") is None
