"""Turns S3's event notifications into our messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote_plus, unquote_plus

import msgspec

from shutterfeed.adapters.messages import tenant_of
from shutterfeed.domain.messages import IngestUpload
from shutterfeed.keys import MalformedKey, parse_upload_object, upload_object

_BULK: Final = "bulk"


class LandedEncoder:
    """Encodes an upload as an S3 notification, with only the fields that `uploads_landed` reads,
    and whether it comes by the bulk queue, which S3 never says."""

    def encode(self, landed: IngestUpload) -> str:
        key = quote_plus(upload_object(landed.post_id, landed.media_id), safe="/")
        event = {"Records": [{"s3": {"object": {"key": key}}}], _BULK: landed.bulk}
        return msgspec.json.encode(event).decode()

    def tenant(self, landed: IngestUpload) -> str | None:
        """The user whose upload it is."""
        return tenant_of(landed)


def uploads_landed(body: str) -> Iterator[IngestUpload]:
    """The uploads in one notification; none for S3's test event, and none for keys that are not
    ours.

    Keys are URL-encoded. Raises `msgspec.DecodeError` if the body is not JSON.
    """
    event: dict[str, Any] = msgspec.json.decode(body)
    bulk = event.get(_BULK, False)
    for record in event.get("Records", []):
        key = unquote_plus(record["s3"]["object"]["key"])
        try:
            yield IngestUpload(*parse_upload_object(key), bulk)
        except MalformedKey:
            continue  # The API did not make this key; the bucket's owner may store anything.
