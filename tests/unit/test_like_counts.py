"""Numbers of likes that are copied and noted: which changes lead to that, and what it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.changes import Change, CountsChanged, LikesCountedApart, PostChanged
from shutterfeed.domain.delivery import Delivery, RecentPosts
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import CollectComments, CollectLikes, CountLikes, IndexPost
from shutterfeed.domain.posts import Post, PostCounts, PostState
from shutterfeed.domain.search import (
    NOTED_LIKES,
    PostDocument,
    noted_popularity,
    popularity_of_likes,
    post_document,
)
from shutterfeed.services.like_counts import LikeCountService
from shutterfeed.services.routing import STEPS, ChangeRouter
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeContenders, FakeLikes, FakePosts, FakeRecentPosts, Metadata
from tests.fakes.storage import FakeQueue
from tests.fakes.system import FakeClock
from tests.work import caused

POST = samples.post(state=PostState.PUBLISHED)


def _counts(likes: int) -> PostCounts:
    return PostCounts(likes)


@pytest.mark.parametrize(
    ("before", "after", "leads"),
    [
        (None, 1, False),
        (1, 0, False),
        (1, 2, True),
        (2, 1, True),
        (2, 3, False),
        (3, 4, True),
        (4, 5, False),
        (7, 8, True),
        (8, 7, True),
        (1_000, 1_023, False),
        (1_023, 1_024, True),
        (5, 5, False),
    ],
)
def test_only_another_order_of_magnitude_leads_to_work(
    before: int | None, after: int, leads: bool
) -> None:
    counted = None if before is None else _counts(before)
    work = caused(CountsChanged(POST.id, counted, _counts(after)), "deliver", "index")
    assert work == [CountLikes(POST.id)] * leads


@pytest.mark.parametrize(("before", "after", "leads"), [(100, 101, True), (300, 301, False)])
def test_kept_numbers_lead_to_work_when_they_differ_by_a_little(
    before: int, after: int, leads: bool
) -> None:
    for change in (
        CountsChanged(POST.id, PostCounts(before, 7, kept=True), PostCounts(after, 7, kept=True)),
        CountsChanged(POST.id, PostCounts(7, before, kept=True), PostCounts(7, after, kept=True)),
    ):
        assert caused(change, "deliver") == [CountLikes(POST.id)] * leads
        assert change.before is not None
        not_kept = replace(
            change,
            before=replace(change.before, kept=False),
            after=replace(change.after, kept=False),
        )
        assert caused(not_kept, "deliver") == []


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_kept_numbers_differ_by_less_than_a_percent(likes: int, more: int) -> None:
    kept, exact = PostCounts(min(likes, more)), PostCounts(max(likes, more))
    if kept.rounded == exact.rounded:
        assert exact.likes - kept.likes <= 0.008 * kept.likes
        assert exact == kept or kept.likes > 255


def test_every_like_of_a_hot_post_leads_to_work_and_many_at_once_to_no_more() -> None:
    change = LikesCountedApart(POST.id)
    assert caused(change, "deliver", "index") == [CountLikes(POST.id)]
    queues: dict[str, FakeQueue[Any]] = {step: FakeQueue() for step in STEPS}
    changes: dict[int, Change] = dict.fromkeys(range(100), change)
    assert ChangeRouter(queues=queues).route(changes) == {}
    assert list(queues["deliver"].messages) == [CountLikes(POST.id)]


def test_a_message_that_many_changes_lead_to_fails_for_all_of_them() -> None:
    class Broken(FakeQueue[Any]):
        def send_each(self, messages: Any) -> dict[int, Exception]:
            return dict.fromkeys(range(len(messages)), ConnectionError())

    queues: dict[str, FakeQueue[Any]] = {step: FakeQueue() for step in STEPS}
    queues["deliver"] = Broken()
    changes: dict[int, Change] = {3: LikesCountedApart(POST.id), 8: LikesCountedApart(POST.id)}
    assert ChangeRouter(queues=queues).route(changes).keys() == {3, 8}


def test_a_published_post_that_is_gone_leads_to_the_removal_of_its_answers() -> None:
    gone = replace(POST.deleted(samples.START), revision=4)
    work = caused(PostChanged(gone, None), "collect")
    assert work[-2:] == [CollectLikes(POST.id), CollectComments(POST.id)]
    never = samples.post(state=PostState.FAILED)
    assert CollectLikes(never.id) not in caused(PostChanged(never, None), "collect")


@given(st.integers(0, 10**9), st.integers(0, 31))
def test_what_is_noted_is_at_most_one_too_high(likes: int, noted: int) -> None:
    now = noted_popularity(likes, noted)
    assert popularity_of_likes(likes) <= now <= likes.bit_length() + 1
    assert noted_popularity(likes, now) == now, "it is settled"


def test_a_like_given_and_taken_back_notes_nothing_new() -> None:
    noted = noted_popularity(8, 3)
    assert [noted_popularity(likes, noted) for likes in (7, 8, 7, 8)] == [noted] * 4
    assert noted_popularity(3, noted) == 0
    assert [noted_popularity(likes, 3) for likes in (4, 3, 2, 1)] == [3, 3, 3, 0]
    assert noted_popularity(NOTED_LIKES - 1, 0) == 0


def _service(data: Metadata) -> LikeCountService:
    return LikeCountService(
        likes=FakeLikes(data),
        posts=FakePosts(data),
        recent_posts=FakeRecentPosts(data),
        contenders=FakeContenders(data),
        clock=FakeClock(),
    )


def _like(data: Metadata, post_id: PostId, *numbers: int) -> None:
    for number in numbers:
        FakeLikes(data).like(samples.user_id(number), post_id, 1, samples.user_id(number))


def test_the_order_of_magnitude_is_noted_and_indexed() -> None:
    data = Metadata()
    data.write_post(POST.id, POST)
    _like(data, POST.id, *range(9))
    data.changes.clear()
    for _ in range(2):
        _service(data).update(POST.id)
    assert data.posts[POST.id].popularity == 4
    [change] = data.changes
    assert caused(change, "index") == [IndexPost(POST.id)]
    document = post_document(POST.id, data.posts[POST.id], samples.profile(1))
    assert isinstance(document, PostDocument)
    assert document.popularity == 4


def test_likes_that_come_while_it_notes_are_noted_too() -> None:
    data = Metadata()
    data.write_post(POST.id, POST)
    _like(data, POST.id, *range(4))

    class Slow(FakePosts):
        def get(self, post_id: PostId) -> Post | None:
            if len(data.likes) < 20:
                _like(data, post_id, *range(4, 20))
            return FakePosts.get(self, post_id)

    replace(_service(data), posts=Slow(data)).update(POST.id)
    assert data.posts[POST.id].popularity == 5


def _celebrity(data: Metadata) -> None:
    """Let the post be the one that a celebrity has just published, whom people liked before."""
    data.write_post(POST.id, POST)
    recent = RecentPosts(POST.author_id, delivery=Delivery.PULL).with_post(POST)
    data.write_recent_posts(recent)


def _kept(data: Metadata) -> list[PostCounts | None]:
    return list(data.recent_posts_of(POST.author_id).counts)


def test_numbers_are_kept_in_a_celebritys_recent_posts_whenever_they_differ_enough() -> None:
    data = Metadata()
    _like(data, POST.id, 1, 2, 3)
    _celebrity(data)
    assert _kept(data) == [PostCounts(3, kept=True)], "they begin with what is there"
    _like(data, POST.id, 4)
    assert CountLikes(POST.id) in [w for c in data.changes for w in caused(c, "deliver")]
    for _ in range(2):
        _service(data).update(POST.id)
    assert _kept(data) == [PostCounts(4, kept=True)]
    data.write_counts(POST.id, PostCounts(300, 9, kept=True))
    _service(data).update(POST.id)
    version = data.recent_posts_of(POST.author_id).version
    data.write_counts(POST.id, PostCounts(301, 9, kept=True))
    _service(data).update(POST.id)
    assert _kept(data) == [PostCounts(300, 9, kept=True)]
    assert data.recent_posts_of(POST.author_id).version == version, "that is not worth a write"


def test_numbers_are_never_replaced_by_older_ones() -> None:
    """Two messages are carried out at once; the one that has read fewer likes writes last."""
    data = Metadata()
    _celebrity(data)
    _like(data, POST.id, *range(5))

    class Slow(FakeLikes):
        def counts(self, post_id: PostId) -> PostCounts:
            counts = FakeLikes.counts(self, post_id)
            if len(self.data.likes) == 5:
                _like(self.data, post_id, *range(5, 9))
                _service(self.data).update(post_id)
            return counts

    replace(_service(data), likes=Slow(data)).update(POST.id)
    assert _kept(data) == [PostCounts(9, kept=True)]


def test_a_post_keeps_its_numbers_when_it_is_edited_and_has_them_again_when_restored() -> None:
    data = Metadata()
    _celebrity(data)
    _like(data, POST.id, 1, 2)
    _service(data).update(POST.id)
    recent = data.recent_posts_of(POST.author_id)
    data.write_recent_posts(recent.with_post(replace(POST, caption="Another")))
    assert _kept(data) == [PostCounts(2, kept=True)]
    data.write_recent_posts(recent.without_post(POST.id))
    assert _kept(data) == []
    _like(data, POST.id, 3)
    _service(data).update(POST.id)
    data.write_recent_posts(data.recent_posts_of(POST.author_id).with_post(POST))
    assert _kept(data) == [PostCounts(3, kept=True)]
    data.write_recent_posts(recent.with_delivery(Delivery.PUSH, "a migration"))
    assert _kept(data) == []


def test_nothing_is_done_for_a_post_that_is_gone() -> None:
    data = Metadata()
    _service(data).update(POST.id)
    _like(data, POST.id, 1)
    data.changes.clear()
    _service(data).update(POST.id)
    assert data.changes == []


def test_liked_posts_come_first_in_a_search() -> None:
    backend = Backend()
    for number in range(6):
        backend.sign_up(number)
    posts = []
    for number in (1, 2):
        photo = b"\xff\xd8\xff photo %d" % number
        post = backend.create_post(number, [photo], f"key-{number}")
        backend.upload(post, 0, photo)
        backend.drain()
        posts.append(post.id)
    for number in range(2, 6):
        backend.likes.like(samples.user_id(number), str(posts[0]))
    backend.drain()
    assert [backend.metadata.posts[i].popularity for i in posts] == [3, 0]
    documents = [backend.found.documents[i] for i in posts]
    assert [d.popularity for d in documents if isinstance(d, PostDocument)] == [3, 0]
