"""S3's event notifications as messages of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import msgspec

from shutterfeed.domain.messages import IngestUpload
from shutterfeed.keys import MalformedKey, parse_upload_object, upload_object


class LandedEncoder:
    """Writes an upload as the part of S3's notification that `uploads_landed` reads."""

    def encode(self, landed: IngestUpload) -> str:
        key = quote_plus(upload_object(landed.post_id, landed.media_id), safe="/")
        return msgspec.json.encode({"Records": [{"s3": {"object": {"key": key}}}]}).decode()


def uploads_landed(body: str) -> Iterator[IngestUpload]:
    """The uploads one notification speaks of; none for S3's test event or foreign keys.

    Keys come URL-encoded. Raises `msgspec.DecodeError` where the body is not JSON.
    """
    event: dict[str, Any] = msgspec.json.decode(body)
    for record in event.get("Records", []):
        try:
            yield IngestUpload(*parse_upload_object(unquote_plus(record["s3"]["object"]["key"])))
        except MalformedKey:
            continue  # Not one of the API's uploads; the bucket's owner may put what they like.
