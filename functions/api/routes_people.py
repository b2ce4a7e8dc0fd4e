"""The routes of the people tagged in photos."""

from __future__ import annotations

from api.http import Call, route


@route("DELETE", "/posts/{id}/people/me", status=204, errors=(404,), limited=True)
def untag_me(call: Call) -> None:
    """Remove the caller's tags from the photos and videos of a post.

    The author of the post is not told, and cannot tag the caller in it again. The answer is the
    same if the caller was not tagged, and for a post that the caller cannot see.
    """
    call.services.posts.untag(call.path["id"], call.user_id)
