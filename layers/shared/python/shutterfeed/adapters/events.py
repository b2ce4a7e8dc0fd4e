"""Turns S3's event notifications into our messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import msgspec

from shutterfeed.domain.messages import IngestUpload
from shutterfeed.keys import MalformedKey, parse_upload_object, upload_object


class LandedEncoder:
    """Encodes an upload as an S3 notification, with only the fields that `uploads_landed` reads."""

    def encode(self, landed: IngestUpload) -> str:
        key = quote_plus(upload_object(landed.post_id, landed.media_id), safe="/")
        return msgspec.json.encode({"Records": [{"s3": {"object": {"key": key}}}]}).decode()


def uploads_landed(body: str) -> Iterator[IngestUpload]:
    """The uploads in one notification; none for S3's test event, and none for keys that are not
    ours.

    Keys are URL-encoded. Raises `msgspec.DecodeError` if the body is not JSON.
    """
    event: dict[str, Any] = msgspec.json.decode(body)
    for record in event.get("Records", []):
        try:
            yield IngestUpload(*parse_upload_object(unquote_plus(record["s3"]["object"]["key"])))
        except MalformedKey:
            continue  # The API did not make this key; the bucket's owner may store anything.
