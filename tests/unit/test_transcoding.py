"""The way of a video over the fakes: to the right queue, to its clip, or to a reason."""

from __future__ import annotations

from shutterfeed import keys
from shutterfeed.domain.media import BlobState
from shutterfeed.domain.messages import TranscodeVideo
from shutterfeed.domain.posts import PostState
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_VIDEO, VIDEO


def _posted(content: bytes) -> tuple[Backend, str]:
    backend = Backend()
    backend.sign_up(1)
    draft = MediumDraft("video/mp4", len(content), samples.sha256(content), 640, 480, 1500)
    author = samples.user_id(1)
    post = backend.posts.create(author, PostDraft("", None, (draft,)), "key").view.post
    backend.upload(post, 0, content)
    backend.deliver("landed")
    assert not backend.images.messages
    return backend, str(post.id)


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
    (medium,) = backend.posts.get(post_id, samples.user_id(1)).post.media
    assert medium.progress == 50
    assert backend.videos.messages == [TranscodeVideo(blob.sha256, blob.blob_id)]
    backend.drain()
    assert backend.metadata.blobs[blob.sha256].state is BlobState.READY
