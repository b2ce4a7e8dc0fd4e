"""From a published post to its author's followers, in chunks and steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.feed import BACKFILL_POSTS, FeedEntry
from shutterfeed.domain.messages import (
    Backfill,
    FanOut,
    FeedAction,
    FeedChunk,
    FeedMessage,
    Prune,
)
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.services import fan_out
from shutterfeed.services.fan_out import FanOutPlanner
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeFollows, FakeProfiles, Metadata, page_of
from tests.fakes.storage import PHOTO, FakeQueue

AUTHOR = samples.user_id(0)


@pytest.fixture(scope="module", autouse=True)
def _small_steps() -> Iterator[None]:
    """Three followers a chunk and two chunks a step, so that a few followers take many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fan_out, "CHUNK", 3)
        patch.setattr(fan_out, "PAGES_PER_STEP", 2)
        patch.setattr(fan_out, "_PRUNE_PAGE", 2)
        yield


def _backend(followers: int) -> Backend:
    """An author, and those who follow; all that followed from it is done."""
    backend = Backend()
    handle = backend.sign_up(0).handle
    for number in range(1, followers + 1):
        backend.follows.follow(samples.user_id(number), handle)
    backend.drain()
    return backend


def _publish(backend: Backend, key: str = "key") -> Post:
    """The post is published; nobody has been told."""
    post = backend.create_post(0, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    while backend.metadata.posts[post.id].state is not PostState.PUBLISHED:
        backend.deliver(backend.waiting()[0])
    return backend.metadata.posts[post.id]


def _entry(post: Post) -> FeedEntry:
    assert post.position is not None
    return FeedEntry(post.position, post.id)


def _feed(backend: Backend, owner_id: str) -> list[FeedEntry]:
    return sorted(backend.feed_table.feeds.get(owner_id, {}), reverse=True)


def _seen(backend: Backend, reader_id: str) -> list[str]:
    page = backend.reader.page(reader_id, None, 100)
    return [str(view.post.id) for view in page.items]


@pytest.mark.parametrize("followers", [0, 1, 2, 3, 4, 6, 7, 12, 13, 20])
def test_every_follower_and_the_author_get_the_post_once(followers: int) -> None:
    backend = _backend(followers)
    entry = _entry(_publish(backend))
    backend.drain()
    expected = {samples.user_id(number): [entry] for number in range(followers + 1)}
    assert {owner: _feed(backend, owner) for owner in backend.feed_table.feeds} == expected


def test_a_step_plans_a_limited_number_of_chunks_and_leaves_a_checkpoint() -> None:
    backend = _backend(20)
    entry = _entry(_publish(backend))
    while "fan_out" not in backend.waiting():
        backend.deliver("stream")
    sizes, steps = [], 0
    while backend.fan_out.messages:
        backend.deliver("fan_out")
        steps += 1
    for message in backend.feed.messages:
        assert isinstance(message, FeedChunk)
        assert message.entry == entry
        sizes.append(len(message.owner_ids))
    assert sizes == [1, 3, 3, 3, 3, 3, 3, 2]
    assert steps == 4


def test_a_repeated_step_sends_the_same_chunks_again() -> None:
    backend = _backend(5)
    _publish(backend)
    while not backend.fan_out.messages:
        backend.deliver("stream")
    for _ in range(2):
        backend.deliver("fan_out", again=True)
    first, second = backend.feed.messages[:3], backend.feed.messages[3:]
    assert first == second
    assert len(first) == 3


@pytest.mark.parametrize("moment", ["crash_before", "crash_after"])
def test_a_crash_of_any_planner_or_writer_leaves_each_feed_with_one_entry(moment: str) -> None:
    smooth = _backend(8)
    _publish(smooth)
    first = smooth.fuse.calls + 1
    smooth.drain()
    for call in range(first, smooth.fuse.calls + 1):
        backend = _backend(8)
        entry = _entry(_publish(backend))
        setattr(backend.fuse, moment, call)
        backend.drain()
        setattr(backend.fuse, moment, None)
        assert len(backend.feed_table.feeds) == 9
        assert all(list(feed) == [entry] for feed in backend.feed_table.feeds.values())


@given(st.data())
def test_chunks_repeated_and_out_of_order_leave_each_follower_one_entry_per_post(
    data: st.DataObject,
) -> None:
    backend = _backend(7)
    entries = {_entry(_publish(backend, str(number))) for number in range(3)}
    for _ in range(data.draw(st.integers(0, 40))):
        if not (waiting := backend.waiting()):
            break
        name = data.draw(st.sampled_from(waiting))
        index = data.draw(st.integers(0, backend.backlog(name) - 1))
        backend.deliver(name, index, again=data.draw(st.booleans()))
    backend.drain()
    assert len(backend.feed_table.feeds) == 8
    assert all(set(feed) == entries for feed in backend.feed_table.feeds.values())


def test_who_follows_while_a_post_is_brought_out_gets_it_too() -> None:
    backend = _backend(8)
    post = _publish(backend)
    while not backend.feed.messages:
        backend.deliver(backend.waiting()[-1])
    backend.follows.follow(samples.user_id(99), backend.sign_up(0).handle)
    backend.drain()
    assert _seen(backend, samples.user_id(99)) == [str(post.id)]


def test_a_deleted_post_leaves_every_feed() -> None:
    backend = _backend(8)
    kept, gone = _publish(backend, "kept"), _publish(backend, "gone")
    backend.drain()
    backend.delete_post(gone.id)
    backend.drain()
    assert len(backend.feed_table.feeds) == 9
    for owner_id in backend.feed_table.feeds:
        assert _feed(backend, owner_id) == [_entry(kept)]


def test_following_brings_the_newest_posts_and_unfollowing_takes_all_of_them_out() -> None:
    backend = _backend(0)
    posts = [_publish(backend, str(number)) for number in range(BACKFILL_POSTS + 3)]
    reader, handle = backend.sign_up(5).user_id, backend.sign_up(0).handle
    other = backend.create_post(6, (PHOTO,), "other")
    backend.upload(other, 0, PHOTO)
    backend.follows.follow(reader, handle)
    backend.follows.follow(reader, backend.sign_up(6).handle)
    backend.drain()
    of_author = [entry for entry in _feed(backend, reader) if entry.post_id.author_id == AUTHOR]
    assert of_author == [_entry(post) for post in reversed(posts[3:])]
    backend.follows.unfollow(reader, handle)
    backend.drain()
    assert [entry.post_id for entry in _feed(backend, reader)] == [other.id]


def test_a_late_message_about_a_follow_does_not_undo_what_came_after_it() -> None:
    backend = _backend(0)
    post = _publish(backend)
    backend.drain()
    handle, reader = backend.sign_up(0).handle, samples.user_id(5)
    backend.follows.follow(reader, handle)
    backend.drain()
    backend.feed.send([Prune(reader, AUTHOR)])
    backend.drain()
    assert _feed(backend, reader) == [_entry(post)]
    backend.follows.unfollow(reader, handle)
    backend.drain()
    backend.feed.send([Backfill(reader, AUTHOR)])
    backend.drain()
    assert _feed(backend, reader) == []


@given(st.data())
def test_after_any_number_of_changes_a_follower_sees_every_post_and_no_deleted_one(
    data: st.DataObject,
) -> None:
    backend = _backend(2)
    handle = backend.sign_up(0).handle
    readers = [samples.user_id(number) for number in (1, 2, 3)]
    posts: list[Post] = []
    for number in range(data.draw(st.integers(1, 12))):
        action = data.draw(st.sampled_from(["publish", "delete", "follow", "unfollow"]))
        if action == "publish":
            posts.append(_publish(backend, str(number)))
        elif action == "delete" and posts:
            backend.delete_post(posts.pop(data.draw(st.integers(0, len(posts) - 1))).id)
        elif action == "follow":
            backend.follows.follow(data.draw(st.sampled_from(readers)), handle)
        elif action == "unfollow":
            backend.follows.unfollow(data.draw(st.sampled_from(readers)), handle)
        for _ in range(data.draw(st.integers(0, 6))):
            if waiting := backend.waiting():
                name = data.draw(st.sampled_from(waiting))
                index = data.draw(st.integers(0, backend.backlog(name) - 1))
                backend.deliver(name, index, again=data.draw(st.booleans()))
    backend.drain()
    expected = [str(post.id) for post in sorted(posts, key=lambda p: p.position or "")][::-1]
    for reader in readers:
        if (reader, AUTHOR) in backend.metadata.edges:
            assert _seen(backend, reader) == expected
    assert _seen(backend, AUTHOR) == expected


def test_a_message_with_an_entry_that_is_there_already_only_renews_it() -> None:
    backend = _backend(0)
    post = _publish(backend)
    entry = _entry(post)
    for action, expected in ((FeedAction.INSERT, [entry]), (FeedAction.REMOVE, [])):
        if action is FeedAction.REMOVE:
            backend.delete_post(post.id)
        for _ in range(3):
            backend.feed.send([FeedChunk(action, entry, ("a", "b"))])
            backend.drain()
        assert _feed(backend, "a") == _feed(backend, "b") == expected


@dataclass(frozen=True, slots=True)
class _Shards(FakeFollows):
    """Two followers in each of five shards, but for the second, which is empty."""

    def followers(self, followee_id: str, shard: int, after: str | None, limit: int) -> Page[str]:
        assert followee_id == AUTHOR
        names = [] if shard == 1 else [f"{shard}b", f"{shard}a"]
        return page_of([n for n in names if after is None or n < after], limit, str)


def test_the_steps_of_an_author_with_many_shards_go_through_all_of_them() -> None:
    data, steps, chunks = Metadata(), FakeQueue[FanOut](), FakeQueue[FeedMessage]()
    data.profiles[AUTHOR] = replace(samples.profile(0), follower_shards=5)
    planner = FanOutPlanner(FakeProfiles(data), _Shards(data), steps, chunks)
    entry = FeedEntry(samples.position(1), samples.post(author=0).id)
    steps.send([FanOut(FeedAction.INSERT, entry)])
    planned = 0
    while steps.messages:
        planned += planner.plan(steps.messages.pop())
    owners = [o for c in chunks.messages if isinstance(c, FeedChunk) for o in c.owner_ids]
    assert owners == [AUTHOR, "0b", "0a", "2b", "2a", "3b", "3a", "4b", "4a"]
    assert planned == 8


def test_an_author_without_a_profile_still_gets_the_own_post() -> None:
    data, steps, chunks = Metadata(), FakeQueue[FanOut](), FakeQueue[FeedMessage]()
    planner = FanOutPlanner(FakeProfiles(data), FakeFollows(data), steps, chunks)
    entry = FeedEntry(samples.position(1), samples.post(author=0).id)
    assert planner.plan(FanOut(FeedAction.INSERT, entry)) == 0
    assert chunks.messages == [FeedChunk(FeedAction.INSERT, entry, (AUTHOR,))]
    assert not steps.messages
