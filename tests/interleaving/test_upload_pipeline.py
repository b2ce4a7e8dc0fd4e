"""Uploads reach feeds, whatever is delivered twice, late or out of order, wherever a worker
crashes: in the end every post is published or failed once, and everything is counted right.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import keys
from shutterfeed.domain.changes import PostChanged
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import BlobState, MediaState, Reference
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.visibility import Viewer
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO

ADA, BOB, CY = 1, 2, 3
OTHER_PHOTO = PHOTO + b", another one"
TEXT = b"<html>"


@dataclass(frozen=True, slots=True)
class Plan:
    """A post to be made: what is declared, and what is sent in its place if that differs."""

    author: int
    declared: tuple[bytes, ...]
    sent: tuple[bytes, ...] = ()

    def pairs(self) -> list[tuple[bytes, bytes]]:
        return list(zip(self.declared, self.sent or self.declared, strict=True))

    @property
    def outcome(self) -> PostState:
        good = all(sent == declared and _renders(sent) for declared, sent in self.pairs())
        return PostState.PUBLISHED if good else PostState.FAILED


PLANS = (
    Plan(ADA, (PHOTO, OTHER_PHOTO)),
    Plan(BOB, (PHOTO,)),
    Plan(BOB, (BROKEN_PHOTO,)),
    Plan(ADA, (BROKEN_PHOTO, PHOTO)),
    Plan(ADA, (OTHER_PHOTO, PHOTO), (OTHER_PHOTO, BROKEN_PHOTO)),
    Plan(BOB, (TEXT,)),
)


def _is_photo(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff")


def _renders(content: bytes) -> bool:
    return _is_photo(content) and not content.startswith(BROKEN_PHOTO)


def _begin(backend: Backend) -> list[Post]:
    """Cy follows all, all follow Ada; every post is made, and every file is sent."""
    for number in (ADA, BOB, CY):
        backend.sign_up(number)
    for follower, followee in ((CY, ADA), (CY, BOB), (BOB, ADA)):
        handle = backend.sign_up(followee).handle
        backend.follows.follow(samples.user_id(follower), handle)
    for reader in (ADA, BOB, CY):
        backend.reader.page(samples.user_id(reader), None, 10)
    backend.drain()
    posts = [
        backend.create_post(plan.author, plan.declared, key=f"key-{number}")
        for number, plan in enumerate(PLANS)
    ]
    for plan, post in zip(PLANS, posts, strict=True):
        for index, (_, sent) in enumerate(plan.pairs()):
            backend.upload(post, index, sent)
    return posts


def _check(backend: Backend, posts: list[Post]) -> None:
    _check_posts(backend, posts)
    _check_storage(backend, posts)
    _check_feeds(backend)


def _check_posts(backend: Backend, posts: list[Post]) -> None:
    stored = backend.metadata.posts
    assert len(stored) == len(PLANS), "no request made two posts"
    assert [stored[post.id].state for post in posts] == [plan.outcome for plan in PLANS]
    concluded: Counter[PostId] = Counter()
    for change in backend.metadata.changes:
        if isinstance(change, PostChanged) and change.after is not None:
            before = change.before and change.before.state
            final = change.after.state in (PostState.PUBLISHED, PostState.FAILED)
            concluded[change.after.id] += final and before is not change.after.state
    assert set(concluded.values()) == {1}, "every post was concluded once"
    for number in (ADA, BOB, CY):
        published = sum(p.author == number and p.outcome is PostState.PUBLISHED for p in PLANS)
        assert backend.metadata.profiles[samples.user_id(number)].posts == published
    for post in posts:
        shown = backend.posts.get(str(post.id), Viewer(post.author_id)).post
        for medium in shown.media:
            if shown.state is PostState.PUBLISHED:
                assert medium.state is MediaState.READY
                assert medium.picture is not None
                for rendition in medium.picture.renditions:
                    key = keys.rendition_object(medium.picture.blob_id, rendition.name)
                    assert key in backend.buckets.renditions
            if medium.state is MediaState.FAILED:
                assert medium.failure is not None


def _check_storage(backend: Backend, posts: list[Post]) -> None:
    accepted = [
        (sent, Reference(samples.sha256(sent), post.id, post.media[index].media_id))
        for plan, post in zip(PLANS, posts, strict=True)
        for index, (declared, sent) in enumerate(plan.pairs())
        if declared == sent and _is_photo(sent)
    ]
    blobs = backend.metadata.blobs
    assert set(blobs) == {samples.sha256(sent) for sent, _ in accepted}, "one blob per content"
    # What was refused as no picture is given up.
    assert backend.metadata.references == {
        reference for sent, reference in accepted if _renders(sent)
    }
    assert backend.buckets.originals == {
        keys.original_object(samples.sha256(sent), blobs[samples.sha256(sent)].blob_id): sent
        for sent, _ in accepted
    }
    for sent, _ in accepted:
        expected = BlobState.READY if _renders(sent) else BlobState.FAILED
        assert blobs[samples.sha256(sent)].state is expected
    assert set(backend.buckets.tags) == set(backend.buckets.uploads), "each was marked"
    for reference in backend.metadata.references:
        key = keys.upload_object(reference.post_id, reference.media_id)
        if blobs[reference.sha256].state is BlobState.READY:
            assert backend.buckets.tags[key] == "released"


def _check_feeds(backend: Backend) -> None:
    published = {
        FeedEntry(post.position or "", post.id)
        for post in backend.metadata.posts.values()
        if post.state is PostState.PUBLISHED
    }
    by_ada = {entry for entry in published if entry.post_id.author_id == samples.user_id(ADA)}
    feeds = backend.feed_table.feeds
    assert samples.user_id(ADA) not in feeds
    assert set(feeds[samples.user_id(BOB)]) == by_ada
    assert set(feeds[samples.user_id(CY)]) == published


def test_without_trouble_everything_is_where_it_belongs() -> None:
    backend = Backend()
    posts = _begin(backend)
    backend.drain()
    _check(backend, posts)


@pytest.mark.parametrize("moment", ["crash_before", "crash_after"])
def test_a_crash_at_any_call_of_any_port_is_mended_by_repetition(moment: str) -> None:
    smooth = Backend()
    _begin(smooth)
    first = smooth.fuse.calls + 1
    smooth.drain()
    last = smooth.fuse.calls
    assert last - first > 100
    for call in range(first, last + 1):
        backend = Backend()
        posts = _begin(backend)
        setattr(backend.fuse, moment, call)
        backend.drain()
        setattr(backend.fuse, moment, None)
        _check(backend, posts)


@given(st.data())
def test_messages_may_come_twice_late_and_out_of_order_and_workers_may_crash(
    data: st.DataObject,
) -> None:
    backend = Backend()
    posts = _begin(backend)
    for _ in range(data.draw(st.integers(0, 60), "steps before the rest is delivered in order")):
        waiting = backend.waiting()
        if not waiting:
            break
        name = data.draw(st.sampled_from(waiting))
        index = data.draw(st.integers(0, backend.backlog(name) - 1))
        backend.fuse.crash_before = data.draw(st.none() | _soon(backend))
        backend.fuse.crash_after = data.draw(st.none() | _soon(backend))
        backend.deliver(name, index, again=data.draw(st.booleans()))
    backend.fuse.crash_before = backend.fuse.crash_after = None
    backend.drain()
    _check(backend, posts)


def _soon(backend: Backend) -> st.SearchStrategy[int]:
    return st.integers(1, 12).map(lambda calls: backend.fuse.calls + calls)


@pytest.mark.parametrize("moment", ["crash_before", "crash_after"])
def test_a_client_that_repeats_its_request_makes_one_post_wherever_the_first_crashed(
    moment: str,
) -> None:
    crashed = 0
    for call in range(1, 12):
        backend = Backend()
        setattr(backend.fuse, moment, call)
        post = backend.create_post(ADA, (PHOTO,), "key")
        crashed += backend.fuse.calls >= call
        assert list(backend.metadata.posts) == [post.id]
        assert len(backend.metadata.uploads) == 1
        assert len(backend.metadata.profiles) == 1
    assert crashed >= 4


DAY = timedelta(days=1)


@given(st.data())
def test_deleting_gives_storage_back_in_time_and_never_what_others_still_show(
    data: st.DataObject,
) -> None:
    backend = Backend()
    for number in (ADA, BOB):
        backend.sign_up(number)
    contents = (PHOTO, OTHER_PHOTO)
    alive: dict[PostId, bytes] = {}
    for number in range(data.draw(st.integers(1, 12), "actions")):
        action = data.draw(st.sampled_from(["post", "delete", "wait", "deliver"]))
        if action == "post":
            content = data.draw(st.sampled_from(contents))
            post = backend.create_post(
                data.draw(st.sampled_from([ADA, BOB])), (content,), str(number)
            )
            backend.upload(post, 0, content)
            alive[post.id] = content
        elif action == "delete" and alive:
            post_id = data.draw(st.sampled_from(list(alive)))
            backend.delete_post(post_id)
            del alive[post_id]
        elif action == "wait":
            # Messages that lie about longer than posts without bytes are kept are not looked at.
            backend.drain()
            backend.wait(data.draw(st.sampled_from([DAY, 8 * DAY, 31 * DAY])))
        for _ in range(data.draw(st.integers(0, 8))):
            if waiting := backend.waiting():
                name = data.draw(st.sampled_from(waiting))
                index = data.draw(st.integers(0, backend.backlog(name) - 1))
                backend.deliver(name, index, again=data.draw(st.booleans()))
    for _ in range(3):
        backend.drain()
        _check_alive(backend, alive)
        backend.wait(31 * DAY)
    expected = {samples.sha256(content) for content in alive.values()}
    assert set(backend.metadata.blobs) == expected
    shown = {
        keys.original_object(blob.sha256, blob.blob_id) for blob in backend.metadata.blobs.values()
    }
    assert set(backend.buckets.originals) - backend.buckets.retired >= shown


def _check_alive(backend: Backend, alive: dict[PostId, bytes]) -> None:
    for post_id, content in alive.items():
        post = backend.metadata.posts[post_id]
        assert post.state is PostState.PUBLISHED
        (medium,) = post.media
        assert medium.picture is not None
        blob_id = medium.picture.blob_id
        original = keys.original_object(medium.sha256, blob_id)
        assert original not in backend.buckets.retired
        assert backend.buckets.originals[original] == content
        for rendition in medium.picture.renditions:
            assert keys.rendition_object(blob_id, rendition.name) in backend.buckets.renditions
