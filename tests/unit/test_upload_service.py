"""Large files: parts sent, resumed, completed, abandoned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.errors import Conflict, NotFound
from shutterfeed.domain.media import ARRIVAL_GRACE, UPLOAD_LINK_LIFETIME, MediaState
from shutterfeed.domain.messages import IngestUpload
from shutterfeed.domain.multipart import PART_LINK_LIFETIME, RESUMABLE, part_sizes
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.ports.uploads import PartsGrant, UploadGrant
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend, Crash
from tests.fakes.storage import PHOTO

ADA, BOB = samples.user_id(1), samples.user_id(2)
FILE = PHOTO + b"0123456789abcdef" * (17 << 16)
SIZES = part_sizes(len(FILE))
LARGE = MediumDraft("image/jpeg", len(FILE), samples.sha256(FILE))
SMALL = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO))


@pytest.fixture
def backend() -> Backend:
    return Backend()


def _create(backend: Backend, *media: MediumDraft, key: str = "key") -> Post:
    return backend.posts.create(ADA, PostDraft("", None, media), key).view.post


def _multipart_id(backend: Backend, media_id: str) -> str:
    multipart_id = backend.metadata.uploads[ADA, media_id].multipart_id
    assert multipart_id is not None
    return multipart_id


def _send(backend: Backend, media_id: str, *numbers: int) -> None:
    for number in numbers:
        start = sum(SIZES[n] for n in range(1, number))
        part = FILE[start : start + SIZES[number]]
        backend.buckets.parts[_multipart_id(backend, media_id)][number] = part


def _missing(backend: Backend, media_id: str) -> list[int] | None:
    grant = backend.uploads.get(ADA, media_id).grant
    assert not isinstance(grant, UploadGrant)
    return None if grant is None else [link.number for link in grant.links]


def test_size_alone_decides_which_media_come_in_parts(backend: Backend) -> None:
    created = backend.posts.create(ADA, PostDraft("", None, (SMALL, LARGE)), "key")
    small, large = created.grants
    assert isinstance(small, UploadGrant)
    assert isinstance(large, PartsGrant)
    assert {link.number: link.size for link in large.links} == SIZES
    assert large.expires_at == backend.clock.now() + PART_LINK_LIFETIME


def test_a_repeated_request_gives_fresh_links_of_the_same_upload(backend: Backend) -> None:
    draft = PostDraft("", None, (LARGE,))
    first = backend.posts.create(ADA, draft, "key").grants
    later = backend.clock.advance(timedelta(hours=2))
    (again,) = backend.posts.create(ADA, draft, "key").grants
    assert isinstance(again, PartsGrant)
    assert [again.links] == [grant.links for grant in first if isinstance(grant, PartsGrant)]
    assert again.expires_at == later + PART_LINK_LIFETIME
    assert backend.buckets.begun == 1


def test_a_repeated_request_gives_links_for_what_is_missing_and_none_once_it_is_whole(
    backend: Backend,
) -> None:
    draft = PostDraft("", None, (LARGE,))
    post = backend.posts.create(ADA, draft, "key").view.post
    media_id = post.media[0].media_id
    _send(backend, media_id, 1, 3)
    (again,) = backend.posts.create(ADA, draft, "key").grants
    assert isinstance(again, PartsGrant)
    assert [link.number for link in again.links] == [2]
    _send(backend, media_id, 2)
    backend.uploads.complete(ADA, media_id)
    # The event of it is still on its way, so that the ledger knows of nothing.
    assert backend.metadata.uploads[ADA, media_id].medium.state is MediaState.AWAITING
    assert backend.posts.create(ADA, draft, "key").grants == ()


def test_of_two_that_begin_at_once_the_later_drops_its_own_and_uses_the_firsts(
    backend: Backend,
) -> None:
    post = _create(backend, LARGE)
    key = (ADA, post.media[0].media_id)
    # Read by the second before the first had written.
    stale = samples.uploads(post)[0]
    (grant,) = backend.uploads.grants([stale])
    assert isinstance(grant, PartsGrant)
    assert backend.buckets.begun == 2
    assert list(backend.buckets.parts) == [backend.metadata.uploads[key].multipart_id]
    assert f"/{backend.metadata.uploads[key].multipart_id}/" in grant.links[0].url


def test_what_arrived_is_told_and_only_the_rest_gets_links(backend: Backend) -> None:
    media_id = _create(backend, LARGE).media[0].media_id
    _send(backend, media_id, 2)
    backend.buckets.parts[_multipart_id(backend, media_id)][3] = b"too short"
    view = backend.uploads.get(ADA, media_id)
    assert [(part.number, part.size) for part in view.arrived] == [(2, SIZES[2])]
    assert _missing(backend, media_id) == [1, 3]


def test_a_completed_file_is_published_and_completing_it_again_is_harmless(
    backend: Backend,
) -> None:
    post = _create(backend, LARGE)
    media_id = post.media[0].media_id
    _send(backend, media_id, 3, 1, 2)
    assert _missing(backend, media_id) == []
    for _ in range(2):
        view = backend.uploads.complete(ADA, media_id)
        assert (view.upload.medium.state, view.grant) == (MediaState.AWAITING, None)
    # The storage's event has not come yet; there is nothing more to send.
    assert _missing(backend, media_id) is None
    assert backend.buckets.uploads[keys.upload_object(post.id, media_id)] == FILE
    backend.queues["ingest"].send([IngestUpload(post.id, media_id)])
    backend.drain()
    assert backend.metadata.posts[post.id].state is PostState.PUBLISHED
    assert backend.uploads.complete(ADA, media_id).upload.medium.state is MediaState.READY
    assert _missing(backend, media_id) is None


def test_missing_parts_are_named(backend: Backend) -> None:
    media_id = _create(backend, LARGE).media[0].media_id
    _send(backend, media_id, 2)
    with pytest.raises(Conflict, match=r"not arrived whole: 1, 3\.") as refused:
        backend.uploads.complete(ADA, media_id)
    assert refused.value.code == "parts_missing"
    assert not backend.buckets.uploads


def test_a_small_file_has_a_fresh_form_and_nothing_to_complete(backend: Backend) -> None:
    media_id = _create(backend, SMALL).media[0].media_id
    now = backend.clock.advance(timedelta(minutes=14))
    grant = backend.uploads.get(ADA, media_id).grant
    assert isinstance(grant, UploadGrant)
    assert grant.expires_at == now + UPLOAD_LINK_LIFETIME
    with pytest.raises(Conflict) as refused:
        backend.uploads.complete(ADA, media_id)
    assert refused.value.code == "not_in_parts"


@pytest.mark.parametrize("media_id", ["x", "", "ä" * 5000, samples.medium(9).media_id])
def test_there_is_no_such_upload(backend: Backend, media_id: str) -> None:
    for act in (backend.uploads.get, backend.uploads.complete):
        with pytest.raises(NotFound):
            act(ADA, media_id)


def test_anothers_upload_is_not_found(backend: Backend) -> None:
    media_id = _create(backend, LARGE).media[0].media_id
    for act in (backend.uploads.get, backend.uploads.complete):
        with pytest.raises(NotFound):
            act(BOB, media_id)


def test_parts_may_follow_for_two_days(backend: Backend) -> None:
    media_id = _create(backend, LARGE).media[0].media_id
    backend.clock.advance(RESUMABLE)
    assert _missing(backend, media_id) == [1, 2, 3]
    backend.clock.advance(timedelta(seconds=1))
    assert _missing(backend, media_id) is None
    state = backend.uploads.get(ADA, media_id).upload.medium.state
    assert state is MediaState.AWAITING
    backend.clock.advance(ARRIVAL_GRACE)
    (entry,) = backend.uploads.list(ADA, None, 10).items
    assert entry.medium.state is MediaState.FAILED


def test_what_the_lifecycle_dropped_cannot_be_completed(backend: Backend) -> None:
    media_id = _create(backend, LARGE).media[0].media_id
    _send(backend, media_id, 1, 2, 3)
    backend.clock.advance(RESUMABLE + timedelta(seconds=1))
    del backend.buckets.parts[_multipart_id(backend, media_id)]
    with pytest.raises(Conflict) as refused:
        backend.uploads.complete(ADA, media_id)
    assert refused.value.code == "upload_expired"


def test_late_parts_that_are_still_there_are_completed(backend: Backend) -> None:
    post = _create(backend, LARGE)
    media_id = post.media[0].media_id
    _send(backend, media_id, 1, 2, 3)
    backend.clock.advance(RESUMABLE + timedelta(days=1))
    backend.uploads.complete(ADA, media_id)
    assert backend.buckets.uploads[keys.upload_object(post.id, media_id)] == FILE


def test_deleting_a_pending_post_drops_its_parts_and_restoring_it_begins_anew(
    backend: Backend,
) -> None:
    post = _create(backend, LARGE, SMALL)
    media_id = post.media[0].media_id
    _send(backend, media_id, 1)
    backend.posts.delete(str(post.id), ADA)
    assert backend.buckets.parts == {}
    assert _missing(backend, media_id) is None
    with pytest.raises(Conflict) as refused:
        backend.uploads.complete(ADA, media_id)
    assert refused.value.code == "post_deleted"
    backend.posts.restore(str(post.id), ADA)
    assert _missing(backend, media_id) == [1, 2, 3]
    with pytest.raises(Conflict, match="1, 2, 3"):
        backend.uploads.complete(ADA, media_id)


def test_a_deletion_that_broke_off_drops_the_parts_when_it_is_repeated(backend: Backend) -> None:
    post = _create(backend, LARGE)
    _send(backend, post.media[0].media_id, 1)
    backend.fuse.crash_after = backend.fuse.calls + 2  # The post is deleted; its parts are not.
    with pytest.raises(Crash):
        backend.posts.delete(str(post.id), ADA)
    assert backend.metadata.posts[post.id].state is PostState.DELETED
    assert backend.buckets.parts
    backend.posts.delete(str(post.id), ADA)
    assert backend.buckets.parts == {}


def test_deleting_a_post_leaves_alone_what_has_landed(backend: Backend) -> None:
    post = _create(backend, LARGE)
    media_id = post.media[0].media_id
    _send(backend, media_id, 1, 2, 3)
    backend.uploads.complete(ADA, media_id)
    backend.queues["ingest"].send([IngestUpload(post.id, media_id)])
    backend.deliver("ingest")
    backend.posts.delete(str(post.id), ADA)
    assert backend.metadata.uploads[ADA, media_id].multipart_id is not None
    assert backend.metadata.uploads[ADA, media_id].medium.state is MediaState.PROCESSING
