"""Files sent to storage as links say, or not quite: once, and with the answer, whatever it is."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from shutterfeed_cli.client.content import Json, Photo
from shutterfeed_cli.client.http import request, single_client
from shutterfeed_cli.client.transfer import post_form


def upload(link: Json, photo: Photo, *, fields: Mapping[str, str] | None = None) -> httpx.Response:
    """Send a photo with the signed form; `fields` replaces some of the signed ones."""
    changed = {**link, "fields": {**link["fields"], **(fields or {})}}
    return post_form(single_client(), changed, photo.content_type, photo.size, [photo.data])


def upload_part(part: Json, data: bytes) -> httpx.Response:
    """Send one part of a large file, whatever its bytes."""
    return request("PUT", part["url"], body=data)
