"""Checking what landed, and claiming its content."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.media import BlobState, MediaState
from shutterfeed.domain.messages import IngestUpload, PublishMedium, PublishPost, RenderPhoto
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.keys import original_object
from shutterfeed.ports.uploads import Arrival
from shutterfeed.services.ingest import IngestOutcome, mismatch
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO, VIDEO

PNG = b"\x89PNG\r\n\x1a\n a photo"
HTML = b"<html><script>alert(1)</script>"


@pytest.fixture
def backend() -> Backend:
    return Backend()


def _declare(backend: Backend, content: bytes, key: str = "key", author: int = 1) -> Post:
    return backend.create_post(author, (content,), key)


def _land(backend: Backend, post: Post, content: bytes) -> IngestOutcome:
    """The bytes land, and nothing but their ingestion is done."""
    backend.upload(post, 0, content)
    return backend.ingest.ingest(backend.queues["ingest"].messages.pop())


def _state(backend: Backend, post: Post) -> MediaState:
    return backend.metadata.uploads[post.author_id, post.media[0].media_id].medium.state


def _tag(backend: Backend, post: Post) -> str | None:
    return backend.buckets.tags.get(keys.upload_object(post.id, post.media[0].media_id))


def test_new_content_is_stored_referred_to_and_sent_to_be_rendered(backend: Backend) -> None:
    post = _declare(backend, PHOTO)
    assert _land(backend, post, PHOTO) is IngestOutcome.CLAIMED
    blob = backend.metadata.blobs[samples.sha256(PHOTO)]
    assert blob.state is BlobState.STORED
    assert (blob.size, blob.content_type) == (len(PHOTO), "image/jpeg")
    assert backend.buckets.originals == {original_object(blob.sha256, blob.blob_id): PHOTO}
    (reference,) = backend.metadata.references
    assert backend.queues["render"].messages == [RenderPhoto(blob.sha256, blob.blob_id, reference)]
    assert {r.post_id for r in backend.metadata.references} == {post.id}
    assert _state(backend, post) is MediaState.PROCESSING
    assert backend.metadata.posts[post.id].state is PostState.PROCESSING
    assert _tag(backend, post) == "released"


def test_a_users_share_takes_the_first_queues_and_the_rest_the_bulk_queues(
    backend: Backend,
) -> None:
    contents = [PHOTO + b"%d" % number for number in range(13)]
    posts = [_declare(backend, c, key=str(n)) for n, c in enumerate(contents)]
    outcomes = [_land(backend, p, c) for p, c in zip(posts, contents, strict=True)]
    assert outcomes == [IngestOutcome.CLAIMED] * 10 + [IngestOutcome.HANDED_ON] * 3
    assert len(backend.metadata.references) == 10, "of the others nothing was read yet"
    assert [m.bulk for m in backend.queues["ingest_bulk"].messages] == [True] * 3

    other = _declare(backend, PHOTO, author=2)
    assert _land(backend, other, PHOTO) is IngestOutcome.CLAIMED, "everybody has a share"
    backend.wait(timedelta(seconds=5))
    refilled = _declare(backend, PHOTO + b"later", key="later")
    assert _land(backend, refilled, PHOTO + b"later") is IngestOutcome.CLAIMED

    backend.deliver("ingest_bulk")
    assert backend.backlog("render") == 12
    assert backend.backlog("render_bulk") == 1
    backend.drain()
    states = {backend.metadata.posts[post.id].state for post in (*posts, other, refilled)}
    assert states == {PostState.PUBLISHED}


def test_the_transcoder_is_shared_by_the_time_that_videos_take(backend: Backend) -> None:
    videos = [VIDEO + b"%d" % number for number in range(3)]
    media = [
        MediumDraft(
            "video/mp4", len(v), samples.sha256(v), width=1920, height=1080, duration_ms=180_000
        )
        for v in videos
    ]
    backend.sign_up(1)
    created = backend.posts.create(samples.user_id(1), PostDraft("", None, tuple(media)), "key")
    for index, video in enumerate(videos):
        backend.upload(created.view.post, index, video)
        backend.deliver("ingest")
    assert backend.backlog("transcode") == 1
    assert backend.backlog("transcode_bulk") == 2
    assert backend.backlog("ingest_bulk") == 0, "three uploads are few"
    photo = _declare(backend, PHOTO, key="photo")
    _land(backend, photo, PHOTO)
    assert backend.backlog("render") == 1, "photos do not wait for videos"


def test_what_comes_by_the_bulk_queue_charges_no_share(backend: Backend) -> None:
    post = _declare(backend, PHOTO)
    backend.upload(post, 0, PHOTO)
    landed = replace(backend.queues["ingest"].messages.pop(), bulk=True)
    assert backend.ingest.ingest(landed) is IngestOutcome.CLAIMED
    assert keys.shares(post.author_id) not in backend.metadata.allowances
    assert backend.backlog("render_bulk") == 1


def test_known_content_is_stored_once_and_waits_for_a_rendering_of_its_own(
    backend: Backend,
) -> None:
    first = _declare(backend, PHOTO)
    _land(backend, first, PHOTO)
    backend.drain()
    originals, renditions = dict(backend.buckets.originals), dict(backend.buckets.renditions)
    second = _declare(backend, PHOTO, author=2)
    assert _land(backend, second, PHOTO) is IngestOutcome.CLAIMED
    (order,) = backend.queues["render"].messages
    # Until that is done its owner sees what they would see of new content.
    while "stream" in backend.waiting() or backend.queues["publish"].messages:
        backend.deliver(next(name for name in backend.waiting() if name != "render"))
    assert _state(backend, second) is MediaState.PROCESSING
    backend.buckets.renditions.popitem()
    backend.drain()
    assert backend.metadata.posts[second.id].state is PostState.PUBLISHED
    assert backend.buckets.originals == originals
    assert backend.buckets.renditions == renditions, "what was lost is back"
    assert order.reference is not None
    assert not backend.metadata.awaiting_rendering


@pytest.mark.parametrize("content", [PHOTO, BROKEN_PHOTO], ids=["good", "broken"])
def test_known_and_new_content_take_the_same_calls_and_messages(content: bytes) -> None:
    """What takes time until the outcome is known: every call to the outside, in order."""
    backend = Backend()
    calls, told = [], []
    for number in (1, 2, 3):
        backend.fuse.log.clear()
        post = _declare(backend, content, key=str(number), author=number)
        _land(backend, post, content)
        (order,) = backend.queues["render"].messages
        assert order.reference is not None
        backend.deliver("render")
        calls.append([_as_another(call) for call in backend.fuse.log])
        while "stream" in backend.waiting():
            backend.deliver("stream")
        told.append(
            [m for m in backend.queues["publish"].messages if m == PublishMedium(order.reference)]
        )
        backend.drain()
    assert len(calls[0]) > 15
    assert calls[0] == calls[1] == calls[2]
    assert [len(messages) for messages in told] == [1, 1, 1]


def _as_another(call: str) -> str:
    # To another place, in the same time; this is all that is different.
    return {"adopt": "discard"}.get(call, call)


@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_known_content_whose_object_is_damaged_is_stored_again_from_the_upload(
    backend: Backend, damage: str
) -> None:
    _land(backend, _declare(backend, PHOTO), PHOTO)
    backend.drain()
    (original,) = backend.buckets.originals
    if damage == "gone":
        backend.buckets.originals.clear()
    else:
        backend.buckets.originals[original] = PHOTO[:-1]
    _land(backend, _declare(backend, PHOTO, key="again"), PHOTO)
    assert backend.buckets.originals == {original: PHOTO}


def test_content_that_could_not_be_rendered_gets_another_chance_with_the_next_upload(
    backend: Backend,
) -> None:
    first = _declare(backend, BROKEN_PHOTO)
    _land(backend, first, BROKEN_PHOTO)
    backend.drain()
    assert backend.metadata.blobs[samples.sha256(BROKEN_PHOTO)].state is BlobState.FAILED
    second = _declare(backend, BROKEN_PHOTO, key="second", author=2)
    assert _land(backend, second, BROKEN_PHOTO) is IngestOutcome.CLAIMED
    assert len(backend.queues["render"].messages) == 1
    backend.drain()
    assert _state(backend, first) is _state(backend, second) is MediaState.FAILED


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PHOTO + b"!", "bytes_mismatch"),
        (b"", "bytes_mismatch"),
        (PHOTO[:-1] + b"?", "sha256_mismatch"),
    ],
)
def test_other_bytes_than_declared_fail_the_post_and_are_kept_as_evidence(
    backend: Backend, content: bytes, code: str
) -> None:
    post = _declare(backend, PHOTO)
    assert _land(backend, post, content) is IngestOutcome.REFUSED
    assert _state(backend, post) is MediaState.FAILED
    assert backend.queues["publish"].messages == [PublishPost(post.id)]
    assert backend.metadata.posts[post.id].state is PostState.PENDING, "the publish gate decides"
    backend.deliver("publish")
    stored = backend.metadata.posts[post.id]
    assert stored.state is PostState.FAILED
    assert stored.media[0].failure is not None
    assert stored.media[0].failure.code == code
    assert _tag(backend, post) == "refused"
    assert not backend.metadata.blobs
    assert not backend.buckets.originals


@pytest.mark.parametrize(
    ("content", "code"), [(HTML, "unsupported_type"), (PNG, "content_type_mismatch")]
)
def test_bytes_of_another_kind_than_declared_are_refused_whatever_they_are_called(
    backend: Backend, content: bytes, code: str
) -> None:
    post = _declare(backend, content)
    assert _land(backend, post, content) is IngestOutcome.REFUSED
    backend.deliver("publish")
    failure = backend.metadata.posts[post.id].media[0].failure
    assert failure is not None
    assert failure.code == code
    assert not backend.metadata.blobs


def test_a_refused_upload_stays_refused_when_better_bytes_come_to_its_place(
    backend: Backend,
) -> None:
    post = _declare(backend, PHOTO)
    _land(backend, post, HTML)
    assert _land(backend, post, PHOTO) is IngestOutcome.REFUSED
    backend.deliver("publish")
    assert backend.metadata.posts[post.id].state is PostState.FAILED
    assert not backend.metadata.blobs


def test_an_upload_that_is_told_of_again_when_it_is_ready_only_is_marked_again(
    backend: Backend,
) -> None:
    post = _declare(backend, PHOTO)
    _land(backend, post, PHOTO)
    backend.drain()
    backend.buckets.tags.clear()
    backend.buckets.uploads[keys.upload_object(post.id, post.media[0].media_id)] = HTML
    landed = IngestUpload(post.id, post.media[0].media_id)
    assert backend.ingest.ingest(landed) is IngestOutcome.REPEATED
    assert _tag(backend, post) == "released"
    assert backend.metadata.posts[post.id].state is PostState.PUBLISHED


def test_a_notification_whose_object_is_gone_changes_nothing(backend: Backend) -> None:
    post = _declare(backend, PHOTO)
    landed = IngestUpload(post.id, post.media[0].media_id)
    assert backend.ingest.ingest(landed) is IngestOutcome.UNKNOWN
    assert _state(backend, post) is MediaState.AWAITING


def test_the_sizes_in_a_refusal_can_be_read() -> None:
    declared = replace(samples.medium(1), size=25_000_000)
    failure = mismatch(declared, Arrival(declared.sha256, 1_234, b"", "v"))
    assert failure is not None
    assert failure.message == "The file has 1,234 bytes, but 25,000,000 were declared."


def test_a_photo_of_each_kind_is_taken_as_declared(backend: Backend) -> None:
    webp = b"RIFF\0\0\0\0WEBP a photo"
    for content_type, content in (("image/png", PNG), ("image/webp", webp)):
        medium = MediumDraft(content_type, len(content), samples.sha256(content))
        draft = PostDraft("", None, (medium,))
        post = backend.posts.create(samples.user_id(1), draft, content_type).view.post
        assert _land(backend, post, content) is IngestOutcome.CLAIMED
