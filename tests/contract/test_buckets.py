"""The buckets: in memory and on moto's S3."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.exceptions import ClientError

from shutterfeed import keys
from shutterfeed.adapters.buckets import (
    ZOOM,
    S3Downloads,
    S3Intake,
    S3Originals,
    S3Renditions,
    S3UploadBucket,
)
from shutterfeed.bootstrap import aws
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.media import DOWNLOAD_LINK_LIFETIME, UPLOAD_LINK_LIFETIME, Blob, Upload
from shutterfeed.domain.multipart import PART_LINK_LIFETIME, Part, part_sizes
from shutterfeed.domain.photos import Rendition
from shutterfeed.ports.media import Downloads, Originals, Renditions
from shutterfeed.ports.uploads import Intake, UploadBucket, UploadGrant
from tests import samples
from tests.conftest import REGION, Aws
from tests.fakes.storage import (
    Buckets,
    FakeDownloads,
    FakeIntake,
    FakeOriginals,
    FakeRenditions,
    FakeUploadBucket,
    NoSuchObject,
)
from tests.fakes.system import START

MEBIBYTE = 1 << 20
UPLOADS, ORIGINALS, RENDITIONS = "uploads", "originals", "renditions"
CONTENT = b"\xff\xd8\xff a photo " * 1000
POST = samples.post()
MEDIA_ID = POST.media[0].media_id
LARGE = Rendition("640.jpg", "image/jpeg", 640, 480)
SMALL = Rendition("320.webp", "image/webp", 320, 240)


@dataclass(frozen=True, slots=True)
class Storage:
    """The ports over three empty buckets, and what a test sees of these."""

    bucket: UploadBucket
    intake: Intake
    originals: Originals
    renditions: Renditions
    downloads: Downloads
    land: Callable[[PostId, str, bytes], object]
    send_part: Callable[[Upload, str, int, bytes], object]
    """Sends a part, as a client with a link does."""
    tag_of: Callable[[PostId, str], str | None]
    offered: Callable[[PostId, str], bytes]
    """What a download's link leads to."""
    rendition: Callable[[str, str], tuple[str, bytes] | None]
    """Content type and bytes, by blob id and name."""
    refusal: type[Exception]
    """What is raised where an object is not there that has to be."""


@pytest.fixture(params=["fake", "moto"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "fake":
        return _fake_storage()
    return _s3_storage(request.getfixturevalue("aws"))


def _fake_storage() -> Storage:
    buckets = Buckets()

    def land(post_id: PostId, media_id: str, content: bytes) -> None:
        buckets.uploads[keys.upload_object(post_id, media_id)] = content

    def send_part(upload: Upload, multipart_id: str, number: int, content: bytes) -> None:
        buckets.parts[multipart_id][number] = content

    def tag_of(post_id: PostId, media_id: str) -> str | None:
        return buckets.tags.get(keys.upload_object(post_id, media_id))

    def offered(post_id: PostId, media_id: str) -> bytes:
        return buckets.downloads[keys.download_object(post_id, media_id)]

    def rendition(blob_id: str, name: str) -> tuple[str, bytes] | None:
        found = buckets.renditions.get(keys.rendition_object(blob_id, name))
        return found and (found[0].content_type, found[1])

    return Storage(
        FakeUploadBucket(buckets),
        FakeIntake(buckets),
        FakeOriginals(buckets),
        FakeRenditions(buckets),
        FakeDownloads(buckets),
        land,
        send_part,
        tag_of,
        offered,
        rendition,
        NoSuchObject,
    )


def _s3_storage(aws: Aws) -> Storage:
    s3 = aws.s3
    for name in (UPLOADS, ORIGINALS, RENDITIONS):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=ORIGINALS, VersioningConfiguration={"Status": "Enabled"})

    def land(post_id: PostId, media_id: str, content: bytes) -> None:
        s3.put_object(Bucket=UPLOADS, Key=keys.upload_object(post_id, media_id), Body=content)

    def send_part(upload: Upload, multipart_id: str, number: int, content: bytes) -> None:
        s3.upload_part(
            Bucket=UPLOADS,
            Key=keys.upload_object(upload.post_id, upload.medium.media_id),
            UploadId=multipart_id,
            PartNumber=number,
            Body=content,
        )

    def tag_of(post_id: PostId, media_id: str) -> str | None:
        try:
            answer = s3.get_object_tagging(
                Bucket=UPLOADS, Key=keys.upload_object(post_id, media_id)
            )
        except s3.exceptions.ClientError:
            return None
        tags = {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
        assert set(tags.values()) <= {"true"}
        return next(iter(tags), None)

    def offered(post_id: PostId, media_id: str) -> bytes:
        key = keys.download_object(post_id, media_id)
        return s3.get_object(Bucket=UPLOADS, Key=key)["Body"].read()

    def rendition(blob_id: str, name: str) -> tuple[str, bytes] | None:
        key = keys.rendition_object(blob_id, name)
        listed = s3.list_objects_v2(Bucket=RENDITIONS, Prefix=key)
        if not listed.get("Contents"):
            return None
        answer = s3.get_object(Bucket=RENDITIONS, Key=key)
        return answer["ContentType"], answer["Body"].read()

    return Storage(
        S3UploadBucket(lambda: s3, UPLOADS),
        S3Intake(s3, UPLOADS, ORIGINALS),
        S3Originals(s3, ORIGINALS),
        S3Renditions(s3, RENDITIONS),
        S3Downloads(lambda: s3, UPLOADS, ORIGINALS),
        land,
        send_part,
        tag_of,
        offered,
        rendition,
        ClientError,
    )


def _blob(number: int = 1, content: bytes = CONTENT) -> Blob:
    blob_id = ulid(START, number)
    return Blob(samples.sha256(content), blob_id, "image/jpeg", len(content))


KEY = keys.original_object(_blob().sha256, _blob().blob_id)


def _adopt(storage: Storage, blob: Blob, content: bytes = CONTENT) -> None:
    storage.land(POST.id, MEDIA_ID, content)
    arrival = storage.bucket.inspect(POST.id, MEDIA_ID, 8)
    assert arrival is not None
    storage.intake.adopt(blob, POST.id, MEDIA_ID, arrival.version)


def _original(storage: Storage, blob: Blob) -> bytes:
    with storage.originals.open(blob) as source:
        return source.read()


def test_a_link_names_its_medium_its_key_its_type_and_its_end(storage: Storage) -> None:
    upload = samples.uploads(POST)[0]
    until = START + UPLOAD_LINK_LIFETIME
    grant = storage.bucket.grant(upload, until, START)
    assert grant.media_id == MEDIA_ID
    assert grant.expires_at == until
    assert grant.url.startswith("https://")
    assert grant.fields["key"] == keys.upload_object(POST.id, MEDIA_ID)
    assert grant.fields["Content-Type"] == "image/jpeg"


LARGE_FILE = b"17 MiB! " * (17 << 17)
"""17 MiB: two parts of 8, one of 1."""


def _large() -> Upload:
    (upload,) = samples.uploads(POST)
    return replace(upload, medium=replace(upload.medium, size=len(LARGE_FILE)))


def _send_parts(storage: Storage, upload: Upload, multipart_id: str, *numbers: int) -> None:
    for number in numbers:
        start = (number - 1) * 8 * MEBIBYTE
        content = LARGE_FILE[start : start + part_sizes(upload.medium.size)[number]]
        storage.send_part(upload, multipart_id, number, content)


def test_parts_are_sent_in_any_order_and_make_up_the_file(storage: Storage) -> None:
    upload = _large()
    multipart_id = storage.bucket.begin_parts(upload)
    assert storage.bucket.parts(upload, multipart_id) == {}
    _send_parts(storage, upload, multipart_id, 3, 1)
    arrived = storage.bucket.parts(upload, multipart_id)
    assert arrived is not None
    assert {n: (p.number, p.size) for n, p in arrived.items()} == {
        1: (1, 8 * MEBIBYTE),
        3: (3, MEBIBYTE),
    }
    assert storage.bucket.inspect(POST.id, MEDIA_ID, 8) is None
    _send_parts(storage, upload, multipart_id, 2)
    arrived = storage.bucket.parts(upload, multipart_id)
    assert arrived is not None
    assert storage.bucket.assemble(upload, multipart_id, [arrived[n] for n in (1, 2, 3)])
    landed = storage.bucket.inspect(POST.id, MEDIA_ID, 8)
    assert landed is not None
    assert (landed.sha256, landed.size) == (samples.sha256(LARGE_FILE), len(LARGE_FILE))
    assert storage.bucket.parts(upload, multipart_id) is None


def test_an_aborted_upload_in_parts_has_ended(storage: Storage) -> None:
    upload = _large()
    multipart_id, other = (storage.bucket.begin_parts(upload) for _ in range(2))
    assert multipart_id != other
    _send_parts(storage, upload, multipart_id, 1)
    for _ in range(2):
        storage.bucket.abort(upload, multipart_id)
    assert storage.bucket.parts(upload, multipart_id) is None
    assert storage.bucket.parts(upload, other) == {}


def test_a_part_that_changed_since_it_was_listed_does_not_become_part_of_the_file(
    storage: Storage,
) -> None:
    upload = _large()
    multipart_id = storage.bucket.begin_parts(upload)
    _send_parts(storage, upload, multipart_id, 1, 2, 3)
    arrived = storage.bucket.parts(upload, multipart_id)
    assert arrived is not None
    storage.send_part(upload, multipart_id, 3, b"x" * MEBIBYTE)
    with pytest.raises(Busy):
        storage.bucket.assemble(upload, multipart_id, [arrived[n] for n in (1, 2, 3)])
    assert storage.bucket.inspect(POST.id, MEDIA_ID, 8) is None


def test_the_file_is_not_made_twice_of_its_parts() -> None:
    # Moto fails where S3 answers; to the fake it is the same.
    def gone(**_: object) -> None:
        raise ClientError({"Error": {"Code": "NoSuchUpload"}}, "CompleteMultipartUpload")

    client: Any = SimpleNamespace(complete_multipart_upload=gone)
    buckets: list[UploadBucket] = [
        S3UploadBucket(lambda: client, UPLOADS),
        FakeUploadBucket(Buckets()),
    ]
    for bucket in buckets:
        assert not bucket.assemble(_large(), "id", [Part(1, 8 * MEBIBYTE, '"x"')])


def test_links_of_parts_name_their_sizes_and_their_end(storage: Storage) -> None:
    upload, until = _large(), START + PART_LINK_LIFETIME
    multipart_id = storage.bucket.begin_parts(upload)
    grant = storage.bucket.grant_parts(upload, multipart_id, [2, 3], until, START)
    assert (grant.media_id, grant.part_size, grant.expires_at) == (MEDIA_ID, 8 * MEBIBYTE, until)
    sizes = [(link.number, link.size) for link in grant.links]
    assert sizes == [(2, 8 * MEBIBYTE), (3, MEBIBYTE)]
    assert len({link.url for link in grant.links}) == 2


def test_an_upload_is_described_by_its_own_bytes(storage: Storage) -> None:
    storage.land(POST.id, MEDIA_ID, CONTENT)
    arrival = storage.bucket.inspect(POST.id, MEDIA_ID, 32)
    assert arrival is not None
    assert arrival.sha256 == samples.sha256(CONTENT)
    assert arrival.size == len(CONTENT)
    assert arrival.magic == CONTENT[:32]


@pytest.mark.parametrize("content", [b"", b"short"])
def test_an_upload_shorter_than_its_magic_is_all_magic(storage: Storage, content: bytes) -> None:
    storage.land(POST.id, MEDIA_ID, content)
    arrival = storage.bucket.inspect(POST.id, MEDIA_ID, 32)
    assert arrival is not None
    assert (arrival.magic, arrival.size) == (content, len(content))


def test_the_version_of_an_upload_changes_with_its_bytes_only(storage: Storage) -> None:
    versions = []
    for content in (CONTENT, CONTENT, b"other"):
        storage.land(POST.id, MEDIA_ID, content)
        arrival = storage.bucket.inspect(POST.id, MEDIA_ID, 8)
        assert arrival is not None
        versions.append(arrival.version)
    assert versions[0] == versions[1] != versions[2]


def test_what_has_not_landed_cannot_be_inspected(storage: Storage) -> None:
    assert storage.bucket.inspect(POST.id, MEDIA_ID, 32) is None
    assert not storage.bucket.holds(POST.id, MEDIA_ID)
    storage.land(POST.id, MEDIA_ID, CONTENT)
    assert storage.bucket.holds(POST.id, MEDIA_ID)


def test_an_upload_is_marked_as_released_refused_or_abandoned_and_stays(storage: Storage) -> None:
    storage.land(POST.id, MEDIA_ID, CONTENT)
    assert storage.tag_of(POST.id, MEDIA_ID) is None
    for _ in range(2):
        storage.bucket.release(POST.id, MEDIA_ID)
    assert storage.tag_of(POST.id, MEDIA_ID) == "released"
    for _ in range(2):
        storage.bucket.refuse(POST.id, MEDIA_ID)
    assert storage.tag_of(POST.id, MEDIA_ID) == "refused"
    for _ in range(2):
        storage.bucket.abandon(POST.id, MEDIA_ID)
    assert storage.tag_of(POST.id, MEDIA_ID) == "abandoned"
    assert storage.bucket.inspect(POST.id, MEDIA_ID, 8) is not None


def test_marking_an_upload_that_its_lifecycle_has_taken_is_harmless(storage: Storage) -> None:
    storage.bucket.release(POST.id, MEDIA_ID)
    storage.bucket.refuse(POST.id, MEDIA_ID)
    storage.bucket.abandon(POST.id, MEDIA_ID)
    assert storage.tag_of(POST.id, MEDIA_ID) is None
    assert storage.bucket.inspect(POST.id, MEDIA_ID, 8) is None


def test_an_adopted_upload_is_held_and_reads_back_bit_for_bit(storage: Storage) -> None:
    blob = _blob()
    assert not storage.intake.holds(blob)
    for _ in range(2):
        _adopt(storage, blob)
    assert storage.intake.holds(blob)
    assert _original(storage, blob) == CONTENT
    assert not storage.intake.holds(_blob(2))


def test_an_original_can_be_read_from_any_place(storage: Storage) -> None:
    _adopt(storage, _blob())
    with storage.originals.open(_blob()) as source:
        source.seek(-5, 2)
        assert source.read() == CONTENT[-5:]
        source.seek(3)
        assert source.read(4) == CONTENT[3:7]


def test_an_original_of_another_size_is_not_held_as_whole(storage: Storage) -> None:
    _adopt(storage, _blob(), CONTENT[:-1])
    assert not storage.intake.holds(_blob())


def test_a_retired_original_is_neither_held_nor_read_until_it_is_adopted_again(
    storage: Storage,
) -> None:
    blob, other = _blob(1), _blob(2)
    _adopt(storage, blob)
    _adopt(storage, other)
    for _ in range(2):
        storage.originals.retire(blob)
    assert not storage.intake.holds(blob)
    with pytest.raises(storage.refusal):
        storage.originals.open(blob)
    assert storage.intake.holds(other)
    _adopt(storage, blob)
    assert storage.intake.holds(blob)


def test_renditions_are_put_under_their_blob_and_removed_with_it(storage: Storage) -> None:
    blob_id, other = _blob(1).blob_id, _blob(2).blob_id
    for _ in range(2):
        storage.renditions.put(blob_id, LARGE, b"large")
        storage.renditions.put(blob_id, SMALL, b"small")
    storage.renditions.put(other, LARGE, b"other")
    assert storage.rendition(blob_id, LARGE.name) == ("image/jpeg", b"large")
    assert storage.rendition(blob_id, SMALL.name) == ("image/webp", b"small")
    for _ in range(2):
        storage.renditions.remove_all(blob_id)
    assert storage.rendition(blob_id, LARGE.name) is None
    assert storage.rendition(blob_id, SMALL.name) is None
    assert storage.rendition(other, LARGE.name) == ("image/jpeg", b"other")


def test_a_copy_of_the_original_is_offered_each_time_anew(storage: Storage) -> None:
    _adopt(storage, _blob())
    upload = samples.uploads(POST)[0]
    for _ in range(2):
        storage.downloads.copy(_blob(), upload)
        url = storage.downloads.offer(upload, START + timedelta(minutes=15), START)
        assert keys.download_object(POST.id, MEDIA_ID) in url
        assert storage.offered(POST.id, MEDIA_ID) == CONTENT


def test_an_original_that_is_not_there_is_not_offered(storage: Storage) -> None:
    with pytest.raises(storage.refusal):
        storage.downloads.copy(_blob(), samples.uploads(POST)[0])


def test_a_large_rendition_is_put_from_disk_and_removed_with_its_blob(
    storage: Storage, tmp_path: Path
) -> None:
    blob_id, path = _blob().blob_id, tmp_path / "clip"
    for content in (b"first", b"again" * MEBIBYTE):
        path.write_bytes(content)
        storage.renditions.put_file(blob_id, "video.mp4", "video/mp4", path)
        assert storage.rendition(blob_id, "video.mp4") == ("video/mp4", content)
    storage.renditions.remove_all(blob_id)
    assert storage.rendition(blob_id, "video.mp4") is None


# What only S3 itself can show.


def test_a_link_takes_exactly_what_was_declared_and_for_15_minutes(aws: Aws) -> None:
    upload = replace(samples.uploads(POST)[0], created_at=START)
    bucket = S3UploadBucket(lambda: aws.s3, UPLOADS)
    grant = bucket.grant(upload, START + timedelta(minutes=15), START)
    policy = json.loads(b64decode(grant.fields["policy"]))
    size = upload.medium.size
    exact: dict[str, Any] = {}
    for condition in policy["conditions"]:
        if isinstance(condition, dict):
            exact |= condition
    assert ["content-length-range", size, size] in policy["conditions"]
    assert exact["bucket"] == UPLOADS
    assert exact["key"] == keys.upload_object(POST.id, MEDIA_ID)
    assert exact["Content-Type"] == "image/jpeg"
    assert b64decode(exact["x-amz-checksum-sha256"]).hex() == upload.medium.sha256
    # Whatever the form may carry beside the file is in the policy: nothing is left to choose.
    assert set(grant.fields) - {"policy", "x-amz-signature"} <= set(exact)


def test_the_link_of_a_part_signs_its_place_its_length_and_its_hour(aws: Aws) -> None:
    bucket = S3UploadBucket(lambda: aws.s3, UPLOADS)
    grant = bucket.grant_parts(_large(), "id", [2], START + PART_LINK_LIFETIME, START)
    (link,) = grant.links
    url = urlsplit(link.url)
    assert url.path.endswith(keys.upload_object(POST.id, MEDIA_ID))
    query = dict(parse_qsl(url.query))
    assert (query["partNumber"], query["uploadId"]) == ("2", "id")
    assert query["X-Amz-Expires"] == "3600"
    assert query["X-Amz-SignedHeaders"] == "content-length;host"


REGIONAL_HOSTS = {
    "us-east-1": "s3.us-east-1.amazonaws.com",
    "eu-central-1": "s3.eu-central-1.amazonaws.com",
    # Younger than 2019: their buckets are not reached by the host that all regions share.
    "eu-north-1": "s3.eu-north-1.amazonaws.com",
    "me-south-1": "s3.me-south-1.amazonaws.com",
    "cn-north-1": "s3.cn-north-1.amazonaws.com.cn",
    "us-gov-west-1": "s3.us-gov-west-1.amazonaws.com",
}


@pytest.fixture
def fresh_clients() -> Iterator[None]:
    """Clients for this test's environment alone."""
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


def _links() -> tuple[UploadGrant, str, str]:
    """A form, the link of a part and that of a download, as the deployed functions sign them."""
    bucket = S3UploadBucket(lambda: aws.client("s3"), UPLOADS)
    form = bucket.grant(samples.uploads(POST)[0], START + UPLOAD_LINK_LIFETIME, START)
    (part,) = bucket.grant_parts(_large(), "id", [1], START + PART_LINK_LIFETIME, START).links
    # The copy that a download leads to is not made: only its link is looked at.
    signing: Any = SimpleNamespace(
        generate_presigned_url=aws.client("s3").generate_presigned_url,
        copy_object=lambda **_: None,
    )
    downloads = S3Downloads(lambda: signing, UPLOADS, ORIGINALS)
    download = downloads.offer(_large(), START + DOWNLOAD_LINK_LIFETIME, START)
    return form, part.url, download


@pytest.mark.parametrize(("region", "host"), REGIONAL_HOSTS.items())
@pytest.mark.usefixtures("fresh_clients")
def test_links_lead_to_the_regions_own_host_and_are_signed_the_new_way(
    region: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    form, part, download = _links()
    assert form.url == f"https://{UPLOADS}.{host}/"
    assert "x-amz-signature" in form.fields
    for url in (part, download):
        assert url.startswith(f"https://{UPLOADS}.{host}/")
        assert f"%2F{region}%2Fs3%2Faws4_request" in url
    assert "X-Amz-SignedHeaders=content-length" in part


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:4566", "http://localhost:4566"])
@pytest.mark.usefixtures("fresh_clients")
def test_links_lead_to_the_endpoint_where_the_environment_names_one(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    form, part, download = _links()
    assert form.url == f"{endpoint}/{UPLOADS}"
    for url in (part, download):
        assert url.startswith(f"{endpoint}/{UPLOADS}/")


def test_a_discarded_upload_is_copied_to_where_nobody_reads_and_stays_what_it_is(aws: Aws) -> None:
    storage = _s3_storage(aws)
    storage.land(POST.id, MEDIA_ID, CONTENT)
    arrival = storage.bucket.inspect(POST.id, MEDIA_ID, 8)
    assert arrival is not None
    storage.intake.discard(POST.id, MEDIA_ID, arrival.version)
    copy = aws.s3.get_object(Bucket=UPLOADS, Key=keys.discarded_object(POST.id, MEDIA_ID))
    assert copy["Body"].read() == CONTENT
    assert copy["ContentType"] == "application/octet-stream"
    assert not storage.intake.holds(_blob())
    assert storage.bucket.holds(POST.id, MEDIA_ID)


def test_bytes_that_changed_since_they_were_inspected_are_not_adopted() -> None:
    # Moto copies them all the same; what S3 is asked for is all there is to see.
    asked: list[dict[str, Any]] = []
    client = SimpleNamespace(copy_object=lambda **parameters: asked.append(parameters))
    intake = S3Intake(cast("Any", client), UPLOADS, ORIGINALS)
    intake.adopt(_blob(), POST.id, MEDIA_ID, '"etag"')
    (parameters,) = asked
    assert parameters["CopySourceIfMatch"] == '"etag"'
    key = keys.upload_object(POST.id, MEDIA_ID)
    assert parameters["CopySource"] == {"Bucket": UPLOADS, "Key": key}


def test_the_versions_of_a_retired_original_stay_and_all_are_tagged_to_expire(aws: Aws) -> None:
    storage = _s3_storage(aws)
    for _ in range(2):
        _adopt(storage, _blob())
    _adopt(storage, _blob(2))
    for _ in range(2):
        assert storage.originals.retire(_blob()) == 2
    versions = aws.s3.list_object_versions(Bucket=ORIGINALS, Prefix=KEY)
    assert len(versions["Versions"]) == 2
    for version in versions["Versions"]:
        number = version["VersionId"]
        answer = aws.s3.get_object(Bucket=ORIGINALS, Key=KEY, VersionId=number)
        assert answer["Body"].read() == CONTENT
        tags = aws.s3.get_object_tagging(Bucket=ORIGINALS, Key=KEY, VersionId=number)["TagSet"]
        assert tags == [{"Key": "erased", "Value": "true"}]
    # A repetition writes no second one, which no lifecycle rule would remove.
    assert len(versions["DeleteMarkers"]) == 1
    assert storage.intake.holds(_blob(2))


def test_a_retired_original_that_the_lifecycle_has_removed_is_no_error(aws: Aws) -> None:
    storage = _s3_storage(aws)
    assert storage.originals.retire(_blob()) == 0
    assert "DeleteMarkers" not in aws.s3.list_object_versions(Bucket=ORIGINALS)


def test_a_discarded_original_is_hidden_and_its_version_tagged_to_expire(aws: Aws) -> None:
    storage = _s3_storage(aws)
    _adopt(storage, _blob())
    for _ in range(2):
        storage.originals.discard(_blob())
    assert not storage.intake.holds(_blob())
    (version,) = aws.s3.list_object_versions(Bucket=ORIGINALS)["Versions"]
    tags = aws.s3.get_object_tagging(Bucket=ORIGINALS, Key=KEY, VersionId=version["VersionId"])
    assert tags["TagSet"] == [{"Key": "refused", "Value": "true"}]


def test_an_original_has_the_type_that_was_sniffed_and_none_of_the_uploads_tags(aws: Aws) -> None:
    storage = _s3_storage(aws)
    storage.land(POST.id, MEDIA_ID, CONTENT)
    storage.bucket.release(POST.id, MEDIA_ID)
    _adopt(storage, _blob())
    assert aws.s3.head_object(Bucket=ORIGINALS, Key=KEY)["ContentType"] == "image/jpeg"
    assert aws.s3.get_object_tagging(Bucket=ORIGINALS, Key=KEY)["TagSet"] == []


def test_a_download_has_its_declared_type_and_nothing_of_the_originals_age(aws: Aws) -> None:
    storage = _s3_storage(aws)
    _adopt(storage, _blob())
    upload = samples.uploads(POST)[0]
    heic = replace(upload, medium=replace(upload.medium, content_type="image/heic"))
    storage.downloads.copy(_blob(), heic)
    url = urlsplit(storage.downloads.offer(heic, START + timedelta(minutes=15), START))
    query = dict(parse_qsl(url.query))
    assert query["X-Amz-Expires"] == "900"
    # The link is to the copy: the original's own date, version and class are not to be seen.
    assert url.path.endswith("/" + keys.download_object(POST.id, MEDIA_ID))
    copy = aws.s3.head_object(Bucket=UPLOADS, Key=keys.download_object(POST.id, MEDIA_ID))
    assert copy["ContentType"] == "image/heic"
    assert copy["ContentDisposition"] == f'attachment; filename="{MEDIA_ID}.heic"'
    assert "VersionId" not in copy


def test_renditions_may_be_cached_for_ever(aws: Aws, tmp_path: Path) -> None:
    storage, blob_id = _s3_storage(aws), _blob().blob_id
    storage.renditions.put(blob_id, LARGE, b"large")
    clip = tmp_path / "clip"
    clip.write_bytes(b"clip")
    storage.renditions.put_file(blob_id, "video.mp4", "video/mp4", clip)
    for name in (LARGE.name, "video.mp4"):
        head = aws.s3.head_object(Bucket=RENDITIONS, Key=keys.rendition_object(blob_id, name))
        assert head["CacheControl"] == "public, max-age=31536000, immutable"


def test_a_zoom_size_has_the_tag_by_which_it_expires_and_goes_with_its_blob(aws: Aws) -> None:
    storage, blob_id = _s3_storage(aws), _blob().blob_id
    key = keys.rendition_object(blob_id, LARGE.name)
    for content in (b"zoom", b"again"):
        storage.renditions.put_zoom(blob_id, LARGE, content)
        found = aws.s3.get_object(Bucket=RENDITIONS, Key=key)
        assert (found["Body"].read(), found["ContentType"]) == (content, LARGE.content_type)
        assert found["CacheControl"] == "public, max-age=31536000, immutable"
        tags = aws.s3.get_object_tagging(Bucket=RENDITIONS, Key=key)["TagSet"]
        assert tags == [{"Key": ZOOM, "Value": "true"}]
    storage.renditions.remove_all(blob_id)
    assert not aws.s3.list_objects_v2(Bucket=RENDITIONS)["KeyCount"]


def test_what_s3_refuses_for_other_reasons_is_not_taken_for_a_missing_object(aws: Aws) -> None:
    bucket = S3UploadBucket(lambda: aws.s3, "no-such-bucket")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        bucket.inspect(POST.id, MEDIA_ID, 8)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        bucket.release(POST.id, MEDIA_ID)
