"""The route of the zoom size of a photo."""

from __future__ import annotations

from api.http import Call, Waits, route
from api.models import ZoomBody
from shutterfeed.domain.zooming import RETRY_SECONDS


@route(
    "POST",
    "/posts/{id}/media/{media_id}/zoom",
    returns=ZoomBody,
    errors=(404, 409),
    limited=True,
    reads_session=True,
    may_wait=True,
    asked_again=True,
)
def zoom_medium(call: Call) -> ZoomBody | Waits:
    """Get a larger rendition of a photo, for somebody who enlarges it: a WebP of up to 2,048 pixels
    in width and 4.2 million in all.

    It is made when it is first asked for, which takes some seconds and is limited for each user.
    Until then the answer is 202 with `Retry-After`, and the same request succeeds later; it is kept
    for 90 days. The answer is 409 `no_zoom_size` if there can be none: of a video, and of a photo
    that is not `zoomable`.
    """
    path = call.path
    found = call.services.zooming.ask(
        call.user_id, path["id"], path["media_id"], call.session_began
    )
    body = ZoomBody.of(found, call.services.links)
    return body if found.is_made else Waits(body, RETRY_SECONDS)
