"""Making renditions of a stored photo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import IO

import pytest

from shutterfeed.domain.crops import Crop
from shutterfeed.domain.media import Blob, BlobState
from shutterfeed.domain.messages import RenderPhoto
from shutterfeed.domain.photos import RenderedPhoto
from shutterfeed.keys import original_object
from shutterfeed.services.rendering import RenderingService
from tests import samples
from tests.fakes.metadata import FakeBlobs, Metadata
from tests.fakes.storage import (
    BROKEN_PHOTO,
    PHOTO,
    Buckets,
    FakeOriginals,
    FakePhotoCodec,
    FakeRenditions,
    NoSuchObject,
)
from tests.fakes.system import in_turn


@dataclass
class Workshop:
    data: Metadata = field(default_factory=Metadata)
    buckets: Buckets = field(default_factory=Buckets)

    def __post_init__(self) -> None:
        self.blobs = FakeBlobs(self.data)
        self.service = RenderingService(
            blobs=self.blobs,
            originals=FakeOriginals(self.buckets),
            renditions=FakeRenditions(self.buckets),
            codec=FakePhotoCodec(),
            together=in_turn,
        )

    def store(self, content: bytes) -> Blob:
        blob = self.blobs.claim(samples.sha256(content), "blob", "image/jpeg", len(content))
        self.buckets.originals[original_object(blob.sha256, blob.blob_id)] = content
        return blob

    def render(self, blob: Blob) -> BlobState | None:
        return self.service.render(RenderPhoto(blob.sha256, blob.blob_id))

    def now(self, blob: Blob) -> Blob:
        return self.data.blobs[blob.sha256]


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


def test_a_photo_gets_its_renditions_before_it_is_called_ready(workshop: Workshop) -> None:
    blob = workshop.store(PHOTO)
    assert workshop.render(blob) is BlobState.READY
    picture = workshop.now(blob).picture
    assert picture is not None
    assert (picture.blob_id, picture.width, picture.height) == ("blob", 4000, 3000)
    assert picture.placeholder
    stored = {key: content for key, (_, content) in workshop.buckets.renditions.items()}
    assert stored == {
        "media/blob/640.jpg": b"large " + PHOTO,
        "media/blob/320.jpg": b"small " + PHOTO,
    }
    assert [r.name for r in picture.renditions] == ["640.jpg", "320.jpg"]


def test_a_photo_of_which_nothing_can_be_made_fails_with_the_reason(workshop: Workshop) -> None:
    blob = workshop.store(BROKEN_PHOTO)
    assert workshop.render(blob) is BlobState.FAILED
    failure = workshop.now(blob).failure
    assert failure is not None
    assert (failure.code, failure.message) == ("undecodable", "The photo is damaged.")
    assert not workshop.buckets.renditions


@pytest.mark.parametrize("content", [PHOTO, BROKEN_PHOTO])
def test_a_final_blob_is_not_rendered_again(workshop: Workshop, content: bytes) -> None:
    blob = workshop.store(content)
    workshop.render(blob)
    settled = workshop.now(blob)
    workshop.buckets.renditions.clear()
    assert workshop.render(blob) is None
    assert workshop.now(blob) == settled
    assert not workshop.buckets.renditions


@pytest.mark.parametrize("content", [PHOTO, BROKEN_PHOTO])
def test_a_final_blob_is_rendered_again_for_each_reference_that_waits_for_it(
    workshop: Workshop, content: bytes
) -> None:
    blob = workshop.store(content)
    first = workshop.render(blob)
    settled, renditions = workshop.now(blob), dict(workshop.buckets.renditions)
    reference = samples.reference("content", 1)
    workshop.blobs.refer_once_rendered(reference, "blob")
    workshop.buckets.renditions.clear()
    order = RenderPhoto(blob.sha256, blob.blob_id, reference)
    assert workshop.service.render(order) is first
    assert not workshop.blobs.awaits_rendering(reference)
    assert workshop.now(blob) == settled
    assert workshop.buckets.renditions == renditions
    assert workshop.service.render(order) is None


def test_a_rendering_that_fails_takes_nothing_from_one_that_went_well(workshop: Workshop) -> None:
    blob = workshop.store(PHOTO)
    workshop.render(blob)
    ready = workshop.now(blob)
    reference = samples.reference("content", 1)
    workshop.blobs.refer_once_rendered(reference, "blob")
    workshop.buckets.originals[original_object(blob.sha256, blob.blob_id)] = BROKEN_PHOTO
    workshop.service.render(RenderPhoto(blob.sha256, blob.blob_id, reference))
    assert workshop.now(blob) == ready
    assert not workshop.blobs.awaits_rendering(reference)


def test_a_message_about_a_blob_that_is_gone_or_another_by_now_does_nothing(
    workshop: Workshop,
) -> None:
    blob = workshop.store(PHOTO)
    assert workshop.render(replace(blob, blob_id="earlier")) is None
    assert workshop.render(replace(blob, sha256=samples.sha256("gone"))) is None
    assert workshop.now(blob) == blob
    assert not workshop.buckets.renditions


def test_a_missing_original_is_no_fault_of_the_photo(workshop: Workshop) -> None:
    blob = workshop.store(PHOTO)
    workshop.buckets.originals.clear()
    with pytest.raises(NoSuchObject):
        workshop.render(blob)
    assert workshop.now(blob) == blob


def test_a_codec_that_breaks_is_no_fault_of_the_photo(workshop: Workshop) -> None:
    class Breaking:
        def render(
            self, source: IO[bytes], content_type: str, crop: Crop | None = None
        ) -> RenderedPhoto:
            raise MemoryError(source, content_type, crop)

    blob = workshop.store(PHOTO)
    with pytest.raises(MemoryError):
        replace(workshop.service, codec=Breaking()).render(RenderPhoto(blob.sha256, "blob"))
    assert workshop.now(blob) == blob
