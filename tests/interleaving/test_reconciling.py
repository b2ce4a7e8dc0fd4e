"""Posts that stand still are found and moved on, whatever was lost on their way."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import keys
from shutterfeed.domain.media import (
    ARRIVAL_GRACE,
    NEVER_ARRIVED,
    UPLOAD_LINK_LIFETIME,
    MediaState,
)
from shutterfeed.domain.messages import RenderPhoto, ScreenMedium
from shutterfeed.domain.multipart import MULTIPART_THRESHOLD, RESUMABLE
from shutterfeed.domain.posts import OPEN_SHARDS, Post, PostState
from shutterfeed.domain.retention import GIVE_UP_AFTER
from shutterfeed.domain.screening import Screened
from shutterfeed.domain.videos import TRANSCODING_PATIENCE
from shutterfeed.services import reconciling
from shutterfeed.services.posts import MediumDraft, PostDraft
from shutterfeed.services.reconciling import Finding, Reconciliation
from tests import samples
from tests.fakes.backend import Backend, Crash
from tests.fakes.storage import BROKEN_PHOTO, PHOTO, VIDEO

ADA, BOB = 1, 2
OTHER_PHOTO = PHOTO + b", another one"
PATIENCE = timedelta(minutes=10)
A_WHILE = timedelta(minutes=11)


def _posted(backend: Backend, content: bytes = PHOTO, author: int = ADA, key: str = "key") -> Post:
    backend.sign_up(author)
    post = backend.create_post(author, (content,), key)
    backend.upload(post, 0, content)
    return post


def _reconcile(backend: Backend, wait: timedelta = A_WHILE) -> Reconciliation:
    backend.wait(wait)
    return backend.reconciling.reconcile(PATIENCE)


def _state(backend: Backend, post: Post) -> PostState:
    return backend.metadata.posts[post.id].state


def _run_to(backend: Backend, queue: str) -> None:
    """Deliver everything else, so that messages wait in this queue only."""
    while others := [name for name in backend.waiting() if name != queue]:
        backend.deliver(others[0])


@pytest.mark.parametrize(
    ("lost", "finding"),
    [
        ("ingest", Finding.LANDED),
        ("render", Finding.RENDER),
        ("publish", Finding.COMPLETE),
        ("stream", Finding.RENDER),
    ],
)
@pytest.mark.parametrize(
    ("content", "outcome"), [(PHOTO, PostState.PUBLISHED), (BROKEN_PHOTO, PostState.FAILED)]
)
def test_whatever_is_lost_the_post_is_concluded(
    lost: str, finding: Finding, content: bytes, outcome: PostState
) -> None:
    backend = Backend()
    post = _posted(backend, content)
    if lost == "stream":
        backend.deliver("ingest")
        backend.lose("render")
    else:
        _run_to(backend, lost)
    assert backend.lose(lost) > 0
    backend.drain()
    assert _state(backend, post) not in (PostState.PUBLISHED, PostState.FAILED)
    result = _reconcile(backend)
    assert result.findings == {finding: 1}
    assert result.oldest == A_WHILE
    backend.drain()
    assert _state(backend, post) is outcome
    assert _reconcile(backend) == Reconciliation()


def test_what_is_screened_goes_there_before_it_is_published() -> None:
    backend = Backend(screened=Screened(contents=True))
    _posted(backend)
    _run_to(backend, "screen")
    assert backend.lose("screen") == 1
    assert _reconcile(backend).findings == {Finding.COMPLETE: 1}
    assert [type(message) for message in backend.queues["screen"].messages] == [ScreenMedium]
    assert not backend.queues["publish"].messages


@given(st.data())
def test_posts_are_concluded_whatever_is_lost_wherever(data: st.DataObject) -> None:
    backend = Backend()
    contents = [PHOTO, OTHER_PHOTO, PHOTO, BROKEN_PHOTO]
    posts = [
        _posted(backend, content, author, f"key-{n}")
        for n, (content, author) in enumerate(zip(contents, (ADA, ADA, BOB, BOB), strict=True))
    ]
    for _ in range(data.draw(st.integers(0, 25))):
        if not (waiting := backend.waiting()):
            break
        name = data.draw(st.sampled_from(waiting))
        if data.draw(st.booleans()):
            backend.lose(name)
        else:
            backend.fuse.crash_after = backend.fuse.calls + data.draw(st.integers(1, 12))
            backend.deliver(name, data.draw(st.integers(0, backend.backlog(name) - 1)))
    backend.fuse.crash_after = None
    for _ in range(5):
        _reconcile(backend)
        backend.drain()
    expected = [
        PostState.PUBLISHED if content.startswith(PHOTO) else PostState.FAILED
        for content in contents
    ]
    assert [_state(backend, post) for post in posts] == expected
    assert _reconcile(backend).looked_at == 0
    profiles = backend.metadata.profiles
    assert [profiles[samples.user_id(n)].posts for n in (ADA, BOB)] == [2, 1]


@pytest.mark.parametrize("moment", ["crash_before", "crash_after"])
@pytest.mark.parametrize("call", range(1, 25))
def test_a_run_that_dies_is_made_good_by_the_next(moment: str, call: int) -> None:
    backend = Backend()
    posts = [_posted(backend, PHOTO + bytes([n]), key=f"key-{n}") for n in range(3)]
    backend.lose("ingest")
    backend.wait(A_WHILE)
    setattr(backend.fuse, moment, backend.fuse.calls + call)
    with suppress(Crash):
        backend.reconciling.reconcile(PATIENCE)
    setattr(backend.fuse, moment, None)
    backend.drain()
    _reconcile(backend)
    backend.drain()
    assert {_state(backend, post) for post in posts} == {PostState.PUBLISHED}


def test_a_young_post_is_left_alone() -> None:
    backend = Backend()
    _posted(backend)
    backend.lose("ingest")
    assert _reconcile(backend, PATIENCE) == Reconciliation()
    assert _reconcile(backend, timedelta(milliseconds=1)).findings == {Finding.LANDED: 1}


def test_one_whose_bytes_may_still_come_is_looked_at_and_left_alone() -> None:
    backend = Backend()
    backend.sign_up(ADA)
    post = backend.create_post(ADA, (PHOTO,), "key")
    assert _reconcile(backend, GIVE_UP_AFTER) == Reconciliation(looked_at=1)
    assert _state(backend, post) is PostState.PENDING
    backend.upload(post, 0, PHOTO)
    backend.drain()
    assert _state(backend, post) is PostState.PUBLISHED


def test_one_whose_bytes_cannot_come_any_more_fails_for_good_and_says_why() -> None:
    backend = Backend()
    backend.sign_up(ADA)
    post = backend.create_post(ADA, (PHOTO, OTHER_PHOTO), "key")
    backend.upload(post, 1, OTHER_PHOTO)
    backend.drain()
    result = _reconcile(backend, GIVE_UP_AFTER + timedelta(seconds=1))
    assert result.findings == {Finding.NEVER_ARRIVED: 1}
    assert result.oldest is None, "no alarm: nothing of ours stood still"
    backend.drain()
    failed = backend.metadata.posts[post.id]
    assert failed.state is PostState.FAILED
    assert [m.state for m in failed.media] == [MediaState.FAILED, MediaState.READY]
    assert failed.media[0].failure == NEVER_ARRIVED
    assert _reconcile(backend).looked_at == 0


def test_a_large_file_is_waited_for_as_long_as_its_parts_may_come() -> None:
    backend = Backend()
    backend.sign_up(ADA)
    draft = MediumDraft("image/jpeg", MULTIPART_THRESHOLD + 1, samples.sha256("large"))
    user_id = samples.user_id(ADA)
    post = backend.posts.create(user_id, PostDraft("", None, (draft,)), "key").view.post
    longest = RESUMABLE + ARRIVAL_GRACE
    assert longest > GIVE_UP_AFTER
    assert _reconcile(backend, longest) == Reconciliation(looked_at=1)
    assert _state(backend, post) is PostState.PENDING
    result = _reconcile(backend, timedelta(seconds=1))
    assert result.findings == {Finding.NEVER_ARRIVED: 1}


def test_one_that_waits_for_its_own_rendering_is_rendered_though_the_content_is_ready() -> None:
    backend = Backend()
    _posted(backend)
    backend.drain()
    second = _posted(backend, author=BOB, key="second")
    backend.deliver("ingest")
    assert backend.lose("render") == 1
    backend.drain()
    assert _state(backend, second) is PostState.PROCESSING
    assert _reconcile(backend).findings == {Finding.RENDER: 1}
    backend.drain()
    assert _state(backend, second) is PostState.PUBLISHED


def test_no_link_outlives_the_patience_for_bytes() -> None:
    """A repeated request gives fresh links for a day, and bytes sent in time are still taken."""
    backend = Backend()
    backend.sign_up(ADA)
    post = backend.create_post(ADA, (PHOTO,), "key")
    backend.wait(timedelta(hours=23, minutes=59))
    assert backend.create_post(ADA, (PHOTO,), "key").id == post.id
    backend.wait(UPLOAD_LINK_LIFETIME)
    backend.upload(post, 0, PHOTO)
    backend.lose("ingest")
    assert _reconcile(backend, timedelta(hours=1)).findings == {Finding.LANDED: 1}
    backend.drain()
    assert _state(backend, post) is PostState.PUBLISHED


@pytest.mark.parametrize("gone", ["row", "reference", "original"])
def test_what_is_missing_is_put_back_from_the_upload(gone: str) -> None:
    backend = Backend()
    post = _posted(backend)
    backend.deliver("ingest")
    _forget(backend, gone)
    for queue in ("render", "stream", "publish"):
        backend.lose(queue)
    assert _reconcile(backend).findings == {Finding.LANDED: 1}
    backend.drain()
    assert _state(backend, post) is PostState.PUBLISHED


@pytest.mark.parametrize("gone", ["row", "original"])
def test_what_cannot_be_put_back_is_reported_and_stays(gone: str) -> None:
    backend = Backend()
    post = _posted(backend)
    backend.deliver("ingest")
    _forget(backend, gone)
    backend.buckets.uploads.clear()
    backend.lose("render")
    result = _reconcile(backend)
    assert result.findings == {Finding.LOST: 1}
    assert result.oldest == A_WHILE
    assert _state(backend, post) is PostState.PROCESSING


def _forget(backend: Backend, what: str) -> None:
    if what == "row":
        backend.metadata.blobs.clear()
    elif what == "reference":
        backend.metadata.references.clear()
    else:
        backend.buckets.originals.clear()


def test_a_post_that_only_its_gate_keeps_is_let_through() -> None:
    backend = Backend()
    post = _posted(backend)
    _run_to(backend, "publish")
    backend.fuse.crash_before = backend.fuse.calls + 4
    while _ledger_state(backend, post) is not MediaState.READY:
        backend.fuse.crash_before += 1
        backend.deliver("publish")
    backend.fuse.crash_before = None
    backend.lose("publish")
    assert _state(backend, post) is PostState.PROCESSING
    assert _reconcile(backend).findings == {Finding.CONCLUDE: 1}
    backend.drain()
    assert _state(backend, post) is PostState.PUBLISHED


def _ledger_state(backend: Backend, post: Post) -> MediaState:
    return backend.metadata.uploads[post.author_id, post.media[0].media_id].medium.state


@pytest.mark.parametrize("late", ["render", "render_bulk"])
def test_a_step_that_is_late_gets_no_more_to_do(monkeypatch: pytest.MonkeyPatch, late: str) -> None:
    monkeypatch.setattr(reconciling, "MAX_BACKLOG", 3)
    backend = Backend()
    _posted(backend)
    backend.deliver("ingest")
    backend.queues[late].send([RenderPhoto(samples.sha256("x"), "blob")] * 3)
    assert _reconcile(backend).findings == {Finding.DEFERRED: 1}
    assert backend.backlog("render") + backend.backlog("render_bulk") == 4


def test_a_run_is_bounded_and_the_next_goes_on_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "PER_SHARD", 2)
    backend = Backend()
    posts = [_posted(backend, PHOTO + b"%d" % n, key=f"key-{n}") for n in range(100)]
    backend.lose("ingest")
    backend.wait(A_WHILE)
    fullest = max(Counter(keys.open_shard(post.id) for post in posts).values())
    for _ in range((fullest + 1) // 2):
        again = backend.queues["ingest_bulk"].messages
        assert len({landed.post_id for landed in again}) < len(posts)
        result = backend.reconciling.reconcile(PATIENCE)
        assert 0 < result.looked_at <= 2 * OPEN_SHARDS
    again = backend.queues["ingest_bulk"].messages
    assert {landed.post_id for landed in again} == {post.id for post in posts}
    assert all(landed.bulk for landed in again), "nobody's share is charged for it"


def test_a_post_that_cannot_be_looked_at_keeps_nobody_else_waiting() -> None:
    backend = Backend()
    posts = [_posted(backend, PHOTO + bytes([n]), key=f"key-{n}") for n in range(3)]
    backend.lose("ingest")
    backend.wait(A_WHILE)
    # The checkpoints, a page of every shard up to the first with a post, then that post.
    first = min(keys.open_shard(post.id) for post in posts)
    backend.fuse.crash_before = backend.fuse.calls + 1 + first + 2
    result = backend.reconciling.reconcile(PATIENCE)
    assert result.looked_at == 3
    assert len(result.failures) == 1
    assert "Crash" in result.failures[0]
    assert result.findings == {Finding.LANDED: 2}


def _video(backend: Backend) -> Post:
    """A video that has landed and was ordered."""
    backend.sign_up(ADA)
    draft = MediumDraft(
        "video/mp4", len(VIDEO), samples.sha256(VIDEO), width=64, height=48, duration_ms=1500
    )
    created = backend.posts.create(samples.user_id(ADA), PostDraft("", None, (draft,)), "key")
    backend.upload(created.view.post, 0, VIDEO)
    backend.deliver("ingest")
    return created.view.post


def test_a_video_is_ordered_again_only_when_its_message_must_be_lost() -> None:
    backend = Backend()
    post = _video(backend)
    _run_to(backend, "transcode")
    assert backend.lose("transcode") == 1
    for _ in range(2):
        assert _reconcile(backend, TRANSCODING_PATIENCE - PATIENCE).findings == {}
        result = _reconcile(backend)
        assert result.findings == {Finding.RENDER: 1}
        assert result.oldest is not None
        assert len(backend.queues["transcode_bulk"].messages) == 1
        assert not backend.queues["render_bulk"].messages
        backend.lose("transcode_bulk")
    _reconcile(backend, TRANSCODING_PATIENCE + A_WHILE)
    backend.drain()
    assert _state(backend, post) is PostState.PUBLISHED


def test_patience_counts_from_the_arrival_of_a_video_not_from_its_post() -> None:
    backend = Backend()
    backend.sign_up(ADA)
    draft = MediumDraft(
        "video/mp4", len(VIDEO), samples.sha256(VIDEO), width=64, height=48, duration_ms=1500
    )
    created = backend.posts.create(samples.user_id(ADA), PostDraft("", None, (draft,)), "key")
    backend.wait(timedelta(hours=20))
    backend.upload(created.view.post, 0, VIDEO)
    backend.deliver("ingest")
    _run_to(backend, "transcode")
    assert _reconcile(backend).findings == {}
    assert len(backend.queues["transcode"].messages) == 1


def test_a_large_file_may_come_as_long_as_its_parts_may() -> None:
    backend = Backend()
    backend.sign_up(ADA)
    draft = MediumDraft(
        "video/mp4", 10**8, samples.sha256(VIDEO), width=64, height=48, duration_ms=1500
    )
    created = backend.posts.create(samples.user_id(ADA), PostDraft("", None, (draft,)), "key")
    assert _reconcile(backend, RESUMABLE).findings == {}
    assert _state(backend, created.view.post) is PostState.PENDING
    assert _reconcile(backend, timedelta(hours=1)).findings == {Finding.NEVER_ARRIVED: 1}
