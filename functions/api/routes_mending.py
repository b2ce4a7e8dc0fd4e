"""The routes that mend a post which failed because of one of its files."""

from __future__ import annotations

from api.http import Call, route
from api.models import FileBody, PostBody, PostCreated
from shutterfeed.services.posts import MediumDraft


@route("DELETE", "/posts/{id}/media/{media_id}", returns=PostBody, errors=(403, 404, 409))
def remove_medium(call: Call) -> PostBody:
    """Take a photo or video that failed out of one of the caller's posts.

    Once no other file of the post has failed, the post goes on, and publishes itself like a new
    one. The answer is 409 `medium_not_failed` if the file has not failed, and 409 `last_medium` if
    the post has no other. Nothing changes if the post has no such medium, so a repeated request
    gets the same answer.
    """
    path = call.path
    view = call.services.mending.remove(path["id"], call.user_id, path["media_id"])
    return PostBody.of(view, call.services.links)


@route(
    "PUT",
    "/posts/{id}/media/{media_id}",
    body=FileBody,
    returns=PostCreated,
    errors=(403, 404, 409),
    limited=True,
)
def replace_medium(call: Call) -> PostCreated:
    """Put another file into the place of a photo or video that failed, and get a link to upload it.

    It has an id of its own, and takes over the alt text and the people tagged. Once no file of the
    post has failed, the post goes on, and publishes itself like a new one. The answer is 409
    `medium_not_failed` if the file has not failed, and 409 `storage_full` if the caller's storage
    has no room. A repeated request with the same body returns the same medium with a fresh link; if
    another file has taken the place meanwhile, the answer is 409 `medium_replaced`.
    """
    path, body = call.path, call.parse(FileBody)
    draft = MediumDraft(
        body.content_type,
        body.bytes,
        body.sha256,
        width=body.width,
        height=body.height,
        duration_ms=body.duration_ms,
    )
    created = call.services.mending.replace(path["id"], call.user_id, path["media_id"], draft)
    return PostCreated.of(created, call.services.links)
