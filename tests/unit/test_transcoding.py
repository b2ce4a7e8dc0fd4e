"""The way of a video over the fakes: to the right queue, to its clip, or to a reason."""

from __future__ import annotations

from shutterfeed import keys
from shutterfeed.domain.media import BlobState
from shutterfeed.domain.messages import TranscodeVideo
from shutterfeed.domain.posts import PostState
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeBlobs
from tests.fakes.storage import BROKEN_VIDEO, PHOTO, VIDEO


def _posted(content: bytes) -> tuple[Backend, str]:
    backend = Backend()
    post_id = _post(backend, 1, content)
    assert not backend.images.messages
    return backend, post_id


def _post(backend: Backend, author: int, content: bytes) -> str:
    """A video that has landed."""
    backend.sign_up(author)
    draft = MediumDraft(
        "video/mp4",
        len(content),
        samples.sha256(content),
        width=640,
        height=480,
        duration_ms=1500,
    )
    user_id = samples.user_id(author)
    post = backend.posts.create(user_id, PostDraft("", None, (draft,)), "key").view.post
    backend.upload(post, 0, content)
    backend.deliver("landed")
    return str(post.id)


def _progress(backend: Backend, author: int, post_id: str) -> int | None:
    (medium,) = backend.posts.get(post_id, samples.user_id(author)).post.media
    return medium.progress


def test_a_video_is_published_with_clip_and_poster() -> None:
    backend, post_id = _posted(VIDEO)
    backend.drain()
    post = backend.posts.get(post_id, samples.user_id(1)).post
    assert post.state is PostState.PUBLISHED
    (medium,) = post.media
    assert medium.picture is not None
    clip = medium.picture.clip
    assert clip is not None
    _, content = backend.buckets.renditions[
        keys.rendition_object(medium.picture.blob_id, clip.name)
    ]
    assert content == b"clip of " + VIDEO
    assert clip.size == len(content)
    assert medium.picture.renditions


def test_a_broken_video_fails_its_post_with_the_reason() -> None:
    backend, post_id = _posted(BROKEN_VIDEO)
    backend.drain()
    post = backend.posts.get(post_id, samples.user_id(1)).post
    assert post.state is PostState.FAILED
    assert post.media[0].failure is not None
    assert post.media[0].failure.code == "undecodable"


def test_progress_is_shown_while_the_video_is_processed() -> None:
    backend, post_id = _posted(VIDEO)
    blob = backend.metadata.blobs[samples.sha256(VIDEO)]
    backend.fuse.crash_after = backend.fuse.calls + 3  # blob read, original opened, progress noted
    backend.deliver("videos")
    assert _progress(backend, 1, post_id) == 50
    assert backend.videos.messages == [TranscodeVideo(blob.sha256, blob.blob_id)]
    backend.drain()
    assert backend.metadata.blobs[blob.sha256].state is BlobState.READY


def test_who_uploads_what_another_has_transcoded_already_begins_at_nothing_too() -> None:
    backend, first = _posted(VIDEO)
    assert _progress(backend, 1, first) == 0
    blob = backend.metadata.blobs[samples.sha256(VIDEO)]
    FakeBlobs(backend.metadata).mark_progress(blob, 50)
    second = _post(backend, 2, VIDEO)
    assert _progress(backend, 1, first) == 50
    assert _progress(backend, 2, second) == 0
    FakeBlobs(backend.metadata).mark_progress(blob, 75)
    assert _progress(backend, 1, first) == 75
    assert _progress(backend, 2, second) == 50
    # A blob that failed meanwhile begins anew.
    FakeBlobs(backend.metadata).mark_progress(blob, 5)
    assert _progress(backend, 2, second) == 0


def test_a_photo_has_no_progress() -> None:
    backend = Backend()
    backend.sign_up(1)
    post = backend.create_post(1, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    backend.deliver("landed")
    assert _progress(backend, 1, str(post.id)) is None
