"""Exports and their parts: in memory, on DynamoDB, and on moto's S3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from shutterfeed import keys
from shutterfeed.adapters import export_parts
from shutterfeed.adapters.export_parts import S3ExportParts
from shutterfeed.domain.exports import EXPORT_RETENTION, Checkpoint, ExportState, Part
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.media import Blob
from shutterfeed.ports.exports import ExportParts, OriginalFile
from tests import samples
from tests.conftest import REGION, Aws
from tests.contract.conftest import Store
from tests.fakes.exports import FakeExportParts
from tests.fakes.storage import Buckets
from tests.fakes.system import START, in_turn

ADA, BOB = samples.user_id(1), samples.user_id(2)
MINUTE = timedelta(minutes=1)
EXPORT = samples.export()
PART = Part(ulid(START, 7), 1_700, 3)


def test_an_export_is_kept_as_it_was_written_unless_another_is_stored(store: Store) -> None:
    assert store.exports.get(ADA) is None
    assert store.exports.put(EXPORT, None)
    assert not store.exports.put(EXPORT, None)
    assert store.exports.get(ADA) == EXPORT
    assert store.exports.get(BOB) is None
    later = EXPORT.including(PART, Checkpoint("posts", "x", 2, 5, 600), START + MINUTE)
    assert store.exports.put(later, EXPORT)
    assert not store.exports.put(EXPORT.discarded(START), EXPORT)
    assert store.exports.get(ADA) == later
    expected = int((START + MINUTE + EXPORT_RETENTION).timestamp())
    assert store.expiry(keys.export(ADA)) == expected
    ready = later.including(PART, None, START + 2 * MINUTE)
    assert store.exports.put(ready, later)
    stored = store.exports.get(ADA)
    assert stored == ready
    assert stored.state is ExportState.READY


def test_progress_is_noted_of_the_export_as_it_was_read(store: Store) -> None:
    store.exports.put(EXPORT, None)
    assert store.exports.note_progress(EXPORT, 4, 512, START + MINUTE)
    noted = replace(EXPORT, posts_done=4, bytes_done=512, moved_at=START + MINUTE)
    assert store.exports.get(ADA) == noted
    store.exports.put(EXPORT.discarded(START), EXPORT)
    assert not store.exports.note_progress(EXPORT, 5, 600, START + MINUTE)
    assert not store.exports.note_progress(samples.export(user=2), 5, 600, START)


def test_whoever_stores_nothing_has_no_bytes(store: Store) -> None:
    assert store.exports.stored_by(ADA) == 0


@dataclass(frozen=True, slots=True)
class Storage:
    parts: ExportParts
    put_original: Callable[[Blob, bytes], object]
    objects: Callable[[], dict[str, bytes]]
    """What stands below the prefix of exports, by key."""


@pytest.fixture(params=["fake", "moto"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "fake":
        buckets = Buckets()

        def put_original(blob: Blob, content: bytes) -> None:
            buckets.originals[keys.original_object(blob.sha256, blob.blob_id)] = content

        return Storage(FakeExportParts(buckets), put_original, lambda: dict(buckets.exports))
    aws: Aws = request.getfixturevalue("aws")
    return _s3_storage(aws)


def _s3_storage(aws: Aws) -> Storage:
    s3 = aws.s3
    for name in ("uploads", "originals"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def put(blob: Blob, content: bytes) -> None:
        key = keys.original_object(blob.sha256, blob.blob_id)
        s3.put_object(Bucket="originals", Key=key, Body=content)

    def objects() -> dict[str, bytes]:
        listed = s3.list_objects_v2(Bucket="uploads", Prefix="exports/").get("Contents", [])
        names = [item["Key"] for item in listed]
        return {k: s3.get_object(Bucket="uploads", Key=k)["Body"].read() for k in names}

    return Storage(S3ExportParts(lambda: s3, "uploads", "originals", in_turn), put, objects)


def _file(storage: Storage, number: int, content: bytes | None) -> OriginalFile:
    size = len(content or b"")
    blob = Blob(samples.sha256(str(number)), ulid(START, number), "image/jpeg", size)
    if content is not None:
        storage.put_original(blob, content)
    return OriginalFile(f"media/{number}.jpg", START, blob)


def test_a_part_is_a_zip_of_the_very_bytes_once_it_is_finished(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_parts, "_HELD", 100_000)
    contents = {1: b"one", 2: b"l" * 300_000, 3: b"three" * 15_000, 4: b"four" * 15_000}
    files = [_file(storage, number, content) for number, content in contents.items()]
    missing = _file(storage, 9, None)
    writer = storage.parts.begin(EXPORT, 1, ulid(START, 5))
    writer.add("shutterfeed/a.json", START, b"[]")
    assert list(writer.add_originals([*files[:2], missing, *files[2:]])) == [1, 1, 0, 1, 1]
    assert storage.objects() == {}
    part = writer.finish()
    ((key, whole),) = storage.objects().items()
    assert key == keys.export_object(ADA, EXPORT.id, 1, part.object_id)
    assert (part.size, part.files) == (len(whole), 5)
    with ZipFile(BytesIO(whole)) as read:
        assert read.testzip() is None
        assert read.read("shutterfeed/a.json") == b"[]"
        assert [read.read(f"media/{number}.jpg") for number in contents] == [*contents.values()]


def test_a_part_larger_than_a_piece_is_whole(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_parts, "_PIECE", 5 << 20)
    content = bytes(range(256)) * 45_000
    writer = storage.parts.begin(EXPORT, 1, ulid(START, 5))
    writer.add_originals([_file(storage, 1, content)])
    writer.finish()
    (whole,) = storage.objects().values()
    assert ZipFile(BytesIO(whole)).read("media/1.jpg") == content


def test_of_a_part_that_is_given_up_nothing_is_left(storage: Storage) -> None:
    for is_finished in (False, True):
        writer = storage.parts.begin(EXPORT, 1, ulid(START, 5))
        writer.add("a", START, b"content")
        if is_finished:
            writer.finish()
        writer.abandon()
        assert storage.objects() == {}


def test_all_parts_of_an_export_are_removed_and_no_others(storage: Storage) -> None:
    other = replace(EXPORT, id=ulid(START, 99))
    for export, number in ((EXPORT, 1), (EXPORT, 2), (other, 1)):
        storage.parts.begin(export, number, ulid(START, number)).finish()
    for _ in range(2):
        storage.parts.remove(ADA, EXPORT.id)
        assert [*storage.objects()] == [keys.export_object(ADA, other.id, 1, ulid(START, 1))]


def test_a_link_leads_to_a_part(storage: Storage) -> None:
    part = storage.parts.begin(EXPORT, 1, ulid(START, 5)).finish()
    ready = EXPORT.including(part, None, START)
    link = storage.parts.link(ready, 1, START + MINUTE, START)
    assert keys.export_object(ADA, EXPORT.id, 1, part.object_id) in link
