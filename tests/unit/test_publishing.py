"""The publish gate: all media ready, or one failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed import keys
from shutterfeed.domain.media import Blob, BlobState, Failure, MediaState, Reference
from shutterfeed.domain.messages import PublishMedium, PublishMessage
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.services.people import PeopleService
from shutterfeed.services.publishing import PublishingService
from tests import samples
from tests.fakes.metadata import (
    FakeAlbums,
    FakeAvatars,
    FakeBlobs,
    FakeContenders,
    FakeDrafts,
    FakeLedger,
    FakeNominations,
    FakePosts,
    FakeProfiles,
    FakeScheduledPosts,
    FakeViewingReads,
    Metadata,
)
from tests.fakes.storage import FakeQueue
from tests.fakes.system import START, FakeClock, FakeIds


@pytest.fixture
def data() -> Metadata:
    data = Metadata()
    FakeProfiles(data).create(samples.profile(1))
    return data


@pytest.fixture
def later() -> FakeQueue[PublishMessage]:
    return FakeQueue()


@pytest.fixture
def service(
    data: Metadata, later: FakeQueue[PublishMessage], clock: FakeClock, ids: FakeIds
) -> PublishingService:
    return PublishingService(
        ledger=FakeLedger(data),
        posts=FakePosts(data),
        scheduled=FakeScheduledPosts(data),
        albums=FakeAlbums(data),
        drafts=FakeDrafts(data),
        profiles=FakeProfiles(data),
        people=PeopleService(profiles=FakeProfiles(data), reads=FakeViewingReads(data, clock)),
        blobs=FakeBlobs(data),
        avatars=FakeAvatars(data),
        nominations=FakeNominations(data),
        later=later,
        contenders=FakeContenders(data),
        clock=clock,
        ids=ids,
    )


def _post(data: Metadata, media: int, number: int = 1) -> Post:
    post = samples.post(number=number, media=media)
    FakePosts(data).create(post, samples.uploads(post), str(number), "fingerprint")
    return post


def _refer(data: Metadata, post: Post, index: int = 0, content: str = "content") -> Reference:
    reference = Reference(samples.sha256(content), post.id, post.media[index].media_id)
    FakeBlobs(data).refer(reference)
    return reference


def _blob(data: Metadata, content: str = "content") -> Blob:
    sha256 = samples.sha256(content)
    return FakeBlobs(data).claim(sha256, f"blob of {content}", "image/jpeg", 7)


def test_a_post_is_published_when_its_last_medium_is_ready(
    data: Metadata, service: PublishingService
) -> None:
    post = _post(data, media=2)
    for content in ("one", "two"):
        FakeBlobs(data).mark_ready(_blob(data, content), samples.picture(content))
    one, two = (_refer(data, post, index, content) for index, content in enumerate(("one", "two")))
    assert service.complete(PublishMedium(one)) is None
    assert data.posts[post.id].state is PostState.PENDING
    assert service.complete(PublishMedium(two)) is PostState.PUBLISHED
    published = data.posts[post.id]
    assert published.state is PostState.PUBLISHED
    assert published.published_at == START
    assert [m.picture and m.picture.blob_id for m in published.media] == ["one", "two"]
    (nomination,) = data.nominations.values()
    assert (nomination.user_id, nomination.followers) == (post.author_id, 0)
    data.nominations.clear()
    assert service.complete(PublishMedium(two)) is None
    assert data.posts[post.id] == published
    assert data.profiles[post.author_id].posts == 1
    assert data.nominations == {}


def test_a_post_fails_as_soon_as_one_medium_has_failed(
    data: Metadata, service: PublishingService
) -> None:
    post = _post(data, media=2)
    FakeBlobs(data).mark_failed(_blob(data), samples.FAILURE)
    reference = _refer(data, post, 1)
    assert service.complete(PublishMedium(reference)) is PostState.FAILED
    failed = data.posts[post.id]
    assert [medium.state for medium in failed.media] == [MediaState.AWAITING, MediaState.FAILED]
    assert failed.media[1].failure == samples.FAILURE
    assert service.complete(PublishMedium(reference)) is None


def test_a_file_that_is_no_picture_gives_up_its_content_at_once(
    data: Metadata, service: PublishingService
) -> None:
    first, second = _post(data, media=1), _post(data, media=1, number=2)
    for code, gone in (("too_many_pixels", False), ("undecodable", True)):
        data.write_blob(samples.sha256("content"), None)
        FakeBlobs(data).mark_failed(_blob(data), Failure(code, "Refused."))
        one, two = (_refer(data, post) for post in (first, second))
        for _ in range(2):
            service.complete(PublishMedium(one))
        assert FakeBlobs(data).is_referred_to_by(one) is not gone
        # Somebody else's still waits for its own outcome.
        assert FakeBlobs(data).is_referred_to_by(two)
        expiry = data.expiries.get(keys.blob(samples.sha256("content")))
        assert expiry is None
        service.complete(PublishMedium(two))
        expiry = data.expiries.get(keys.blob(samples.sha256("content")))
        assert expiry == (START if gone else None)


def test_a_medium_that_waits_for_its_own_rendering_does_not_know_that_the_blob_is_ready(
    data: Metadata, service: PublishingService
) -> None:
    post = _post(data, media=1)
    blobs = FakeBlobs(data)
    blobs.mark_ready(_blob(data), samples.picture())
    reference = Reference(samples.sha256("content"), post.id, post.media[0].media_id)
    blobs.refer_once_rendered(reference, "blob")
    sent = PublishMedium(reference)
    assert service.complete(sent) is None
    assert data.posts[post.id].state is PostState.PENDING
    blobs.complete_rendering(reference)
    assert service.complete(sent) is PostState.PUBLISHED


def test_a_blob_that_is_not_final_or_gone_completes_nothing(
    data: Metadata, service: PublishingService
) -> None:
    post = _post(data, media=1)
    sent = PublishMedium(_refer(data, post))
    assert service.complete(sent) is None
    _blob(data)
    assert service.complete(sent) is None
    assert data.posts[post.id].state is PostState.PENDING


@pytest.mark.parametrize("state", [PostState.PUBLISHED, PostState.FAILED, PostState.DELETED])
def test_a_concluded_post_is_not_concluded_again(
    data: Metadata, service: PublishingService, state: PostState
) -> None:
    post = _post(data, media=1)
    data.posts[post.id] = replace(post, state=state)
    FakeBlobs(data).mark_ready(_blob(data), samples.picture())
    assert service.complete(PublishMedium(_refer(data, post))) is None
    assert data.posts[post.id] == replace(post, state=state)
    assert data.profiles[post.author_id].posts == 0


def test_a_post_that_is_gone_is_not_concluded(service: PublishingService) -> None:
    assert service.conclude(samples.post().id) is None


def test_a_final_blob_without_an_outcome_is_an_error(
    data: Metadata, service: PublishingService
) -> None:
    reference = _refer(data, _post(data, media=1))
    data.blobs[reference.sha256] = replace(_blob(data), state=BlobState.READY)
    with pytest.raises(ValueError, match="without picture or failure"):
        service.complete(PublishMedium(reference))
