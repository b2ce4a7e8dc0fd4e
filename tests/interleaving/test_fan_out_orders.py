"""A published post reaches its author's readers in parts, chunks and steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import random_id
from shutterfeed.domain.messages import DeliverEntry, FanOut
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.services import fan_out
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

AUTHOR = samples.user_id(0)


@pytest.fixture(scope="module", autouse=True)
def _small_steps() -> Iterator[None]:
    """Three readers a chunk and two chunks a step, so that a few readers take many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fan_out, "CHUNK", 3)
        patch.setattr(fan_out, "PAGES_PER_STEP", 2)
        yield


def _readers(count: int) -> list[str]:
    """Ids that end at random, like real ones."""
    return [random_id(7919 * n**3) for n in range(1, count + 1)]


def _backend(readers: int) -> Backend:
    """An author, and regular readers who follow; all that followed from it is done."""
    backend = Backend()
    handle = backend.sign_up(0).handle
    for reader in _readers(readers):
        backend.follows.follow(reader, handle)
        backend.reader.page(reader, None, 10)
    backend.drain()
    return backend


def _publish(backend: Backend, key: str = "key") -> Post:
    """The post is published; nobody has been told."""
    post = backend.create_post(0, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    while backend.metadata.posts[post.id].state is not PostState.PUBLISHED:
        backend.deliver(backend.waiting()[0])
    return backend.metadata.posts[post.id]


def _feeds(backend: Backend) -> dict[str, list[FeedEntry]]:
    return {owner: sorted(feed) for owner, feed in backend.feed_table.feeds.items() if feed}


@pytest.mark.parametrize("readers", [0, 1, 3, 4, 30])
def test_every_reader_gets_the_post_once(readers: int) -> None:
    backend = _backend(readers)
    entry = entry_of(_publish(backend))
    backend.drain()
    assert _feeds(backend) == {reader: [entry] for reader in _readers(readers)}


def test_a_small_audience_is_one_chunk_and_a_large_one_is_read_in_parts() -> None:
    backend = _backend(2)
    _publish(backend)
    while not backend.queues["deliver"].messages:
        backend.deliver(backend.waiting()[-1])
    (chunk,) = backend.queues["deliver"].messages
    assert isinstance(chunk, DeliverEntry)
    assert set(chunk.owner_ids) == set(_readers(2))

    backend = _backend(4)
    entry = entry_of(_publish(backend))
    while not backend.queues["fan_out"].messages:
        backend.deliver("stream")
    backend.deliver("fan_out")
    assert backend.queues["fan_out"].messages == [FanOut(entry, part) for part in range(32)]
    assert not backend.queues["deliver"].messages


@pytest.mark.parametrize(("seconds", "expected"), [(0, 2), (8, 2), (15, 4)])
def test_a_step_plans_so_many_chunks_or_for_so_long_and_leaves_a_checkpoint(
    seconds: int, expected: int
) -> None:
    """Reading a page of the audience takes `seconds`, and so does sending the chunk."""
    backend = Backend()
    handle = backend.sign_up(0).handle
    readers = [samples.user_id(32 * number) for number in range(1, 11)]  # all of them in one part
    for reader in readers:
        backend.follows.follow(reader, handle)
        backend.reader.page(reader, None, 10)
    backend.drain()
    entry = entry_of(_publish(backend))
    backend.queues["fan_out"].messages[:] = [FanOut(entry, part=0)]
    time = timedelta(seconds=seconds)
    calls = range(backend.fuse.calls + 1, backend.fuse.calls + 100)
    backend.fuse.pauses = dict.fromkeys(calls, lambda: backend.clock.advance(time))
    sizes = []
    steps = 0
    while backend.queues["fan_out"].messages:
        backend.deliver("fan_out")
        steps += 1
    for message in backend.queues["deliver"].messages:
        assert isinstance(message, DeliverEntry)
        sizes.append(len(message.owner_ids))
    assert sizes == [3, 3, 3, 1]
    assert steps == expected


@pytest.mark.parametrize("moment", ["crash_before", "crash_after"])
def test_a_crash_of_any_planner_or_writer_leaves_each_feed_with_one_entry(moment: str) -> None:
    smooth = _backend(8)
    _publish(smooth)
    first = smooth.fuse.calls + 1
    smooth.drain()
    for call in range(first, smooth.fuse.calls + 1):
        backend = _backend(8)
        entry = entry_of(_publish(backend))
        setattr(backend.fuse, moment, call)
        backend.drain()
        setattr(backend.fuse, moment, None)
        assert _feeds(backend) == {reader: [entry] for reader in _readers(8)}


@settings(max_examples=40)
@given(st.data())
def test_chunks_repeated_and_out_of_order_leave_each_reader_one_entry_per_post(
    data: st.DataObject,
) -> None:
    backend = _backend(7)
    entries = sorted(entry_of(_publish(backend, str(number))) for number in range(3))
    for _ in range(data.draw(st.integers(0, 40))):
        if not (waiting := backend.waiting()):
            break
        name = data.draw(st.sampled_from(waiting))
        index = data.draw(st.integers(0, backend.backlog(name) - 1))
        backend.deliver(name, index, again=data.draw(st.booleans()))
    backend.drain()
    assert _feeds(backend) == dict.fromkeys(_readers(7), entries)


def test_those_who_do_not_come_any_more_are_not_pushed_to() -> None:
    backend = _backend(5)
    backend.wait(timedelta(days=backend.policy.active_days + 2))
    returning = _readers(1)[0]
    backend.reader.page(returning, None, 10)
    backend.drain()
    entry = entry_of(_publish(backend))
    backend.drain()
    assert _feeds(backend) == {returning: [entry]}
