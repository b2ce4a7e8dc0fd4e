"""No upload stays for ever: if no post needs it, it is tagged, and the lifecycle removes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.messages import IngestUpload
from shutterfeed.domain.multipart import MULTIPART_THRESHOLD
from shutterfeed.domain.posts import DELETED_RETENTION, UNFINISHED_RETENTION, Post, PostState
from shutterfeed.domain.retention import GIVE_UP_AFTER
from shutterfeed.services.ingest import IngestOutcome
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA = samples.user_id(1)
OTHER_PHOTO = PHOTO + b", another one"
NO_PHOTO = b"<html>"
SECOND = timedelta(seconds=1)


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    backend.sign_up(1)
    return backend


def _tag(backend: Backend, post: Post, index: int = 0) -> str | None:
    return backend.buckets.tags.get(keys.upload_object(post.id, post.media[index].media_id))


def _landed(post: Post, index: int = 0) -> IngestUpload:
    return IngestUpload(post.id, post.media[index].media_id)


def _nothing_is_left_of(backend: Backend, post: Post) -> bool:
    """Assert that nothing of the post is left but the object of its upload."""
    data = backend.metadata
    assert post.id not in data.posts
    assert not [upload for upload in data.uploads.values() if upload.post_id == post.id]
    assert not [reference for reference in data.references if reference.post_id == post.id]
    return True


def test_the_upload_of_a_deleted_post_whose_event_was_lost_is_let_go_with_it(
    backend: Backend,
) -> None:
    post = backend.create_post(1, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    backend.lose("ingest")
    backend.delete_post(post.id)
    backend.drain()
    backend.wait(DELETED_RETENTION - SECOND)
    backend.drain()
    assert _tag(backend, post) is None, "it can be restored"
    backend.wait(2 * SECOND)
    backend.drain()
    assert _nothing_is_left_of(backend, post)
    assert _tag(backend, post) == "abandoned"


def test_a_message_that_comes_after_its_post_is_gone_lets_the_upload_go(backend: Backend) -> None:
    post = backend.create_post(1, (PHOTO,), "key")
    backend.delete_post(post.id)
    backend.wait(DELETED_RETENTION)
    backend.drain()
    # By a link that was good for long enough, or an event that was as late.
    backend.upload(post, 0, PHOTO)
    assert backend.ingest.ingest(_landed(post)) is IngestOutcome.ABANDONED
    assert _tag(backend, post) == "abandoned"
    assert not backend.buckets.originals
    assert _nothing_is_left_of(backend, post)


def test_a_message_that_comes_between_its_post_and_the_collector_stores_nothing(
    backend: Backend,
) -> None:
    post = backend.create_post(1, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    backend.delete_post(post.id)
    backend.wait(DELETED_RETENTION)
    assert post.id not in backend.metadata.posts
    assert backend.metadata.uploads, "the collector has not been told yet"
    backend.deliver("ingest")
    assert not backend.metadata.references
    assert not backend.buckets.originals
    assert _tag(backend, post) == "abandoned"
    backend.drain()
    assert _nothing_is_left_of(backend, post)


@pytest.mark.parametrize("dies", [False, True])
@pytest.mark.parametrize("call", range(1, 20))
def test_a_post_that_goes_while_its_upload_is_taken_in_leaves_no_reference(
    backend: Backend, call: int, dies: bool
) -> None:
    """TTL and collector may do all of their work between any two calls of the worker, which may
    die after any of them."""
    post = backend.create_post(1, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    backend.delete_post(post.id)
    backend.drain_all_but("ingest")

    def post_goes() -> None:
        backend.wait(DELETED_RETENTION)
        backend.drain_all_but("ingest")
        if dies:
            backend.fuse.crash_after = number

    number = backend.fuse.calls + call
    backend.fuse.pauses = {number: post_goes}
    backend.deliver("ingest")
    backend.fuse.pauses = {}
    backend.fuse.crash_after = None
    if post.id in backend.metadata.posts:
        backend.wait(DELETED_RETENTION)
    backend.drain()
    assert _nothing_is_left_of(backend, post)
    assert _tag(backend, post) in ("abandoned", "released")
    backend.wait(timedelta(days=8))
    backend.drain()
    assert not backend.metadata.blobs
    assert backend.buckets.retired >= set(backend.buckets.originals)


def test_a_replaced_avatar_takes_its_upload_along(backend: Backend) -> None:
    posts = []
    for number in range(2):
        content = PHOTO + b"!" * number
        draft = MediumDraft("image/jpeg", len(content), samples.sha256(content))
        backend.avatars.create(ADA, draft, f"key-{number}")
        post = max(backend.metadata.posts.values(), key=lambda post: post.id.ulid)
        posts.append(post)
        backend.upload(post, 0, content)
        backend.drain()
        # As after a worker that died with its last call.
        backend.buckets.tags.clear()
    old, new = posts
    assert backend.metadata.posts[new.id].state is PostState.AVATAR
    backend.wait(SECOND)
    backend.drain()
    assert _nothing_is_left_of(backend, old)
    assert _tag(backend, old) == "abandoned"
    assert _tag(backend, new) is None


def test_an_avatar_that_was_taken_away_before_its_bytes_were_looked_at(backend: Backend) -> None:
    draft = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO))
    backend.avatars.create(ADA, draft, "key")
    (post,) = backend.metadata.posts.values()
    backend.upload(post, 0, PHOTO)
    backend.lose("ingest")
    backend.avatars.remove(ADA)
    # The reconciler drives it on; the gate then finds that a removal was later.
    backend.wait(timedelta(minutes=15))
    backend.reconciling.reconcile(timedelta(minutes=10))
    backend.drain()
    backend.wait(SECOND)
    backend.drain()
    assert _nothing_is_left_of(backend, post)
    assert _tag(backend, post) == "abandoned"


def test_a_failed_post_takes_all_its_uploads_along(backend: Backend) -> None:
    post = backend.create_post(1, (PHOTO, OTHER_PHOTO, PHOTO + b"!"), "key")
    backend.upload(post, 0, NO_PHOTO)
    backend.drain()
    assert _tag(backend, post) == "refused"
    backend.upload(post, 1, OTHER_PHOTO)
    backend.lose("ingest")
    backend.wait(GIVE_UP_AFTER + SECOND)
    backend.reconciling.reconcile(SECOND)
    backend.drain()
    # After it was given up, and the event of it was lost.
    backend.upload(post, 2, PHOTO + b"!")
    backend.lose("ingest")
    backend.wait(UNFINISHED_RETENTION + SECOND)
    backend.drain()
    assert _nothing_is_left_of(backend, post)
    assert {_tag(backend, post, index) for index in range(3)} == {"abandoned"}


def test_parts_that_were_begun_are_dropped_with_their_post(backend: Backend) -> None:
    large = MediumDraft("image/jpeg", MULTIPART_THRESHOLD + 1, samples.sha256("large"))
    small = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO))
    post = backend.posts.create(ADA, PostDraft("", None, (large, small)), "key").view.post
    assert backend.buckets.parts
    backend.upload(post, 1, NO_PHOTO)
    backend.drain()
    # The bucket's own lifecycle would have dropped them by now.
    backend.wait(GIVE_UP_AFTER * 3)
    backend.reconciling.reconcile(SECOND)
    backend.drain()
    backend.wait(UNFINISHED_RETENTION + SECOND)
    backend.drain()
    assert not backend.buckets.parts
    assert _nothing_is_left_of(backend, post)


def test_the_collector_may_die_after_any_call(backend: Backend) -> None:
    for moment in range(1, 20):
        post = backend.create_post(1, (PHOTO, OTHER_PHOTO), f"key-{moment}")
        backend.upload(post, 0, PHOTO)
        backend.upload(post, 1, OTHER_PHOTO)
        backend.lose("ingest")
        backend.delete_post(post.id)
        backend.wait(DELETED_RETENTION)
        while backend.waiting() != ["collect"]:
            backend.deliver(next(name for name in backend.waiting() if name != "collect"))
        backend.fuse.crash_after = backend.fuse.calls + moment
        backend.deliver("collect")
        backend.fuse.crash_after = None
        backend.drain()
        assert _nothing_is_left_of(backend, post)
        assert [_tag(backend, post, index) for index in (0, 1)] == ["abandoned"] * 2


def test_what_a_living_post_may_need_is_never_let_go(backend: Backend) -> None:
    """An entry that is not there says nothing as long as its post is."""
    post = backend.create_post(1, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    backend.metadata.uploads.clear()
    assert backend.ingest.ingest(_landed(post)) is IngestOutcome.UNKNOWN
    assert not backend.buckets.tags


def test_a_key_that_names_no_medium_of_a_post_is_let_go(backend: Backend) -> None:
    post = backend.create_post(1, (PHOTO,), "key")
    other = backend.create_post(1, (PHOTO,), "other")
    media_id = post.media[0].media_id
    for post_id, media in (
        (other.id, media_id),
        (PostId(samples.user_id(9), post.id.ulid), media_id),
        (post.id, samples.user_id(9)),
    ):
        backend.buckets.uploads[keys.upload_object(post_id, media)] = PHOTO
        assert backend.ingest.ingest(IngestUpload(post_id, media)) is IngestOutcome.ABANDONED
        assert backend.buckets.tags.pop(keys.upload_object(post_id, media)) == "abandoned"
    assert not backend.metadata.blobs


def test_a_restored_post_finds_its_entries_however_late(backend: Backend) -> None:
    """An entry goes with its post, never before it."""
    post = backend.create_post(1, (PHOTO,), "key")
    backend.wait(UNFINISHED_RETENTION - SECOND)
    backend.delete_post(post.id)
    backend.drain()
    backend.wait(DELETED_RETENTION - SECOND)
    backend.posts.restore(str(post.id), ADA)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    assert backend.metadata.posts[post.id].state is PostState.PUBLISHED
