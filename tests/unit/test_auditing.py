"""The audit finds everything seeded, repairs what is safe, and removes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed import keys
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.media import Blob, BlobState, Clip, MediaState, Reference, Upload
from shutterfeed.domain.messages import CollectComments, CollectLikes, RemovePost, RenderPhoto
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.retention import UPLOAD_OVERDUE
from shutterfeed.ports.inventory import StoredOriginal
from shutterfeed.services.collection import CollectionService
from shutterfeed.services.mismatches import Mismatch, Suspicion
from tests import samples
from tests.fakes.evidence import FakeEvidence
from tests.fakes.metadata import FakeBlobs, FakeLedger, FakeRemovals
from tests.fakes.storage import FakeDownloads, FakeOriginals, FakeRenditions, FakeUploadBucket
from tests.fakes.system import START
from tests.warehouse import Warehouse, seeded

SEEDED = 1_200
REPAIRED = {
    Mismatch.OBJECT_WITHOUT_ROW,
    Mismatch.MISSING_RENDITION,
    Mismatch.MEDIUM_WITHOUT_REFERENCE,
    Mismatch.ENTRY_WITHOUT_POST,
    Mismatch.UPLOAD_WITHOUT_ENTRY,
    Mismatch.UPLOAD_KEPT,
}


def _audit(house: Warehouse, *, repair: bool = False) -> list[Suspicion]:
    told: list[str] = []
    found = list(house.service().audit(FakeEvidence(), repair=repair, progress=told.append))
    assert told, "progress is shown"
    return found


@pytest.mark.parametrize("repair", [False, True])
def test_everything_seeded_is_found_and_nothing_else(repair: bool) -> None:
    house = seeded(SEEDED)
    objects = (dict(house.buckets.originals), dict(house.buckets.renditions))
    uploads, tags = len(house.buckets.uploads), dict(house.buckets.tags)
    rows, references = dict(house.metadata.blobs), set(house.metadata.references)
    found = _audit(house, repair=repair)
    assert len(found) == SEEDED
    for kind, subjects in house.seeded.items():
        assert {s.subject for s in found if s.kind is kind} == subjects
        assert {s.repaired for s in found if s.kind is kind} == {repair and kind in REPAIRED}
    assert (house.buckets.originals, house.buckets.renditions) == objects
    assert not house.buckets.retired
    assert len(house.buckets.uploads) == uploads, "marked, not removed"
    assert house.metadata.references >= references
    assert house.metadata.blobs.keys() >= rows.keys()
    if not repair:
        assert house.metadata.blobs == rows
        assert house.metadata.references == references
        assert house.buckets.tags == tags
        assert not house.render.messages
        assert not house.collect.messages


def test_a_repair_leaves_only_what_a_person_has_to_look_at() -> None:
    house = seeded(SEEDED)
    _audit(house, repair=True)
    collector = CollectionService(
        blobs=FakeBlobs(house.metadata),
        ledger=FakeLedger(house.metadata),
        bucket=FakeUploadBucket(house.buckets),
        originals=FakeOriginals(house.buckets),
        renditions=FakeRenditions(house.buckets),
        removals=FakeRemovals(house.metadata, per_hour=0),
        downloads=FakeDownloads(house.buckets),
        clock=house.clock,
    )
    for message in house.collect.messages:
        assert not isinstance(message, RemovePost | CollectLikes | CollectComments)
        collector.collect(message)
    again = _audit(house)
    assert {found.kind for found in again} == set(Mismatch) - REPAIRED
    rendered = {message.blob_id for message in house.render.messages}
    wanted = house.seeded[Mismatch.OBJECT_WITHOUT_ROW] | house.seeded[Mismatch.MISSING_RENDITION]
    assert rendered == wanted
    stored = {b.blob_id for b in house.metadata.blobs.values() if b.state is BlobState.STORED}
    assert stored == wanted


def test_an_original_that_no_post_shows_is_reported_and_left_alone() -> None:
    house = seeded(6)
    (blob_id,) = house.seeded[Mismatch.OBJECT_WITHOUT_ROW]
    house.metadata.posts = {i: p for i, p in house.metadata.posts.items() if i.ulid != blob_id}
    found = _audit(house, repair=True)
    (orphan,) = (s for s in found if s.kind is Mismatch.OBJECT_WITHOUT_ROW)
    assert not orphan.repaired
    assert orphan.sha256 not in house.metadata.blobs
    assert keys.original_object(orphan.sha256, blob_id) in house.buckets.originals


def test_the_lost_row_of_a_cropped_photo_comes_back_with_its_crop() -> None:
    """All of the picture would be rendered without it."""
    house = Warehouse()
    crop, blob_id = Crop(0, 2500, 10_000, 5000), samples.user_id(7)
    medium = replace(samples.medium(1), crop=crop)
    post = replace(samples.post(), media=(medium,), state=PostState.PUBLISHED)
    house.metadata.posts[post.id] = post
    house.metadata.references.add(Reference.of(post.id, medium))
    key = keys.original_object(medium.stored_as, blob_id)
    house.buckets.originals[key] = bytes(medium.size)
    house.by_prefix[medium.sha256[:2]] = [
        StoredOriginal(*keys.parse_original_object(key), medium.size)
    ]
    (found,) = _audit(house, repair=True)
    assert (found.kind, found.repaired) == (Mismatch.OBJECT_WITHOUT_ROW, True)
    restored = Blob(medium.stored_as, blob_id, medium.content_type, medium.size, crop=crop)
    assert house.metadata.blobs == {medium.stored_as: restored}
    assert house.render.messages == [RenderPhoto(medium.stored_as, blob_id)]
    assert _audit(house) == []


def test_what_has_changed_since_it_was_read_is_not_repaired() -> None:
    house = seeded(6)
    (subject,) = house.seeded[Mismatch.MEDIUM_WITHOUT_REFERENCE]
    service = house.service()
    for found in service.audit(FakeEvidence(), repair=True, progress=lambda _: None):
        # The post goes for good while the audit is at the kinds before.
        house.metadata.posts.clear()
        assert not (found.subject == subject and found.repaired)
    assert not [r for r in house.metadata.references if _subject(r) == subject]


def _subject(reference: Reference) -> str:
    return f"{reference.post_id}#{reference.media_id}"


def test_a_reader_that_fails_fails_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    house = seeded(6)

    def broken(_: str) -> list[object]:
        raise ConnectionError("gone")

    monkeypatch.setattr(house, "originals", broken)
    with pytest.raises(ConnectionError, match="gone"):
        _audit(house, repair=True)
    assert not house.render.messages


def test_what_moves_is_made_anew_by_the_transcoder() -> None:
    house = seeded(6)
    (blob_id,) = house.seeded[Mismatch.MISSING_RENDITION]
    (row,) = (blob for blob in house.metadata.blobs.values() if blob.blob_id == blob_id)
    assert row.picture is not None
    clip = Clip("video.mp4", 64, 48, 1500, 10, has_audio=False)
    rows = house.metadata.blobs
    rows[row.sha256] = replace(
        row, content_type="video/mp4", picture=replace(row.picture, clip=clip)
    )
    # Now nothing but the clip is missing.
    for rendition in row.picture.renditions:
        key = keys.rendition_object(blob_id, rendition.name)
        house.buckets.renditions[key] = rendition, b""
    found = _audit(house, repair=True)
    assert [s.repaired for s in found if s.subject == blob_id] == [True]
    assert [message.blob_id for message in house.transcode.messages] == [blob_id]
    assert blob_id not in {message.blob_id for message in house.render.messages}


def _old_upload(house: Warehouse, post: Post, state: MediaState | None) -> str:
    """The upload of a post's medium that has been there for days, with an entry in this state."""
    (medium,) = post.media
    if state is not None:
        upload = Upload(post.id, replace(medium, state=state), START)
        house.metadata.uploads[post.author_id, medium.media_id] = upload
    key = keys.upload_object(post.id, medium.media_id)
    house.buckets.uploads[key] = b"x"
    house.modified[key] = START - 2 * UPLOAD_OVERDUE
    return key


def _uploads_found(house: Warehouse) -> list[tuple[Mismatch, bool]]:
    found = _audit(house, repair=True)
    return [(suspicion.kind, suspicion.repaired) for suspicion in found]


@pytest.mark.parametrize("state", [MediaState.AWAITING, MediaState.PROCESSING])
def test_an_upload_that_waits_is_the_reconcilers(state: MediaState) -> None:
    house, post = Warehouse(), samples.post()
    house.metadata.posts[post.id] = post
    _old_upload(house, post, state)
    assert _uploads_found(house) == []


def test_an_upload_of_a_living_post_is_never_marked_though_its_entry_is_gone() -> None:
    house, post = Warehouse(), samples.post()
    house.metadata.posts[post.id] = post
    _old_upload(house, post, None)
    assert _uploads_found(house) == [(Mismatch.UPLOAD_WITHOUT_ENTRY, False)]
    assert not house.buckets.tags


def test_an_upload_whose_original_is_not_stored_is_never_marked() -> None:
    house, post = Warehouse(), samples.post()
    house.metadata.posts[post.id] = post
    _old_upload(house, post, MediaState.READY)
    assert _uploads_found(house) == [(Mismatch.UPLOAD_KEPT, False)]
    assert not house.buckets.tags


def test_a_refused_upload_that_lost_its_mark_gets_it_back() -> None:
    house, post = Warehouse(), samples.post()
    house.metadata.posts[post.id] = post
    key = _old_upload(house, post, MediaState.FAILED)
    assert _uploads_found(house) == [(Mismatch.UPLOAD_KEPT, True)]
    assert house.buckets.tags == {key: "refused"}


def test_an_upload_that_came_just_now_is_on_its_way() -> None:
    house, post, other = Warehouse(), samples.post(), samples.post(number=2)
    house.metadata.posts[other.id] = other
    house.modified[_old_upload(house, post, None)] = START - UPLOAD_OVERDUE
    assert _uploads_found(house) == []


def test_an_upload_of_a_post_that_was_made_meanwhile_is_not_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house, post = Warehouse(), samples.post()
    _old_upload(house, post, None)

    def made_meanwhile(*_: object) -> bool:
        house.metadata.posts[post.id] = post
        return True

    monkeypatch.setattr(house, "is_kept", made_meanwhile)
    assert _uploads_found(house) == [(Mismatch.UPLOAD_WITHOUT_ENTRY, False)]
    assert not house.buckets.tags
