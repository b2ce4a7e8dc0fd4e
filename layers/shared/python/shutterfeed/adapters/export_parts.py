"""The parts of exports in S3: ZIP files that are written while they are made.

Bytes go from the originals through this process into an upload in parts, and are never held as a
whole. S3 could copy them by itself (UploadPartCopy), but only pieces of 5 MiB and more, and a ZIP
file has the CRC of every file in it, for which the bytes have to be read anyway.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from shutterfeed import keys
from shutterfeed.adapters.zips import ZipStream
from shutterfeed.domain.exports import Export, Part
from shutterfeed.domain.media import Blob
from shutterfeed.ports.exports import OriginalFile
from shutterfeed.ports.system import Together

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

_PIECE: Final = 16 << 20
"""The bytes of a part of an upload: S3 takes 10,000 of them."""
_READ_SIZE: Final = 1 << 20
_HELD: Final = 32 << 20
"""The most bytes of originals that are held at once. A larger one is read twice: for its CRC, and
for its bytes."""
_AT_ONCE: Final = 8
_MISSING: Final = frozenset(("404", "NoSuchKey", "NotFound"))


@dataclass(frozen=True, slots=True)
class S3ExportParts:
    """Parts below their own prefix of the uploads bucket, whose lifecycle removes them. `connect`
    makes the client only when it is needed."""

    connect: Callable[[], S3Client]
    bucket: str
    originals: str
    together: Together

    def begin(self, export: Export, number: int, object_id: str) -> S3PartWriter:
        key = keys.export_object(export.user_id, export.id, number, object_id)
        client = self.connect()
        answer = client.create_multipart_upload(
            Bucket=self.bucket,
            Key=key,
            ContentType="application/zip",
            ContentDisposition=f'attachment; filename="{_file_name(export, number)}"',
        )
        upload = _Upload(client, self.bucket, key, answer["UploadId"])
        return S3PartWriter(object_id, upload, self.originals, self.together)

    def link(self, export: Export, number: int, expires_at: datetime, now: datetime) -> str:
        object_id = export.parts[number - 1].object_id
        key = keys.export_object(export.user_id, export.id, number, object_id)
        return self.connect().generate_presigned_url(
            "get_object",
            {"Bucket": self.bucket, "Key": key},
            ExpiresIn=int((expires_at - now).total_seconds()),
        )

    def remove(self, user_id: str, export_id: str) -> None:
        client = self.connect()
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=keys.export_prefix(user_id, export_id)
        )
        for page in pages:
            for item in page.get("Contents", []):
                client.delete_object(Bucket=self.bucket, Key=item["Key"])


@dataclass(slots=True)
class _Upload:
    """An upload in parts, which gets bytes in pieces of any size."""

    client: S3Client
    bucket: str
    key: str
    id: str
    _held: bytearray = field(default_factory=bytearray)
    _done: list[Any] = field(default_factory=list)

    def write(self, piece: bytes) -> None:
        self._held += piece
        while len(self._held) >= _PIECE:
            self._send(bytes(self._held[:_PIECE]))
            del self._held[:_PIECE]

    def complete(self) -> None:
        if self._held:
            self._send(bytes(self._held))
            self._held.clear()
        self.client.complete_multipart_upload(
            Bucket=self.bucket,
            Key=self.key,
            UploadId=self.id,
            MultipartUpload={"Parts": self._done},
        )

    def abort(self) -> None:
        # If the upload is complete already, its object goes; otherwise there is none.
        with suppress(self.client.exceptions.NoSuchUpload):
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=self.key, UploadId=self.id)
        self.client.delete_object(Bucket=self.bucket, Key=self.key)

    def _send(self, piece: bytes) -> None:
        number = len(self._done) + 1
        answer = self.client.upload_part(
            Bucket=self.bucket, Key=self.key, UploadId=self.id, PartNumber=number, Body=piece
        )
        self._done.append({"PartNumber": number, "ETag": answer["ETag"]})


@dataclass(slots=True)
class S3PartWriter:
    """One attempt at a part. If its process ends, the lifecycle drops what was uploaded."""

    object_id: str
    upload: _Upload
    originals: str
    together: Together
    _zip: ZipStream = field(init=False)

    def __post_init__(self) -> None:
        self._zip = ZipStream(self.upload.write)

    @property
    def size(self) -> int:
        return self._zip.size

    @property
    def files(self) -> int:
        return self._zip.files

    def add(self, name: str, made: datetime, content: bytes) -> None:
        self._zip.add(name, made, len(content), zlib.crc32(content), [content])

    def add_originals(self, files: Sequence[OriginalFile]) -> Sequence[bool]:
        return [found for batch in _batches(files) for found in self._add_batch(batch)]

    def finish(self) -> Part:
        self._zip.end()
        self.upload.complete()
        return Part(self.object_id, self._zip.size, self._zip.files)

    def abandon(self) -> None:
        self.upload.abort()

    def _add_batch(self, files: Sequence[OriginalFile]) -> Iterator[bool]:
        if files[0].blob.size > _HELD:
            yield self._add_large(files[0])
            return
        contents = self.together(*(partial(self._read, file.blob) for file in files))
        for file, content in zip(files, contents, strict=True):
            if content is not None:
                self.add(file.name, file.made, content)
            yield content is not None

    def _read(self, blob: Blob) -> bytes | None:
        pieces = self._pieces(blob)
        return None if pieces is None else b"".join(pieces)

    def _add_large(self, file: OriginalFile) -> bool:
        pieces = self._pieces(file.blob)
        if pieces is None:
            return False
        crc, size = 0, 0
        for piece in pieces:
            crc, size = zlib.crc32(piece, crc), size + len(piece)
        self._zip.add(file.name, file.made, size, crc, self._pieces(file.blob) or ())
        return True

    def _pieces(self, blob: Blob) -> Iterator[bytes] | None:
        """The content of an original; None if there is no such object."""
        key = keys.original_object(blob.sha256, blob.blob_id)
        try:
            answer = self.upload.client.get_object(Bucket=self.originals, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return answer["Body"].iter_chunks(_READ_SIZE)


def _batches(files: Sequence[OriginalFile]) -> Iterator[Sequence[OriginalFile]]:
    """The files in their order, a large one by itself and small ones together."""
    batch: list[OriginalFile] = []
    held = 0
    for file in files:
        if batch and (held + file.blob.size > _HELD or len(batch) == _AT_ONCE):
            yield batch
            batch, held = [], 0
        batch.append(file)
        held += file.blob.size
    if batch:
        yield batch


def _file_name(export: Export, number: int) -> str:
    """The name under which a browser saves a part."""
    return f"shutterfeed-{export.begun_at:%Y-%m-%d}-part-{number}.zip"
