"""The routes that mend a post which failed because of one of its files, or crop a photo of one that
is not published."""

from __future__ import annotations

from api.http import Call, route
from api.models import ChangeCrop, FileBody, PostBody, PostCreated
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
        crop=body.cropped(),
    )
    created = call.services.mending.replace(path["id"], call.user_id, path["media_id"], draft)
    return PostCreated.of(created, call.services.links)


@route(
    "PUT",
    "/posts/{id}/media/{media_id}/crop",
    body=ChangeCrop,
    returns=PostCreated,
    errors=(403, 404, 409),
    limited=True,
)
def crop_medium(call: Call) -> PostCreated:
    """Show another part of a photo of one of the caller's posts that is not published.

    If the file has not arrived, the photo is cropped when it does. If it is stored already, nothing
    has to be uploaded again: a new medium takes the place of the old one, with an id of its own and
    the old one's alt text and tags, and counts as a file for the caller's limits. `uploads` has a
    link only if the file is still missing.

    The answer is 409 `already_published` if the post is published; a photo that is cropped then is
    a new file of its album. It is 409 `not_stored` if the file was refused or never came, 409
    `storage_full` if the caller's storage has no room, and 503 `busy` for the moment in which the
    file is being stored. Nothing changes if the photo is cropped so already; a repeated request
    gets the same medium, and if another one has taken its place, 409 `medium_replaced`.
    """
    path, body = call.path, call.parse(ChangeCrop)
    crop = None if body.crop is None else body.crop.to_domain()
    created = call.services.cropping.change(path["id"], call.user_id, path["media_id"], crop)
    return PostCreated.of(created, call.services.links)
