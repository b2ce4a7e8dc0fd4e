"""The routes of posts that are to be published at a time."""

from __future__ import annotations

from api.http import Call, route
from api.models import PostBody, PostPage, Schedule
from api.routes import post_page


@route("GET", "/me/scheduled", returns=PostPage, paged=True)
def list_scheduled(call: Call) -> PostPage:
    """List the caller's posts that are to be published at a time, the earliest first.

    Those whose files are still on their way are among them, and those that have failed because of a
    file.
    """
    page = call.services.scheduling.own(call.user_id, call.position, call.limit)
    return post_page(call, page)


@route(
    "PUT",
    "/posts/{id}/schedule",
    body=Schedule,
    returns=PostBody,
    errors=(403, 404, 409),
    limited=True,
)
def schedule_post(call: Call) -> PostBody:
    """Change the time at which one of the caller's posts is to be published, or give it one while
    it is not published.

    Nothing changes if it has that time already. The answer is 409 `already_published` if the post
    was published before this.
    """
    publish_at = call.parse(Schedule).publish_at
    view = call.services.scheduling.move(call.path["id"], call.user_id, publish_at)
    return PostBody.of(view, call.services.links)


@route("POST", "/posts/{id}/publish", returns=PostBody, errors=(403, 404), limited=True)
def publish_post(call: Call) -> PostBody:
    """Publish one of the caller's posts that is to be published at a later time.

    That happens within seconds, or once its files are ready, and until then the post has no time
    any more. Nothing changes if it has none, or is published already.
    """
    view = call.services.scheduling.publish_now(call.path["id"], call.user_id)
    return PostBody.of(view, call.services.links)
