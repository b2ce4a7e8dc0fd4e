"""The routes of the zoom size of a photo."""

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


@route(
    "GET",
    "/public/posts/{id}/media/{media_id}/zoom",
    returns=ZoomBody,
    public=True,
    cached=True,
    errors=(404,),
)
def find_zoom(call: Call) -> ZoomBody:
    """Get a larger rendition of a photo, as it is shown to people who are not signed in.

    They have none made. `rendition` is null if there is none, or none yet: it is there for some
    weeks once somebody who is signed in has enlarged the photo.
    """
    path = call.path
    found = call.services.zooming.find(call.viewer, path["id"], path["media_id"])
    return ZoomBody(None) if found is None else ZoomBody.of(found, call.services.links)
