"""The three buckets: uploads as they arrive, originals that are kept for good, and renditions for
viewers."""

from __future__ import annotations

import hashlib
import tempfile
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from shutterfeed import keys
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Upload
from shutterfeed.domain.multipart import Part, part_size, part_sizes
from shutterfeed.domain.photos import Rendition
from shutterfeed.ports.uploads import Arrival, PartLink, PartsGrant, UploadGrant

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

IMMUTABLE: Final = "public, max-age=31536000, immutable"
RELEASED: Final = "released"
REFUSED: Final = "refused"
ABANDONED: Final = "abandoned"
ERASED: Final = "erased"
"""The tag of the versions of an original that nothing refers to any more."""
ZOOM: Final = "zoom"
"""The tag of zoom sizes, which a lifecycle rule removes."""
EXPIRING: Final = frozenset((RELEASED, REFUSED, ABANDONED))
"""The tags of uploads that a lifecycle rule removes."""
_READ_SIZE: Final = 1 << 20
_IN_MEMORY: Final = 32 << 20
_MISSING: Final = frozenset(("404", "NoSuchKey", "NoSuchVersion", "NotFound"))
_NO_SUCH_UPLOAD: Final = "NoSuchUpload"


@dataclass(frozen=True, slots=True)
class S3UploadBucket:
    """The uploads bucket. `connect` makes the client only when it is needed, since few of the API's
    routes need it."""

    connect: Callable[[], S3Client]
    name: str

    def grant(self, upload: Upload, expires_at: datetime, now: datetime) -> UploadGrant:
        medium = upload.medium
        fields = {
            "Content-Type": medium.content_type,
            "x-amz-checksum-algorithm": "SHA256",
            "x-amz-checksum-sha256": b64encode(bytes.fromhex(medium.sha256)).decode(),
        }
        conditions: list[object] = [{name: value} for name, value in fields.items()]
        post = self.connect().generate_presigned_post(
            self.name,
            keys.upload_object(upload.post_id, medium.media_id),
            Fields=fields,
            Conditions=[*conditions, ["content-length-range", medium.size, medium.size]],
            ExpiresIn=int((expires_at - now).total_seconds()),
        )
        return UploadGrant(medium.media_id, post["url"], post["fields"], expires_at)

    def begin_parts(self, upload: Upload) -> str:
        # There is no checksum here: S3 has no SHA-256 of a whole file that came in parts, and
        # those of the parts were never declared. `inspect` hashes the whole file.
        answer = self.connect().create_multipart_upload(
            Bucket=self.name, Key=self._key(upload), ContentType=upload.medium.content_type
        )
        return answer["UploadId"]

    def grant_parts(
        self,
        upload: Upload,
        multipart_id: str,
        numbers: Sequence[int],
        expires_at: datetime,
        now: datetime,
    ) -> PartsGrant:
        client, sizes = self.connect(), part_sizes(upload.medium.size)
        seconds = int((expires_at - now).total_seconds())

        def link(number: int) -> PartLink:
            parameters = {
                "Bucket": self.name,
                "Key": self._key(upload),
                "UploadId": multipart_id,
                "PartNumber": number,
                # The header is signed: another length does not match the signature.
                "ContentLength": sizes[number],
            }
            url = client.generate_presigned_url("upload_part", parameters, ExpiresIn=seconds)
            return PartLink(number, url, sizes[number])

        return PartsGrant(
            upload.medium.media_id,
            part_size(upload.medium.size),
            tuple(map(link, numbers)),
            expires_at,
        )

    def parts(self, upload: Upload, multipart_id: str) -> Mapping[int, Part] | None:
        try:
            # One page has up to 1,000, ten times what any upload has.
            answer = self.connect().list_parts(
                Bucket=self.name, Key=self._key(upload), UploadId=multipart_id
            )
        except ClientError as error:
            if _code(error) == _NO_SUCH_UPLOAD:
                return None
            raise
        return {
            part["PartNumber"]: Part(part["PartNumber"], part["Size"], part["ETag"])
            for part in answer.get("Parts", [])
        }

    def assemble(self, upload: Upload, multipart_id: str, parts: Sequence[Part]) -> bool:
        named: Any = [{"PartNumber": part.number, "ETag": part.tag} for part in parts]
        try:
            self.connect().complete_multipart_upload(
                Bucket=self.name,
                Key=self._key(upload),
                UploadId=multipart_id,
                MultipartUpload={"Parts": named},
                MpuObjectSize=upload.medium.size,
            )
        except ClientError as error:
            if _code(error) == _NO_SUCH_UPLOAD:
                return False
            if _code(error) == "InvalidPart":
                raise Busy from error
            raise
        return True

    def abort(self, upload: Upload, multipart_id: str) -> None:
        try:
            self.connect().abort_multipart_upload(
                Bucket=self.name, Key=self._key(upload), UploadId=multipart_id
            )
        except ClientError as error:
            if _code(error) != _NO_SUCH_UPLOAD:
                raise

    def inspect(self, post_id: PostId, media_id: str, magic_bytes: int) -> Arrival | None:
        try:
            answer = self.connect().get_object(
                Bucket=self.name, Key=keys.upload_object(post_id, media_id)
            )
        except ClientError as error:
            if _is_missing(error):
                return None
            raise
        digest, magic, size = hashlib.sha256(), b"", 0
        for chunk in answer["Body"].iter_chunks(_READ_SIZE):
            digest.update(chunk)
            size += len(chunk)
            if len(magic) < magic_bytes:
                magic += chunk[: magic_bytes - len(magic)]
        return Arrival(digest.hexdigest(), size, magic, answer["ETag"])

    def holds(self, post_id: PostId, media_id: str) -> bool:
        return _head(self.connect(), self.name, keys.upload_object(post_id, media_id)) is not None

    def release(self, post_id: PostId, media_id: str) -> None:
        self._tag(post_id, media_id, RELEASED)

    def refuse(self, post_id: PostId, media_id: str) -> None:
        self._tag(post_id, media_id, REFUSED)

    def abandon(self, post_id: PostId, media_id: str) -> None:
        self._tag(post_id, media_id, ABANDONED)

    def _key(self, upload: Upload) -> str:
        return keys.upload_object(upload.post_id, upload.medium.media_id)

    def _tag(self, post_id: PostId, media_id: str, tag: str) -> None:
        """Tag an upload. The lifecycle rules look at the tag: an upload without one never
        expires."""
        try:
            self.connect().put_object_tagging(
                Bucket=self.name,
                Key=keys.upload_object(post_id, media_id),
                Tagging={"TagSet": [{"Key": tag, "Value": "true"}]},
            )
        except ClientError as error:
            # When a late message repeats this, the object is gone: the first tag has expired it.
            if not _is_missing(error):
                raise


@dataclass(frozen=True, slots=True)
class S3Intake:
    client: S3Client
    uploads: str
    originals: str

    def holds(self, blob: Blob) -> bool:
        return _head(self.client, self.originals, _original(blob)) == blob.size

    def adopt(self, blob: Blob, post_id: PostId, media_id: str, version: str) -> None:
        self._copy((self.originals, _original(blob)), post_id, media_id, version, blob.content_type)

    def discard(self, post_id: PostId, media_id: str, version: str) -> None:
        target = keys.discarded_object(post_id, media_id)
        # The copy must never be taken for the type that was once declared.
        self._copy((self.uploads, target), post_id, media_id, version, "application/octet-stream")

    def _copy(
        self,
        target: tuple[str, str],
        post_id: PostId,
        media_id: str,
        version: str,
        content_type: str,
    ) -> None:
        bucket, key = target
        self.client.copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={
                "Bucket": self.uploads,
                "Key": keys.upload_object(post_id, media_id),
            },
            CopySourceIfMatch=version,
            ContentType=content_type,
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
        )


@dataclass(frozen=True, slots=True)
class S3Downloads:
    """Links to copies of originals. An original's own headers (`Last-Modified`, the version, the
    storage class) would reveal when somebody first uploaded that content. The bucket's lifecycle
    removes the copies."""

    connect: Callable[[], S3Client]
    uploads: str
    originals: str

    def copy(self, blob: Blob, upload: Upload) -> None:
        medium = upload.medium
        self.connect().copy_object(
            Bucket=self.uploads,
            Key=keys.download_object(upload.post_id, medium.media_id),
            CopySource={"Bucket": self.originals, "Key": _original(blob)},
            ContentType=medium.content_type,
            ContentDisposition=f'attachment; filename="{medium.file_name}"',
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
        )

    def send_again(self, blob: Blob, upload: Upload) -> None:
        self.connect().copy_object(
            Bucket=self.uploads,
            Key=keys.upload_object(upload.post_id, upload.medium.media_id),
            CopySource={"Bucket": self.originals, "Key": _original(blob)},
            ContentType=upload.medium.content_type,
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
        )

    def offer(self, upload: Upload, expires_at: datetime, now: datetime) -> str:
        key = keys.download_object(upload.post_id, upload.medium.media_id)
        return self.connect().generate_presigned_url(
            "get_object",
            {"Bucket": self.uploads, "Key": key},
            ExpiresIn=int((expires_at - now).total_seconds()),
        )


@dataclass(frozen=True, slots=True)
class S3Originals:
    client: S3Client
    name: str

    def open(self, blob: Blob) -> IO[bytes]:
        answer = self.client.get_object(Bucket=self.name, Key=_original(blob))
        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - given away
        for chunk in answer["Body"].iter_chunks(_READ_SIZE):
            spool.write(chunk)
        spool.seek(0)
        return spool

    def retire(self, blob: Blob) -> int:
        return self._remove(blob, ERASED)

    def discard(self, blob: Blob) -> int:
        return self._remove(blob, REFUSED)

    def _remove(self, blob: Blob, tag: str) -> int:
        """Tag all versions, which the lifecycle then removes, and hide them. The marker comes last:
        while there is none, an earlier delivery may have died before it had tagged everything."""
        key, is_shown, tagged = _original(blob), False, 0
        pages = self.client.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix=key
        )
        for page in pages:
            for version in page.get("Versions", []):
                tagged += self._tag(version["Key"], version["VersionId"], tag)
                is_shown |= version["IsLatest"]
        if is_shown:
            # Without a version id this writes a delete marker; the versions stay.
            self.client.delete_object(Bucket=self.name, Key=key)
        return tagged

    def _tag(self, key: str, version_id: str, tag: str) -> bool:
        """Tag one version. False if the lifecycle has removed it meanwhile."""
        try:
            self.client.put_object_tagging(
                Bucket=self.name,
                Key=key,
                VersionId=version_id,
                Tagging={"TagSet": [{"Key": tag, "Value": "true"}]},
            )
        except ClientError as error:
            if _is_missing(error):
                return False
            raise
        return True


@dataclass(frozen=True, slots=True)
class S3Renditions:
    client: S3Client
    name: str

    def put(self, blob_id: str, rendition: Rendition, content: bytes) -> None:
        self.client.put_object(
            Bucket=self.name,
            Key=keys.rendition_object(blob_id, rendition.name),
            Body=content,
            ContentType=rendition.content_type,
            CacheControl=IMMUTABLE,
        )

    def put_zoom(self, blob_id: str, rendition: Rendition, content: bytes) -> None:
        self.client.put_object(
            Bucket=self.name,
            Key=keys.rendition_object(blob_id, rendition.name),
            Body=content,
            ContentType=rendition.content_type,
            CacheControl=IMMUTABLE,
            Tagging=f"{ZOOM}=true",
        )

    def put_file(self, blob_id: str, name: str, content_type: str, path: Path) -> None:
        with path.open("rb") as content:
            self.client.put_object(
                Bucket=self.name,
                Key=keys.rendition_object(blob_id, name),
                Body=content,
                ContentType=content_type,
                CacheControl=IMMUTABLE,
            )

    def remove_all(self, blob_id: str) -> None:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=keys.rendition_prefix(blob_id)
        )
        for page in pages:
            for item in page.get("Contents", []):
                self.client.delete_object(Bucket=self.name, Key=item["Key"])


def _original(blob: Blob) -> str:
    return keys.original_object(blob.sha256, blob.blob_id)


def _head(client: S3Client, bucket: str, key: str) -> int | None:
    """The object's size in bytes; None if there is no object."""
    try:
        return client.head_object(Bucket=bucket, Key=key)["ContentLength"]
    except ClientError as error:
        if _is_missing(error):
            return None
        raise


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _is_missing(error: ClientError) -> bool:
    return _code(error) in _MISSING
