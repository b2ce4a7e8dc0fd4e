"""The way of a video over the fakes: to the right queue, to its clip, or to a reason."""

from __future__ import annotations

from shutterfeed import keys
from shutterfeed.domain.media import BlobState
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_VIDEO, PHOTO, VIDEO


def _posted(content: bytes) -> tuple[Backend, str]:
    backend = Backend()
    post_id = _post(backend, 1, content)
    assert not backend.queues["render"].messages
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
    backend.deliver("ingest")
    return str(post.id)


def _progress(backend: Backend, author: int, post_id: str) -> int | None:
    (medium,) = backend.posts.get(post_id, Viewer(samples.user_id(author))).post.media
    return medium.progress


def test_a_video_is_published_with_clip_and_poster() -> None:
    backend, post_id = _posted(VIDEO)
    backend.drain()
    post = backend.posts.get(post_id, Viewer(samples.user_id(1))).post
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
    post = backend.posts.get(post_id, Viewer(samples.user_id(1))).post
    assert post.state is PostState.FAILED
    assert post.media[0].failure is not None
    assert post.media[0].failure.code == "undecodable"


def test_progress_is_shown_while_the_video_is_processed() -> None:
    backend, post_id = _posted(VIDEO)
    blob = backend.metadata.blobs[samples.sha256(VIDEO)]
    # Blob and reference read, original opened, progress noted.
    backend.fuse.crash_after = backend.fuse.calls + 4
    backend.deliver("transcode")
    assert _progress(backend, 1, post_id) == 50
    (order,) = backend.queues["transcode"].messages
    assert (order.sha256, order.blob_id) == (blob.sha256, blob.blob_id)
    backend.drain()
    assert backend.metadata.blobs[blob.sha256].state is BlobState.READY


def test_known_content_is_transcoded_again_and_shows_the_same_progress() -> None:
    backend, first = _posted(VIDEO)
    backend.drain()
    blob = backend.metadata.blobs[samples.sha256(VIDEO)]
    assert blob.state is BlobState.READY
    second = _post(backend, 2, VIDEO)
    assert _progress(backend, 2, second) == 0
    assert _state(backend, 2, second) is PostState.PROCESSING
    backend.fuse.crash_after = backend.fuse.calls + 4
    backend.deliver("transcode")
    assert _progress(backend, 2, second) == 50
    assert _state(backend, 2, second) is PostState.PROCESSING
    backend.drain()
    assert _state(backend, 2, second) is PostState.PUBLISHED
    assert _state(backend, 1, first) is PostState.PUBLISHED
    assert backend.metadata.blobs[samples.sha256(VIDEO)].blob_id == blob.blob_id


def _state(backend: Backend, author: int, post_id: str) -> PostState:
    return backend.posts.get(post_id, Viewer(samples.user_id(author))).post.state


def test_a_photo_has_no_progress() -> None:
    backend = Backend()
    backend.sign_up(1)
    post = backend.create_post(1, (PHOTO,), "key")
    backend.upload(post, 0, PHOTO)
    backend.deliver("ingest")
    assert _progress(backend, 1, str(post.id)) is None
