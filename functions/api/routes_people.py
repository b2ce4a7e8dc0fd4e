"""The routes of the people tagged in photos."""

from __future__ import annotations

from api.http import Call, route
from api.models import PostPage
from api.routes import post_page


@route("GET", "/me/tagged", returns=PostPage, paged=True)
def list_appearances(call: Call) -> PostPage:
    """List the posts in which others have tagged the caller, the newest post first.

    A post comes into the list some seconds after it is published or its tags are changed. Posts
    that the caller may not see, and those from which the tag was removed, are left out.
    """
    appearances = call.services.appearances
    return post_page(call, appearances.page(call.user_id, call.position, call.limit))


@route("DELETE", "/posts/{id}/people/me", status=204, errors=(404,), limited=True)
def untag_me(call: Call) -> None:
    """Remove the caller's tags from the photos and videos of a post.

    The author of the post is not told, and cannot tag the caller in it again. The answer is the
    same if the caller was not tagged, and for a post that the caller cannot see.
    """
    call.services.posts.untag(call.path["id"], call.user_id)
